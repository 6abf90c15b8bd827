"""The predict command: rows of a file in, the same rows with predictions out, or one clear error.

Parquet needs pyarrow: integ/python has its tests, with the real model code.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from local_runner.predict.asking import first, line
from local_runner.predict.sources import ROWS, text_of

from .conftest import Repository

SCHEMA = {
    "columns": [
        {"name": "x", "kind": "number"},
        {"name": "plan", "kind": "category", "categories": ["a", "b"]},
        {"name": "who", "kind": "id"},
    ]
}
INFERENCE = """
import csv, io, json
from pathlib import Path

class Refused(Exception):
    status = 400

def model_fn(model_dir):
    return json.loads(Path(model_dir, "model.json").read_text())["threshold"]

def input_fn(body, content_type):
    return list(csv.reader(io.StringIO(body), strict=True))

def predict_fn(rows, threshold):
    found = []
    for number, row in enumerate(rows, 1):
        if len(row) != 3:
            raise Refused(f"row {number} has {len(row)} values, the model takes 3")
        try:
            high = float(row[0]) > threshold
        except ValueError:
            raise Refused(f"row {number}, column 'x' is {row[0]!r}, not a number")
        found.append({"label": "yes" if high else "no", "probability": 0.9 if high else 0.1,
                      "probabilities": {"no": 0.1, "yes": 0.9}, "id": {"who": row[2]}})
    return found

def output_fn(found, accept):
    return json.dumps({"predictions": found}), accept
