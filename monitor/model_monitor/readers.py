"""Tables from files, a batch at a time: never a whole file, never a whole directory in memory.

CSV, JSON Lines (both also packed by gzip) and Parquet with columns; the prediction log, as JSON Lines or
Parquet; SageMaker's capture files. What a JSON file holds is seen from its first line.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from model_monitor import capture, records
from model_monitor.errors import MonitorError
from model_monitor.trained import as_trained

BATCH_ROWS = 65_536
BLOCK_BYTES = 1 << 23
JSON_ROWS = 10_000
ENDINGS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "json",
    ".jsonl.gz": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
}


@dataclass(frozen=True)
class Reading:
    """How files are read."""

    columns: Sequence[str] = ()
    """The features in the order of a request, for files that do not name them."""
    outputs: Sequence[str] = ()
    """The names of what captured answers hold; if there are none, prediction and probability."""
    keep: Sequence[str] = ()
    """Columns of the prediction log, beside features and answers, such as inferenceId."""
    leave: Sequence[str] = ()
    """Columns that are left out, such as ids."""
    booleans: Sequence[str] = ()
    """Columns in which true and false count in any case, as in training."""
    missing_tokens: Sequence[str] | None = None
    """Cells that are missing values, if the training settings replace the usual ones."""
    separator: str = ","
    encoding: str = "utf-8"


def batches(sources: Iterable[Path], reading: Reading | None = None) -> Iterator[Any]:
    """The tables of all files; of a directory, those with a known ending, by name."""
    how = reading or Reading()
    for path in _files(sources):
        for table in _tables(path, how):
            left = [name for name in how.leave if name in table.column_names]
            kept = table.drop_columns(left) if left else table
            yield as_trained(kept, set(how.booleans), how.missing_tokens)


def _files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            found = sorted(p for p in source.rglob("*") if p.is_file() and _form(p) and p.name[0] not in "._")
            if not found:
                raise MonitorError(
                    f"{source}: no file that ends with {', '.join(ENDINGS)} is in this directory"
                )
            yield from found
        elif not source.exists():
            raise MonitorError(f"{source}: there is no such file")
        elif not _form(source):
            raise MonitorError(f"{source}: give a file that ends with {', '.join(ENDINGS)}")
        else:
            yield source


def _form(path: Path) -> str | None:
    name = path.name.lower()
    return next((form for ending, form in ENDINGS.items() if name.endswith(ending)), None)


def _tables(path: Path, how: Reading) -> Iterator[Any]:
    form = _form(path)
    try:
        if form == "csv":
            yield from _csv(path, how)
        elif form == "parquet":
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=BATCH_ROWS):
                    yield records.flattened(pa.Table.from_batches([batch]), how.keep)
        else:
            yield from _json(path, how)
    except (pa.ArrowException, OSError, EOFError, zlib.error, UnicodeError, csv.Error) as problem:
        raise MonitorError(f"{path}: it cannot be read as {form}: {problem}") from problem


def _csv(path: Path, how: Reading) -> Iterator[Any]:
    first = _first_line(path, how)
    if first is None:
        return
    header = not how.columns or bool(set(first) & set(how.columns))
    names = first if header else list(how.columns)
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise MonitorError(f"{path}: column {twice!r} occurs twice: give each column a name of its own")
    if not header and len(first) != len(names):
        raise MonitorError(
            f"{path}: the first line has {len(first)} cells, the model takes {len(names)}: "
            "give a header, or the columns of a request in their order"
        )
    with pa.input_stream(str(path), compression="detect") as stream:
        reader = arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows=int(header), block_size=BLOCK_BYTES, encoding=how.encoding
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=how.separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _first_line(path: Path, how: Reading) -> list[str] | None:
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    encoding = "utf-8-sig" if how.encoding == "utf-8" else how.encoding
    with opened(path, "rt", encoding=encoding, newline="") as file:
        return next(csv.reader(file, delimiter=how.separator), None)


def _json(path: Path, how: Reading) -> Iterator[Any]:
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as file:
        lines = ((number, text) for number, text in enumerate(file, 1) if text.strip())
        while some := list(itertools.islice(lines, JSON_ROWS)):
            rows: list[Mapping[str, Any]] = []
            for number, text in some:
                where = f"{path}, line {number}"
                rows.extend(_rows(_object(where, text), where, how))
            if rows:
                yield records.table(rows)


def _object(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise MonitorError(f"{where}: this is no JSON: {problem}") from problem


def _rows(found: Any, where: str, how: Reading) -> list[Mapping[str, Any]]:
    if isinstance(found, dict) and "captureData" in found:
        return capture.rows(found, where, how.columns, how.outputs)
    if records.is_logged(found):
        return [records.row(found, where, how.keep)]
    return [capture.named(found, where, how.columns)]
