"""Attributions by shuffling, or as they are handed in; the score that compares them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import cases
from sklearn.metrics import ndcg_score

from model_monitor.attribution import by_permutation, compared, ndcg, of_contributions, to_json, violations
from model_monitor.errors import MonitorError


def test_the_score_is_that_of_the_published_example() -> None:
    before = {"SAT score": 0.70, "GPA": 0.50, "Class rank": 0.05}
    assert round(ndcg(before, {"SAT score": 0.10, "GPA": 0.20, "Class rank": 0.70}), 2) == 0.69
    assert ndcg(before, {"SAT score": 7, "GPA": 5, "Class rank": 1}) == 1


@pytest.mark.parametrize("case", cases("ndcg", 200, 20))
def test_the_score_is_that_of_scikit_learn(case: int) -> None:
    rng = np.random.default_rng(case)
    names = [f"f{n}" for n in range(int(rng.integers(2, 20)))]
    before, now = rng.random(len(names)), rng.random(len(names))
    found = ndcg(dict(zip(names, before, strict=True)), dict(zip(names, now, strict=True)))
    assert found == pytest.approx(ndcg_score([before], [now]))


def rows(count: int, seed: int = 0) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(count, 3)), columns=["a", "b", "c"])


def test_shuffling_ranks_features_by_their_weight() -> None:
    found, used = by_permutation(rows(5000), lambda frame: (3 * frame["a"] + frame["b"]).to_numpy())
    assert used == 2000
    assert found["c"] == 0
    # The mean absolute difference of two normal numbers is 2 / sqrt(pi).
    assert found["a"] == pytest.approx(3 * 2 / np.sqrt(np.pi), rel=0.05)
    assert found["b"] == pytest.approx(2 / np.sqrt(np.pi), rel=0.05)


def test_shuffling_takes_the_probabilities_of_several_classes_and_texts() -> None:
    frame = pd.DataFrame({"c": ["x", "y"] * 200, "n": np.arange(400.0)})
    found, _ = by_permutation(frame, lambda some: np.column_stack([some["c"] == "x", some["c"] == "y"]))
    assert found["c"] > 0.4 and found["n"] == 0


def test_contributions_count_by_their_size() -> None:
    found, used = of_contributions(pd.DataFrame({"a": [1, -3], "b": ["0.5", "0.5"]}))
    assert found == {"a": 2.0, "b": 0.5} and used == 2


def test_a_model_that_decides_by_something_else_is_a_violation() -> None:
    before = to_json({"label0": {"a": 3.0, "b": 1.0, "c": 0.0}}, 2000, "permutation")
    same = to_json({"label0": {"a": 2.0, "b": 1.5, "c": 0.1}}, 2000, "permutation")
    other = to_json({"label0": {"a": 0.1, "b": 1.5, "c": 2.0}}, 2000, "permutation")
    assert not violations(same, before)
    (one,) = violations(other, before)
    assert (one["label"], one["metric_name"], one["constraint_check_type"]) == (
        "label0",
        "permutation",
        "feature_attribution_drift_check",
    )
    assert one["description"].startswith("Feature attribution drift 0.58") and one["description"].endswith(
        "exceeds threshold 0.9"
    )


def test_few_rows_are_not_enough() -> None:
    before = to_json({"label0": {"a": 3.0, "b": 0.1}}, 2000, "kernel_shap")
    now = to_json({"label0": {"a": 0.1, "b": 3.0}}, 50, "kernel_shap")
    assert compared(now, before)[0]["verdict"] == "not enough rows" and not violations(now, before)


def test_what_does_not_compare_is_refused() -> None:
    one, other = (to_json({"label0": {"a": 1.0}}, 200, method) for method in ("permutation", "kernel_shap"))
    with pytest.raises(MonitorError, match="by permutation do not compare with those by kernel_shap"):
        compared(one, other)
    with pytest.raises(MonitorError, match="of different features: b"):
        ndcg({"a": 1}, {"a": 1, "b": 2})
    with pytest.raises(MonitorError, match="contributions of a are not all numbers"):
        of_contributions(pd.DataFrame({"a": ["x"]}))
    with pytest.raises(MonitorError, match="no column 'z': the rows have a, b, c"):
        by_permutation(rows(10), lambda frame: frame["a"].to_numpy(), ["z"])
    with pytest.raises(MonitorError, match="1 rows cannot be shuffled"):
        by_permutation(rows(1), lambda frame: frame["a"].to_numpy())