"""


@pytest.fixture
def trained(repository: Repository) -> Repository:
    """A repository with two versions of a model that knows its columns."""
    train = (repository.build / "code" / "train.py").read_text()
    repository.code("train.py", f"{train}\n(model / 'schema.json').write_text({json.dumps(SCHEMA)!r})\n")
    repository.code("inference.py", INFERENCE)
    repository.run()
    repository.run("run", "--set", "max_depth=2")
    return repository


def predicted(repository: Repository, name: str, *arguments: str) -> list[dict[str, str]]:
    """Predict into a CSV file; returns its rows."""
    repository.run("predict", name, "--out", "out.csv", *arguments)
    return list(csv.DictReader(io.StringIO((repository.root / "out.csv").read_text())))


def write(repository: Repository, name: str, text: str) -> None:
    (repository.root / name).write_text(text)


def test_columns_may_be_in_any_order_and_all_of_the_file_is_kept(trained: Repository) -> None:
    write(trained, "rows.csv", 'target,plan,"a, b",x\n1,a,"one, two",99.5\n0,b,,1.5\n')
    assert predicted(trained, "rows.csv") == [
        {"target": "1", "plan": "a", "a, b": "one, two", "x": "99.5", "label": "yes", "probability": "0.9",
         "probability_no": "0.1", "probability_yes": "0.9"},
        {"target": "0", "plan": "b", "a, b": "", "x": "1.5", "label": "no", "probability": "0.1",
         "probability_no": "0.1", "probability_yes": "0.9"},
    ]  # fmt: skip


def test_without_a_header_the_cells_are_the_model_s_columns(trained: Repository) -> None:
    write(trained, "rows.csv", "99.5,a,Ada\n1.5,b,Bob\n")
    rows = predicted(trained, "rows.csv")
    assert [(row["x"], row["who"], row["label"]) for row in rows] == [
        ("99.5", "Ada", "yes"),
        ("1.5", "Bob", "no"),
    ]


def test_csv_goes_to_standard_output_and_words_to_standard_error(trained: Repository) -> None:
    write(trained, "rows.csv", "x,plan\n99.5,a\n")
    process = trained.start("predict", "rows.csv")
    output, words = process.communicate(timeout=60)
    assert output == "x,plan,label,probability,probability_no,probability_yes\n99.5,a,yes,0.9,0.1,0.9\n"
    assert words == "1 row predicted with demo version 2\n"


def test_the_newest_version_predicts_unless_another_is_named(trained: Repository) -> None:
    write(trained, "rows.csv", "x,plan\n99.5,a\n")
    for arguments, version in (([], 2), (["--model", "demo/1"], 1), (["--model", "1"], 1)):
        assert f"with demo version {version}" in trained.run("predict", "rows.csv", *arguments)


def test_json_lines_keep_their_values_and_get_the_answer(trained: Repository) -> None:
    rows: list[dict[str, Any]] = [
        {"x": 99.5, "plan": "a", "more": {"deep": [1]}}, {"plan": None, "x": "1.5", "who": 7},
    ]  # fmt: skip
    write(trained, "rows.jsonl", "\n".join(map(json.dumps, rows)) + "\n\n")
    trained.run("predict", "rows.jsonl", "--out", "out.jsonl")
    answers = [{"label": "yes", "probability": 0.9}, {"label": "no", "probability": 0.1}]
    classes = {"probabilities": {"no": 0.1, "yes": 0.9}}
    found = [json.loads(text) for text in (trained.root / "out.jsonl").read_text().splitlines()]
    assert found == [row | answer | classes for row, answer in zip(rows, answers, strict=True)]
    assert [row["more"] for row in predicted(trained, "rows.jsonl")] == ['{"deep": [1]}', ""]


def test_packed_files_byte_order_marks_and_blank_lines_are_read(trained: Repository) -> None:
    (trained.root / "rows.csv.gz").write_bytes(gzip.compress("\ufeffx,plan\n\n99.5,a\n\n".encode()))
    (trained.root / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"x": 99.5, "plan": "a"}\n'))
    for name in ("rows.csv.gz", "rows.jsonl.gz"):
        assert [row["label"] for row in predicted(trained, name)] == ["yes"]


def test_the_separator_is_that_of_the_training_data(trained: Repository) -> None:
    trained.code("data.json", '{"separator": ";"}')
    train = (trained.build / "code" / "train.py").read_text()
    trained.code(
        "train.py",
        train + "shutil.copy2(Path(__file__).with_name('data.json'), model / 'code' / 'data.json')\n",
    )
    trained.run("run", "--no-cache")
    write(trained, "rows.csv", "x;plan\n99.5;a,b\n")
    assert [row["plan"] for row in predicted(trained, "rows.csv")] == ["a,b"]


def test_predictions_get_another_name_where_the_file_has_theirs(trained: Repository) -> None:
    write(trained, "rows.csv", "x,plan,label\n99.5,a,no\n")
    said = trained.run("predict", "rows.csv", "--out", "out.csv")
    assert "note: the predictions are in columns named predicted_..." in said
    (row,) = csv.DictReader(io.StringIO((trained.root / "out.csv").read_text()))
    assert (row["label"], row["predicted_label"], row["predicted_probability_yes"]) == ("no", "yes", "0.9")


def test_rows_of_many_blocks_keep_their_order(trained: Repository) -> None:
    count = 2 * ROWS + 3
    write(
        trained, "rows.csv", "n,x,plan\n" + "".join(f"{n},{99.5 if n % 3 else 1.5},a\n" for n in range(count))
    )
    rows = predicted(trained, "rows.csv")
    assert [int(row["n"]) for row in rows] == list(range(count))
    assert all((row["label"] == "yes") == bool(n % 3) for n, row in enumerate(rows))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,plan\n1.5,a\n\nmany,a\nmore,a\n", "rows.csv, row 2 (line 4): column 'x' is 'many', not a number"),
        ("x,plan\n1.5,a\n2\n", "rows.csv, line 3, has 1 cells; the file has 2 columns"),
        ("y,plan\n1.5,a\n", "rows.csv has no column 'x', which the model needs"),
        ("1.5,a\n", "its first line names no column of the model"),
        ("x,plan,x\n1.5,a,2\n", "has two columns named 'x'"),
        ("x,plan\n", "rows.csv has no rows to predict"),
        ("", "rows.csv has no rows to predict"),
        ('x,plan\n1.5,"a\n', "is not CSV"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(
    trained: Repository, text: str, message: str
) -> None:
    write(trained, "rows.csv", text)
    write(trained, "out.csv", "from before")
    said = trained.run("predict", "rows.csv", "--out", "out.csv", code=1)
    assert message in said
    assert (trained.root / "out.csv").read_text() == "from before"
    assert sorted(path.name for path in trained.root.iterdir() if path.name.startswith(".out")) == []
    assert trained.run("predict", "rows.csv", code=1).count("\n") == 1  # nothing on standard output either


def test_a_row_in_a_later_block_is_named_by_its_place_in_the_file(trained: Repository) -> None:
    rows = ["1.5,a"] * (ROWS + 500)
    rows[ROWS + 321] = "many,a"
    write(trained, "rows.csv", "\n".join(["x,plan", *rows]))
    said = trained.run("predict", "rows.csv", "--out", "out.csv", code=1)
    assert f"rows.csv, row {ROWS + 322} (line {ROWS + 323}): column 'x' is 'many', not a number" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"x": 1, "plan": "a"}\n{"x": [1], "plan": "a"}\n', "row 2 (line 2): column 'x' holds a list"),
        ('{"x": 1, "plan": "a"}\n\n{"x": 1,\n', "line 3, is not JSON"),
        ("[1, 2]\n", "line 1, is not a JSON object"),
        ('{"plan": "a"}\n', "has no column 'x', which the model needs"),
    ],
)
def test_wrong_lines_of_json_are_named(trained: Repository, text: str, message: str) -> None:
    write(trained, "rows.jsonl", text)
    assert message in trained.run("predict", "rows.jsonl", "--out", "out.jsonl", code=1)
    assert not (trained.root / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.csv"], "none.csv: there is no such file"),
        (["."], ". is a folder: name one file"),
        (["rows.txt"], "its name must end with .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet"),
        (["rows.csv", "--out", "out.xlsx"], "the name must end with .csv or .jsonl or .parquet"),
        (["rows.csv", "--out", "rows.csv"], "this is the file with the rows"),
        (["rows.csv", "--model", "demo/9"], "has no version 9"),
    ],
)
def test_wrong_arguments_are_told_before_a_model_is_loaded(
    trained: Repository, arguments: list[str], message: str
) -> None:
    write(trained, "rows.csv", "x,plan\n1.5,a\n")
    write(trained, "rows.txt", "x,plan\n1.5,a\n")
    assert message in trained.run("predict", *arguments, code=1)


def test_a_version_that_does_not_say_its_columns_is_told(repository: Repository) -> None:
    write(repository, "rows.csv", "x\n1.5\n")
    assert "There is no model to predict with" in repository.run("predict", "rows.csv", code=1)
    repository.run()
    said = repository.run("predict", "rows.csv", code=1)
    assert "demo version 1 has no schema.json in its artifact" in said and "serve command" in said


def predicting(trained: Repository) -> subprocess.Popen[str]:
    """A prediction of many rows that has begun to write."""
    write(trained, "rows.csv", "x,plan\n" + "1.5,a\n" * 400_000)
    process = trained.start("predict", "rows.csv", "--out", "out.csv")
    deadline = time.monotonic() + 30
    while not any(path.stat().st_size for path in trained.root.glob(".out.csv.*")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    return process


def test_stopping_it_leaves_nothing(trained: Repository) -> None:
    process = predicting(trained)
    process.send_signal(signal.SIGINT)
    output, words = process.communicate(timeout=60)
    assert (process.returncode, output, words) == (130, "", "stopped: nothing was written\n")
    assert not list(trained.root.glob("*out.csv*")) and not list((trained.work / "tmp").glob("predict-*"))


def test_a_run_leaves_the_directory_of_a_model_that_is_loaded(trained: Repository) -> None:
    process = predicting(trained)
    trained.run("run", "--only", "Preprocess", "--from-run", "latest")
    there = list((trained.work / "tmp").glob("predict-*/jobs/predict/opt/ml/code/inference.py"))
    assert len(there) == 1 or process.poll() is not None
    assert process.wait(timeout=60) == 0


def test_a_line_is_quoted_where_its_reader_would_take_it_for_something_else() -> None:
    assert line(["a", 'b "c"', "d,e", " f", "", "g\nh"]) == 'a,"b ""c""","d,e"," f",,"g\nh"'
    assert line([""]) == '""'


@pytest.mark.parametrize("bad", [1, 2, 6, 7])
def test_the_first_bad_number_is_found(bad: int) -> None:
    asked: list[int] = []

    def is_bad(count: int) -> bool:
        asked.append(count)
        return count >= bad

    assert first(7, is_bad) == bad
    assert len(asked) <= 3


def test_json_values_are_the_texts_that_the_model_code_writes() -> None:
    values = [None, True, False, 7, 7.0, 0.1, 1e-07, 1e16, -0.0, "text", 12345678901234567890]
    source = Path(__file__).parents[2] / "templates" / "python" / "model" / "cells.py"
    text = source.read_text()
    start = text.index("def text_of(")
    namespace: dict[str, Any] = {"Any": Any}
    exec(text[start : text.index("\n\n\n", start)], namespace)
    assert [text_of(value) for value in values] == [namespace["text_of"](value) for value in values]
