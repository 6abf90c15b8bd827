"""The `monitor` command: whose baseline is compared with, what is told, and the exit code."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import FIXTURES, Repository, load
from .test_checks import OUT, PREPROCESS, rows

pytest.importorskip("numpy", reason="the command runs a package that has numpy")
pytest.importorskip("pyarrow")

LOCAL = "arn:local:sagemaker:local:000000000000:model-package/demo/"


@pytest.fixture
def watched(repository: Repository) -> Repository:
    """A registered version with a baseline: of five columns, of which an answer, as its data has them."""
    definition = load("checks")
    repository.write("definition.json", definition)
    repository.code("preprocess.py", PREPROCESS)
    (repository.root / "data" / "data.csv").write_text(rows())
    config = repository.object(f"{OUT}/data-bias-config/analysis_config.json")
    config.parent.mkdir(parents=True)
    config.write_bytes((FIXTURES / "bias.json").read_bytes())
    repository.run()
    return repository


def put(repository: Repository, name: str, text: str) -> str:
    (repository.root / name).write_text(text)
    return name


def found(output: str) -> dict[str, Any]:
    return dict(json.loads(output))


def record(index: int, package: str, **features: Any) -> str:
    """A line of the prediction log."""
    return json.dumps(
        {
            "format": 1, "inferenceId": f"i-{index}", "row": 0, "time": "2026-11-28T11:00:00Z", "project": "demo",
            "group": "main", "environment": "test", "package": package, "endpoint": "demo", "version": "3",
            "features": {"target": 1, "amount": index * 37 % 101, "city": "Rome" if index % 3 else "Oslo", **features},
            "prediction": 1 - index % 2, "probability": 0.2 + 0.6 * (1 - index % 2), "id": {},
        }
    )  # fmt: skip


def test_the_baseline_of_a_version_is_shown_and_copied(watched: Repository) -> None:
    output = watched.run("monitor", "baseline", "--out", "kept")
    assert "demo version 1: 600 training rows, 5 columns" in output
    assert re.search(r"amount +Integral +0% +mean 49\.\d+ +0 to 100", output)
    assert re.search(r"city +String +0% +Rome +2 different", output)
    for name in ("statistics.json", "constraints.json"):
        assert (watched.root / "kept" / name).read_bytes() == watched.object(
            f"{OUT}/data-quality/{name}"
        ).read_bytes()


def test_the_same_rows_have_no_violation(watched: Repository) -> None:
    output = watched.run("monitor", "run", "data/data.csv")
    assert "No violation: 600 rows against demo version 1" in output or "Not enough rows" in output
    (page,) = (watched.work / "monitor").glob("*/report.html")
    assert "demo version 1" in page.read_text() and str(page) in output


def test_drifted_rows_are_violations_by_exit_code_table_page_and_published_form(watched: Repository) -> None:
    file = put(watched, "drifted.csv", rows(shift=60, city="Atlantis"))
    output = watched.run("monitor", "run", file, "--out", "out", code=2)
    assert re.search(r"amount +violation +KS 0\.\d+ +0\.100", output)
    assert "city: unknown category: 400 of 600 values" in output
    published = json.loads((watched.root / "out" / "constraint_violations.json").read_text())["violations"]
    assert {"amount", "city"} == {item["feature_name"] for item in published}
    page = (watched.root / "out" / "report.html").read_text()
    assert "unknown category" in page.lower() and "Atlantis" in page
    assert page.index('id="violations"') < page.index('id="columns"')


def test_programs_get_what_was_found_as_json(watched: Repository) -> None:
    file = put(watched, "drifted.csv", rows(shift=60))
    told = found(watched.run("monitor", "run", file, "--json", code=2))
    assert told["rows"] == told["baselineRows"] == 600 and told["broken"] is False
    assert told["features"][0]["name"] == "amount" and told["features"][0]["state"] == "violation"
    edges, shares = (told["features"][0]["picture"][key] for key in ("edges", "shares"))
    assert len(shares) == 2 and all(len(side) == len(edges) - 1 for side in shares)
    assert [
        round(sum(side) + out, 6)
        for side, out in zip(shares, told["features"][0]["picture"]["outside"], strict=True)
    ] == [1, 1]


def test_a_few_drifted_rows_are_not_enough_rows_and_never_no_drift(watched: Repository) -> None:
    file = put(watched, "few.csv", rows(count=5, shift=3))
    told = found(watched.run("monitor", "run", file, "--json"))
    states = {item["name"]: item["state"] for item in told["features"]}
    assert set(states.values()) == {"few"}
    assert "Not enough rows to tell for all columns: 5 rows" in watched.run("monitor", "run", file)


def test_records_of_the_prediction_log_name_their_version(watched: Repository) -> None:
    lines = [record(index, f"{LOCAL}1") for index in range(600)]
    (watched.root / "log").mkdir()
    half = len(lines) // 2
    (watched.root / "log" / "a.jsonl").write_text("\n".join(lines[:half]) + "\n")
    (watched.root / "log" / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(lines[half:]).encode()))
    told = found(watched.run("monitor", "run", "log", "--json", code=2))
    assert told["rows"] == 600 and told["title"] == "demo version 1"
    # The target is 1 in all of them; what they were asked is as before.
    assert {item["feature_name"] for item in told["violations"]} >= {"target"}
    assert not {"amount", "city"} & {item["feature_name"] for item in told["violations"]}


def test_a_column_that_the_log_omits_is_left_when_it_is_named(watched: Repository) -> None:
    lines = [json.loads(record(index, f"{LOCAL}1")) for index in range(600)]
    for line in lines:
        del line["features"]["city"]
    file = put(watched, "log.jsonl", "\n".join(map(json.dumps, lines)))
    told = found(watched.run("monitor", "run", file, "--json", code=2))
    assert told["broken"] is True
    told = found(watched.run("monitor", "run", file, "--leave", "city", "--leave", "target", "--json"))
    assert told["broken"] is False and not told["violations"]
    assert "Not compared, because --leave names it: city, target." in told["notes"]
    output = watched.run("monitor", "run", file, "--leave", "cities", code=1)
    assert "--leave cities: there is no such column; the baseline has" in output


def test_true_and_false_count_in_any_case_as_in_training(watched: Repository) -> None:
    folder = watched.root / "kept"
    watched.run("monitor", "baseline", "--out", "kept")
    for name in ("statistics.json", "constraints.json"):
        text = (folder / name).read_text().replace("Rome", "true").replace("Oslo", "false")
        (folder / name).write_text(text)
    file = put(watched, "now.csv", rows().replace("Rome", "True").replace("Oslo", "FALSE"))
    assert not found(watched.run("monitor", "run", file, "--baseline", "kept", "--json"))["violations"]


def test_no_rows_are_an_error_and_not_a_clean_run(watched: Repository) -> None:
    for text in ("", "amount,city\n"):
        output = watched.run("monitor", "run", put(watched, "empty.csv", text), code=1)
        assert "there are no rows to compare" in output


def test_records_of_another_registry_need_a_baseline_that_is_named(watched: Repository) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo/1"
    file = put(watched, "log.ndjson", "\n".join(record(index, arn) for index in range(50)))
    output = watched.run("monitor", "run", file, code=1)
    assert f"the records name {arn}, a version of a registry in AWS" in output and "--baseline" in output
    watched.run("monitor", "baseline", "--out", "kept")
    assert (
        found(watched.run("monitor", "run", file, "--baseline", "kept", "--json", code=2))["title"] == "kept"
    )


def test_records_of_several_versions_are_not_thrown_together(watched: Repository) -> None:
    lines = [record(index, f"{LOCAL}{1 + index % 2}") for index in range(10)]
    output = watched.run("monitor", "run", put(watched, "log.jsonl", "\n".join(lines)), code=1)
    assert f"the records name several versions ({LOCAL}1, {LOCAL}2)" in output


def test_captured_requests_are_read(watched: Repository) -> None:
    def captured(index: int) -> str:
        row = f"1,1,0.8,{index * 37 % 101 + 80},{'Rome' if index % 3 else 'Oslo'}"
        part = {"observedContentType": "text/csv", "mode": "INPUT", "data": f"{row}\n", "encoding": "CSV"}
        return json.dumps({"captureData": {"endpointInput": part}, "eventMetadata": {"eventId": str(index)}})

    file = put(watched, "capture.jsonl", "\n".join(captured(index) for index in range(500)))
    output = watched.run("monitor", "run", file, code=1)
    assert "no names" in output  # this artifact has no schema.json, which says the order of columns


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere.csv"], "nowhere.csv: there is no such file"),
        (["run", "data/data.csv", "--model", "demo/7"], "'demo' has no version 7"),
        (
            ["run", "data/data.csv", "--baseline", "data"],
            "--baseline data: there is no statistics.json in it",
        ),
        (["run", "data/data.csv", "--runs-a-day", "0"], "0 is not greater than 0"),
        (["run", "notes.txt"], "notes.txt: give a file that ends with .csv"),
        (["run", "empty"], "empty has no file in it"),
        (["simulate", "--kind", "wind", "data/data.csv"], "invalid choice: 'wind'"),
    ],
)
def test_what_cannot_be_done_is_one_error(
    watched: Repository, arguments: list[str], message: str, capfd: Any
) -> None:
    put(watched, "notes.txt", "x")
    (watched.root / "empty").mkdir()
    output = watched.run("monitor", *arguments, code=1) + "".join(capfd.readouterr())
    assert message in output


def test_a_version_without_a_baseline_says_so(repository: Repository) -> None:
    repository.run()
    output = repository.run("monitor", "baseline", code=1)
    assert "demo version 1 was registered without a baseline (DriftCheckBaselines)" in output


def test_simulated_drift_is_found_in_the_data_of_a_version(watched: Repository, capfd: Any) -> None:
    arguments = [
        "--rows",
        "200,2000",
        "--trials",
        "4",
        "--days",
        "1",
        "--runs-a-day",
        "1",
        "--column",
        "amount",
    ]
    watched.run("monitor", "simulate", "data/data.csv", "--kind", "unit change", "--json", *arguments)
    told = found(capfd.readouterr().out)
    largest = [item for item in told["detections"] if item["rows"] == 2000 and item["size"] == 1000]
    assert [item["found"] for item in largest] == [4]
    assert told["false_alarms"] == {"days": 1, "with_alarm": 0}


def test_the_rows_of_a_folder_are_those_of_its_files(watched: Repository, tmp_path: Path) -> None:
    folder = watched.root / "some"
    folder.mkdir()
    header, *lines = rows().splitlines()
    for part in range(3):
        (folder / f"{part}.csv").write_text("\n".join([header, *lines[part::3]]) + "\n")
    (folder / ".hidden.csv").write_text("x\n1\n")
    told = found(watched.run("monitor", "run", "some", "--json"))
    assert told["rows"] == 600 and not told["violations"]
