"""Monitors that look at what really happened, in the real job: quality of answers, and bias of groups."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from monitor_rows import HOUR, SCHEMA, T0, people, records
from monitor_world import World
from test_monitor_runs import AFTER, filled


def labels(world: World, frame: Any, name: str = "day.jsonl") -> None:
    """Ground truth by the ID column."""
    rows = frame.to_dict("records")
    world.put(world.bucket, f"truth/{name}", "".join(
        json.dumps({"id": row["customer_id"], "label": row["label"]}) + "\n" for row in rows
    ))  # fmt: skip


def labelled(world: World, frame: Any, **more: Any) -> Any:
    """Rows of the table with labels, at the time of the files, which is now; when monitors look at them."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    world.settings["groundTruth"]["idColumn"] = "customer_id"
    for monitor in world.settings["monitors"].values():
        monitor["schedule"] = "hourly"
    world.keep(frame, now - HOUR, **more)
    world.baseline(1)
    labels(world, frame)
    world.compact(now - HOUR, now)
    # The window waits for labels: it ended an hour before the run, when they had come.
    for monitor in world.settings["monitors"].values():
        monitor["waitHours"] = 1
    return now + HOUR + timedelta(minutes=40)


def test_answers_as_good_as_in_the_evaluation_are_fine_and_worse_ones_are_told(monitored: World) -> None:
    frame = people(2000)
    time = labelled(monitored, frame)
    monitored.run("model-quality", time)
    told = monitored.told()
    assert told["outcome"] == "fine", told
    assert "2,000 labelled rows against churn-main version 1" in told["words"]
    report = monitored.json(told["reportKey"].replace("report.html", "statistics.json"))
    accuracy = report["binary_classification_metrics"]["accuracy"]["value"]
    assert accuracy == pytest.approx((frame.label == frame.prediction).mean())
    assert monitored.metrics("model-quality")["metric_accuracy"] == pytest.approx(accuracy)

    monitored.settings["monitors"]["model-quality"]["thresholds"] = {"accuracy": 0.97}
    monitored.run("model-quality", time, "e2")
    told = monitored.told("e2")
    [one] = told["violations"]
    assert one["check"] == "threshold_check" and "asks for 0.97" in one["description"]
    monitored.settings["monitors"]["model-quality"]["thresholds"] = {"f9": 0.97}
    assert "modelQuality.thresholds names f9" in monitored.refused("model-quality", time)

    # Later labels count: now a third of the answers was wrong.
    del monitored.settings["monitors"]["model-quality"]["thresholds"]
    wrong = np.arange(2000) % 3 == 0
    frame["label"] = np.where(wrong, np.where(frame.prediction == "yes", "no", "yes"), frame.prediction)
    labels(monitored, frame, "day.jsonl")
    monitored.settings["retrainOn"] = ["quality"]
    monitored.compact(time - HOUR - timedelta(minutes=40))
    monitored.run("model-quality", time, "e3")
    told = monitored.told("e3")
    assert (told["outcome"], told["reason"], told["retrain"]) == ("violations", "quality", True)
    assert "accuracy" in {one["feature"] for one in told["violations"]}
    page = monitored.read(told["reportKey"]).decode()
    assert "Model quality" in page and "accuracy" in page


def test_without_labels_quality_is_never_fine(monitored: World) -> None:
    monitored.settings["monitors"]["model-quality"]["schedule"] = "hourly"
    filled(monitored, people(500))
    monitored.compact(T0)
    monitored.run("model-quality", AFTER)
    told = monitored.told()
    assert told["outcome"] == "not-enough-rows"
    assert told["words"] == "No label for any of 500 rows: churn-main version 1 was not measured"


def test_a_group_that_gets_worse_answers_than_in_the_evaluation_is_found(monitored: World) -> None:
    frame = people(2000)
    time = labelled(monitored, frame)
    monitored.run("bias", time)
    assert monitored.told()["outcome"] == "fine", monitored.told()
    assert abs(monitored.metrics("bias")["bias_metric_DPPL_plan"]) < 0.1


def test_bias_of_answers_is_a_violation_with_group_and_measure(monitored: World) -> None:
    frame = people(2000)
    frame.loc[frame.plan == "gold", ["prediction", "probability"]] = ["no", 0.1]
    monitored.settings["retrainOn"] = ["bias"]
    time = labelled(monitored, frame)
    monitored.run("bias", time)
    told = monitored.told()
    assert (told["outcome"], told["reason"], told["retrain"]) == ("violations", "bias", True)
    assert {one["feature"] for one in told["violations"]} == {"plan: gold"}
    assert any(one["description"].startswith("DPPL: ") for one in told["violations"])
    assert monitored.metrics("bias")["bias_metric_DI_plan"] == 0
    page = monitored.read(told["reportKey"]).decode()
    assert "Bias" in page and "plan: gold" in page


def test_a_regression_is_measured_by_its_errors(monitored: World) -> None:
    schema = SCHEMA | {"problem_type": "regression", "labels": []}
    frame = people(1200)
    rng = np.random.default_rng(5)
    frame["value"] = frame.age * 2
    frame["label"] = [f"{value:.3f}" for value in frame.value + rng.normal(0, 1, 1200)]
    evaluation = frame.assign(prediction=frame.value)[["age", "plan", "label", "prediction"]]
    body = gzip.compress(evaluation.to_csv(index=False).encode())
    monitored.baseline(1, frame, schema, **{"evaluation.csv.gz": body})
    worse = frame.assign(label=[str(float(one) + 5) for one in frame.label])
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    lines = [
        {**one, "prediction": value, "value": value, "probability": None}
        for one, value in zip(records(frame, now - HOUR), frame.value, strict=True)
    ]
    monitored.put(
        monitored.source, f"predictions/{now - HOUR:%Y/%m/%d/%H}/x", "\n".join(map(json.dumps, lines))
    )
    rows = [(f"i-{one.customer_id}", 1) for one in frame.itertuples()]
    names = [one["inferenceId"] + ("" if one["row"] == 1 else "/2") for one in lines]
    assert len(rows) == len(names)
    text = "inferenceId,label\n" + "".join(f"{a},{b}\n" for a, b in zip(names, worse.label, strict=True))
    monitored.put(monitored.bucket, "truth/all.csv", text)
    monitored.compact(now - HOUR, now)
    monitored.settings["monitors"]["model-quality"] |= {"schedule": "hourly", "waitHours": 1}
    monitored.run("model-quality", now + HOUR + timedelta(minutes=40))
    told = monitored.told()
    assert told["outcome"] == "violations"
    assert {one["feature"] for one in told["violations"]} >= {"rmse", "mae"}
    assert monitored.metrics("model-quality")["metric_mae"] == pytest.approx(5, abs=0.2)
