"""The cells of a column as numbers or texts, whatever they are stored as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_monitor.errors import MonitorError
from model_monitor.sketch import Floats

Kind = Literal["number", "category"]

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "<NA>", "#N/A", "#NA")
NO_NUMBER = (
    *(*MISSING, "None", "none", "NONE", "nil", "NIL", "Null", "n.a.", "N.A.", "na", "-", "--", "?", "."),
    *("#VALUE!", "#DIV/0!", "#REF!"),
)
"""In a column of numbers these are missing too; `model/columns.py` has the same words."""
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
CODE = r"^[+-]?0[0-9]"
"""A number that begins so is a code, such as a postal code, unless it is said to be a number."""
MOSTLY = 0.9
"""A column of texts is one of numbers if so many of its cells are."""


@dataclass
class Numbers:
    """The numbers of some cells, and the texts of those that are none."""

    values: Floats
    missing: int
    others: dict[str, int] = field(default_factory=dict)


@dataclass
class Texts:
    """How often each text occurs in some cells."""

    counts: dict[str, int]
    missing: int


def kind_of(name: str, cells: Any) -> Kind | None:
    """What a column holds, by its cells; none if all are missing."""
    kind = _value_type(name, cells.type)
    if pa.types.is_null(kind):
        return None
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if not is_text(kind):
        return "category"
    texts = _present(_plain(cells))
    if not len(texts):
        return None
    numeric = pc.and_not(pc.match_substring_regex(texts, NUMBER), pc.match_substring_regex(texts, CODE))
    return "number" if pc.sum(numeric).as_py() >= MOSTLY * len(texts) else "category"


def numbers(name: str, cells: Any) -> Numbers:
    """Cells as numbers; NaN is missing, infinity is none."""
    kind = _value_type(name, cells.type)
    plain = _plain(cells)
    if is_text(kind):
        present = _present(plain)
        missing = len(plain) - len(present)
        try:
            values, odd = pc.cast(present, pa.float64()), None
        except pa.ArrowInvalid:
            good = pc.match_substring_regex(present, NUMBER)
            values, odd = pc.cast(present.filter(good), pa.float64()), present.filter(pc.invert(good))
        others = _counted(odd) if odd is not None else {}
    elif pa.types.is_null(kind):
        return Numbers(np.empty(0), len(cells))
    elif pa.types.is_temporal(kind):
        present = plain.drop_null()
        return Numbers(np.empty(0), len(plain) - len(present), _counted(present.cast(pa.string())))
    else:
        present = plain.drop_null()
        missing, others = len(plain) - len(present), {}
        values = present.cast(pa.float64(), safe=False)
    found: Floats = values.to_numpy(zero_copy_only=False)
    finite = np.isfinite(found)
    if not finite.all():
        nan = np.isnan(found)
        missing += int(nan.sum())
        for text, rows in (("inf", int((found == np.inf).sum())), ("-inf", int((found == -np.inf).sum()))):
            if rows:
                others[text] = others.get(text, 0) + rows
        found = found[finite]
    return Numbers(found, missing, others)


def texts(name: str, cells: Any) -> Texts:
    """Cells as texts: numbers without `.0`, `true` and `false`, dates by ISO 8601."""
    kind = _value_type(name, cells.type)
    if pa.types.is_null(kind):
        return Texts({}, len(cells))
    plain = _plain(cells) if not pa.types.is_dictionary(cells.type) else cells
    if is_text(kind):
        counted = _counted(plain)
        trimmed: dict[str, int] = {}
        missing = plain.null_count
        for text, rows in counted.items():
            text = text.strip()
            if text in MISSING:
                missing += rows
            else:
                trimmed[text] = trimmed.get(text, 0) + rows
        return Texts(trimmed, missing)
    if pa.types.is_floating(kind):
        plain = pc.if_else(pc.is_nan(plain), None, plain)
    counts = {_text_of(value): rows for value, rows in _counted(plain).items()}
    return Texts(counts, plain.null_count)


def _value_type(name: str, kind: Any) -> Any:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise MonitorError(f"column {name!r} holds {kind}: a column needs single numbers, texts or dates")
    return kind


def is_text(kind: Any) -> bool:
    """Whether a type is one of texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _plain(cells: Any) -> Any:
    """One array without dictionary."""
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks() if cells.num_chunks != 1 else cells.chunk(0)
    return cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells


def _present(cells: Any) -> Any:
    trimmed = pc.utf8_trim_whitespace(cells.drop_null())
    return trimmed.filter(pc.invert(pc.is_in(trimmed, pa.array(NO_NUMBER, trimmed.type))))


def _counted(cells: Any) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for one in pc.value_counts(cells).to_pylist():
        if one["values"] is not None:
            counts[one["values"]] = counts.get(one["values"], 0) + one["counts"]
    return counts


def _text_of(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
