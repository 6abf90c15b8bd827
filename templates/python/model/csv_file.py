"""CSV files: their header, their cells, and what is wrong with them in words for a person."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from cells import BLOCK_BYTES, arrow_table, python_table, spaced
from data_settings import Data
from job import UserError

OVERLAP = 100
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "vertical bar", ",": "comma"}


Source = Callable[[], BinaryIO]
"""Opens the content from its beginning, in UTF-8."""


def read(file: Path, name: str, settings: Data) -> pa.Table | None:
    """A file as a table of texts; None when it has not even a header. Raises `UserError`."""
    packed = file.name.lower().endswith(".gz")
    if settings.encoding.lower() in ("utf-8", "utf8", "ascii") and not packed:
        return _csv(lambda: file.open("rb"), name, settings.separator)
    raw = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
    try:
        content = raw.decode(settings.encoding).encode()
    except UnicodeDecodeError as error:
        raise _not_text(name, settings.encoding, error) from None
    return _csv(lambda: io.BytesIO(content), name, settings.separator)


def _csv(source: Source, name: str, separator: str) -> pa.Table | None:
    """A CSV content with its header."""
    try:
        reader = _reader(source, separator)
        header = next((row for row in reader if "".join(row).strip()), None)
        if header is None:
            return None
        names, skip = _names(header, name, separator), reader.line_num
        if not any(_reader(source, separator, skip)):
            return python_table([], names)
        if _spaced(source, separator.encode()):
            return python_table(_even(_reader(source, separator, skip), names, name), names)
    except UnicodeDecodeError as error:
        raise _not_text(name, "utf-8", error) from None
    except csv.Error as error:
        raise UserError(f"{name} is not CSV: {error}") from None
    try:
        with source() as stream:
            return arrow_table(stream, names, skip=skip, separator=separator)
    except pa.ArrowInvalid as error:
        return _uneven(source, names, name, separator, skip, error)


def _names(header: Sequence[str], name: str, separator: str) -> list[str]:
    """The names of the columns; one that holds another separator tells of it."""
    if len(header) == 1:
        for other, word in SEPARATORS.items():
            if other != separator and other in header[0]:
                raise UserError(
                    f"{name} has one column, {header[0]!r}: its separator looks like a {word}; set "
                    f"data.separator to {other!r}"
                )
    return column_names(header, name)


def _spaced(source: Source, separator: bytes) -> bool:
    """Whether a quote comes after a separator and spaces somewhere."""
    before = b""
    with source() as stream:
        while block := stream.read(BLOCK_BYTES):
            if spaced(before + block, separator):
                return True
            before = block[-OVERLAP:]
    return False


def _reader(source: Source, separator: str, skip: int = 0, *, strict: bool = False) -> Any:
    """Python's reader, which tells line numbers; blank lines give empty rows."""
    text = io.TextIOWrapper(source(), "utf-8-sig", newline="")
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
    source: Source, names: list[str], name: str, separator: str, skip: int, error: Exception
) -> pa.Table:
    """What Arrow's reader refused: an empty cell too many in every row is left out, all else is named."""
    if "invalid UTF8" in str(error):
        try:
            source().read().decode()
        except UnicodeDecodeError as bad:
            raise _not_text(name, "utf-8", bad) from None
    extra = empty = total = 0
    wrong = ""
    reader = _reader(source, separator, skip, strict=True)
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
        with source() as stream:
            table = arrow_table(stream, [*names, ""], skip=skip, separator=separator)
        return table.drop_columns([""])
    if total and extra == total:
        raise UserError(
            f"{name}: every row has one cell more than the header: give the first column (row "
            "names?) a name, or remove it"
        )
    if wrong:
        raise UserError(f"{name}: {wrong}: put cells that contain a separator into quotes")
    return python_table(_even(_reader(source, separator, skip), names, name), names)


def column_names(header: Sequence[str], name: str) -> list[str]:
    """Names without spaces around them; a column without one is called by its place."""
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(header, 1)]
    places: dict[str, int] = {}
    for place, column in enumerate(names, 1):
        if column in places:
            raise UserError(
                f"{name}: columns {places[column]} and {place} are both named {column!r}: give each a "
                "name of its own"
            )
        places[column] = place
    return names


def _not_text(name: str, encoding: str, error: UnicodeDecodeError) -> UserError:
    byte = error.object[error.start]
    return UserError(
        f"{name} is not text in {encoding} (byte 0x{byte:02x} at {error.start}): set data.encoding, for "
        f"example to {'utf-8' if encoding != 'utf-8' else 'latin-1'}"
    )
