"""JSON Lines files: one object in each line, read a block of lines at a time.

Types are those of the whole file: `1` is the number 1.0 if a later line has 1.5, and a date stays as it is
written if a later line has another text. So a file of several blocks is read twice: for its types, and for
its rows.
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.json as arrow_json

from job import UserError

BLOCK_BYTES = 1 << 24
LARGEST_BLOCK = (1 << 31) - 1  # that Arrow's reader takes
KINDS = {
    pa.bool_(): "boolean",
    pa.int64(): "number",
    pa.float64(): "number",
    pa.string(): "string",
    pa.timestamp("s"): "string",
}

Types = dict[str, pa.DataType]


def batches(file: Path, name: str, rows: int) -> tuple[pa.Schema, Iterator[pa.RecordBatch]] | None:
    """The columns of a file and its rows, at most `rows` at a time; None without any. Raises `UserError`."""
    types: Types = {}
    read = 0
    for line, content in _blocks(file):
        table = _understood(content, types, f"{name}, line", line)
        for field in table.schema:
            types[field.name] = _both(types.get(field.name, pa.null()), field.type)
        read += 1
    if read == 0:
        return None
    schema = pa.schema(list(types.items()))
    if read == 1:
        return schema, iter(table.to_batches(rows))
    return schema, (some for _, content in _blocks(file) for some in _table(content, schema).to_batches(rows))


def _blocks(file: Path) -> Iterator[tuple[int, bytes]]:
    """Whole lines with the number of their first one, without blocks of blank lines."""
    line = 1
    with gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb") as stream:
        while content := stream.read(BLOCK_BYTES):
            if not content.endswith(b"\n"):
                content += stream.readline()
            if content.strip():
                yield line, content
            line += content.count(b"\n")


def _table(content: bytes, schema: pa.Schema | None = None) -> pa.Table:
    """The rows of some lines. Raises `pa.ArrowInvalid`."""
    return arrow_json.read_json(
        pa.BufferReader(content),
        read_options=arrow_json.ReadOptions(block_size=min(len(content) + 1, LARGEST_BLOCK)),
        parse_options=arrow_json.ParseOptions(explicit_schema=schema),
    )


def _understood(content: bytes, types: Mapping[str, pa.DataType], where: str, first: int) -> pa.Table:
    """The rows of a block, which fit to the types of the blocks before; else an error names the line."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = first + content.count(b"\n", 0, error.start)
        raise UserError(
            f"{where} {line} is not text in utf-8 (byte 0x{content[error.start]:02x}): JSON Lines must be "
            "in utf-8"
        ) from None
    found = _tried(content, types)
    if isinstance(found, pa.Table):
        return found
    # The first line with which the lines so far are bad: Arrow's own count leaves out blank lines and blocks.
    ends = [match.end() for match in re.finditer(rb"\n|[^\n]\Z", content)]
    last = bisect_left(ends, True, key=lambda end: isinstance(_tried(content[:end], types), str))
    raise UserError(
        f"{where} {first + last}: {_tried(content[: ends[last]], types)}: each line must be a JSON object, "
        "and the values of a column must have one type"
    )


def _tried(content: bytes, types: Mapping[str, pa.DataType]) -> pa.Table | str:
    """The rows of some lines, or what is wrong with them."""
    try:
        table = _table(content)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0].removeprefix("JSON parse error: ")
        reason = re.sub(r" in row \d+$", "", reason).rstrip(".")
        return re.sub(r"Column\(/?(.*?)\)", lambda match: _called(match[1]), reason)
    for field in table.schema:
        before = types.get(field.name, pa.null())
        if _both(before, field.type) is None:
            return f"{_called(field.name)} changed from {_kind(before)} to {_kind(field.type)}"
    return table


def _called(column: str) -> str:
    return f"column {column!r}" if column else "the line"


def _kind(kind: pa.DataType) -> str:
    return KINDS.get(kind) or ("object" if pa.types.is_struct(kind) else "array")


def _both(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type of a column with values of two types, as Arrow's reader decides it within a block, if any."""
    if pa.types.is_null(one):
        return other
    if pa.types.is_null(other) or (pa.types.is_nested(one) and one.id == other.id):
        return one
    if one != other and _kind(one) == _kind(other):
        return pa.float64() if _kind(one) == "number" else pa.string()
    return one if one == other else None
