"""Files of rows, a block at a time: what the model is asked, and what goes into the output again."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from ..errors import RunnerError, nearest
from .parquet_process import ParquetReader

ROWS = 10_000
"""Rows of a block."""
NOT_NEEDED = ("id", "dropped")
"""Kinds of columns that a file may leave out: the model does not use them."""
_BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Block:
    """Some rows: the cells of all columns as texts or JSON values, and where each row is in the file."""

    cells: list[list[Any]]
    places: list[str]
    columns: list[str]


class Source(Protocol):
    """A file of rows; `columns` is known once the first block was read."""

    columns: list[str]

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in order."""
        ...


class Chosen:
    """Brings rows into the order of the model's columns. Raises RunnerError for a column that is missing."""

    def __init__(self, name: str, schema: Sequence[dict[str, Any]]) -> None:
        self._name = name
        self._wanted = [str(column["name"]) for column in schema]
        self._needed = [str(column["name"]) for column in schema if column.get("kind") not in NOT_NEEDED]
        self._checked = False

    def rows(self, block: Block) -> list[list[str]]:
        """Return the texts that the model takes."""
        if not self._checked:
            self._check(block.columns)
            self._checked = True
        places = {column: place for place, column in enumerate(block.columns)}
        found = [places.get(column) for column in self._wanted]
        return [
            ["" if at is None or at >= len(row) else self._text(row[at], block, index, at) for at in found]
            for index, row in enumerate(block.cells)
        ]

    def _text(self, value: Any, block: Block, row: int, at: int) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, (dict, list)):
            raise RunnerError(
                f"{self._name}, {block.places[row]}: column {block.columns[at]!r} holds"
                f" {'an object' if isinstance(value, dict) else 'a list'}: a column needs single values."
            )
        return text_of(value)

    def _check(self, columns: Sequence[str]) -> None:
        missing = [column for column in self._needed if column not in columns]
        if not missing:
            return
        others = [column for column in columns if column not in self._wanted]
        hint = nearest(missing[0], others)
        raise RunnerError(
            f"{self._name} has no column {', '.join(map(repr, missing[:5]))}"
            f"{f' and {len(missing) - 5} more' if len(missing) > 5 else ''}, which the model needs.{hint}"
            f" Its columns are: {', '.join(list(columns)[:20])}{', ...' if len(columns) > 20 else ''}."
        )


def text_of(value: Any) -> str:
    """Return the text that stands for a JSON value in a request, as model/cells.py writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


class CsvSource:
    """CSV, with a header in any order, or without one where the first line names no column of the model."""

    def __init__(self, file: Path, schema: Sequence[dict[str, Any]], separator: str, encoding: str) -> None:
        self._file = file
        self._wanted = [str(column["name"]) for column in schema]
        self._separator = separator
        self._encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
        self.columns: list[str] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in order."""
        with _opened(self._file, self._encoding, newline="") as text:
            reader = csv.reader(text, delimiter=self._separator, skipinitialspace=True, strict=True)
            try:
                yield from self._blocks(reader)
            except csv.Error as error:
                raise RunnerError(f"{self._file}, line {reader.line_num}, is not CSV: {error}.") from None
            except _BROKEN as error:
                raise RunnerError(f"{self._file} cannot be unpacked: {error}.") from None
            except UnicodeDecodeError as error:
                raise RunnerError(
                    f"{self._file} is not text in {self._encoding.removesuffix('-sig')}"
                    f" (byte 0x{error.object[error.start]:02x} after line {reader.line_num})."
                ) from None

    def _blocks(self, reader: Any) -> Iterator[Block]:
        rows = ((row, reader.line_num) for row in reader if row)
        first = next(rows, None)
        if first is None:
            return
        names = [cell.strip() for cell in first[0]]
        headed = not set(names).isdisjoint(self._wanted)
        self.columns = names if headed else self._without_header(first[0])
        _check_names(self._file, self.columns)
        waiting = [] if headed else [first]
        number = 0
        while some := [*waiting, *islice(rows, ROWS - len(waiting))]:
            waiting = []
            cells, places = [], []
            for row, line in some:
                number += 1
                cells.append(self._even(row, line))
                places.append(f"row {number} (line {line})")
            yield Block(cells, places, self.columns)

    def _without_header(self, row: Sequence[str]) -> list[str]:
        if len(row) == len(self._wanted):
            return self._wanted
        raise RunnerError(
            f"{self._file}: its first line names no column of the model, so it is read as data, and that has"
            f" {len(row)} cells; the model takes {len(self._wanted)}. Put a header line with the names of the"
            f" columns first, such as {self._separator.join(self._wanted[:3])}, or see that the separator is"
            f" {self._separator!r}."
        )

    def _even(self, row: list[str], line: int) -> list[str]:
        wide = len(self.columns)
        if len(row) == wide + 1 and not row[-1].strip():
            return row[:-1]
        if len(row) != wide:
            raise RunnerError(
                f"{self._file}, line {line}, has {len(row)} cells; the file has {wide} columns. Put cells"
                " that contain a separator into quotes."
            )
        return row


class JsonLinesSource:
    """JSON Lines: an object in each line; the file is read once before, for the names in all lines."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.columns: list[str] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in order."""
        self.columns = list(dict.fromkeys(name for *_, row in self._rows() for name in row))
        rows = self._rows()
        while some := list(islice(rows, ROWS)):
            cells = [[row.get(name) for name in self.columns] for *_, row in some]
            yield Block(cells, [f"row {number} (line {line})" for number, line, _ in some], self.columns)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as they are."""
        return (row for *_, row in self._rows())

    def _rows(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        number = 0
        with _opened(self._file, "utf-8-sig") as text:
            line = 0
            try:
                for line, content in enumerate(text, 1):
                    if not content.strip():
                        continue
                    number += 1
                    row = json.loads(content)
                    if not isinstance(row, dict):
                        raise RunnerError(f"{self._file}, line {line}, is not a JSON object.")
                    yield number, line, row
            except (json.JSONDecodeError, RecursionError) as error:
                raise RunnerError(f"{self._file}, line {line}, is not JSON: {error}.") from None
            except _BROKEN as error:
                raise RunnerError(f"{self._file} cannot be unpacked: {error}.") from None
            except UnicodeDecodeError:
                raise RunnerError(f"{self._file} is not text in utf-8 (after line {line}).") from None


class ParquetSource:
    """Parquet, read by a process that has pyarrow."""

    def __init__(self, file: Path, reader: ParquetReader) -> None:
        self._file = file
        self._reader = reader
        self.columns: list[str] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in order."""
        self.columns = self._reader.columns()
        _check_names(self._file, self.columns)
        number = 0
        for columns in self._reader.blocks():
            cells = [list(row) for row in zip(*columns, strict=True)]
            places = [f"row {number + index}" for index in range(1, len(cells) + 1)]
            number += len(cells)
            yield Block(cells, places, self.columns)


def _opened(file: Path, encoding: str, newline: str | None = None) -> IO[str]:
    if file.name.lower().endswith(".gz"):
        return gzip.open(file, "rt", encoding=encoding, newline=newline)
    return file.open(encoding=encoding, newline=newline)


def _check_names(file: Path, columns: Sequence[str]) -> None:
    double = next((name for at, name in enumerate(columns) if name in columns[:at]), None)
    if double is not None:
        raise RunnerError(f"{file} has two columns named {double!r}: give each a name of its own.")
