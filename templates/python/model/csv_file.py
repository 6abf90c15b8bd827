"""CSV files: their header, their cells, and what is wrong with them in words for a person."""

from __future__ import annotations

import csv
import gzip
import io
import mmap
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from cells import arrow_table, python_table, spaced
from data_settings import Data
from job import UserError

HEADER_BYTES = 1 << 20
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "vertical bar", ",": "comma"}


def read(file: Path, name: str, settings: Data) -> pa.Table | None:
    """A file as a table of texts; None when it has not even a header. Raises `UserError`."""
    encoding, separator = settings.encoding, settings.separator
    plain = encoding.lower().replace("_", "-") in (
        "utf-8",
        "utf8",
        "ascii",
    ) and not file.name.lower().endswith(".gz")
    if file.stat().st_size == 0:
        return None
    with file.open("rb") as stream:
        if plain:
            # closed by the last who reads it, which may be a thread of Arrow's
            return _csv(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), name, separator)
        packed = stream.read()
    raw = gzip.decompress(packed) if file.name.lower().endswith(".gz") else packed
    try:
        content_bytes = raw.decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise _not_text(name, encoding, error) from None
    return _csv(content_bytes, name, separator) if content_bytes else None


def _csv(content: Any, name: str, separator: str) -> pa.Table | None:
    """A CSV content with its header; `content` is bytes or a mapped file."""
    first = re.match(rb"(?:\xef\xbb\xbf)?\s*", content)
    if first is None or first.end() == len(content):
        return None
    try:
        reader = _reader(content[:HEADER_BYTES], separator)
        header = next(row for row in reader if row)
    except UnicodeDecodeError as error:
        raise _not_text(name, "utf-8", error) from None
    except csv.Error as error:
        raise UserError(f"{name} is not CSV: {error}") from None
    if len(header) == 1:
        for other, word in SEPARATORS.items():
            if other != separator and other in header[0]:
                raise UserError(
                    f"{name} has one column, {header[0]!r}: its separator looks like a {word}; set "
                    f"data.separator to {other!r}"
                )
    names = column_names(header, name)
    if content.find(b"\n", first.end()) < 0 and content.find(b"\r", first.end()) < 0:
        return python_table([], names)
    try:
        if spaced(content, separator.encode()):
            return python_table(_even(_reader(content, separator, reader.line_num), names, name), names)
        return arrow_table(content, names, reader.line_num, separator, {})
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error) and not any(
            row for row in _reader(content, separator, reader.line_num)
        ):
            return python_table([], names)
        return _uneven(content, names, name, separator, reader.line_num, error)
    except UnicodeDecodeError as error:
        raise _not_text(name, "utf-8", error) from None


def _reader(content: Any, separator: str, skip: int = 0, *, strict: bool = False) -> Any:
    """Python's reader, which tells line numbers; blank lines give empty rows."""
    view = content if isinstance(content, bytes) else content[:]
    text = io.TextIOWrapper(io.BytesIO(view), "utf-8-sig", newline="")
    for _ in range(skip):
        text.readline()
    return csv.reader(text, delimiter=separator, skipinitialspace=True, strict=strict)


def _even(reader: Any, names: Sequence[str], name: str) -> Iterator[list[str]]:
    for row in reader:
        if not row:
            continue
        if len(row) != len(names):
            raise UserError(
                f"{name}, line {reader.line_num} has {len(row)} cells, its header has {len(names)}"
            )
        yield row


def _uneven(
    content: Any, names: list[str], name: str, separator: str, skip: int, error: Exception
) -> pa.Table:
    """What Arrow's reader refused: an empty cell too many in every row is left out, all else is named."""
    if "invalid UTF8" in str(error):
        try:
            bytes(content[:]).decode()
        except UnicodeDecodeError as bad:
            raise _not_text(name, "utf-8", bad) from None
    extra = empty = total = 0
    wrong = ""
    reader = _reader(content, separator, skip, strict=True)
    try:
        for row in reader:
            if not row:
                continue
            total += 1
            if len(row) != len(names):
                extra += len(row) == len(names) + 1
                empty += len(row) == len(names) + 1 and not row[-1].strip()
                wrong = wrong or (
                    f"line {reader.line_num + skip} has {len(row)} cells, its header has {len(names)}"
                )
    except csv.Error as bad:
        raise UserError(f"{name} is not CSV: line {reader.line_num + skip}: {bad}") from None
    if total and empty == total:
        print(f"{name}: every row ends with a separator too many, which is left out")
        table = arrow_table(content, [*names, ""], skip, separator, {})
        return table.drop_columns([""])
    if total and extra == total:
        raise UserError(
            f"{name}: every row has one cell more than the header: give the first column (row names?) a "
            "name, "
            "or remove it"
        )
    if wrong:
        raise UserError(f"{name}: {wrong}: put cells that contain a separator into quotes")
    return python_table(_even(_reader(content, separator, skip), names, name), names)


def column_names(header: Sequence[str], name: str) -> list[str]:
    """Names without spaces around them; a column without one is called by its place."""
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(header, 1)]
    places: dict[str, int] = {}
    for place, column in enumerate(names, 1):
        if column in places:
            raise UserError(
                f"{name}: columns {places[column]} and {place} are both named {column!r}: give each a "
                "name of "
                "its own"
            )
        places[column] = place
    return names


def _not_text(name: str, encoding: str, error: UnicodeDecodeError) -> UserError:
    byte = error.object[error.start]
    return UserError(
        f"{name} is not text in {encoding} (byte 0x{byte:02x} at {error.start}): set data.encoding, for "
        "example "
        f"to {'utf-8' if encoding != 'utf-8' else 'latin-1'}"
    )
