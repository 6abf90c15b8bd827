"""Weights of classes: each row counts as much as its class does, times its own weight if it has one.

The weights are made from the training rows and count in both sets, so that the validation loss, which decides
about early stopping, measures what is trained. The probabilities are those of the weighted classes: they are
no longer the shares of the data. The evaluation counts every row once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from job import UserError, listed
from schema import CellError, Schema
from training import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray


def of_classes(
    wanted: str | Mapping[str, float], schema: Schema, target: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weight of each class. Raises `UserError` for a label that the training rows do not have.

    `balanced` gives every class the same sum, and all rows the sum that they had. A label that is not named
    has weight 1.
    """
    if isinstance(wanted, str):
        counts = np.bincount(target.astype(np.int64), minlength=len(schema.labels))
        return (len(target) / (np.count_nonzero(counts) * np.maximum(counts, 1))).astype(np.float32)
    weights = np.ones(len(schema.labels), np.float32)
    for label, weight in wanted.items():
        try:
            weights[schema.label_index(label)] = weight
        except CellError:
            raise UserError(
                f"hyperparameters: class_weight names the label {label!r}; the labels are "
                f"{listed(map(str, schema.labels))}"
            ) from None
    if not weights.any():
        raise UserError("hyperparameters: class_weight is 0 for every label: nothing would be trained")
    return weights


def weighted(table: Table, weights: NDArray[np.float32] | None) -> Table:
    """The table with the weights of the classes in those of its rows."""
    if weights is None:
        return table
    rows = weights[table.target.astype(np.int64)]
    return replace(table, weights=rows if table.weights is None else table.weights * rows)
