"""The files of the training, validation and test set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import engineering
from schema import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUP_ROWS = 1 << 20


def write(base: Path, name: str, columns: Mapping[str, Any], rows: NDArray[np.int64]) -> None:
    """Write some rows of columns to `<base>/<name>/<name>.parquet`."""
    schema = pa.schema([(title, values.type) for title, values in columns.items()])
    # A dictionary helps where values repeat, which numbers seldom do.
    texts = [field.name for field in schema if not pa.types.is_floating(field.type)]
    (base / name).mkdir(parents=True, exist_ok=True)
    file = base / name / f"{name}.parquet"
    with parquet.ParquetWriter(file, schema, compression="lz4", use_dictionary=texts) as writer:
        for first in range(0, len(rows), GROUP_ROWS):
            some = pa.array(rows[first : first + GROUP_ROWS])
            writer.write_table(pa.table([values.take(some) for values in columns.values()], schema))


def write_learned(
    base: Path,
    schema: Schema,
    values: Mapping[str, pa.Array],
    rows: Mapping[str, NDArray[np.int64]],
    target: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
) -> Schema:
    """Write the sets that are learned from; the schema with the columns that the user's features make.

    `values` are those of all rows by column, `rows` the numbers of each set's rows. Raises `UserError`.
    """
    beside = {schema.target: pa.array(target)}
    if weights is not None and schema.weight:
        beside[schema.weight] = pa.array(weights)
    if (module := engineering.own()) is None:
        columns = {column.name: values[column.name] for column in schema.used} | beside
        for name, some in rows.items():
            write(base, name, columns, some)
        return schema
    schema, made = engineering.applied(module, schema, values, rows, target, base / "schema")
    for name, some in rows.items():
        columns = {c.name: found for c, found in zip(schema.made, made[name], strict=True)}
        columns |= {title: found.take(pa.array(some)) for title, found in beside.items()}
        write(base, name, columns, np.arange(len(some)))
    return schema
