"""Files as tables of cells: CSV, Parquet and JSON Lines, CSV and JSON Lines also packed by gzip."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

import csv_file
from cells import texts_of
from csv_file import column_names
from data_settings import Data
from job import UserError, listed

JSON_BYTES = 1 << 24
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


def read(file: Path, name: str, settings: Data) -> pa.Table | None:
    """A file as a table of texts; None when it has not even a header. Raises `UserError`, which names it."""
    suffix = file.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        if suffix == "csv":
            return csv_file.read(file, name, settings)
        if suffix == "parquet":
            import pyarrow.parquet

            return _texts(pyarrow.parquet.read_table(file), name)
        return _json_lines(file, name)
    except pa.ArrowInvalid as error:
        raise UserError(f"{name} cannot be read: {str(error).splitlines()[0]}") from None
    except (OSError, EOFError) as error:
        raise UserError(f"{name} cannot be read: {error}") from None


def _json_lines(file: Path, name: str) -> pa.Table | None:
    import pyarrow.json

    content = file.read_bytes()
    if file.name.lower().endswith(".gz"):
        content = gzip.decompress(content)
    if not content.strip():
        return None
    table = pyarrow.json.read_json(
        pa.BufferReader(content), read_options=pyarrow.json.ReadOptions(block_size=JSON_BYTES)
    )
    return _texts(table, name)


def _texts(table: pa.Table, name: str) -> pa.Table:
    names = column_names(table.column_names, name)
    try:
        return pa.table([texts_of(table.column(i), names[i]) for i in range(len(names))], names=names)
    except UserError as error:
        raise UserError(f"{name}: {error}") from None


def joined(tables: Sequence[tuple[str, pa.Table]]) -> pa.Table:
    """Files of one table, one after another. Raises `UserError` when their columns differ."""
    (first, table), *others = tables
    for name, other in others:
        if other.column_names != table.column_names:
            different = sorted(set(other.column_names) ^ set(table.column_names)) or [
                "the order of the columns"
            ]
            raise UserError(f"{name} and {first} have different columns: {listed(different)}")
    return pa.concat_tables([table, *(other for _, other in others)])
