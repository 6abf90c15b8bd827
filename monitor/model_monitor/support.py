"""Of how many rows a metric of classes is a share: rare classes leave few, whatever the window has."""

from __future__ import annotations

import math
from collections.abc import Mapping

LEAST = 30
"""Of fewer rows a share is not compared: drawing them again tells nothing of its spread."""
POSITIVES = ("recall", "true_positive_rate", "false_negative_rate")
NEGATIVES = ("true_negative_rate", "false_positive_rate")
BOTH = ("balanced_accuracy", "auc", "average_precision")


def support(metric: str, problem: str, matrix: Mapping[str, Mapping[str, int]] | None, rows: int) -> int:
    """The rows that a metric depends on most; the positive class is the last of the matrix."""
    if not matrix:
        return rows
    table = [list(of_class.values()) for of_class in matrix.values()]
    of_class = [sum(row) for row in table]
    if problem == "multiclass_classification":
        by_class = metric.startswith("macro_") or metric == "balanced_accuracy"
        return min(of_class) if by_class else rows
    predicted = table[0][-1] + table[-1][-1]
    if metric in POSITIVES:
        return of_class[-1]
    if metric in NEGATIVES:
        return of_class[0]
    if metric in BOTH:
        return min(of_class)
    if metric == "precision":
        return predicted
    return min(of_class[-1], predicted) if metric in ("f0_5", "f1", "f2") else rows


def least_deviation(metric: str, expected: float, rows: int) -> float:
    """What a share that is expected has at least as standard deviation, however alike the rows are."""
    if metric not in ("accuracy", "precision", *POSITIVES, *NEGATIVES) or not 0 <= expected <= 1:
        return 0.0
    share = (expected * rows + 1) / (rows + 2)  # a share of 0 or 1 is not certain either
    return math.sqrt(share * (1 - share) / rows)
