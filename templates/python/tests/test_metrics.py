"""metrics.py: values worked out by hand, and deviations against theory."""

from __future__ import annotations

import numpy as np
import pytest

import metrics

ACTUAL = np.array([1, 1, 1, 0, 0, 0, 0, 1])
SCORE = np.array([0.9, 0.8, 0.4, 0.7, 0.2, 0.1, 0.4, 0.6])
BOTH = np.column_stack([1 - SCORE, SCORE])
PREDICTED = BOTH.argmax(axis=1)


def value(found: dict[str, dict[str, float]], name: str) -> float:
    return found[name]["value"]


def test_binary_metrics_are_those_of_the_definitions() -> None:
    found = metrics.binary(ACTUAL, PREDICTED, BOTH, 1, [0, 1])["binary_classification_metrics"]
    # predicted 1: rows 0, 1, 3, 7 -> 3 true positives, 1 false positive, 1 false negative, 3 true negatives
    assert found["confusion_matrix"] == {"0": {"0": 3, "1": 1}, "1": {"0": 1, "1": 3}}
    assert value(found, "accuracy") == 6 / 8
    assert value(found, "precision") == value(found, "recall") == value(found, "f1") == 3 / 4
    # of the 16 pairs of a positive and a negative, 13 are in order and one is a tie
    assert value(found, "auc") == pytest.approx(13.5 / 16)
    expected = -np.log(np.where(ACTUAL == 1, SCORE, 1 - SCORE)).mean()
    assert value(found, "log_loss") == pytest.approx(expected)


def test_the_roc_curve_goes_from_corner_to_corner_and_never_down() -> None:
    curve = metrics.binary(ACTUAL, PREDICTED, BOTH, 1, [0, 1])["binary_classification_metrics"][
        "receiver_operating_characteristic_curve"
    ]
    false, true = curve["false_positive_rates"], curve["true_positive_rates"]
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert false == sorted(false) and true == sorted(true)
    assert len(false) == len(true) == len(set(SCORE)) + 1


def test_multiclass_metrics_are_those_of_the_definitions() -> None:
    actual = np.array([0, 0, 0, 1, 1, 2])
    predicted = np.array([0, 0, 1, 1, 0, 2])
    found = metrics.multiclass(actual, predicted, np.eye(3)[predicted], 1, ["a", "b", "c"])[
        "multiclass_classification_metrics"
    ]
    recall, precision = [2 / 3, 1 / 2, 1], [2 / 3, 1 / 2, 1]
    assert value(found, "accuracy") == 4 / 6
    assert value(found, "macro_recall") == pytest.approx(np.mean(recall))
    assert value(found, "weighted_recall") == pytest.approx(4 / 6)
    assert value(found, "weighted_precision") == pytest.approx(np.average(precision, weights=[3, 2, 1]))
    assert value(found, "macro_f1") == pytest.approx(np.mean([2 / 3, 1 / 2, 1]))


def test_regression_metrics_are_those_of_the_definitions() -> None:
    found = metrics.regression(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 3, 8]), 1)["regression_metrics"]
    assert (value(found, "mae"), value(found, "mse"), value(found, "rmse")) == (1, 4, 2)
    assert value(found, "r2") == pytest.approx(1 - 16 / 5)


def test_what_is_not_defined_is_nan_as_text() -> None:
    found = metrics.regression(np.ones(4), np.ones(4), 1)["regression_metrics"]
    assert found["r2"] == {"value": "NaN", "standard_deviation": "NaN"}
    one_class = metrics.binary(np.ones(4, int), PREDICTED[:4], BOTH[:4], 1, [0, 1])[
        "binary_classification_metrics"
    ]
    assert one_class["auc"]["value"] == "NaN"


def test_the_deviation_of_the_accuracy_is_that_of_a_proportion() -> None:
    rng = np.random.default_rng(0)
    actual = rng.integers(0, 2, 1000)
    right = rng.random(1000) < 0.8
    score = np.where(right, actual, 1 - actual).astype(float)
    found = metrics.binary(actual, score.astype(int), np.column_stack([1 - score, score]), 1, [0, 1])
    accuracy = found["binary_classification_metrics"]["accuracy"]
    theory = (right.mean() * (1 - right.mean()) / 1000) ** 0.5
    assert accuracy["standard_deviation"] == pytest.approx(theory, rel=0.2)


def test_a_large_test_set_gets_fewer_bootstrap_samples() -> None:
    calls: list[int] = []

    def count(counts: metrics.Floats) -> dict[str, float]:
        calls.append(len(counts))
        return {"x": float(counts[0])}

    metrics.with_deviation(count, np.ones(100), 1)
    few = len(calls)
    metrics.with_deviation(count, np.ones(100_000), 1)
    assert (few, len(calls) - few) == (201, 41)


def test_the_metrics_are_those_of_scikit_learn() -> None:
    reference = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    actual, scores = rng.integers(0, 4, 500), rng.dirichlet(np.ones(4), 500)
    best = scores.argmax(axis=1)
    found = metrics.multiclass(actual, best, scores, 1, list("abcd"))["multiclass_classification_metrics"]
    for average in ("weighted", "macro"):
        expected = reference.precision_recall_fscore_support(actual, best, average=average)[:3]
        names = (f"{average}_precision", f"{average}_recall", f"{average}_f1")
        assert [value(found, name) for name in names] == pytest.approx(list(expected))
    assert value(found, "log_loss") == pytest.approx(reference.log_loss(actual, scores))
    positive, score = (actual > 1).astype(int), scores[:, 2:].sum(axis=1)
    chosen = (score > 0.5).astype(int)
    both = metrics.binary(positive, chosen, np.column_stack([1 - score, score]), 1, [0, 1])
    report = both["binary_classification_metrics"]
    assert value(report, "auc") == pytest.approx(reference.roc_auc_score(positive, score))
    assert value(report, "average_precision") == pytest.approx(
        reference.average_precision_score(positive, score)
    )
    assert value(report, "balanced_accuracy") == pytest.approx(
        reference.balanced_accuracy_score(positive, chosen)
    )
    assert value(found, "balanced_accuracy") == pytest.approx(reference.balanced_accuracy_score(actual, best))


def test_a_difference_of_paired_rows_is_less_uncertain_than_its_parts() -> None:
    rng = np.random.default_rng(0)
    actual = rng.normal(size=400)
    good, equal = actual + rng.normal(size=400), actual + rng.normal(size=400)
    one, same = metrics.regression_metrics(actual, good), metrics.regression_metrics(actual, good + 0.001)
    gained, spread = metrics.difference("rmse", one, same, np.ones(400), 1)
    alone = metrics.regression(actual, good, 1)["regression_metrics"]["rmse"]["standard_deviation"]
    assert abs(gained) < 0.001 and spread < alone / 100
    gained, spread = metrics.difference(
        "rmse", one, metrics.regression_metrics(actual, equal), np.ones(400), 1
    )
    assert abs(gained) < 3 * spread and spread > alone / 2
