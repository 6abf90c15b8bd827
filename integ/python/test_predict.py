"""`predict` with the real model code: its own reading of Parquet, and the answers of its endpoint."""

from __future__ import annotations

import csv
import datetime
import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import COMBINATIONS, Repository

PYTHON = os.environ.get("TRAINING_PYTHON", "")
needs_training = pytest.mark.skipif(
    not PYTHON, reason="TRAINING_PYTHON: a Python with the training libraries"
)
EXPECTED = {"binary": 2, "multiclass": 12, "regression": 1}
TYPED = """
import datetime, sys
import pyarrow as pa, pyarrow.csv as c, pyarrow.parquet as p
table = c.read_csv(sys.argv[1])
days = pa.array([datetime.date(2026, 1, 1)] * table.num_rows)
kept = table.append_column("day", days).append_column("more", pa.array([[1, 2]] * table.num_rows))
p.write_table(kept, sys.argv[2], row_group_size=100)
"""
SHOWN = """
import json, sys
import pyarrow.parquet as p
table = p.read_table(sys.argv[1])
types = [str(kind) for kind in table.schema.types]
found = {"rows": table.to_pylist()[:1], "all": table.num_rows, "types": types, "names": table.schema.names}
print(json.dumps(found, default=str))
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The default repository with a registered version."""
    return trained(Repository(tmp_path_factory.mktemp("run") / "repository", "xgboost", "binary"))


def trained(repository: Repository) -> Repository:
    """Compile and run."""
    repository.compile()
    done = repository.run("pipelines.local", "run", python=PYTHON)
    assert done.returncode == 0, done.stdout + done.stderr
    return repository


def predict(repository: Repository, *arguments: str, code: int = 0) -> str:
    """Predict; what was printed."""
    done = repository.run("pipelines.local", "predict", *arguments, python=PYTHON)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def python(program: str, *arguments: str | Path) -> str:
    """Run a program with the training libraries."""
    command = [PYTHON, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@needs_training
@pytest.mark.parametrize(("framework", "problem"), COMBINATIONS)
def test_the_data_that_a_model_was_trained_on_gets_its_predictions(
    tmp_path: Path, framework: str, problem: str
) -> None:
    repository = trained(Repository(tmp_path / "repository", framework, problem))
    name = repository.settings["data"]["inputDataUrl"]
    predict(repository, name, "--out", "out.csv")
    with (repository.root / name).open() as before, (repository.root / "out.csv").open() as after:
        given, found = list(csv.DictReader(before)), list(csv.DictReader(after))
    assert [{key: row[key] for key in given[0]} for row in found] == given
    assert len(found[0]) - len(given[0]) == EXPECTED[problem]
    if problem != "regression":
        right = sum(row["label"] == row["target"] for row in found)
        assert right > 0.9 * len(found)


@needs_training
def test_parquet_has_the_answers_of_csv_and_keeps_its_types(repository: Repository) -> None:
    data, root = repository.settings["data"]["inputDataUrl"], repository.root
    python(TYPED, root / data, root / "typed.parquet")
    predict(repository, data, "--out", "plain.csv")
    for out in ("typed.csv", "typed.jsonl", "out.parquet"):
        predict(repository, "typed.parquet", "--out", out)
    with (root / "plain.csv").open() as plain, (root / "typed.csv").open() as typed:
        one, other = list(csv.DictReader(plain)), list(csv.DictReader(typed))
    answers = [(row["label"], row["probability"]) for row in one]
    assert [(row["label"], row["probability"]) for row in other] == answers
    assert (other[0]["day"], other[0]["more"]) == ("2026-01-01", "[1, 2]")
    lines = [json.loads(text) for text in (root / "typed.jsonl").read_text().splitlines()]
    assert [str(row["label"]) for row in lines] == [label for label, _ in answers]
    assert (lines[0]["day"], lines[0]["more"], lines[0]["mean_radius"]) == ("2026-01-01", [1, 2], 17.99)
    shown = json.loads(python(SHOWN, root / "out.parquet"))
    assert shown["all"] == len(answers)
    assert dict(zip(shown["names"], shown["types"], strict=True)).items() >= {
        "mean_radius": "double", "target": "int64", "day": "date32[day]", "label": "int64",
        "probability": "double",
    }.items()  # fmt: skip
    assert shown["rows"][0]["day"] == str(datetime.date(2026, 1, 1))


@needs_training
def test_json_lines_become_parquet_with_the_types_that_training_reads(repository: Repository) -> None:
    data, root = repository.settings["data"]["inputDataUrl"], repository.root
    python(TYPED, root / data, root / "typed.parquet")
    predict(repository, "typed.parquet", "--out", "typed.jsonl")
    predict(repository, "typed.jsonl", "--out", "again.parquet")
    shown = json.loads(python(SHOWN, root / "again.parquet"))
    types = dict(zip(shown["names"], shown["types"], strict=True))
    assert (types["mean_radius"], types["predicted_probability"]) == ("double", "double")
    assert shown["rows"][0]["predicted_label"] == shown["rows"][0]["label"]


@needs_training
def test_a_cell_that_the_model_refuses_is_named_and_no_file_is_left(repository: Repository) -> None:
    data, root = repository.settings["data"]["inputDataUrl"], repository.root
    head, *rows = (root / data).read_text().splitlines()
    rows[41] = ",".join(["many", *rows[41].split(",")[1:]])
    (root / "bad.csv").write_text("\n".join([head, *rows]))
    for out in ("bad-out.csv", "bad-out.parquet"):
        said = predict(repository, "bad.csv", "--out", out, code=1)
        place = "error: bad.csv, row 42 (line 43): column 'mean_radius'"
        assert said == f"{place} is 'many', not a finite number\n"
    assert not list(root.glob("*bad-out*"))
    (root / "no.parquet").write_bytes(b"PAR1 but not really")
    assert "no.parquet: " in predict(repository, "no.parquet", "--out", "x.csv", code=1)
