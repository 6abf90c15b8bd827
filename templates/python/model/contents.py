"""What is in the sets: the rows of each class, and the gaps in each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from schema import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_COLUMNS = 200


def described(
    rows: Mapping[str, NDArray[np.int64]],
    classes: NDArray[np.int64],
    labels: Sequence[Label],
    values: Mapping[str, pa.Array],
) -> dict[str, Any]:
    """`classes`: the rows of each class by set; `missing`: those without a value, by column and set.

    Only columns with gaps are listed, those with the most first, at most 200; `complete` counts the others.
    """
    gaps: dict[str, dict[str, int]] = {}
    for name, column in values.items():
        if column.null_count:
            missing = column.is_null().to_numpy(zero_copy_only=False)
            gaps[name] = {title: int(missing[at].sum()) for title, at in rows.items()}
    most = sorted(gaps, key=lambda name: -sum(gaps[name].values()))[:MOST_COLUMNS]
    found: dict[str, Any] = {
        "missing": {name: gaps[name] for name in most},
        "complete": len(values) - len(gaps),
    }
    if labels:
        counts = {title: np.bincount(classes[at], minlength=len(labels)) for title, at in rows.items()}
        found["classes"] = {
            title: dict(zip(map(str, labels), of_set.tolist(), strict=True))
            for title, of_set in counts.items()
        }
    return found
