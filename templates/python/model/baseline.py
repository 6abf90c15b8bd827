"""What the training rows look like: the baseline that monitors compare the requests of this version with.

It describes what a client sends, before `features.py` makes something else of it, and nothing but the columns
that the model uses; dates are left out, which go on. The package `model_monitor` lies beside the scripts in a
job, and below `pipelines/` in the repository.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

if (_here := Path(__file__).parents[1] / "pipelines" / "monitor").is_dir():
    sys.path.append(str(_here))

from model_monitor.constraints import Constraints
from model_monitor.schemas import COMPARED
from model_monitor.statistics import Statistics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from columns import Column

ROWS = 1 << 17
"""Rows at a time; statistics of parts merge to those of the whole."""


def write(
    directory: Path, columns: Sequence[Column], values: Mapping[str, pa.Array], rows: NDArray[np.int64]
) -> None:
    """Write `statistics.json` and `constraints.json` of some rows, from the values of each used column."""
    kinds = {c.name: COMPARED[c.kind] for c in columns if c.name in values and c.kind in COMPARED}
    parts = (pa.array(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS))
    tables = (pa.table({name: values[name].take(part) for name in kinds}) for part in parts)
    statistics = Statistics.of_batches(tables, kinds)
    directory.mkdir(parents=True, exist_ok=True)
    statistics.save(directory)
    Constraints.suggest(statistics).save(directory)
