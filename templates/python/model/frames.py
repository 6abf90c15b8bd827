"""Typed columns as a pandas frame for the user's own code, and such a frame as typed columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from columns import Column, floats, trimmed, unusable

if TYPE_CHECKING:
    from schema import Schema

DATE_TYPE = "datetime64[us]"
MICROSECONDS = 1_000_000
KINDS = {
    "string": "category",
    "categorical": "category",
    "boolean": "boolean",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime64": "date",
    "datetime": "date",
    "date": "date",
}
"""Kinds of columns by what pandas infers from the values."""


class FrameError(ValueError):
    """A frame that cannot be taken; the message is the end of a sentence whose subject made the frame."""


def frame_of(schema: Schema, table: pa.Table) -> pd.DataFrame:
    """A table of cells: the used columns typed, the others as texts. Raises `CellError`."""
    made = frame(schema.used, schema.typed(table))
    others = {c.name: trimmed(table[c.name]).to_pylist() for c in schema.columns if not c.features}
    texts = pd.DataFrame(others, index=made.index, dtype=object)
    return pd.concat([made, texts], axis=1)[[column.name for column in schema.columns]]


def frame(columns: Sequence[Column], values: Iterable[pa.Array]) -> pd.DataFrame:
    """Typed values of columns; nothing in it is shared with them."""
    return pd.DataFrame({c.name: _series(c, found) for c, found in zip(columns, values, strict=True)})


def _series(column: Column, values: pa.Array) -> Any:
    if column.kind == "number":
        return np.array(floats(values))
    if column.kind == "date":
        seconds = floats(values)
        missing = np.isnan(seconds)
        moments = np.round(np.where(missing, 0, seconds) * MICROSECONDS).astype(np.int64).astype(DATE_TYPE)
        moments[missing] = np.datetime64("NaT")
        return moments
    if column.kind == "boolean":
        kind = "boolean" if column.missing else "bool"
        return pd.Series(values.to_pylist(), dtype=kind)
    plain = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
    return pd.Series(plain.to_pylist(), dtype=object)


def columns_of(made: pd.DataFrame, taken: Sequence[str]) -> list[Column]:
    """The columns of a frame by the kinds of their values. Raises `FrameError`; `taken` are other names."""
    names = list(made.columns)
    if wrong := [name for name in names if not isinstance(name, str) or not name.strip()]:
        raise FrameError(f"has a column named {wrong[0]!r}: name columns with texts")
    if twice := [name for name in names if names.count(name) > 1]:
        raise FrameError(f"has two columns named {twice[0]!r}")
    if there := [name for name in names if name in taken]:
        raise FrameError(
            f"has a column {there[0]!r}, which is the target or the weight: give it another name"
        )
    if not names:
        raise FrameError("has no column: a model needs at least one")
    return [Column(name, _kind(name, made[name]), missing=True) for name in names]


def _kind(name: str, series: pd.Series[Any]) -> str:
    found = pd.api.types.infer_dtype(series, skipna=True)
    if found == "empty":
        raise FrameError(f"has no value in column {name!r} for any training row: leave the column out")
    if (kind := KINDS.get(found)) is None:
        advice = "make a number of it, such as .dt.days" if found.startswith("timedelta") else "use one kind"
        raise FrameError(
            f"has {found} values in column {name!r}: numbers, booleans, texts or dates are possible; {advice}"
        )
    return kind


def values_of(columns: Sequence[Column], made: pd.DataFrame) -> list[pa.Array]:
    """The typed values of a frame's columns. Raises `FrameError`."""
    names = [column.name for column in columns]
    if list(made.columns) != names:
        different = sorted({*map(str, made.columns)} ^ set(names)) or ["the order of the columns"]
        raise FrameError(
            f"has other columns than for the training rows ({', '.join(different[:5])}): they must not "
            "depend on which rows are there"
        )
    return [_values(column, made[column.name]) for column in columns]


def _values(column: Column, series: pd.Series[Any]) -> pa.Array:
    try:
        if column.kind == "number":
            numbers = pd.to_numeric(series).to_numpy(np.float64, na_value=np.nan)
            values = pa.array(numbers, from_pandas=True)
        elif column.kind == "boolean":
            values = pa.array(series.astype("boolean"))
        elif column.kind == "date":
            moments = pd.to_datetime(series, utc=True).dt.tz_localize(None).to_numpy().astype(DATE_TYPE)
            seconds = np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / MICROSECONDS)
            values = pa.array(seconds, from_pandas=True)
        else:
            values = pa.array(series.astype(object), pa.string(), from_pandas=True).dictionary_encode()
    except (TypeError, ValueError, pa.ArrowException) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FrameError(f"has a value in column {column.name!r} that is no {column.kind}: {said}") from None
    if column.kind == "number" and (bad := unusable(values)).any():
        row = int(np.argmax(bad))
        raise FrameError(
            f"has {values[row].as_py()!r} in row {row + 1}, column {column.name!r}: numbers must be finite "
            "and within ±3.4e38; leave a value missing (NaN) if there is none"
        )
    return values
