"""The baseline that monitors compare a version with: what its training rows look like, and how good it is.

The first describes what a client sends, before `features.py` makes something else of it, and nothing but the
columns that the model uses; dates are left out, which go on. The second measures the test rows as a monitor
measures rows whose truth has come: each counts once, and nothing is known but what an answer says. The
package `model_monitor` lies beside the scripts in a job, and below `pipelines/` in the repository.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if (_here := Path(__file__).parents[1] / "pipelines" / "monitor").is_dir():
    sys.path.append(str(_here))

from model_monitor import model_quality, written
from model_monitor.constraints import Constraints
from model_monitor.schemas import COMPARED
from model_monitor.statistics import Statistics

import evaluation_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from columns import Column
    from gate import Answers
    from schema import Schema

ROWS = 1 << 17
"""Rows at a time; statistics of parts merge to those of the whole."""


def write(
    directory: Path, columns: Sequence[Column], values: Mapping[str, pa.Array], rows: NDArray[np.int64]
) -> str:
    """Write `statistics.json` and `constraints.json` of some rows, from the values of each used column.

    Returns the SHA-256 of both, one after the other.
    """
    kinds = {c.name: COMPARED[c.kind] for c in columns if c.name in values and c.kind in COMPARED}
    parts = (pa.array(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS))
    tables = (pa.table({name: values[name].take(part) for name in kinds}) for part in parts)
    statistics = Statistics.of_batches(tables, kinds)
    directory.mkdir(parents=True, exist_ok=True)
    return _digest(statistics.save(directory), Constraints.suggest(statistics).save(directory))


def write_quality(directory: Path, schema: Schema, actual: NDArray[Any], answers: Answers, seed: int) -> str:
    """Write `model_quality.json` and `model_quality_constraints.json`; the SHA-256 of both in this order."""
    if not schema.labels:
        report = model_quality.measure("regression", actual, answers.scores, seed=seed)
    else:
        report = model_quality.measure(
            schema.problem_type,
            evaluation_rows.labels_of(schema, actual),
            evaluation_rows.labels_of(schema, answers.predicted),
            schema.labels,
            # Of several classes a record has only the probability of the one that was predicted.
            answers.scores[:, 1] if schema.problem_type == "binary" else None,
            seed,
        )
    files = (directory / "model_quality.json", directory / "model_quality_constraints.json")
    for file, content in zip(files, (report, model_quality.constraints(report)), strict=True):
        file.write_text(written.text(content, indent=1) + "\n", encoding="utf-8")
    return _digest(*files)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
