"""Golden rows: a few requests with what the measured model answers, which the deployed one answers again.

`evaluation`: rows of the test set, from the lowest to the highest answer and of every class that the model
predicts, none close to another class.
`synthetic`: made-up rows, where no row of the data may be kept: every column is mixed by itself, with rounded
numbers from between those of the data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

import cells
from columns import Column, floats
from schema import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gate import Answers

SOURCES = ("evaluation", "synthetic", "none")
ROWS = 5
CLASSES = 20
"""At least one row of each class that is predicted, up to so many."""
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
MARGIN = 0.01
"""How much likelier the first class of a row must be than the second, so that any processor says the same."""
CONTENT_TYPE, ACCEPT = "text/csv", "application/json"


def chosen(schema: Schema, answers: Answers) -> list[int]:
    """The numbers of the rows of the test set to keep, in the order of their answers."""
    if schema.problem_type == "regression":
        return spread(np.argsort(answers.scores, kind="stable"))
    places = clear(schema, answers)
    # By class, and within a class from the least likely to the likeliest.
    ranked = places[np.lexsort((answers.scores.max(axis=1)[places], answers.predicted[places]))]
    classes = answers.predicted[ranked]
    last_of_each = ranked[np.flatnonzero(np.append(classes[1:] != classes[:-1], True))][:CLASSES]
    kept = {*spread(ranked), *last_of_each.tolist()}
    return [row for row in ranked.tolist() if row in kept]


def clear(schema: Schema, answers: Answers) -> NDArray[np.int64]:
    """The rows that are not close to another class; if all are, the least close ones."""
    if schema.problem_type == "regression":
        return np.arange(len(answers.scores))
    by_size = np.sort(answers.scores, axis=1)
    margin = by_size[:, -1] - by_size[:, -2]
    found = np.flatnonzero(margin >= MARGIN)
    return found if len(found) else np.argsort(-margin, kind="stable")[:ROWS]


def spread(ranked: NDArray[np.int64]) -> list[int]:
    """Some of these, evenly spread from the first to the last."""
    places = np.linspace(0, len(ranked) - 1, ROWS).round().astype(int)
    return [int(ranked[place]) for place in np.unique(places)]


def synthetic(schema: Schema, column_of: Callable[[str], pa.Array]) -> list[str]:
    """Made-up rows; `column_of` gives the cells of a column of the test set by its name."""
    made = []
    for place, column in enumerate(schema.columns):
        texts = _made_up(column, column_of, schema.missing_tokens)
        # Each column begins at another of its values.
        made.append(pa.array([texts[(i + place) % len(texts)] for i in range(ROWS)], pa.string()))
    return cells.lines(made)


def _made_up(
    column: Column, column_of: Callable[[str], pa.Array], tokens: Sequence[str] | None
) -> Sequence[str]:
    if column.kind == "number":
        values = floats(column.typed(column_of(column.name), tokens))
        values = values[np.isfinite(values)]
        return [f"{value:.3g}" for value in np.quantile(values, QUANTILES)] if len(values) else ["0"]
    if column.kind == "category":
        return column.categories or ["other"]
    if column.kind == "id":
        return [f"row-{i + 1}" for i in range(ROWS)]
    return {"boolean": ["true", "false"], "date": ["2026-01-05", "2026-06-30"]}.get(column.kind, [""])


def document(rows: Sequence[str], answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The content of golden.json."""
    content = {
        "version": 1,
        "contentType": CONTENT_TYPE,
        "accept": ACCEPT,
        "rows": list(rows),
        "answers": list(answers),
    }
    return {**content, "sha256": digest(content)}


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of golden.json without its own `sha256`, in one spelling."""
    plain = {key: value for key, value in content.items() if key != "sha256"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
