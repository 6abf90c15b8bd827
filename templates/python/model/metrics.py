"""Model quality in the JSON form of SageMaker, with standard deviations by bootstrap.

Every metric is a function of the rows and of how much each row counts. Counting each row once, or by its
weight, gives the value; counting rows as a draw with replacement gives one bootstrap sample, and the spread
of many is the standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Metrics = dict[str, float]

BOOTSTRAP_SAMPLES = 200
BOOTSTRAP_ROWS = 4_000_000  # samples x rows: large test sets get fewer samples, their spread is small anyway
CURVE_POINTS = 201


def samples(rows: int) -> int:
    """How many bootstrap samples a test set gets."""
    return int(np.clip(BOOTSTRAP_ROWS // rows, 20, BOOTSTRAP_SAMPLES))


def draws(weights: Floats, seed: int, most: int | None = None) -> Iterator[Floats]:
    """How much each row counts in each bootstrap sample: how often it is drawn, times its weight."""
    rng, rows = np.random.default_rng(seed), len(weights)
    for _ in range(samples(rows) if most is None else most):
        counts = np.bincount(rng.integers(0, rows, rows), minlength=rows) * weights
        if counts.any():
            yield counts


def with_deviation(
    metrics: Callable[[Floats], Metrics], weights: Floats, seed: int, most: int | None = None
) -> dict[str, dict[str, float | str]]:
    """Value and standard deviation of each metric; "NaN" where it is not defined (as SageMaker writes it)."""
    values = metrics(weights)
    drawn = [metrics(counts) for counts in draws(weights, seed, most)]
    return {
        name: {"value": _json(value), "standard_deviation": _json(_spread([one[name] for one in drawn]))}
        for name, value in values.items()
    }


def difference(
    name: str,
    one: Callable[[Floats], Metrics],
    other: Callable[[Floats], Metrics],
    weights: Floats,
    seed: int,
    most: int | None = None,
) -> tuple[float, float]:
    """The metric of one model minus that of another on the same rows, with its standard deviation."""
    spread = _spread([one(counts)[name] - other(counts)[name] for counts in draws(weights, seed, most)])
    return one(weights)[name] - other(weights)[name], spread


def _spread(values: Sequence[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.std(finite, ddof=1)) if len(finite) > 1 else float("nan")


def _json(value: float) -> float | str:
    return float(value) if np.isfinite(value) else "NaN"


def ratio(above: Any, below: Any) -> Any:
    """Element-wise quotient; 0 if the divisor is 0, as usual for precision and recall."""
    below = np.asarray(below, dtype=float)
    return np.divide(above, below, out=np.zeros_like(below), where=below != 0)


def confusion(actual: Ints, predicted: Ints, counts: Floats, classes: int) -> Floats:
    """Rows: actual class, columns: predicted class."""
    cells = np.bincount(actual * classes + predicted, weights=counts, minlength=classes * classes)
    return np.asarray(cells, dtype=float).reshape(classes, classes)


class Ranking:
    """Rows by descending score: made once, used for each bootstrap sample."""

    def __init__(self, actual: Ints, score: Floats) -> None:
        self._order = np.argsort(-score, kind="stable")
        self._positive = actual[self._order] == 1
        self._last_of_score = np.append(np.diff(score[self._order]) != 0, True)

    def sums(self, counts: Floats) -> tuple[Floats, Floats]:
        """False and true positives at every different score."""
        counts = counts[self._order]
        true = np.cumsum(counts * self._positive)[self._last_of_score]
        false = np.cumsum(counts * ~self._positive)[self._last_of_score]
        return false, true

    def roc(self, counts: Floats) -> tuple[Floats, Floats]:
        """False and true positive rates at every different score, from (0, 0) to (1, 1)."""
        false, true = self.sums(counts)
        with np.errstate(invalid="ignore"):
            return np.append(0, false / false[-1]), np.append(0, true / true[-1])

    def average_precision(self, counts: Floats) -> float:
        """The mean of the precision over the recall, in steps."""
        false, true = self.sums(counts)
        with np.errstate(invalid="ignore"):
            steps = np.diff(np.append(0, true / true[-1]))
        return float((steps * ratio(true, true + false)).sum())


def log_loss(actual: Ints, probabilities: Floats, counts: Floats) -> float:
    """Mean negative logarithm of the probability given to the actual class."""
    chosen = np.clip(probabilities[np.arange(len(actual)), actual], 1e-15, 1)
    return float(-(np.log(chosen) * counts).sum() / counts.sum())


def binary_metrics(actual: Ints, predicted: Ints, probabilities: Floats) -> Callable[[Floats], Metrics]:
    """The metrics of a binary classification; the positive class is class 1."""
    ranking = Ranking(actual, probabilities[:, 1])

    def metrics(counts: Floats) -> Metrics:
        (tn, fp), (fn, tp) = confusion(actual, predicted, counts, 2)
        precision, recall, specificity = ratio(tp, tp + fp), ratio(tp, tp + fn), ratio(tn, tn + fp)
        false_rates, true_rates = ranking.roc(counts)
        return {
            "accuracy": (tp + tn) / (tp + tn + fp + fn),
            "balanced_accuracy": float(recall + specificity) / 2,
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(ratio(2 * precision * recall, precision + recall)),
            "auc": float(np.trapezoid(true_rates, false_rates)),
            "average_precision": ranking.average_precision(counts),
            "log_loss": log_loss(actual, probabilities, counts),
            "true_positive_rate": float(recall),
            "true_negative_rate": float(specificity),
            "false_positive_rate": float(ratio(fp, tn + fp)),
            "false_negative_rate": float(ratio(fn, tp + fn)),
        }

    return metrics


def binary(
    actual: Ints,
    predicted: Ints,
    probabilities: Floats,
    seed: int,
    labels: Sequence[str | int],
    weights: Floats | None = None,
) -> dict[str, Any]:
    """`binary_classification_metrics`; the confusion matrix counts rows."""
    ones = np.ones(len(actual))
    weights = ones if weights is None else weights
    false_rates, true_rates = Ranking(actual, probabilities[:, 1]).roc(weights)
    keep = np.unique(
        np.linspace(0, len(false_rates) - 1, min(CURVE_POINTS, len(false_rates))).round().astype(int)
    )
    return {
        "binary_classification_metrics": {
            "confusion_matrix": _table(confusion(actual, predicted, ones, 2), labels),
            **with_deviation(binary_metrics(actual, predicted, probabilities), weights, seed),
            "receiver_operating_characteristic_curve": {
                "false_positive_rates": false_rates[keep].tolist(),
                "true_positive_rates": true_rates[keep].tolist(),
            },
        }
    }


def multiclass_metrics(actual: Ints, predicted: Ints, probabilities: Floats) -> Callable[[Floats], Metrics]:
    """The metrics of a classification; weighted: mean over classes by their rows, macro: plain mean."""
    classes = probabilities.shape[1]

    def metrics(counts: Floats) -> Metrics:
        table = confusion(actual, predicted, counts, classes)
        hits, of_class = np.diag(table), table.sum(axis=1)
        precision, recall = ratio(hits, table.sum(axis=0)), ratio(hits, of_class)
        f1 = ratio(2 * precision * recall, precision + recall)
        values = {
            "accuracy": float(hits.sum() / table.sum()),
            "balanced_accuracy": float(recall[of_class > 0].mean()),
        }
        for name, by_class in (("precision", precision), ("recall", recall), ("f1", f1)):
            values[f"weighted_{name}"] = float(np.average(by_class, weights=of_class))
            values[f"macro_{name}"] = float(by_class[of_class > 0].mean())
        values["log_loss"] = log_loss(actual, probabilities, counts)
        return values

    return metrics


def multiclass(
    actual: Ints,
    predicted: Ints,
    probabilities: Floats,
    seed: int,
    labels: Sequence[str | int],
    weights: Floats | None = None,
) -> dict[str, Any]:
    """`multiclass_classification_metrics`; the confusion matrix counts rows."""
    ones = np.ones(len(actual))
    weights = ones if weights is None else weights
    table = confusion(actual, predicted, ones, probabilities.shape[1])
    return {
        "multiclass_classification_metrics": {
            "confusion_matrix": _table(table, labels),
            **with_deviation(multiclass_metrics(actual, predicted, probabilities), weights, seed),
        }
    }


def regression_metrics(actual: Floats, predicted: Floats) -> Callable[[Floats], Metrics]:
    """The metrics of a regression; r2 is NaN when all target values are equal."""
    errors = predicted - actual

    def metrics(counts: Floats) -> Metrics:
        rows = counts.sum()
        mse = float(counts @ errors**2 / rows)
        mean = counts @ actual / rows
        variance = float(counts @ (actual - mean) ** 2 / rows)
        return {
            "mae": float(counts @ np.abs(errors) / rows),
            "mse": mse,
            "rmse": mse**0.5,
            "r2": 1 - mse / variance if variance > 0 else float("nan"),
        }

    return metrics


def regression(actual: Floats, predicted: Floats, seed: int, weights: Floats | None = None) -> dict[str, Any]:
    """`regression_metrics`."""
    weights = np.ones(len(actual)) if weights is None else weights
    return {"regression_metrics": with_deviation(regression_metrics(actual, predicted), weights, seed)}


def _table(matrix: Floats, labels: Sequence[str | int]) -> dict[str, dict[str, int]]:
    """The confusion matrix by label: actual, then predicted."""
    names = [str(label) for label in labels]
    return {
        a: {p: int(n) for p, n in zip(names, row, strict=True)} for a, row in zip(names, matrix, strict=True)
    }
