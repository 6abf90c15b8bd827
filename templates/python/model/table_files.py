"""Files as tables of texts: CSV, Parquet and JSON Lines, CSV and JSON Lines also packed by gzip."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

import csv_file
import json_file
from cells import texts_of
from csv_file import column_names
from data_settings import Data
from job import UserError
from texts import Texts

BATCH_ROWS = 1 << 16
SUFFIXES = (".csv", ".csv.gz", ".parquet", ".jsonl", ".jsonl.gz")


def files(directory: Path) -> list[Path]:
    """The tables below a directory, in the order of their paths, without hidden ones."""
    return [
        file
        for file in sorted(directory.rglob("*"))
        if file.is_file()
        and file.name.lower().endswith(SUFFIXES)
        and not any(part.startswith(".") for part in file.relative_to(directory).parts)
    ]


def read(file: Path, name: str, settings: Data, texts: Texts) -> bool:
    """Put a file's rows into a table of texts; false when it has not even a header.

    Raises `UserError`, which names the file.
    """
    suffix = file.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        if suffix == "csv":
            return csv_file.read(file, name, settings, texts)
        return _parquet(file, name, texts) if suffix == "parquet" else _json_lines(file, name, texts)
    except pa.ArrowInvalid as error:
        raise UserError(f"{name} cannot be read: {str(error).splitlines()[0]}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{name} cannot be read: {error}") from None


def _parquet(file: Path, name: str, texts: Texts) -> bool:
    import pyarrow.dataset as dataset

    parts = dataset.HivePartitioning.discover(infer_dictionary=True)  # columns in the path: year=2026/...
    found = dataset.dataset(file, format="parquet", partitioning=parts)
    batches = found.to_batches(batch_size=BATCH_ROWS, batch_readahead=1, fragment_readahead=1)
    return _texts(found.schema, batches, name, texts)


def _json_lines(file: Path, name: str, texts: Texts) -> bool:
    found = json_file.batches(file, name, BATCH_ROWS)
    return found is not None and _texts(*found, name, texts)


def _texts(schema: pa.Schema, batches: Iterable[pa.RecordBatch], name: str, texts: Texts) -> bool:
    names = column_names(schema.names, name)

    def in_text(batch: pa.RecordBatch) -> pa.RecordBatch:
        try:
            columns = [texts_of(column, title) for column, title in zip(batch.columns, names, strict=True)]
        except UserError as error:
            raise UserError(f"{name}: {error}") from None
        return pa.record_batch(columns, names=names)

    texts.add(name, names, map(in_text, batches))
    return True
