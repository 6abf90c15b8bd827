"""Model quality in the JSON form of SageMaker, with standard deviations by bootstrap.

Every metric is a function of the rows and of how often each row counts. Counting each row once gives the
value; counting rows as a draw with replacement gives one bootstrap sample, and the spread of many is the
standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def with_deviation(
    metrics: Callable[[Floats], Metrics], rows: int, seed: int
) -> dict[str, dict[str, float | str]]:
    """Value and standard deviation of each metric; "NaN" where it is not defined (as SageMaker writes it)."""
    values = metrics(np.ones(rows))
    rng = np.random.default_rng(seed)
    samples = int(np.clip(BOOTSTRAP_ROWS // rows, 20, BOOTSTRAP_SAMPLES))
    draws = [
        metrics(np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(float))
        for _ in range(samples)
    ]
    return {
        name: {"value": _json(value), "standard_deviation": _json(_spread([draw[name] for draw in draws]))}
        for name, value in values.items()
    }


def _spread(values: Sequence[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.std(finite, ddof=1)) if len(finite) > 1 else float("nan")


def _json(value: float) -> float | str:
    return float(value) if np.isfinite(value) else "NaN"


def ratio(above: Any, below: Any) -> Any:
    """Element-wise quotient, 0 where there is nothing to divide by (as usual for precision and recall)."""
    below = np.asarray(below, dtype=float)
    return np.divide(above, below, out=np.zeros_like(below), where=below != 0)


def confusion(actual: Ints, predicted: Ints, counts: Floats, classes: int) -> Floats:
    """Rows: actual class, columns: predicted class."""
    cells = np.bincount(actual * classes + predicted, weights=counts, minlength=classes * classes)
    return np.asarray(cells, dtype=float).reshape(classes, classes)


def roc(actual: Ints, score: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates at every different score, from (0, 0) to (1, 1)."""
    order = np.argsort(-score, kind="stable")
    score, actual, counts = score[order], actual[order], counts[order]
    last_of_score = np.append(np.diff(score) != 0, True)
    true = np.cumsum(counts * (actual == 1))[last_of_score]
    false = np.cumsum(counts * (actual == 0))[last_of_score]
    with np.errstate(invalid="ignore"):
        return np.append(0, false / false[-1]), np.append(0, true / true[-1])


def log_loss(actual: Ints, probabilities: Floats, counts: Floats) -> float:
    """Mean negative logarithm of the probability given to the actual class."""
    chosen = np.clip(probabilities[np.arange(len(actual)), actual], 1e-15, 1)
    return float(-(np.log(chosen) * counts).sum() / counts.sum())


def binary(actual: Ints, probabilities: Floats, seed: int, labels: Sequence[str | int]) -> dict[str, Any]:
    """`binary_classification_metrics`; the positive class is class 1."""
    predicted = probabilities.argmax(axis=1)
    score = probabilities[:, 1]

    def metrics(counts: Floats) -> Metrics:
        (tn, fp), (fn, tp) = confusion(actual, predicted, counts, 2)
        precision, recall = ratio(tp, tp + fp), ratio(tp, tp + fn)
        false_rates, true_rates = roc(actual, score, counts)
        return {
            "accuracy": (tp + tn) / (tp + tn + fp + fn),
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(ratio(2 * precision * recall, precision + recall)),
            "auc": float(np.trapezoid(true_rates, false_rates)),
            "log_loss": log_loss(actual, probabilities, counts),
            "true_positive_rate": float(recall),
            "true_negative_rate": float(ratio(tn, tn + fp)),
            "false_positive_rate": float(ratio(fp, tn + fp)),
            "false_negative_rate": float(ratio(fn, tp + fn)),
        }

    ones = np.ones(len(actual))
    false_rates, true_rates = roc(actual, score, ones)
    keep = np.unique(
        np.linspace(0, len(false_rates) - 1, min(CURVE_POINTS, len(false_rates))).round().astype(int)
    )
    return {
        "binary_classification_metrics": {
            "confusion_matrix": _table(confusion(actual, predicted, ones, 2), labels),
            **with_deviation(metrics, len(actual), seed),
            "receiver_operating_characteristic_curve": {
                "false_positive_rates": false_rates[keep].tolist(),
                "true_positive_rates": true_rates[keep].tolist(),
            },
        }
    }


def multiclass(actual: Ints, probabilities: Floats, seed: int, labels: Sequence[str | int]) -> dict[str, Any]:
    """`multiclass_classification_metrics`; weighted: mean over classes by their rows, macro: plain mean."""
    predicted, classes = probabilities.argmax(axis=1), probabilities.shape[1]

    def metrics(counts: Floats) -> Metrics:
        table = confusion(actual, predicted, counts, classes)
        hits, of_class = np.diag(table), table.sum(axis=1)
        precision, recall = ratio(hits, table.sum(axis=0)), ratio(hits, of_class)
        f1 = ratio(2 * precision * recall, precision + recall)
        values = {"accuracy": float(hits.sum() / table.sum())}
        for name, by_class in (("precision", precision), ("recall", recall), ("f1", f1)):
            values[f"weighted_{name}"] = float(np.average(by_class, weights=of_class))
            values[f"macro_{name}"] = float(by_class[of_class > 0].mean())
        values["log_loss"] = log_loss(actual, probabilities, counts)
        return values

    return {
        "multiclass_classification_metrics": {
            "confusion_matrix": _table(confusion(actual, predicted, np.ones(len(actual)), classes), labels),
            **with_deviation(metrics, len(actual), seed),
        }
    }


def regression(actual: Floats, predicted: Floats, seed: int) -> dict[str, Any]:
    """`regression_metrics`; r2 is NaN when all target values are equal."""
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

    return {"regression_metrics": with_deviation(metrics, len(actual), seed)}


def _table(matrix: Floats, labels: Sequence[str | int]) -> dict[str, dict[str, int]]:
    """The confusion matrix by label: actual, then predicted."""
    names = [str(label) for label in labels]
    return {
        a: {p: int(n) for p, n in zip(names, row, strict=True)} for a, row in zip(names, matrix, strict=True)
    }
