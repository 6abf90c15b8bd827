"""Metrics are those of the evaluation and of scikit-learn; what is worse is told, what is chance is not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, cases
from sklearn import metrics as sk

from model_monitor import metrics
from model_monitor.errors import MonitorError
from model_monitor.model_quality import LESS, compared, constraints, measure, violations
from model_monitor.sketch import Floats


@pytest.fixture(scope="module")
def evaluation() -> ModuleType:
    """The metrics of a generated repository."""
    path = Path(ROOT, "templates", "python", "model", "metrics.py")
    spec = importlib.util.spec_from_file_location("metrics_of_the_evaluation", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", cases("metrics", 100, 8))
def test_metrics_are_those_of_the_evaluation_and_of_scikit_learn(case: int, evaluation: ModuleType) -> None:
    rng = np.random.default_rng(case)
    rows, weights = 400, rng.integers(0, 4, 400).astype(float)
    actual = rng.integers(0, 2, rows)
    scores: Floats = np.round(np.clip(actual * 0.2 + rng.random(rows) * 0.8, 0, 1), 2).astype(np.float64)
    predicted = (scores > 0.5).astype(int)
    both = np.column_stack([1 - scores, scores])
    found = metrics.binary(actual, predicted, scores)(weights)
    _same(found, evaluation.binary_metrics(actual, predicted, both)(weights))
    for beta, name in ((0.5, "f0_5"), (2, "f2")):
        assert found[name] == pytest.approx(
            sk.fbeta_score(actual, predicted, beta=beta, sample_weight=weights)
        )
    assert found["auc"] == pytest.approx(sk.roc_auc_score(actual, scores, sample_weight=weights))
    assert found["average_precision"] == pytest.approx(
        sk.average_precision_score(actual, scores, sample_weight=weights)
    )

    actual, probabilities = rng.integers(0, 4, rows), rng.dirichlet(np.ones(4), rows)
    predicted = probabilities.argmax(axis=1)
    found = metrics.multiclass(actual, predicted, 4, probabilities)(weights)
    _same(found, evaluation.multiclass_metrics(actual, predicted, probabilities)(weights))
    for average in ("weighted", "macro"):
        score = sk.fbeta_score(actual, predicted, beta=2, average=average, sample_weight=weights)
        assert found[f"{average}_f2"] == pytest.approx(score)

    truth, answers = rng.normal(size=rows), rng.normal(size=rows)
    found = metrics.regression(truth, answers)(weights)
    _same(found, evaluation.regression_metrics(truth, answers)(weights))
    assert found["r2"] == pytest.approx(sk.r2_score(truth, answers, sample_weight=weights))


def _same(found: dict[str, float], other: dict[str, float]) -> None:
    assert not set(other) - set(found)
    assert {name: found[name] for name in other} == pytest.approx(other)


def binary(rows: int, seed: int, skill: float = 1.5) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    actual = rng.random(rows) < 0.3
    scores = 1 / (1 + np.exp(-(skill * actual + rng.normal(size=rows) - 0.5)))
    texts = [["no", "yes"][value] for value in actual.astype(int)]
    answers = [["no", "yes"][value] for value in (scores > 0.5).astype(int)]
    return measure("binary", texts, answers, ("no", "yes"), scores)


def test_a_worse_model_is_a_violation_the_same_model_is_none() -> None:
    limits = constraints(binary(4000, 0))
    assert not violations(binary(4000, 1), limits)
    worse = violations(binary(4000, 2, skill=0.3), limits)
    assert {"auc", "f1", "recall"} <= {one["metric_name"] for one in worse}
    auc = next(one for one in worse if one["metric_name"] == "auc")
    assert auc["constraint_check_type"] == LESS and auc["description"].startswith("Metric auc with 0.58")


def test_a_better_model_is_no_violation() -> None:
    assert not violations(binary(4000, 3, skill=4), constraints(binary(4000, 0)))


def test_few_rows_are_not_enough_and_not_a_violation() -> None:
    limits = constraints(binary(4000, 0))
    report = binary(150, 1, skill=0)
    assert report["binary_classification_metrics"]["auc"]["standard_deviation"] == "NaN"
    assert {one["verdict"] for one in compared(report, limits)} == {"not enough rows"}
    assert not violations(report, limits)


@pytest.mark.parametrize("case", cases("intervals", 40, 4))
def test_an_interval_covers_the_true_value_about_as_often_as_it_says(case: int) -> None:
    rng = np.random.default_rng(case)
    hits = 0
    for _ in range(60):
        right = rng.random(400) < 0.8
        report = measure(
            "binary",
            ["a"] * 200 + ["b"] * 200,
            [("ab" if ok == (n < 200) else "ba")[0] for n, ok in enumerate(right)],
            ("a", "b"),
        )
        low, high = report["binary_classification_metrics"]["accuracy"]["interval"]
        hits += low <= 0.8 <= high
    assert 50 <= hits <= 60


def rare(rows: int, seed: int, share: float = 0.01) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    actual = (rng.random(rows) < share).astype(int)
    predicted = np.where(rng.random(rows) < np.where(actual == 1, 0.8, 0.002), 1, 0)
    return measure("binary", actual, predicted, (0, 1))


def test_a_rare_class_makes_no_false_alarm_and_few_of_its_rows_are_not_enough() -> None:
    limits = constraints(rare(50_000, 0))
    assert sum(bool(violations(rare(500, seed), limits)) for seed in range(1, 101)) <= 2
    verdicts = {one["metric_name"]: one["verdict"] for one in compared(rare(500, 1), limits)}
    assert {verdicts[name] for name in ("recall", "precision", "f1", "balanced_accuracy")} == {
        "not enough rows"
    }
    assert verdicts["accuracy"] == "not worse"


def test_a_window_of_one_class_tells_nothing_of_the_other() -> None:
    limits = constraints(binary(4000, 0))
    assert limits["extension"] == {"labels": ["no", "yes"]}
    report = measure("binary", ["no"] * 300, ["no"] * 300, limits["extension"]["labels"], np.full(300, 0.2))
    verdicts = {one["metric_name"]: one["verdict"] for one in compared(report, limits)}
    assert verdicts["recall"] == verdicts["auc"] == "not enough rows"
    assert not violations(report, limits)


def test_a_class_without_hits_is_no_certain_zero_in_a_mean_of_classes() -> None:
    rng = np.random.default_rng(0)
    actual = rng.choice(3, 20_000, p=[0.7, 0.29, 0.01])
    predicted = np.where(rng.random(20_000) < 0.8, actual, rng.integers(0, 3, 20_000))
    limits = constraints(measure("multiclass", actual, predicted, (0, 1, 2)))
    window = measure("multiclass", actual[:400], predicted[:400], (0, 1, 2))
    verdicts = {one["metric_name"]: one["verdict"] for one in compared(window, limits)}
    assert verdicts["macro_recall"] == "not enough rows" and verdicts["accuracy"] == "not worse"


@pytest.mark.parametrize("seed", range(3))
def test_a_version_that_was_evaluated_on_few_rows_is_compared_with_nothing(seed: int) -> None:
    lucky = measure("binary", ["no", "yes"] * 75, ["no", "yes"] * 75, ("no", "yes"))
    limits = constraints(lucky)
    assert limits["binary_classification_constraints"]["accuracy"]["standard_deviation"] == "NaN"
    report = binary(4000, seed)
    assert not violations(report, limits)
    assert {one["verdict"] for one in compared(report, limits)} == {"not enough rows"}


def test_a_limit_without_a_deviation_is_exact() -> None:
    accuracy = {"threshold": 0.99, "comparison_operator": "LessThanThreshold"}
    for limit in (accuracy, accuracy | {"standard_deviation": 0.0}):
        [one] = violations(binary(4000, 0), {"binary_classification_constraints": {"accuracy": limit}})
        assert one["metric_name"] == "accuracy"


def test_errors_that_grow_are_violations_of_a_regression() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=3000)
    limits = constraints(measure("regression", truth, truth + rng.normal(0, 0.5, 3000)))
    report = measure("regression", truth, truth + rng.normal(0, 0.8, 3000))
    assert {one["metric_name"] for one in violations(report, limits)} == {"mae", "mse", "rmse", "r2"}
    assert not violations(measure("regression", truth, truth + rng.normal(0, 0.5, 3000)), limits)


def test_false_alarms_are_rare() -> None:
    limits = constraints(binary(3000, 10_000))
    assert sum(bool(violations(binary(500, seed), limits)) for seed in range(60)) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ranking", [1], [1]), "problem is 'ranking': give one of binary, multiclass, regression"),
        (("binary", [1, 0], [1], (0, 1)), "2 rows have the truth, 1 a prediction"),
        (("binary", [1], [1], (0, 1, 2)), "labels are .*: give two"),
        (("binary", ["x"], [1], (0, 1)), "the truth 'x' is not one of the labels 0, 1"),
        (("regression", [1.0], ["high"]), "the prediction 'high' is no number"),
    ],
)
def test_what_cannot_be_measured_is_refused(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(MonitorError, match=words):
        measure(*arguments)


def test_labels_are_the_same_as_numbers_and_texts() -> None:
    one = measure("binary", [1.0, 0.0, 1.0], ["1", "0", "0"], (0, 1))
    assert one["binary_classification_metrics"]["confusion_matrix"] == {
        "0": {"0": 1, "1": 0},
        "1": {"0": 1, "1": 1},
    }
