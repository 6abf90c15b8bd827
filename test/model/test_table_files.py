"""Files as tables: which are read, and how their cells become text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import data_settings
import preprocess
from job import UserError
from pipelines.package import DATA_ENDINGS
from table_files import SUFFIXES
from tests.workbench import Workbench, table

Capture = pytest.CaptureFixture[str]


def test_empty_and_hidden_files_among_others_are_left_out(bench: Workbench, capfd: Capture) -> None:
    bench.give(table("binary"))
    bench.give("", "empty.csv")
    bench.give("\n\n", "blank.csv")
    bench.give("age,income,city,member,outcome\n", "header.csv")
    bench.give("nonsense", "._data.csv")
    bench.preprocess("binary")
    assert bench.lineage()["rows"] == 160
    assert "empty.csv is empty: ignored" in capfd.readouterr().out


def test_a_separator_too_many_in_every_row_is_left_out(bench: Workbench, capfd: Capture) -> None:
    text = table("binary").to_csv(index=False)
    header, *rows = text.splitlines()
    bench.give("\n".join([header, *(f"{row}," for row in rows)]) + "\n")
    bench.preprocess("binary")
    assert [c.name for c in bench.schema().columns] == ["age", "income", "city", "member"]
    assert "every row ends with an extra separator" in capfd.readouterr().out


WRITE: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "csv": lambda frame, file: frame.to_csv(file, index=False),
    "parquet": lambda frame, file: frame.to_parquet(file, index=False),
    "jsonl": lambda frame, file: frame.to_json(file, orient="records", lines=True),
}


def write(frame: pd.DataFrame, file: Path) -> None:
    """A table as its file's name says; pandas packs `.gz`."""
    WRITE[file.name.split(".")[1]](frame, file)


@pytest.mark.parametrize("name", ["data.csv.gz", "data.parquet", "data.jsonl", "data.jsonl.gz"])
def test_a_table_is_the_same_in_every_kind_of_file(bench: Workbench, name: str) -> None:
    frame = table("binary", rows=300)
    bench.give(frame)
    bench.preprocess("binary")
    schema, before = bench.schema(), bench.read("train")
    source = bench.processing / "input" / "data"
    (source / "data.csv").unlink()
    write(frame, source / name)
    bench.preprocess("binary")
    assert bench.schema() == schema
    pd.testing.assert_frame_equal(bench.read("train"), before)


def test_a_file_in_another_encoding_and_with_another_separator(bench: Workbench) -> None:
    frame = table("binary").replace("Oslo", "Malmö")
    file = bench.processing / "input" / "data" / "data.csv"
    bench.give(frame)
    frame.to_csv(file, index=False, sep=";", encoding="latin-1")
    with pytest.raises(
        UserError, match=r"is not text in utf-8 .byte 0xf6.*data.encoding, for example to latin-1"
    ):
        bench.preprocess("binary")
    bench.settings(separator=";", encoding="latin-1")
    bench.preprocess("binary")
    assert "Malmö" in bench.schema().columns[2].categories


def test_what_is_uploaded_as_data_is_what_is_read() -> None:
    assert DATA_ENDINGS == SUFFIXES


def test_a_large_table_is_on_the_disk_and_gives_the_same_sets(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = table("multiclass", rows=300)
    for part in range(3):
        bench.give(frame[part::3], f"{part}.csv")
    written = []
    for limit in (1 << 27, 3000):
        monkeypatch.setattr("texts.IN_MEMORY", limit)
        bench.preprocess("multiclass")
        files = [file for file in bench.processing.rglob("*.*") if "input" not in file.parts]
        written.append({file.name: file.read_bytes() for file in files})
    assert written[0] == written[1] and len(written[0]) == 7


@pytest.mark.parametrize("name", ["data.csv", "data.csv.gz", "data.parquet", "data.jsonl", "data.jsonl.gz"])
def test_a_large_table_takes_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    frame = pd.DataFrame({f"x{i}": [f"{i} {row:09}" for row in range(5_000)] for i in range(20)})
    file = tmp_path / name
    write(frame, file)
    sizes = {"texts.IN_MEMORY": 1 << 18, "cells.BLOCK_BYTES": 1 << 16, "json_file.BLOCK_BYTES": 1 << 16}
    for what, size in (sizes | {"table_files.BATCH_ROWS": 500}).items():
        monkeypatch.setattr(what, size)
    before = pa.total_allocated_bytes()
    texts, _ = preprocess.read(file, data_settings.Data())
    assert pa.total_allocated_bytes() - before < 1 << 19  # of 1.6 MB
    assert [texts[column].to_pylist() for column in frame] == [frame[column].tolist() for column in frame]


def test_a_byte_that_is_no_text_is_found_in_a_large_file(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes("a;b\n".encode("utf-16") + "1;2\n".encode("utf-16-le") * 600_000 + b"\x00\xdc")
    with pytest.raises(UserError, match=r"is not text in utf-16 .byte 0x00 at 4800010."):
        preprocess.read(file, data_settings.Data(separator=";", encoding="utf-16"))


def test_what_only_a_later_block_has_is_read_as_well(tmp_path: Path) -> None:
    rows = [f"{row},{row}" for row in range(300_000)]
    rows[250_000] = '1,"a" b'
    file = tmp_path / "data.csv"
    file.write_text("\n".join(["a,b", *rows]) + "\n", encoding="utf-8")
    texts, _ = preprocess.read(file, data_settings.Data())
    assert texts.num_rows == 300_000 and texts["b"][250_000].as_py() == "a b"
