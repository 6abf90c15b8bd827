"""Every source gives the same rows, in batches."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from model_monitor import readers
from model_monitor.errors import MonitorError
from model_monitor.readers import Reading, batches
from model_monitor.statistics import Statistics

ROWS: list[dict[str, Any]] = [
    {"amount": 12.5, "colour": "red", "vip": True},
    {"amount": None, "colour": "a, b\nc", "vip": False},
    {"amount": 7, "colour": "grün", "vip": None},
]
COLUMNS = ("amount", "colour", "vip")
KINDS: Any = {"amount": "number", "colour": "category", "vip": "category"}


def cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def as_csv(rows: list[dict[str, Any]], header: bool = True) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(COLUMNS)
    writer.writerows([cell(row[name]) for name in COLUMNS] for row in rows)
    return text.getvalue()


def lines(objects: list[Any]) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def logged(row: dict[str, Any], n: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "format": 1, "inferenceId": f"i{n}", "row": n, "time": "2026-11-28T10:00:00Z", "project": "churn", "group": "eu",
        "environment": "production", "package": "arn", "endpoint": "churn", "version": 3, "features": row,
        "prediction": "yes", "probability": 0.75, "id": {"customer": f"c{n}"}, **more,
    }  # fmt: skip


def captured(data: str, encoding: str, answer: str | None = None, kind: str = "text/csv") -> dict[str, Any]:
    parts = {
        "endpointInput": {"observedContentType": kind, "mode": "INPUT", "data": data, "encoding": encoding}
    }
    if answer is not None:
        parts["endpointOutput"] = {
            "observedContentType": kind,
            "mode": "OUTPUT",
            "data": answer,
            "encoding": encoding,
        }
    return {
        "captureData": parts,
        "eventMetadata": {"eventId": "e", "inferenceTime": "2026-11-28T10:00:00Z"},
        "eventVersion": "0",
    }


def read(path: Path, **how: Any) -> list[dict[str, Any]]:
    return [row for table in batches([path], Reading(**how)) for row in table.to_pylist()]


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def statistics(path: Path, leave: tuple[str, ...] = ("prediction", "probability")) -> dict[str, Any]:
    return Statistics.of_batches(batches([path], Reading(columns=COLUMNS, leave=leave)), KINDS).to_json()


def test_every_form_gives_the_same_statistics(tmp_path: Path) -> None:
    plain = as_csv(ROWS, header=False)
    answers = "yes,0.75\n" * 3
    typed = json.dumps({"instances": ROWS})
    predicted = json.dumps({"predictions": [{"label": "yes", "probability": 0.75}] * 3})
    sources = {
        "header.csv": as_csv(ROWS),
        "bare.csv": plain,
        "packed.csv.gz": as_csv(ROWS),
        "mark.csv": "\ufeff" + as_csv(ROWS),
        "rows.jsonl": lines(ROWS),
        "lists.jsonl": lines([[row[name] for name in COLUMNS] for row in ROWS]),
        "packed.jsonl.gz": lines(ROWS),
        "log.jsonl": lines([logged(row, n) for n, row in enumerate(ROWS)]),
        "capture.jsonl": lines([captured(plain, "CSV", answers)]),
        "capture_input.jsonl": lines([captured(plain, "CSV")]),
        "capture_json.jsonl": lines([captured(typed, "JSON", predicted, "application/json")]),
        "capture_base64.jsonl": lines(
            [captured(base64.b64encode(plain.encode()).decode(), "BASE64", None, "text/csv; charset=utf-8")]
        ),
    }
    expected = None
    for name, text in sources.items():
        found = statistics(write(tmp_path / name, text))
        expected = expected or found
        assert found == expected, name
    table = pa.Table.from_pylist(
        [
            logged(row, n)
            for n, row in enumerate(
                [{**r, "amount": None if r["amount"] is None else float(str(r["amount"]))} for r in ROWS]
            )
        ]
    )
    parquet.write_table(table, tmp_path / "log.parquet")
    assert statistics(tmp_path / "log.parquet") == expected
    pd.DataFrame(ROWS).astype({"amount": float}).to_parquet(tmp_path / "rows.parquet")
    assert statistics(tmp_path / "rows.parquet") == expected


def test_the_log_gives_features_and_answers_and_what_is_kept(tmp_path: Path) -> None:
    more = {"probabilities": {"yes": 0.75, "no": 0.25}, "value": None}
    path = write(tmp_path / "log.jsonl", lines([logged({"amount": 1, "prediction": "own"}, 4, **more)]))
    assert read(path, keep=("inferenceId", "customer")) == [
        {
            "amount": 1, "prediction": "own", "predicted_prediction": "yes", "probability": 0.75,
            "probability_yes": 0.75, "probability_no": 0.25, "inferenceId": "i4", "customer": "c4",
        }
    ]  # fmt: skip


def test_a_captured_answer_of_several_classes_needs_names(tmp_path: Path) -> None:
    path = write(tmp_path / "capture.jsonl", lines([captured("1,2", "CSV", "a,0.5,0.3")]))
    with pytest.raises(
        MonitorError, match="line 1: an answer has 3 values, 0 names are known: name the outputs"
    ):
        read(path, columns=("x", "y"))
    assert read(path, columns=("x", "y"), outputs=("label", "p", "q")) == [
        {"x": "1", "y": "2", "label": "a", "p": "0.5", "q": "0.3"}
    ]


def test_a_directory_is_read_by_name_and_hidden_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "endpoint" / "2026").mkdir(parents=True)
    write(tmp_path / "endpoint" / "2026" / "b.csv", "x\n2\n")
    write(tmp_path / "endpoint" / "a.csv", "x\n1\n")
    write(tmp_path / "endpoint" / "_SUCCESS", "")
    write(tmp_path / "endpoint" / ".c.csv", "x\n3\n")
    assert read(tmp_path) == [{"x": "2"}, {"x": "1"}]


def test_files_are_read_a_batch_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "BLOCK_BYTES", 1 << 14)
    monkeypatch.setattr(readers, "JSON_ROWS", 1000)
    monkeypatch.setattr(readers, "BATCH_ROWS", 1000)
    frame = pd.DataFrame({"x": range(20_000)})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for name in ("a.csv", "a.parquet", "a.jsonl"):
        sizes = [table.num_rows for table in batches([tmp_path / name])]
        assert sum(sizes) == 20_000 and max(sizes) <= 4000, name


def test_numbers_and_texts_that_meet_become_texts(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", lines([{"a": 1}, {"a": "x"}, {"a": None}, {"a": True}, {"a": 2.0}]))
    assert [row["a"] for row in read(path)] == ["1", "x", None, "true", "2"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "x", "a.txt: give a file that ends with .csv"),
        ("a.csv", "x,x\n1,2\n", "a.csv: column 'x' occurs twice"),
        ("a.csv", "x,y\n1,2,3\n", "a.csv: it cannot be read as csv"),
        ("a.jsonl", "{\n", "a.jsonl, line 1: this is no JSON"),
        ("a.jsonl", "[1, 2]\n", "a row has 2 values and no names; give the columns"),
        ("a.jsonl", '{"format": 2, "features": {}}\n', "line 1: the log has format 2, 1 is known"),
        ("a.jsonl", '{"a": [1]}\n', r"column 'a' holds \[1\]: a column needs single numbers"),
        ("a.jsonl", '{"captureData": {}}\n', "captureData has neither endpointInput nor endpointOutput"),
        ("a.jsonl", lines([captured("1\n2", "CSV", "3")]), "1 rows were asked|2 rows were asked, 1 are answered"),
        ("a.jsonl", lines([captured("%%", "BASE64")]), "data in BASE64 is no text"),
        ("a.jsonl", lines([captured("x", "XML")]), "data has encoding 'XML': CSV and JSON can be read"),
        ("a.jsonl", lines([captured("{", "JSON")]), "captured data is no JSON"),
        ("a.parquet", "no", "a.parquet: it cannot be read as parquet"),
        ("a.csv.gz", "", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_file_and_line(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    if not words:
        assert read(path) == []
        return
    columns = ("x",) if "captureData" in text else ()
    with pytest.raises(MonitorError, match=words):
        read(path, columns=columns)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_a_packed_file_that_is_cut_or_damaged_is_one_error(tmp_path: Path, name: str) -> None:
    text = "x\n1\n" if "csv" in name else '{"x": 1}\n'
    packed = gzip.compress(text.encode() * 5000)
    damaged = bytes(byte ^ (0xFF if 10 <= at < 30 else 0) for at, byte in enumerate(packed))
    for content in (packed[: len(packed) // 2], damaged, packed[:12]):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MonitorError, match=f"{name}: it cannot be read as"):
            read(tmp_path / name)


@pytest.mark.parametrize("text", [b"x\n\xff\n", b"\xff\n1\n", b"x" * 200_000 + b"\n1\n"])
def test_a_table_that_is_no_text_or_has_too_long_a_cell_is_one_error(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(text)
    with pytest.raises(MonitorError, match="a.csv: it cannot be read as csv"):
        read(tmp_path / "a.csv")


def test_a_file_that_is_not_there_and_an_empty_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="there is no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(MonitorError, match="no file that ends with .csv"):
        read(tmp_path)


def test_a_first_line_that_fits_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="the first line has 1 cells, the model takes 3: give a header"):
        read(write(tmp_path / "a.csv", "1\n"), columns=COLUMNS)
