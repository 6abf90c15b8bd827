"""JSON Lines: read in blocks, a file is the table that it is when read at once."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest

import data_settings
import preprocess
from job import UserError
from texts import Texts

Patch = pytest.MonkeyPatch
BLOCKS = [1, 40, 100, 1 << 24]
NAMES = ["data.jsonl", "data.jsonl.gz"]


def given(directory: Path, content: str | bytes, name: str = "data.jsonl") -> Path:
    """A file with that content."""
    raw = content.encode() if isinstance(content, str) else content
    file = directory / name
    file.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return file


def cells(file: Path) -> dict[str, list[str]]:
    """The cells of a file's columns."""
    texts, _ = preprocess.read(file, data_settings.Data())
    return {name: texts[name].to_pylist() for name in texts.column_names}


LINES = """\
{"n": 1, "big": 9007199254740993, "day": "2026-01-31", "time": "2026-01-31", "ok": true, "none": null}

{"n": 2.5, "big": 1, "day": "2026-02-01", "time": "2026-01-31 08:30:00", "ok": null, "none": null}
{"n": null, "big": 2, "day": "soon", "late": "x\\u00f6\\n", "ok": false}
   \r
{"n": 1e-7, "big": 3, "time": null, "late": null, "later": 7, "big2": 9007199254740993}\r
{}
{"n": 7, "big": 0.5, "day": "", "big2": 9007199254740995}"""
TABLE = {
    "n": ["1", "2.5", "", "1e-07", "", "7"],
    "big": ["9007199254740992", "1", "2", "3", "", "0.5"],  # a number of the column is not whole
    "day": ["2026-01-31", "2026-02-01", "soon", "", "", ""],
    "time": ["2026-01-31T00:00:00", "2026-01-31T08:30:00", "", "", "", ""],
    "ok": ["true", "", "false", "", "", ""],
    "none": [""] * 6,
    "late": ["", "", "xö\n", "", "", ""],
    "later": ["", "", "", "7", "", ""],
    "big2": ["", "", "", "9007199254740993", "", "9007199254740995"],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", BLOCKS)
def test_a_table_is_the_same_however_it_is_cut_into_blocks(
    tmp_path: Path, monkeypatch: Patch, size: int, name: str
) -> None:
    monkeypatch.setattr("json_file.BLOCK_BYTES", size)
    assert cells(given(tmp_path, LINES, name)) == TABLE
    assert cells(given(tmp_path, "\ufeff" + LINES + "\n\n", name)) == TABLE


GOOD = '{"a": 1, "b": "x"}\n'
BAD = {
    "not JSON": ('{"a": 1, "b": oops}', "Invalid value"),
    "cut off": ('{"a": 1, "b"', "Missing a colon after a name of object member"),
    "no object": ("[1, 2]", "the line changed from object to array"),
    "another type": ('{"a": "one"}', "column 'a' changed from number to string"),
    "another type of text": ('{"b": false}', "column 'b' changed from string to boolean"),
    "nested where text was": ('{"b": {"c": 1}}', "column 'b' changed from string to object"),
    "a list where a number was": ('{"a": [1]}', "column 'a' changed from number to array"),
    "a name twice": ('{"a": 1, "a": 2}', "column 'a' was specified twice"),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", BLOCKS)
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_line_is_named_by_its_number_in_the_file(
    tmp_path: Path, monkeypatch: Patch, kind: str, size: int, name: str
) -> None:
    monkeypatch.setattr("json_file.BLOCK_BYTES", size)
    bad, reason = BAD[kind]
    file = given(tmp_path, f"{GOOD * 9}\n \n{bad}\n{GOOD * 9}{bad}\n", name)
    with pytest.raises(UserError) as caught:
        cells(file)
    assert str(caught.value) == (
        f"{name}, line 12: {reason}: each line must be a JSON object, and the values of a column must have "
        "one type"
    )


@pytest.mark.parametrize("size", BLOCKS)
def test_the_last_line_is_named_if_it_is_cut_off(tmp_path: Path, monkeypatch: Patch, size: int) -> None:
    monkeypatch.setattr("json_file.BLOCK_BYTES", size)
    with pytest.raises(UserError, match=r"^data.jsonl, line 10: Missing a comma or '}'"):
        cells(given(tmp_path, GOOD * 9 + '{"a": 1'))


@pytest.mark.parametrize("size", BLOCKS)
def test_a_byte_that_is_no_text_is_named_with_its_line(tmp_path: Path, monkeypatch: Patch, size: int) -> None:
    monkeypatch.setattr("json_file.BLOCK_BYTES", size)
    content = (GOOD * 4).encode() + '{"b": "Malmö"}\n'.encode("latin-1") + GOOD.encode()
    with pytest.raises(UserError, match=r"^data.jsonl, line 5 is not text in utf-8 .byte 0xf6.: JSON Lines"):
        cells(given(tmp_path, content))


@pytest.mark.parametrize("size", BLOCKS)
def test_nested_values_are_refused_by_the_name_of_their_column(
    tmp_path: Path, monkeypatch: Patch, size: int
) -> None:
    monkeypatch.setattr("json_file.BLOCK_BYTES", size)
    for value in ("[1]", '{"c": 1}'):
        with pytest.raises(UserError, match=r"^data.jsonl: column 'v' holds (list|struct).*single numbers"):
            cells(given(tmp_path, GOOD * 5 + '{"v": []}\n'.replace("[]", value) * 3))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_blank_lines_is_empty(tmp_path: Path, monkeypatch: Patch, name: str) -> None:
    monkeypatch.setattr("json_file.BLOCK_BYTES", 2)
    with pytest.raises(UserError, match="is empty: a header line and data rows are needed"):
        cells(given(tmp_path, "\n \n\r\n\n", name))


def test_a_packed_file_that_is_damaged_is_named(tmp_path: Path) -> None:
    packed = gzip.compress((GOOD * 500).encode())
    for damaged in (packed[:40], packed[:20] + b"\xff" * 20 + packed[40:], b"plain"):
        file = tmp_path / "data.jsonl.gz"
        file.write_bytes(damaged)
        with pytest.raises(UserError, match=r"^data.jsonl.gz cannot be read: "):
            cells(file)


@pytest.mark.parametrize("name", NAMES)
def test_a_large_file_is_never_held_as_a_whole(tmp_path: Path, monkeypatch: Patch, name: str) -> None:
    rows = [{f"x{i}": f"{i} {row:09}" for i in range(20)} for row in range(5_000)]
    file = given(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), name)
    sizes = {"texts.IN_MEMORY": 1 << 18, "json_file.BLOCK_BYTES": 1 << 16}
    for what, size in sizes.items():
        monkeypatch.setattr(what, size)
    before, held, add = pa.total_allocated_bytes(), [], Texts._add

    def watched(texts: Texts, batch: pa.RecordBatch) -> None:
        held.append(pa.total_allocated_bytes() - before + tracemalloc.get_traced_memory()[1])
        add(texts, batch)

    monkeypatch.setattr(Texts, "_add", watched)
    tracemalloc.start()
    try:
        assert cells(file) == {column: [row[column] for row in rows] for column in rows[0]}
    finally:
        tracemalloc.stop()
    assert len(held) > 30 and max(held) < 1 << 20  # of 2.3 MB
