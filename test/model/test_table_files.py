"""Files as tables: which are read, and how their cells become text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

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
    assert "empty.csv is empty: it is left out" in capfd.readouterr().out


def test_a_separator_too_many_in_every_row_is_left_out(bench: Workbench, capfd: Capture) -> None:
    text = table("binary").to_csv(index=False)
    header, *rows = text.splitlines()
    bench.give("\n".join([header, *(f"{row}," for row in rows)]) + "\n")
    bench.preprocess("binary")
    assert [c.name for c in bench.schema().columns] == ["age", "income", "city", "member"]
    assert "a separator too many" in capfd.readouterr().out


FORMS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "data.csv.gz": lambda frame, file: frame.to_csv(file, index=False),
    "data.parquet": lambda frame, file: frame.to_parquet(file, index=False),
    "data.jsonl": lambda frame, file: frame.to_json(file, orient="records", lines=True),
    "data.jsonl.gz": lambda frame, file: frame.to_json(file, orient="records", lines=True),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_table_is_the_same_in_every_kind_of_file(bench: Workbench, name: str) -> None:
    frame = table("binary", rows=300)
    bench.give(frame)
    bench.preprocess("binary")
    schema, before = bench.schema(), bench.read("train")
    source = bench.processing / "input" / "data"
    (source / "data.csv").unlink()
    FORMS[name](frame, source / name)
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
