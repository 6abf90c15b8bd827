"""The kinds of columns: how the cells of each become typed values, and those the features of the model.

| kind | its cells | features |
|---|---|---|
| `number` | decimal numbers | 1, the number |
| `boolean` | true or false in any case | 1, 0 or 1 |
| `category` | texts | one 0/1 for each category; beyond those, one for each bucket of a hash |
| `date` | dates and times in ISO 8601, or seconds or milliseconds since 1970 | 6 |
| `id` | any text, given back beside the prediction | none |
| `dropped` | any text, accepted and ignored | none |

A cell counts without the spaces around it. Missing values are NaN for numbers, and zeros for the others.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

KINDS = ("number", "boolean", "category", "date", "id", "dropped")
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "<NA>", "#N/A", "#NA")
"""Cells that are missing values in every column, when `data.missingTokens` does not say otherwise."""
NO_NUMBER = (
    *MISSING, "None", "none", "NONE", "nil", "NIL", "Null", "n.a.", "N.A.", "na", "-", "--", "?", ".",
    "#VALUE!", "#DIV/0!", "#REF!",
)  # fmt: skip
"""In a column of numbers these cannot be anything else either."""
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
CODE = r"^[+-]?0[0-9]"
DATE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
EPOCH = r"^[0-9]{9,10}$|^[0-9]{12,13}$"
LARGEST = float(np.finfo(np.float32).max)
DAY = 86_400.0
DATE_PARTS = ("year", "month", "day", "weekday", "hour", "days")


class CellError(ValueError):
    """A value that the schema does not take; the message names row (from 1), column and value."""


@dataclass(frozen=True)
class Column:
    """One input column; `missing` says whether training rows had gaps in it."""

    name: str
    kind: str
    missing: bool = False
    categories: tuple[str, ...] = ()
    buckets: int = 0
    offset: float = 0.0
    reason: str = ""

    @property
    def features(self) -> int:
        """The number of its model features."""
        sizes = {
            "number": 1,
            "boolean": 1,
            "category": len(self.categories) + self.buckets,
            "date": len(DATE_PARTS),
        }
        return sizes.get(self.kind, 0)

    def typed(self, cells: Any, tokens: Sequence[str] | None) -> pa.Array:
        """The values of a column of texts, or of doubles already; raises `CellError` for a wrong one."""
        if pa.types.is_floating(cells.type):
            values, bad = cells, unusable(cells)
        else:
            values, bad = PARSERS[self.kind](cells, missing_tokens(self.kind, tokens))
        if bad.any():
            wrong = int(np.argmax(bad))
            raise CellError(
                f"row {wrong + 1}, column {self.name!r} is {cells[wrong].as_py()!r}, not {WANTED[self.kind]}"
            )
        if values.null_count and not self.missing:
            row = int(np.argmax(values.is_null().to_numpy(zero_copy_only=False))) + 1
            raise CellError(f"row {row}, column {self.name!r} is empty: no training row had that")
        return values

    def encode(self, values: pa.Array, out: NDArray[np.float32]) -> None:
        """Write the features of typed values into `out`, shape (rows, features)."""
        if self.kind == "number":
            out[:, 0] = floats(values) - self.offset
        elif self.kind == "boolean":
            out[:, 0] = floats(values.cast(pa.float64()))
        elif self.kind == "date":
            out[:] = date_parts(floats(values))
        elif self.kind == "category":
            self._one_hot(values, out)

    def _one_hot(self, values: pa.Array, out: NDArray[np.float32]) -> None:
        coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        places = {category: i for i, category in enumerate(self.categories)}
        known = coded.dictionary.to_pylist()
        at = np.array([self._place(text, places) for text in known] + [-1], np.int64)
        rows = at[pc.fill_null(coded.indices, len(known)).to_numpy(zero_copy_only=False)]
        out[:] = 0
        there = np.flatnonzero(rows >= 0)
        out[there, rows[there]] = 1

    def _place(self, text: str, places: dict[str, int]) -> int:
        if (place := places.get(text)) is not None:
            return place
        if not self.buckets:
            return -1
        return len(self.categories) + zlib.crc32(text.encode()) % self.buckets


WANTED = {
    "number": "a finite number",
    "boolean": "true or false",
    "date": "a date in ISO 8601, such as 2026-01-31 or 2026-01-31T08:30:00Z",
}


def missing_tokens(kind: str, tokens: Sequence[str] | None) -> Sequence[str]:
    """The cells that are missing values in a column of a kind; `tokens` are those of the settings."""
    if tokens is not None:
        return ("", *tokens)
    return MISSING if kind == "category" else NO_NUMBER


def whole(column: Any) -> pa.Array:
    """A column of a table as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def trimmed(cells: Any) -> pa.Array:
    """One array of texts without the spaces around them."""
    return pc.utf8_trim_whitespace(whole(cells))


