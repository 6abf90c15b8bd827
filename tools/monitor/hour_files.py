"""The file of an hour of a table, to which rows are added without losing or doubling any.

An hour has one file. Whoever adds rows reads it, writes another one with the rows that it did not have, and
puts that in its place only if it is still the one that was read; else it reads again. So a job that is killed
leaves the old file or the new one, and of two that run at once the second one adds to what the first one
wrote. A row that is there already is the same in everything but its version, so rows may be added again at
any time; of what was asked, the columns are compared that all rows of the hour have, because the options may
have changed since the others were kept.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from job_settings import JobError
from job_store import Store
from map_columns import counted
from prediction_rows import MAPS, Row, digest
from windows import floor_hour, folder

NAME = "part-0.parquet"
BATCH = 8192
ROWS, LEAST = 131_072, 1024
"""Rows that are collected before they go to the disk, at most and at least."""
CELLS = 4_000_000
"""As many cells are collected at most, beyond the least rows: a cell is what takes memory."""
TRIES = 20

Stamp = Callable[[Row], Row]


def same(row: Row) -> Row:
    """A row as it is."""
    return row


class Spill:
    """Rows on the disk, by the hour of a time in them, until they are added to the files of their hours."""

    def __init__(self, place: Path, schema: Any, hour_of: Callable[[Row], datetime]) -> None:
        self._place, self._schema, self._hour_of = place, schema, hour_of
        self._rows: dict[datetime, list[Row]] = {}
        self._waiting, self._cells = 0, 0
        self._files: dict[datetime, list[Path]] = {}
        self.rows = 0

    def add(self, row: Row) -> None:
        """Takes a row."""
        self._rows.setdefault(floor_hour(self._hour_of(row)), []).append(row)
        self._waiting += 1
        self._cells += len(row) + sum(len(row.get(name) or ()) for name in MAPS)
        self.rows += 1
        if self._waiting >= ROWS or (self._cells >= CELLS and self._waiting >= LEAST):
            self._write()

    def _write(self) -> None:
        for hour, rows in self._rows.items():
            files = self._files.setdefault(hour, [])
            path = self._place / f"{hour:%Y%m%d%H}-{len(files)}.parquet"
            parquet.write_table(pa.Table.from_pylist(rows, schema=self._schema), path)
            files.append(path)
        self._rows, self._waiting, self._cells = {}, 0, 0

    def hours(self) -> dict[datetime, list[Path]]:
        """The files of each hour."""
        self._write()
        return dict(sorted(self._files.items()))


class HourFiles:
    """The files of a table."""

    def __init__(self, store: Store, prefix: str, schema: Any, stamp: Stamp = same) -> None:
        self._store, self._prefix, self._schema, self._stamp = store, prefix, schema, stamp

    def key(self, hour: datetime) -> str:
        """Where the file of an hour is."""
        return f"{self._prefix}{folder(hour)}{NAME}"

    def add(self, hour: datetime, files: Iterable[Path]) -> int:
        """Adds the rows of files to those of an hour; returns how many it did not have."""
        new = list(files)
        for _ in range(TRIES):
            with tempfile.TemporaryDirectory() as place:
                old, made = Path(place, "old.parquet"), Path(place, "new.parquet")
                known = self._store.fetch(self.key(hour), old)
                added, changed = self._merge([old] if known else [], new, made)
                if not changed or self._store.replace(self.key(hour), made, known):
                    return added
        raise JobError(
            f"{self.key(hour)} was written {TRIES} times while rows were added to it: run the hour again"
        )

    def _merge(self, old: list[Path], new: list[Path], made: Path) -> tuple[int, bool]:
        """Writes the rows of all files, each once; how many are new, and whether anything is."""
        asked = {name: _common((*old, *new), name) for name in MAPS if name in self._schema.names}
        seen: set[bytes] = set()
        added, stamped = 0, 0
        with parquet.ParquetWriter(made, self._schema, compression="zstd") as writer:
            for files, is_new in ((old, False), (new, True)):
                for rows in _batches(files, self._schema):
                    kept: list[Row] = []
                    for row in rows:
                        if (name := digest(row, asked)) in seen and is_new:
                            continue
                        seen.add(name)
                        stamped_row = self._stamp(row)
                        stamped += stamped_row != row
                        kept.append(stamped_row)
                    added += len(kept) if is_new else 0
                    if kept:
                        writer.write_table(pa.Table.from_pylist(kept, schema=self._schema))
        return added, added + stamped > 0


def _common(files: Iterable[Path], name: str) -> frozenset[str]:
    """The keys of a column of maps that all rows have."""
    rows, counts = 0, Counter[str]()
    for path in files:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH, columns=[name]):
                rows += batch.num_rows
                counts.update(counted(batch.column(name)))
    return frozenset(key for key, count in counts.items() if count == rows)


def _batches(files: Iterable[Path], schema: Any) -> Iterator[list[Row]]:
    for path in files:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_size(file), columns=schema.names):
                yield batch.to_pylist()


def _size(file: Any) -> int:
    """Rows that are read at once: as many as have so many cells."""
    about = file.metadata
    groups = (about.row_group(number) for number in range(about.num_row_groups))
    cells: int = sum(group.column(n).num_values for group in groups for n in range(group.num_columns))
    return max(LEAST, min(BATCH, CELLS * int(about.num_rows) // max(1, cells)))
