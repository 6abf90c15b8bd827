"""Tables and requests as cells: every cell is a text, until the schema gives its column a type.

CSV is read by one reader everywhere, so a line means the same in the training data and in a request:
quotes, line ends and spaces as in RFC 4180, spaces before a quote allowed. Cells of other files get the text
that a client would send:

- an empty text for null;
- `true` and `false`;
- the shortest digits that give the same number back, without `.0` (`7`, `0.1`, `1e-07`);
- ISO 8601 for dates and times.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from job import UserError

BLOCK_BYTES = 1 << 21
ROWS_AT_A_TIME = 100_000
csv.field_size_limit(2**31 - 1)


def texts_of(array: pa.Array | pa.ChunkedArray, column: str = "") -> Any:
    """The canonical texts of an array of any type; missing values are empty."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return texts_of(array.cast(kind.value_type), column)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = array.cast(pa.string())
    elif pa.types.is_floating(kind):
        text = pa.array([text_of(value) for value in array.to_pylist()], pa.string())
    elif pa.types.is_timestamp(kind):
        form = "%Y-%m-%dT%H:%M:%S" + ("Z" if kind.tz else "")
        text = pc.strftime(array, form)
    elif pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise UserError(f"column {column!r} holds {kind}: a column needs single numbers, texts or dates")
    else:
        text = array.cast(pa.string())
    return pc.fill_null(text, "")


def text_of(value: Any) -> str:
    """The canonical text of one value of a JSON request or file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)


def lines(columns: Sequence[Any]) -> list[str]:
    """Columns of texts as the lines of a CSV content by RFC 4180, without line ends."""
    quoted = [_quoted(column, alone=len(columns) == 1) for column in columns]
    joined_cells: list[str] = pc.binary_join_element_wise(*quoted, ",").to_pylist()
    return joined_cells


def _quoted(column: Any, *, alone: bool) -> Any:
    """The cells, quoted where necessary; a single empty cell in a line needs quotes too."""
    needs = pc.match_substring_regex(column, '[",\r\n]|^[ \t]|^$' if alone else '[",\r\n]|^[ \t]')
    if not pc.any(needs).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needs, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def spaced(content: bytes, separator: bytes = b",") -> bool:
    """Whether a quote comes after spaces at the start of a cell, which Arrow's reader does not know."""
    # One byte is found several times as fast as two.
    if b'"' not in content or b' "' not in content:
        return False
    return re.search(rb"(?:\A|[\r\n]|" + re.escape(separator) + rb')[ ]+"', content) is not None


def has_blank_line(content: bytes) -> bool:
    """Whether a line is empty, ignoring those at the end."""
    if content.startswith((b"\n", b"\r")):
        return True
    pairs = (b"\n\n", b"\n\r", b"\r\r") if b"\r" in content else (b"\n\n",)
    return any(two in content and two in content.rstrip(b"\r\n") for two in pairs)


def is_header(row: Sequence[Any], names: Sequence[str]) -> bool:
    """Whether a row has the names of the columns."""
    return [str(cell).strip() for cell in row] == list(names)


def arrow_table(
    content: bytes, names: Sequence[str], *, numbers: Sequence[str] = (), missing: Sequence[str] = ()
) -> pa.Table:
    """The rows of a CSV content as texts; the columns of `numbers` as doubles.

    `missing` are the cells of those that are null. Raises `pa.ArrowInvalid`.
    """
    return arrow_csv.read_csv(pa.BufferReader(content), **_options(names, 0, ",", numbers, missing))


def arrow_batches(
    file: Path, names: Sequence[str], skip: int, separator: str, ignored: Sequence[str] = ()
) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file after `skip` lines, as texts, a block at a time. Raises `pa.ArrowInvalid`.

    `ignored` are further columns, at the end of each row. Arrow opens the file: its threads
    read ahead, and one that waits for Python when the process ends aborts it.
    """
    options = _options([*names, *ignored], skip, separator)
    options["convert_options"].include_columns = list(names)
    with pa.OSFile(str(file)) as stream, arrow_csv.open_csv(stream, **options) as reader:
        yield from reader


def _options(
    names: Sequence[str], skip: int, separator: str, numbers: Sequence[str] = (), missing: Sequence[str] = ()
) -> dict[str, Any]:
    types = {name: pa.float64() if name in numbers else pa.string() for name in names}
    return {
        "read_options": arrow_csv.ReadOptions(
            column_names=list(names), skip_rows=skip, block_size=BLOCK_BYTES
        ),
        "parse_options": arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        "convert_options": arrow_csv.ConvertOptions(
            column_types=types, strings_can_be_null=False, null_values=list(missing)
        ),
    }


def python_batches(rows: Iterable[Sequence[str]], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The same from rows of cells, for what Arrow's reader does not know."""
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_A_TIME)):
        columns = [pa.array(column, pa.string()) for column in zip(*some, strict=True)]
        yield pa.record_batch(columns, names=list(names))


def python_table(rows: Iterable[Sequence[str]], names: Sequence[str]) -> pa.Table:
    """All rows."""
    types = pa.schema([(name, pa.string()) for name in names])
    return pa.Table.from_batches(list(python_batches(rows, names)), types)
