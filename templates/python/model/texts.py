"""A table's cells as texts, column by column; a large table lies in a temporary file.

A text takes two or three times the memory of its number, and the work needs only one column at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.ipc as ipc

from job import UserError, listed

IN_MEMORY = 1 << 30
"""Up to this many bytes of a table are kept in memory; a larger table goes to a file."""


class Texts:
    """The rows of all files of one table. `scratch` is where a temporary file may lie."""

    def __init__(self, scratch: Path | None = None) -> None:
        self.column_names: list[str] = []
        self.num_rows = 0
        self._scratch, self._first = scratch, ""
        self._batches: list[pa.RecordBatch] = []
        self._bytes = 0
        self._file: Any = None
        self._writer: Any = None

    def add(self, name: str, names: Sequence[str], batches: Iterable[pa.RecordBatch]) -> None:
        """Take in a file's rows. Raises `UserError` when its columns are not those of the files before."""
        if not self._first:
            self._first, self.column_names = name, list(names)
        elif list(names) != self.column_names:
            different = sorted(set(names) ^ set(self.column_names)) or ["the order of the columns"]
            raise UserError(f"{name} and {self._first} have different columns: {listed(different)}")
        for batch in batches:
            self._add(batch)

    def _add(self, batch: pa.RecordBatch) -> None:
        self.num_rows += batch.num_rows
        self._bytes += batch.nbytes
        self._batches.append(batch)
        if self._bytes <= IN_MEMORY:
            return
        try:
            if self._writer is None:
                self._file = self.temporary()
                self._writer = ipc.new_file(self._file.name, batch.schema)
            for kept in self._batches:
                self._writer.write_batch(kept)
        except OSError as error:
            raise UserError(
                f"the table does not fit beside its files ({error}): give the job a larger volume"
            ) from None
        self._batches = []

    def temporary(self) -> IO[bytes]:
        """A file for this work; it is gone when it is closed."""
        if self._scratch:
            self._scratch.mkdir(parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self._scratch)

    def __getitem__(self, name: str) -> Any:
        """A column."""
        place = self.column_names.index(name)
        pa.default_memory_pool().release_unused()  # Arrow keeps what the column before took, else
        if self._file is None:
            return pa.chunked_array([batch.column(place) for batch in self._batches], pa.string())
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        reader = ipc.open_file(
            pa.OSFile(self._file.name), options=ipc.IpcReadOptions(included_fields=[place])
        )
        return reader.read_all().column(0)
