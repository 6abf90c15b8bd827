"""`evaluation.csv.gz`: the test rows as requests have them, with the truth and what the model answered.

Monitors compare later rows with them where statistics of columns do not say enough: how groups were treated,
and what features matter to the answers. `label`, `prediction` and, for classes, `probability` come first,
then the columns of a request: a reader that goes by names finds the answers, whatever a column is called.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

import cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gate import Answers
    from schema import Schema

FILE = "evaluation.csv.gz"
ROWS = 100_000
"""Of more rows a sample is kept, the same for the same seed."""
KEPT_WITH = ("evaluation", "none")
"""Sources of golden rows with which rows are kept: made-up ones are for data that no version may hold."""


def write(
    file: Path,
    schema: Schema,
    blocks: Iterable[Sequence[str]],
    actual: NDArray[Any],
    answers: Answers,
    seed: int,
) -> str:
    """Write the rows, which come as lines of requests, a block at a time; the file's SHA-256."""
    said = _said(schema, actual, answers)
    kept = _kept(len(actual), seed)
    names = [*said, *(column.name for column in schema.columns)]
    start = 0
    # Without name and time, so that the same rows make the same bytes.
    with file.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as stream:
        stream.writelines(_encoded(cells.lines([pa.array([name]) for name in names])))
        for block in blocks:
            chosen = np.flatnonzero(kept[start : start + len(block)])
            beside = cells.lines([values.take(pa.array(start + chosen)) for values in said.values()])
            rows = (block[row] for row in chosen.tolist())
            stream.writelines(_encoded([f"{first},{row}" for first, row in zip(beside, rows, strict=True)]))
            start += len(block)
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def labels_of(schema: Schema, classes: NDArray[np.int64]) -> list[str]:
    """Labels as texts."""
    return [str(schema.labels[number]) for number in classes]


def probabilities(schema: Schema, answers: Answers) -> NDArray[np.float64] | None:
    """That of the positive class, or of the class that was predicted, as answers say it; None of numbers."""
    if not schema.labels:
        return None
    if schema.problem_type == "binary":
        return np.asarray(answers.scores[:, 1])
    return np.asarray(answers.scores[np.arange(len(answers.predicted)), answers.predicted])


def _said(schema: Schema, actual: NDArray[Any], answers: Answers) -> dict[str, Any]:
    likely = probabilities(schema, answers)
    if likely is None:
        numbers = {"label": actual, "prediction": answers.scores}
        return {name: cells.texts_of(pa.array(values)) for name, values in numbers.items()}
    return {
        "label": pa.array(labels_of(schema, actual), pa.string()),
        "prediction": pa.array(labels_of(schema, answers.predicted), pa.string()),
        "probability": cells.texts_of(pa.array(likely)),
    }


def _kept(rows: int, seed: int) -> NDArray[np.bool_]:
    if rows <= ROWS:
        return np.ones(rows, bool)
    kept = np.zeros(rows, bool)
    kept[np.random.default_rng(seed).choice(rows, ROWS, replace=False)] = True
    return kept


def _encoded(lines: Iterable[str]) -> Iterable[bytes]:
    return (f"{line}\n".encode() for line in lines)
