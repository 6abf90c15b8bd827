"""Where a model errs: its accuracy, or its mean absolute error, for test rows that share a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import Column, floats
from insights import short
from schema import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FEWEST_ROWS = 30
WORST = 10
BINS = 5
FEW_VALUES = 10
MOST_VALUES = 50
MOST_COLUMNS = 200
MOST_CELLS = 2_000_000
LONGEST_TEXT = 80
CONFIDENCE = 1.645
MISSING = "(missing)"


def worst(
    schema: Schema,
    cells: Callable[[str], pa.Array],
    scores: Floats,
    weights: Floats,
    *,
    higher: bool,
    important: Sequence[str],
) -> dict[str, Any]:
    """The segments whose mean score is surely the worst, of those with at least 30 rows, inside and outside.

    A segment is a value of a column, or a fifth of its numbers or dates if there are many; `scores` are those
    of single rows, `higher` whether more is better. Segments are in the order of what is left of their
    difference from all rows when 1.645 standard errors are taken off, so that a small one does not come first
    by chance. `cells` gives a column of the test set. Of more than two million cells only every n-th row is
    looked at.
    """
    order = {name: place for place, name in enumerate(important)}
    used = sorted(schema.used, key=lambda column: order.get(column.name, len(order)))[:MOST_COLUMNS]
    step = max(1, -(-len(scores) * len(used) // MOST_CELLS))
    step = step if weights[::step].any() else 1
    some = np.arange(0, len(scores), step)
    scores, weights = scores[some], weights[some]
    overall = float(np.average(scores, weights=weights))
    found: list[tuple[float, dict[str, Any]]] = []
    for column in used:
        values = column.typed(cells(column.name).take(pa.array(some)), schema.missing_tokens)
        codes, names = _coded(column, values)
        rows = np.bincount(codes, minlength=len(names))
        means, differences, errors = _compared(codes, len(names), scores, weights)
        for place in np.flatnonzero(
            (rows >= FEWEST_ROWS) & (rows <= len(some) - FEWEST_ROWS) & np.isfinite(errors)
        ).tolist():
            deficit = -differences[place] if higher else differences[place]
            if deficit > 0:
                entry = {
                    "column": column.name[:LONGEST_TEXT],
                    "segment": names[place][:LONGEST_TEXT],
                    "rows": int(rows[place]),
                    "value": short(means[place]),
                    "difference": short(differences[place]),
                    "standard_error": short(errors[place]),
                }
                found.append((deficit - CONFIDENCE * errors[place], entry))
    found.sort(key=lambda pair: (-pair[0], pair[1]["column"], pair[1]["segment"]))
    return {
        "metric": "accuracy" if schema.labels else "mae",
        "overall": short(overall),
        "every": step,
        "worst": [entry for _, entry in found[:WORST]],
    }


def _compared(codes: Ints, count: int, scores: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """The mean of each segment, its difference from that of all rows, and the standard error of that.

    The error is by the delta method: what the difference moves if one row counts a little more, squared and
    summed over the rows.
    """

    def sums(values: Floats) -> Floats:
        return np.bincount(codes, values, count).astype(np.float64)

    total, squares = float(weights.sum()), weights**2
    overall = float((weights * scores).sum()) / total
    inside = sums(weights)
    q0, q1, q2 = sums(squares), sums(squares * scores), sums(squares * scores**2)
    everywhere = float((squares * (scores - overall) ** 2).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums(weights * scores) / inside
        own = q2 - 2 * mean * q1 + mean**2 * q0
        both = q2 - (mean + overall) * q1 + mean * overall * q0
        variance = own / inside**2 - 2 * both / (inside * total) + everywhere / total**2
    return mean, mean - overall, np.sqrt(np.maximum(variance, 0))


def _coded(column: Column, values: pa.Array) -> tuple[Ints, list[str]]:
    """The segment of each row, and the names of the segments; the last one holds rows of none."""
    if column.kind in ("number", "date"):
        return _binned(floats(values), column.kind == "date")
    texts = values.cast(pa.string()) if column.kind == "boolean" else values
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    indices = pc.fill_null(coded.indices, len(coded.dictionary)).to_numpy(zero_copy_only=False)
    names = [*coded.dictionary.to_pylist(), MISSING]
    frequent = np.argsort(-np.bincount(indices, minlength=len(names)), kind="stable")[:MOST_VALUES]
    places = np.full(len(names), len(frequent))
    places[frequent] = np.arange(len(frequent))
    return places[indices], [*(names[place] for place in frequent), ""]


def _binned(found: Floats, dates: bool) -> tuple[Ints, list[str]]:
    there = ~np.isnan(found)
    if not there.any():
        return np.zeros(len(found), np.int64), [MISSING]
    say = _date if dates else _number
    values = np.unique(found[there])
    if len(values) <= FEW_VALUES:
        places = np.where(there, np.searchsorted(values, found), len(values))
        return places.astype(np.int64), [*(say(float(value)) for value in values), MISSING]
    edges = np.unique(np.quantile(found[there], np.linspace(0, 1, BINS + 1)))
    bins = max(len(edges) - 1, 1)
    codes = np.full(len(found), bins)
    codes[there] = np.clip(np.searchsorted(edges, found[there], side="right") - 1, 0, bins - 1)
    names = []
    for place in range(bins):
        inside = found[codes == place]
        low, high = (say(float(end)) for end in (inside.min(), inside.max())) if len(inside) else ("", "")
        names.append(low if low == high else f"{low} to {high}")
    return codes, [*names, MISSING]


def _number(value: float) -> str:
    return f"{value:.6g}"


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
