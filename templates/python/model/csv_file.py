"""CSV files: their header, their cells, and errors that a person understands."""

from __future__ import annotations

import codecs
import csv
import gzip
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from cells import BLOCK_BYTES, arrow_batches, python_batches, spaced
from data_settings import Data
from job import UserError
from oddities import first_row
from texts import Texts

OVERLAP = 100
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "vertical bar", ",": "comma"}


def read(file: Path, name: str, settings: Data, texts: Texts) -> bool:
    """Put a file's rows into a table of texts; false when it has not even a header. Raises `UserError`."""
    packed, encoding = file.name.lower().endswith(".gz"), settings.encoding
    plain = encoding.lower() in ("utf-8", "utf8", "ascii")
    if plain and not packed:
        return _csv(file, name, settings.separator, texts)
    with texts.temporary() as copy:
        with gzip.open(file) if packed else file.open("rb") as source:
            if plain:
                shutil.copyfileobj(source, copy, BLOCK_BYTES)
            else:
                _in_utf8(source, copy, encoding, name)
        copy.flush()
        return _csv(Path(copy.name), name, settings.separator, texts)


def _in_utf8(source: Any, target: IO[bytes], encoding: str, name: str) -> None:
    decoder, read = codecs.getincrementaldecoder(encoding)(), 0
    while True:
        block, begun = source.read(BLOCK_BYTES), len(decoder.getstate()[0])
        try:
            target.write(decoder.decode(block, final=not block).encode())
        except UnicodeDecodeError as error:
            raise _not_text(name, encoding, error, read - begun) from None
        if not block:
            return
        read += len(block)


def _csv(source: Path, name: str, separator: str, texts: Texts) -> bool:
    """A CSV content with its header."""
    try:
        reader = _reader(source, separator)
        header = next((row for row in reader if "".join(row).strip()), None)
        if header is None:
            return False
        names, skip = _names(header, name, separator), reader.line_num
        if not any(_reader(source, separator, skip)):
            batches: Iterator[pa.RecordBatch] = iter(())
        elif _spaced(source, separator.encode()):
            batches = python_batches(_even(_reader(source, separator, skip), names, name), names)
        else:
            batches = _batches(source, names, name, separator, skip)
        texts.add(name, names, batches)
    except UnicodeDecodeError as error:
        raise _not_text(name, "utf-8", error) from None
    except csv.Error as error:
        raise UserError(f"{name} is not CSV: {error}") from None
    return True


def _batches(
    source: Path, names: list[str], name: str, separator: str, skip: int
) -> Iterator[pa.RecordBatch]:
    """By Arrow's reader, and from where it stops by what `_uneven` finds."""
    done = 0
    try:
        for batch in arrow_batches(source, names, skip, separator):
            yield batch
            done += batch.num_rows
    except pa.ArrowInvalid as error:
        if _uneven(source, names, name, separator, skip, error):
            print(f"{name}: every row ends with an extra separator, which is ignored")
            yield from arrow_batches(source, names, skip, separator, ignored=[""])
        else:
            rows = _even(_reader(source, separator, skip), names, name)
            yield from python_batches(islice(rows, done, None), names)


def _names(header: Sequence[str], name: str, separator: str) -> list[str]:
    """The names of the columns; a single name that contains another separator is an error."""
    if len(header) == 1:
        for other, word in SEPARATORS.items():
            if other != separator and other in header[0]:
                raise UserError(
                    f"{name} has one column, {header[0]!r}: its separator looks like a {word}; set "
                    f"data.separator to {other!r}"
                )
    return column_names(header, name)


def _spaced(source: Path, separator: bytes) -> bool:
    """Whether a quote comes after a separator and spaces somewhere."""
    before = b""
    with source.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            if spaced(before + block, separator):
                return True
            before = block[-OVERLAP:]
    return False


def _reader(source: Path, separator: str, skip: int = 0, *, strict: bool = False) -> Any:
    """Python's reader, which knows line numbers; blank lines give empty rows."""
    text = source.open(encoding="utf-8-sig", newline="")
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


def _uneven(source: Path, names: list[str], name: str, separator: str, skip: int, error: Exception) -> bool:
    """What Arrow's reader refused: true for an empty cell too many in every row; all else is named."""
    if "invalid UTF8" in str(error):
        try:
            source.read_bytes().decode()
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
        return True
    if total and extra == total:
        raise UserError(
            f"{name}: every row has one cell more than the header: give the first column (row "
            "names?) a name, or remove it"
        )
    if wrong:
        raise UserError(f"{name}: {wrong}: put cells that contain a separator into quotes")
    return False


def column_names(header: Sequence[str], name: str) -> list[str]:
    """Names without spaces around them; a column without one is called by its place."""
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(header, 1)]
    places: dict[str, int] = {}
    for place, column in enumerate(names, 1):
        if column in places:
            raise UserError(
                f"{name}: columns {places[column]} and {place} are both named {column!r}: give each a "
                f"name of its own{first_row(names)}"
            )
        places[column] = place
    return names


def _not_text(name: str, encoding: str, error: UnicodeDecodeError, before: int = 0) -> UserError:
    byte, place = error.object[error.start], before + error.start
    return UserError(
        f"{name} is not text in {encoding} (byte 0x{byte:02x} at {place}): set data.encoding, for "
        f"example to {'utf-8' if encoding != 'utf-8' else 'latin-1'}"
    )
