"""Rows of the tables: what a prediction and a label are, and how their cells become texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

Row = dict[str, Any]
TIME = pa.timestamp("ms", tz="UTC")
TEXTS = pa.map_(pa.string(), pa.string())
PREDICTIONS = pa.schema(
    [
        ("inference_id", pa.string()), ("row", pa.int32()), ("time", TIME), ("project", pa.string()),
        ("environment", pa.string()), ("package", pa.string()), ("version", pa.int32()),
        ("prediction", pa.string()), ("probability", pa.float64()), ("value", pa.float64()),
        ("features", TEXTS), ("id", TEXTS),
    ]
)  # fmt: skip
LABELS = pa.schema([("key", pa.string()), ("label", pa.string()), ("time", TIME), ("came", TIME)])
MAPS = ("features", "id")
"""What was asked, as far as options say that it is kept."""
STAMPS = ("package", "version")
"""Which version answered: known later than the row where no record names it."""


def text(value: object) -> str | None:
    """A cell as a text: whole numbers without `.0`, `true` and `false`; none if it is missing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)


def number(value: object) -> float | None:
    """A number, also of a text; none if it is none."""
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if found == found else None


def texts(cells: Mapping[str, Any], omitted: Iterable[str] = ()) -> list[tuple[str, str | None]]:
    """Cells by column, without those that must not be stored."""
    left = frozenset(omitted)
    return [(str(name), text(value)) for name, value in cells.items() if name not in left]


def answered(said: Mapping[str, Any], regression: bool) -> Row:
    """Prediction, probability and value of an answer."""
    value = number(said.get("value"))
    prediction = said.get("prediction", said.get("value"))
    if value is None and regression:
        value = number(prediction)
    probability = number(said.get("probability"))
    return {"prediction": text(prediction), "probability": probability, "value": value}


def digest(row: Mapping[str, Any], asked: Mapping[str, frozenset[str]]) -> bytes:
    """What is the same for a row that was kept twice, and for no other: all of it but its version.

    Of what was asked only some columns count: options may since say that others are kept.
    """
    cells = tuple(
        (name, cell if name not in MAPS else [one for one in cell or () if one[0] in asked[name]])
        for name, cell in row.items()
        if name not in STAMPS
    )
    return hashlib.blake2b(repr(cells).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def to_milliseconds(time: datetime) -> datetime:
    """A time as the tables keep it."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
