"""What the evaluation finds beyond the metrics, with scikit-learn as the judge."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, f1_score, precision_recall_curve, precision_score, recall_score

import contents
import curves
import insights
import segments
from columns import Column
from schema import Schema
from tests.workbench import FRAMEWORKS, PROBLEMS, Workbench, every_framework, table

LARGEST = 300_000


def binary(rows: int = 3000, digits: int = 9) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(3)
    probability = rng.beta(0.8, 2, rows).round(digits)
    return (
        (rng.random(rows) < probability).astype(int),
        probability,
        rng.random(rows) * (rng.random(rows) < 0.9),
    )


def test_calibration_is_what_scikit_learn_says() -> None:
    actual, probability, weights = binary()
    scores = np.column_stack([1 - probability, probability])
    found = insights.calibration(actual, scores.argmax(axis=1), scores, np.ones(len(actual)))
    observed, stated = calibration_curve(actual, probability, n_bins=10)
    assert [one["stated"] for one in found["bins"]] == pytest.approx(stated, abs=1e-5)
    assert [one["observed"] for one in found["bins"]] == pytest.approx(observed, abs=1e-5)
    assert sum(one["rows"] for one in found["bins"]) == len(actual)
    weighted = insights.calibration(actual, scores.argmax(axis=1), scores, weights)
    assert weighted["brier"] == pytest.approx(
        brier_score_loss(actual, probability, sample_weight=weights), abs=1e-5
    )
    assert (
        found["error"]
        < 0.03
        < insights.calibration(1 - actual, scores.argmax(axis=1), scores, weights)["error"]
    )


def test_more_classes_are_calibrated_by_the_class_that_is_predicted() -> None:
    rng = np.random.default_rng(5)
    scores = rng.dirichlet([1, 2, 3], 4000)
    actual = np.array([rng.choice(3, p=row) for row in scores])
    predicted, ones = scores.argmax(axis=1), np.ones(len(actual))
    found = insights.calibration(actual, predicted, scores, ones)
    assert found["brier"] == pytest.approx(brier_score_loss(actual, scores), abs=1e-5)
    assert found["error"] < 0.05
    assert min(one["low"] for one in found["bins"]) >= 0.3
    classes = insights.class_calibration(actual, predicted, scores, ones, ("a", "b", 7))
    assert [one["label"] for one in classes] == ["a", "b", "7"]
    for place, one in enumerate(classes):
        mine = predicted == place
        assert one["rows"] == mine.sum()
        assert one["observed"] == pytest.approx((actual[mine] == place).mean(), abs=1e-5)
        assert one["stated"] == pytest.approx(scores[mine, place].mean(), abs=1e-5)


@pytest.mark.parametrize("digits", [1, 2, 9])
def test_thresholds_have_the_precision_and_recall_that_scikit_learn_says(digits: int) -> None:
    actual, probability, weights = binary(digits=digits)
    found = insights.thresholds(actual, probability, weights)
    for one in found["points"][::7]:
        predicted = probability >= one["threshold"]
        said: dict[str, Any] = {"sample_weight": weights, "zero_division": 0}
        assert one["precision"] == pytest.approx(precision_score(actual, predicted, **said), abs=2e-3)
        assert one["recall"] == pytest.approx(recall_score(actual, predicted, **said), abs=2e-3)
        assert one["f1"] == pytest.approx(f1_score(actual, predicted, **said), abs=2e-3)
        assert one["share"] == pytest.approx(np.average(predicted, weights=weights), abs=2e-3)
    precision, recall, _ = precision_recall_curve(actual, probability, sample_weight=weights)
    best = np.nanmax(2 * precision * recall / np.maximum(precision + recall, 1e-12))
    assert found["best"]["f1"] == pytest.approx(best, abs=1e-5)
    assert [one["threshold"] for one in found["points"]] == sorted(
        {one["threshold"] for one in found["points"]}
    )
    assert len(found["points"]) <= 152


def test_thresholds_of_a_model_that_says_the_same_to_all() -> None:
    found = insights.thresholds(np.array([0, 1, 1, 0]), np.full(4, 0.25), np.ones(4))
    assert found["best"] == {"threshold": 0.25, "precision": 0.5, "recall": 1, "f1": 0.666667, "share": 1}
    assert found["points"][-1] == {"threshold": 1, "precision": 0, "recall": 0, "f1": 0, "share": 0}


def test_errors_by_prediction_have_all_rows_and_the_bias_of_each_tenth() -> None:
    rng = np.random.default_rng(1)
    predicted = rng.normal(size=1000)
    actual = predicted - 2 * (predicted > 1)
    found = insights.by_prediction(actual, predicted, np.ones(1000))
    assert [one["rows"] for one in found] == [100] * 10
    assert found[0]["bias"] == 0 and found[-1]["bias"] == pytest.approx(2) == found[-1]["mae"]
    [alone] = insights.by_prediction(np.array([1.0, 3.0]), np.array([2.0, 2.0]), np.ones(2))
    assert (alone["rows"], alone["bias"], alone["rmse"]) == (2, 0, 1)
    assert insights.by_prediction(actual, predicted, (predicted < 0).astype(float))[-1]["high"] < 1


COLUMNS = (Column("city", "category", True), Column("age", "number", True), Column("member", "boolean"))


def cells(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "city": rng.choice(["Rome", "Oslo", "Lima", ""], rows),
            "age": [str(age) if age < 78 else "" for age in rng.integers(18, 80, rows)],
            "member": rng.choice(["true", "False"], rows),
        }
    )


def found_segments(frame: pd.DataFrame, scores: Any, weights: Any = None, **changed: Any) -> dict[str, Any]:
    columns = tuple(
        Column(c.name, c.kind, c.missing, ("Rome",) if c.kind == "category" else ()) for c in COLUMNS
    )
    schema = Schema("binary", "outcome", columns, ("no", "yes"))
    usual: dict[str, Any] = {"higher": True, "important": []}
    given = np.ones(len(frame)) if weights is None else weights
    return segments.worst(schema, lambda name: pa.array(frame[name]), scores, given, **usual | changed)


def test_the_segment_that_the_model_knows_least_comes_first() -> None:
    frame = cells(4000)
    rng = np.random.default_rng(7)
    right = rng.random(4000) < np.where(frame["city"] == "Lima", 0.6, 0.9)
    found = found_segments(frame, right.astype(float))
    first = found["worst"][0]
    mine = (frame["city"] == "Lima").to_numpy()
    assert (first["column"], first["segment"], first["rows"]) == ("city", "Lima", mine.sum())
    assert first["value"] == pytest.approx(right[mine].mean(), abs=1e-5)
    assert first["difference"] == pytest.approx(right[mine].mean() - right.mean(), abs=1e-5)
    assert found["overall"] == pytest.approx(right.mean(), abs=1e-5)
    assert len(found["worst"]) <= 10 and all(one["difference"] < 0 for one in found["worst"])


def test_the_standard_error_is_that_of_drawing_the_rows_again() -> None:
    frame, rng = cells(600), np.random.default_rng(8)
    errors = rng.exponential(size=600) * np.where(frame["member"] == "true", 3, 1)
    weights = rng.random(600)
    [found] = [
        one
        for one in found_segments(frame, errors, weights, higher=False)["worst"]
        if one["column"] == "member"
    ]
    assert (found["segment"], found["difference"] > 0) == ("true", True)
    mine = (frame["member"] == "true").to_numpy()
    drawn = []
    for _ in range(3000):
        counts = np.bincount(rng.integers(0, 600, 600), minlength=600) * weights
        drawn.append(np.average(errors[mine], weights=counts[mine]) - np.average(errors, weights=counts))
    assert found["standard_error"] == pytest.approx(np.std(drawn), rel=0.1)


def test_few_rows_are_no_segment_and_gaps_are_one() -> None:
    frame = cells(4000)
    frame.loc[:28, "city"] = "Nowhere"
    frame.loc[29:60, "city"] = "Somewhere"
    scores = np.where(frame["city"].isin(["Nowhere", "Somewhere", ""]), 0.0, 1.0)
    named = [one["segment"] for one in found_segments(frame, scores)["worst"] if one["column"] == "city"]
    assert sorted(named) == ["(missing)", "Somewhere"]
    gone = np.where(frame["age"] == "", 0.0, 1.0)
    assert found_segments(frame, gone)["worst"][0]["segment"] == "(missing)"
    young = np.where(pd.to_numeric(frame["age"]).fillna(99) < 28, 0.0, 1.0)
    assert found_segments(frame, young)["worst"][0]["segment"].startswith("18 to ")


def test_a_number_of_few_values_is_a_segment_for_each() -> None:
    frame = cells(2000)
    frame["age"] = np.random.default_rng(1).choice(["1", "2", ""], 2000, p=[0.45, 0.5, 0.05])
    scores = np.where(frame["age"] == "2", 0.2, 0.9)
    assert found_segments(frame, scores)["worst"][0]["segment"] == "2"
    frame["age"] = "1"
    assert [one for one in found_segments(frame, scores)["worst"] if one["column"] == "age"] == []


def test_of_a_large_table_some_rows_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = cells(4000)
    scores = np.where(frame["city"] == "Lima", 0.0, 1.0)
    monkeypatch.setattr(segments, "MOST_CELLS", 3000)
    found = found_segments(frame, scores)
    assert found["every"] == 4 and found["worst"][0]["segment"] == "Lima"
    assert found["worst"][0]["rows"] == (frame["city"][::4] == "Lima").sum()


def test_rows_without_weight_are_not_all_that_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = cells(900)
    monkeypatch.setattr(segments, "MOST_CELLS", 1350)
    found = found_segments(frame, (np.arange(900) % 3 == 1).astype(float), np.arange(900) % 2.0)
    assert found["every"] == 1 and 0.3 < found["overall"] < 0.4


def test_a_perfect_model_has_no_bad_segment() -> None:
    assert found_segments(cells(500), np.ones(500)) == {
        "metric": "accuracy", "overall": 1, "every": 1, "worst": []
    }  # fmt: skip


@pytest.mark.parametrize("rounds", [1, 2, 150, 199, 200, 201, 5000])
@pytest.mark.parametrize("stop", [0, 77, 2000])
def test_a_learning_curve_keeps_at_most_200_points_and_the_last(rounds: int, stop: int) -> None:
    found: curves.Curves = {}
    for round_ in range(1, rounds + 1):
        if round_ == stop:  # as a checkpoint keeps it
            found = json.loads(json.dumps(found))
        curves.add(found, round_, {"loss": 1 / round_}, last=round_ == rounds)
    points = found["loss"]
    assert points[0][0] == 1 and points[-1][0] == rounds and len(points) <= 200
    assert len(points) >= min(rounds, 99)
    steps = np.diff([point[0] for point in points[:-1]])
    assert len(set(steps.tolist())) <= 1
    assert all(point[1] == pytest.approx(1 / point[0], rel=1e-5) for point in points)


@every_framework
@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_details_of_an_evaluation(bench: Workbench, framework: str, problem: str) -> None:
    bench.give(table(problem, rows=900))
    bench.preprocess(problem)
    trained = bench.train(framework)
    bench.evaluate()
    file = bench.processing / "evaluation" / "details.json"
    details = bench.json(file)
    assert file.stat().st_size < LARGEST
    assert details["curves"] == trained["curves"]
    validation = [name for name in details["curves"] if name.startswith("validation-")]
    for name in validation:
        assert details["curves"][name][-1][1] == pytest.approx(trained["metrics"][name], rel=0.2)
        assert details["curves"][name.replace("validation", "train")]
    assert validation and details["segments"]["overall"] > 0
    (report,) = bench.json(bench.processing / "evaluation" / "evaluation.json").values()
    metric = details["segments"]["metric"]
    assert details["segments"]["overall"] == pytest.approx(report[metric]["value"], abs=1e-4)
    assert ("by_prediction" in details) == (problem == "regression") != ("calibration" in details)
    assert ("thresholds" in details) == (problem == "binary")
    if problem == "multiclass":
        assert [one["label"] for one in details["calibration"]["classes"]] == ["high", "low", "mid"]
    if problem == "regression":
        assert sum(one["rows"] for one in details["by_prediction"]) == details["data"]["rows"]


def test_the_lineage_says_what_the_sets_hold(bench: Workbench) -> None:
    bench.give(table("binary", rows=400))
    bench.preprocess("binary")
    lineage = bench.lineage()
    for title in ("train", "validation", "test"):
        read = bench.read(title)
        target = read["outcome"].replace({"no": 0, "yes": 1}).astype(float)
        assert lineage["classes"][title] == {"no": (target == 0).sum(), "yes": (target == 1).sum()}
        gaps = read["income"].replace("", None).isna().sum()
        assert lineage["missing"]["income"][title] == gaps
    assert (list(lineage["missing"]), lineage["complete"]) == (["income"], 3)
    bench.preprocess("regression", target="age")
    assert "classes" not in bench.lineage()


def test_a_wide_table_lists_the_columns_with_the_most_gaps() -> None:
    values = {f"c{i}": pa.array([None] * (i + 1) + [1.0] * (300 - i)) for i in range(300)}
    rows = {"train": np.arange(0, 150), "test": np.arange(150, 301)}
    found = contents.described(rows, np.zeros(301, int), (), values)
    assert len(found["missing"]) == 200 and found["complete"] == 0
    assert next(iter(found["missing"].items())) == ("c299", {"train": 150, "test": 150})


def test_a_wide_evaluation_stays_small(bench: Workbench) -> None:
    frame = table("regression", rows=2500)
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(
        rng.random((2500, 600)).round(2), columns=[f"a_rather_long_name_{i}" for i in range(600)]
    )
    bench.give(pd.concat([wide, frame], axis=1))
    bench.preprocess("regression", test_fraction=0.45)
    bench.train(FRAMEWORKS[0])
    bench.evaluate()
    assert (bench.processing / "evaluation" / "details.json").stat().st_size < LARGEST
