"""Reads and writes Parquet; run as a script by the interpreter that has the model's packages.

It imports nothing of the runner, and of the version's own code what its training read files with, so that a
cell becomes the same text. `read CODE FILE ROWS KIND` writes lines of JSON: the names of the columns, then
blocks, column by column, as texts (`texts`) or as values of JSON (`values`). `write CODE TARGET SOURCE KIND`
reads predictions, as objects of columns, one for each block, from standard input, and puts them beside the
rows of the source (`parquet`, `jsonl`), or beside the texts that come with them (`texts`). An error is
`{"error": ...}`.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Told(Exception):
    """Something that is wrong with the file."""


def main() -> None:
    """Do what the arguments say."""
    action, code, *arguments = sys.argv[1:]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[0] = code
    try:
        (_read if action == "read" else _write)(out, *arguments)
    except BrokenPipeError:
        return
    except Exception as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        _send(out, {"error": words})


def _read(out: Any, file: str, rows: str, kind: str) -> None:
    parquet: Any = importlib.import_module("pyarrow.parquet")

    source = parquet.ParquetFile(file)
    _send(out, {"columns": source.schema_arrow.names})
    texts_of = _module("cells").texts_of if kind == "texts" else None
    for batch in source.iter_batches(int(rows)):
        columns = [
            _texts(column, name, texts_of) if texts_of else column.to_pylist()
            for column, name in zip(batch.columns, batch.schema.names, strict=True)
        ]
        _send(out, {"block": columns})


def _texts(column: Any, name: str, texts_of: Any) -> list[str]:
    pa: Any = importlib.import_module("pyarrow")

    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return [_json(value) for value in column.to_pylist()]
    found = texts_of(column, name)
    return list(found.to_pylist())


def _write(out: Any, target: str, source: str, kind: str) -> None:
    pa: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")

    asked = (json.loads(line) for line in sys.stdin)
    writer, schema, rows = None, None, 0
    try:
        for batch, found in _beside(source, kind, asked):
            columns = [_column(name, values, schema) for name, values in found.items()]
            table = pa.Table.from_arrays(
                [*batch.columns, *columns],
                names=[*batch.schema.names, *found],
                metadata=batch.schema.metadata,
            )
            if writer is None or schema is None:
                schema = table.schema
                writer = parquet.ParquetWriter(target, schema)
            writer.write_table(table.cast(schema))
            rows += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    _send(out, {"rows": rows})


def _beside(
    source: str, kind: str, asked: Iterator[dict[str, Any]]
) -> Iterator[tuple[Any, dict[str, list[Any]]]]:
    """The rows of the source with their predictions; both come in blocks, of different sizes."""
    pa: Any = importlib.import_module("pyarrow")

    if kind == "texts":
        for one in asked:
            texts = {name: pa.array(column, pa.string()) for name, column in one["texts"].items()}
            yield pa.RecordBatch.from_pydict(texts), one["predictions"]
        return
    waiting: dict[str, list[Any]] = {}
    nothing: dict[str, Any] = {}
    for batch in _batches(source, kind):
        while len(next(iter(waiting.values()), [])) < batch.num_rows:
            if not (block := next(asked, nothing)):
                raise Told(f"{source} has more rows than were predicted: it has changed meanwhile")
            for name, values in block["predictions"].items():
                waiting.setdefault(name, []).extend(values)
        yield batch, {name: values[: batch.num_rows] for name, values in waiting.items()}
        waiting = {name: values[batch.num_rows :] for name, values in waiting.items()}
    more = next(asked, nothing)
    if more or any(waiting.values()):
        raise Told(f"{source} has fewer rows than were predicted: it has changed meanwhile")


def _batches(source: str, kind: str) -> Iterator[Any]:
    parquet: Any = importlib.import_module("pyarrow.parquet")

    if kind == "parquet":
        yield from parquet.ParquetFile(source).iter_batches()
        return
    found = _module("json_file").batches(Path(source), Path(source).name, 1 << 14)
    yield from found[1] if found else ()


def _column(name: str, values: list[Any], schema: Any) -> Any:
    pa: Any = importlib.import_module("pyarrow")

    if schema is not None:
        return pa.array(values, schema.field(name).type)
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    is_label = numbers and all(isinstance(value, int) for value in values) and name.endswith("label")
    return pa.array(values, pa.float64() if numbers and not is_label else None)


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Told(
            f"the code of this version has no {name}.py, which it would read the file with ({error}): use CSV"
        ) from None


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _send(out: Any, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=False, default=_plain) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
