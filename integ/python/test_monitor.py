"""`monitor` on versions of the real pipeline: its own data, unseen rows, requests, and what has drifted."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from conftest import COMBINATIONS, Repository

PYTHON = os.environ.get("TRAINING_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="TRAINING_PYTHON: a Python with the training libraries")
MOST_COLUMNS = 65


@pytest.fixture(scope="module", params=[pair for pair in COMBINATIONS if pair[0] == "xgboost"])
def repository(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository of each problem type with a registered version."""
    made = Repository(tmp_path_factory.mktemp("run") / "repository", *request.param)
    made.compile()
    done = made.run("pipelines.local", "run", python=PYTHON)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def monitor(repository: Repository, *arguments: str, code: int = 0) -> str:
    """Run the command; what it printed."""
    done = repository.run("pipelines.local", "monitor", *arguments, python=PYTHON)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def sample(repository: Repository) -> tuple[Path, list[dict[str, str]], str]:
    """The file of the sample, its rows and its target."""
    data = repository.settings["data"]
    path = repository.root / data["inputDataUrl"]
    with path.open(encoding="utf-8", newline="") as file:
        return path, list(csv.DictReader(file)), data["targetColumn"]


def test_the_sample_is_as_its_own_baseline_and_the_target_is_no_column_of_requests(
    repository: Repository,
) -> None:
    path, rows, target = sample(repository)
    described = json.loads(monitor(repository, "baseline", "--json"))
    names = {feature["name"] for feature in described["features"]}
    assert target not in names and len(names) <= MOST_COLUMNS
    assert 0.6 * len(rows) < described["dataset"]["item_count"] < 0.8 * len(rows)
    found = json.loads(monitor(repository, "run", str(path), "--json"))
    assert found["violations"] == [] and found["rows"] == len(rows)
    [note] = found["notes"]
    left = note.removeprefix("Not compared, because the model does not take it as a feature: ")
    # Pixels that are the same in all digits are no features either.
    assert {*left.removesuffix(".").split(", ")} == {*rows[0]} - names
    assert {item["state"] for item in found["features"]} <= {"ok", "few", "open"}


def test_the_version_names_what_monitors_compare_with_by_digests_that_fit(repository: Repository) -> None:
    [history] = (repository.root / ".local" / "registry").glob("*/history.jsonl")
    package = json.loads(history.read_text("utf-8").splitlines()[0])["package"]
    metadata = package["CustomerMetadataProperties"]

    def content(uri: str) -> bytes:
        return (repository.root / ".local" / "s3" / uri.removeprefix("s3://")).read_bytes()

    pairs = [package["DriftCheckBaselines"][kind] for kind in ("ModelDataQuality", "ModelQuality")]
    assert metadata["BaselineSha256"].split(":") == [
        hashlib.sha256(
            content(pair["Statistics"]["S3Uri"]) + content(pair["Constraints"]["S3Uri"])
        ).hexdigest()
        for pair in pairs
    ]
    rows = content(metadata["EvaluationRows"])
    assert metadata["EvaluationRowsSha256"] == hashlib.sha256(rows).hexdigest()
    header, *lines = csv.reader(gzip.decompress(rows).decode().splitlines())
    assert header[:2] == ["label", "prediction"] and len(lines) > 50


def test_a_changed_unit_is_found_and_named(repository: Repository, tmp_path: Path) -> None:
    _, rows, _ = sample(repository)
    names = {f["name"]: f for f in json.loads(monitor(repository, "baseline", "--json"))["features"]}
    column = max(
        (name for name, feature in names.items() if "numerical_statistics" in feature),
        key=lambda name: names[name]["numerical_statistics"]["std_dev"],
    )
    for row in rows:
        row[column] = str(float(row[column]) * 25.4)
    file = write(tmp_path / "inches.csv", rows)
    found = json.loads(monitor(repository, "run", file, "--json", code=2))
    assert {item["feature_name"] for item in found["violations"]} == {column}
    assert found["features"][0]["name"] == column


def test_requests_in_the_prediction_log_and_as_captured_are_the_same_rows(
    repository: Repository, tmp_path: Path
) -> None:
    path, rows, target = sample(repository)
    package = "arn:local:sagemaker:local:000000000000:model-package/churn/1"
    logged, captured = [], []
    for index, row in enumerate(rows):
        features = {name: number(cell) for name, cell in row.items() if name != target}
        logged.append({"format": 1, "package": package, "features": features, "prediction": row[target]})
        asked = {"data": ",".join(features_of(row, target)), "encoding": "CSV", "mode": "INPUT"}
        captured.append({"captureData": {"endpointInput": asked}, "eventMetadata": {"eventId": str(index)}})
    states = []
    for name, lines in (("log.jsonl", logged), ("capture.jsonl", captured)):
        file = tmp_path / name
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        found = json.loads(monitor(repository, "run", str(file), "--json"))
        assert found["rows"] == len(rows) and found["title"] == "churn version 1"
        states.append(distances(found))
    assert states[0] == states[1] == distances(json.loads(monitor(repository, "run", str(path), "--json")))


def distances(found: dict[str, Any]) -> dict[str, float]:
    """The distance of each column."""
    return {
        item["name"]: round(item["distance"]["value"], 9) for item in found["features"] if item["distance"]
    }


def features_of(row: dict[str, str], target: str) -> list[str]:
    """The cells of a request in their order."""
    return [cell for name, cell in row.items() if name != target]


def number(cell: str) -> float | str:
    """A cell as JSON has it."""
    try:
        return float(cell)
    except ValueError:
        return cell


def write(path: Path, rows: list[dict[str, str]]) -> str:
    """Write rows as CSV; the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)
