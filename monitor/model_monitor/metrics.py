"""Metrics of predictions, by the names and definitions of the evaluation (`model/metrics.py`).

Each is a function of how much every row counts: rows that are drawn with replacement give its spread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_monitor.sketch import Floats

Ints = NDArray[np.int64]
Metrics = dict[str, float]


def ratio(above: Any, below: Any) -> Any:
    """Element-wise quotient; 0 if the divisor is 0, as usual for precision and recall."""
    below = np.asarray(below, dtype=float)
    return np.divide(above, below, out=np.zeros_like(below), where=below != 0)


def confusion(actual: Ints, predicted: Ints, counts: Floats, classes: int) -> Floats:
    """Rows: actual class, columns: predicted class."""
    cells = np.bincount(actual * classes + predicted, weights=counts, minlength=classes * classes)
    return np.asarray(cells, dtype=float).reshape(classes, classes)


def f_score(beta: float, precision: Any, recall: Any) -> Any:
    """The weighted harmonic mean of precision and recall."""
    return ratio((1 + beta**2) * precision * recall, beta**2 * precision + recall)


def binary(actual: Ints, predicted: Ints, scores: Floats | None) -> Callable[[Floats], Metrics]:
    """The positive class is class 1; without its probabilities, no metric that needs them."""
    order = None if scores is None else np.argsort(-scores, kind="stable")
    last = None if scores is None else np.append(np.diff(scores[order]) != 0, True)

    def metrics(counts: Floats) -> Metrics:
        (tn, fp), (fn, tp) = confusion(actual, predicted, counts, 2)
        precision, recall, specificity = ratio(tp, tp + fp), ratio(tp, tp + fn), ratio(tn, tn + fp)
        values = {
            "accuracy": (tp + tn) / (tp + tn + fp + fn),
            "balanced_accuracy": float(recall + specificity) / 2,
            "precision": float(precision),
            "recall": float(recall),
            "f0_5": float(f_score(0.5, precision, recall)),
            "f1": float(f_score(1, precision, recall)),
            "f2": float(f_score(2, precision, recall)),
            "true_positive_rate": float(recall),
            "true_negative_rate": float(specificity),
            "false_positive_rate": float(ratio(fp, tn + fp)),
            "false_negative_rate": float(ratio(fn, tp + fn)),
        }
        if scores is not None:
            ordered, positive = counts[order], actual[order] == 1
            true, false = (np.cumsum(ordered * some)[last] for some in (positive, ~positive))
            with np.errstate(invalid="ignore", divide="ignore"):
                true_rates, false_rates = np.append(0, true / true[-1]), np.append(0, false / false[-1])
            values["auc"] = float(np.trapezoid(true_rates, false_rates))
            values["average_precision"] = float((np.diff(true_rates) * ratio(true, true + false)).sum())
            chosen = np.clip(np.where(actual == 1, scores, 1 - scores), 1e-15, 1)
            values["log_loss"] = float(-(np.log(chosen) * counts).sum() / counts.sum())
        return values

    return metrics


def multiclass(
    actual: Ints, predicted: Ints, classes: int, probabilities: Floats | None
) -> Callable[[Floats], Metrics]:
    """Weighted: mean over classes by their rows; macro: plain mean over those that occur."""

    def metrics(counts: Floats) -> Metrics:
        table = confusion(actual, predicted, counts, classes)
        hits, of_class = np.diag(table), table.sum(axis=1)
        precision, recall = ratio(hits, table.sum(axis=0)), ratio(hits, of_class)
        values = {
            "accuracy": float(hits.sum() / table.sum()),
            "balanced_accuracy": float(recall[of_class > 0].mean()),
        }
        scores = {
            f"f{name}": f_score(beta, precision, recall) for name, beta in (("0_5", 0.5), ("1", 1), ("2", 2))
        }
        for name, by_class in {"precision": precision, "recall": recall, **scores}.items():
            values[f"weighted_{name}"] = float(np.average(by_class, weights=of_class))
            values[f"macro_{name}"] = float(by_class[of_class > 0].mean())
        if probabilities is not None:
            chosen = np.clip(probabilities[np.arange(len(actual)), actual], 1e-15, 1)
            values["log_loss"] = float(-(np.log(chosen) * counts).sum() / counts.sum())
        return values

    return metrics


def regression(actual: Floats, predicted: Floats) -> Callable[[Floats], Metrics]:
    """r2 is NaN when all actual values are equal."""
    errors = predicted - actual

    def metrics(counts: Floats) -> Metrics:
        rows = counts.sum()
        mse = float(counts @ errors**2 / rows)
        variance = float(counts @ (actual - counts @ actual / rows) ** 2 / rows)
        return {
            "mae": float(counts @ np.abs(errors) / rows),
            "mse": mse,
            "rmse": mse**0.5,
            "r2": 1 - mse / variance if variance > 0 else float("nan"),
        }

    return metrics
