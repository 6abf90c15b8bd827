"""What the test rows say beyond the metrics: calibration, decision thresholds, errors by prediction.

Rows count by their weights; `rows` are their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from metrics import ratio
from schema import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BINS = 10
QUANTILES = 50


def calibration(actual: Ints, predicted: Ints, scores: Floats, weights: Floats) -> dict[str, Any]:
    """How often the model is right where it says so: by bins of the probability.

    Of the positive class for two classes, else of the class that is predicted. The Brier score is the mean
    squared difference of the probabilities from what is (over both or all classes for more than two).
    """
    if scores.shape[1] == 2:
        stated, hit = scores[:, 1], actual == 1
        squares = (stated - hit) ** 2
    else:
        stated, hit = scores[np.arange(len(scores)), predicted], actual == predicted
        there = scores[np.arange(len(scores)), actual]
        squares = (scores**2).sum(axis=1) - 2 * there + 1
    places = np.minimum((stated * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(places, minlength=BINS)
    total = np.bincount(places, weights, BINS)
    means = ratio(np.bincount(places, weights * stated, BINS), total)
    shares = ratio(np.bincount(places, weights * hit, BINS), total)
    return {
        "brier": short((weights * squares).sum() / weights.sum()),
        "error": short((total * np.abs(means - shares)).sum() / total.sum()),
        "bins": [
            {
                "low": i / BINS,
                "high": (i + 1) / BINS,
                "rows": int(rows[i]),
                "stated": short(means[i]),
                "observed": short(shares[i]),
            }
            for i in range(BINS)
            if total[i] > 0
        ],
    }


def class_calibration(
    actual: Ints, predicted: Ints, scores: Floats, weights: Floats, labels: Sequence[Label]
) -> list[dict[str, Any]]:
    """For each class: the rows that it is predicted for, the stated probability, and the share right."""
    stated = scores[np.arange(len(scores)), predicted]
    rows = np.bincount(predicted, minlength=len(labels))
    total = np.bincount(predicted, weights, len(labels))
    means = ratio(np.bincount(predicted, weights * stated, len(labels)), total)
    shares = ratio(np.bincount(predicted, weights * (actual == predicted), len(labels)), total)
    return [
        {"label": str(label), "rows": int(rows[i]), "stated": short(means[i]), "observed": short(shares[i])}
        for i, label in enumerate(labels)
        if total[i] > 0
    ]


def thresholds(actual: Ints, probability: Floats, weights: Floats) -> dict[str, Any]:
    """Precision, recall and F1 if a row is positive from a probability on: in hundredths and at quantiles."""
    order = np.argsort(-probability, kind="stable")
    ranked, counts = probability[order], weights[order]
    positive = np.cumsum(counts * (actual[order] == 1))
    taken = np.cumsum(counts)
    limits = np.unique(
        np.concatenate(
            [np.linspace(0, 1, 101), np.quantile(probability, np.linspace(0, 1, QUANTILES + 1))]
        ).round(6)
    )
    f1 = ratio(2 * positive, taken + positive[-1])
    last_of_value = np.append(np.diff(ranked) != 0, True)
    best = float(ranked[int(np.argmax(np.where(last_of_value, f1, -1)))])
    limits = np.append(limits, best)
    ends = np.searchsorted(-ranked, -limits, side="right")
    true = np.append(0, positive)[ends]
    flagged = np.append(0, taken)[ends]
    precision, recall = ratio(true, flagged), ratio(true, np.full(len(ends), positive[-1]))
    columns = (limits, precision, recall, ratio(2 * true, flagged + positive[-1]), flagged / taken[-1])
    *points, optimum = [
        dict(zip(("threshold", "precision", "recall", "f1", "share"), map(short, one), strict=True))
        for one in zip(*columns, strict=True)
    ]
    return {"points": points, "best": optimum}


def by_prediction(actual: Floats, predicted: Floats, weights: Floats) -> list[dict[str, Any]]:
    """The errors of a regression by tenths of the predictions."""
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, BINS + 1)))
    places = np.clip(np.searchsorted(edges, predicted, side="right") - 1, 0, max(len(edges) - 2, 0))
    errors, found = predicted - actual, []
    for place in range(max(len(edges) - 1, 1)):
        there = places == place
        if not weights[there].any():
            continue
        mean_error, mean_actual, size, square = (
            short(np.average(values[there], weights=weights[there]))
            for values in (errors, actual, np.abs(errors), errors**2)
        )
        found.append(
            {
                "low": short(predicted[there].min()),
                "high": short(predicted[there].max()),
                "rows": int(there.sum()),
                "predicted": short(np.average(predicted[there], weights=weights[there])),
                "actual": mean_actual,
                "bias": mean_error,
                "mae": size,
                "rmse": short(square**0.5),
            }
        )
    return found


def short(value: Any) -> float:
    """A number with six digits."""
    return float(f"{float(value):.6g}")