def floats(values: pa.Array) -> Floats:
    """Doubles, NaN for null."""
    return np.asarray(pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False), np.float64)


def gaps(cells: Any, tokens: Sequence[str]) -> pa.Array:
    """Texts without the spaces around them, null where a value is missing."""
    texts = trimmed(cells)
    missing = pc.is_in(texts, pa.array(tokens, pa.string()))
    return pc.if_else(missing, pa.scalar(None, pa.string()), texts) if pc.any(missing).as_py() else texts


def unusable(values: pa.Array, cells: pa.Array | None = None) -> Mask:
    """Which doubles are not finite or too large; null counts as such where its cell is not missing."""
    there = (values if cells is None else cells).is_valid().to_numpy(zero_copy_only=False)
    mask: Mask = ~(np.abs(values.to_numpy(zero_copy_only=False)) <= LARGEST) & there
    return mask


def numbers(texts: pa.Array, tokens: Sequence[str]) -> tuple[pa.Array, Mask]:
    """The doubles nearest to decimal texts, and which texts are not numbers."""
    try:  # nearly every column has only numbers
        values = whole(texts).cast(pa.float64())
        if not np.isnan(floats(values)).any() and not any(re.match(NUMBER, token) for token in tokens):
            return values, unusable(values)
    except pa.ArrowInvalid:
        pass
    there = gaps(texts, tokens)
    try:
        values = there.cast(pa.float64())
    except pa.ArrowInvalid:
        good = pc.fill_null(pc.match_substring_regex(there, NUMBER), False)
        values = pc.if_else(good, there, pa.scalar(None, pa.string())).cast(pa.float64())
    return values, unusable(values, there)


def booleans(texts: pa.Array, tokens: Sequence[str]) -> tuple[pa.Array, Mask]:
    """True and false in any case."""
    there = pc.utf8_lower(gaps(texts, tokens))
    values = pc.if_else(
        pc.is_in(there, pa.array(["true", "false"])), pc.equal(there, "true"), pa.scalar(None, pa.bool_())
    )
    bad = np.asarray(pc.and_(there.is_valid(), values.is_null()).to_numpy(zero_copy_only=False), bool)
    return values, bad


def categories(texts: pa.Array, tokens: Sequence[str]) -> tuple[pa.Array, Mask]:
    """Texts as they are."""
    return gaps(texts, tokens).dictionary_encode(), np.zeros(len(texts), bool)


def dates(texts: pa.Array, tokens: Sequence[str]) -> tuple[pa.Array, Mask]:
    """Seconds since 1970; a time without a zone counts as UTC."""
    coded = gaps(texts, tokens).dictionary_encode()
    known = coded.dictionary.to_pylist()
    seconds = np.array([*(_seconds(text) for text in known), np.nan])
    values = seconds[pc.fill_null(coded.indices, len(known)).to_numpy(zero_copy_only=False)]
    there = coded.is_valid().to_numpy(zero_copy_only=False)
    return pa.array(values, mask=~there), np.isnan(values) & there


def _seconds(text: str) -> float:
    if text.isascii() and text.isdigit():
        if len(text) in (9, 10):
            return float(text)
        return float(text) / 1000 if len(text) in (12, 13) else np.nan
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return np.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def date_parts(seconds: Floats) -> Floats:
    """Year, month, day, weekday (0: Monday), hour, and days since 1970 with their fraction."""
    missing = np.isnan(seconds)
    moment = np.where(missing, 0, seconds)
    days = np.floor(moment / DAY)
    date = days.astype("datetime64[D]")
    months = date.astype("datetime64[M]")
    parts = [
        months.astype("datetime64[Y]").astype(np.int64) + 1970,
        months.astype(np.int64) % 12 + 1,
        (date - months.astype("datetime64[D]")).astype(np.int64) + 1,
        (days + 3) % 7,
        np.floor((moment - days * DAY) / 3600),
        moment / DAY,
    ]
    table = np.column_stack(parts).astype(np.float64)
    table[missing] = np.nan
    return table


PARSERS = {"number": numbers, "boolean": booleans, "category": categories, "date": dates}
