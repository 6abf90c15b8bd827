"""Monitors compare windows with the baseline of the version that answered, in the real job."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from monitor_rows import DAILY, GROUP, HOUR, PACKAGE, T0, people, records
from monitor_world import World

NOON = T0.replace(hour=0) + timedelta(days=1, minutes=40)
"""When daily monitors look at the day of T0."""
AFTER = T0 + HOUR + timedelta(minutes=40)


def filled(world: World, frame: Any, version: int = 1, **more: Any) -> None:
    """Rows in the table, and the baseline of their version."""
    world.keep(frame, T0, name=f"v{version}", version=version)
    world.baseline(version, **more)


def test_rows_like_the_training_rows_are_fine(monitored: World) -> None:
    filled(monitored, people(1500))
    monitored.compact(T0)
    monitored.run("data-quality", AFTER, "0a-1")
    told = monitored.told("0a-1")
    assert told["outcome"] == "fine" and told["violations"] == [] and told["reason"] is None
    assert (told["rows"], told["leftOut"], told["sampled"], told["retrain"]) == (1500, 0, False, False)
    assert told["window"] == {"from": "2026-11-25T10:00:00Z", "until": "2026-11-25T11:00:00Z"}
    assert (told["package"], told["version"], told["commit"]) == (f"{PACKAGE}1", 1, "1" * 40)
    assert told["versions"] == [{"version": 1, "rows": 1500, "outcome": "fine"}]
    folder = "results/data-quality/2026/11/25/10/"
    names = ["constraint_violations.json", "found.json", "report.html", "run.json", "statistics.json"]
    assert monitored.keys(folder) == [folder + name for name in names]
    assert monitored.json(f"{folder}run.json") == told
    assert told["report"] == f"s3://{monitored.bucket}/{folder}report.html"
    assert monitored.json(f"{folder}statistics.json")["dataset"]["item_count"] == 1500
    assert monitored.json(f"{folder}constraint_violations.json") == {"violations": []}
    metrics = monitored.metrics("data-quality")
    assert (metrics["violations"], metrics["rows"], metrics["broken"]) == (0, 1500, 0)
    assert 0 < metrics["feature_baseline_drift_age"] < 0.1


def test_drift_is_found_with_its_words_and_starts_a_retraining_where_that_is_asked_for(
    monitored: World,
) -> None:
    filled(monitored, people(1500, age=52))
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert (told["outcome"], told["reason"], told["retrain"]) == ("violations", "drift", True)
    [drift] = [one for one in told["violations"] if one["check"] == "baseline_drift_check"]
    assert drift["feature"] == "age" and "Baseline drift distance" in drift["description"]
    assert "1,500 rows against churn-main version 1" in told["words"] and "violation" in told["words"]
    assert monitored.metrics("data-quality")["feature_baseline_drift_age"] > 0.3
    page = monitored.read("results/data-quality/2026/11/25/10/report.html").decode()
    assert page.startswith("<!doctype html>") and "age" in page and "Drift" in page
    monitored.settings["retrainOn"] = ["quality"]
    monitored.run("data-quality", AFTER, "e2")
    assert monitored.told("e2")["retrain"] is False


def test_a_threshold_of_the_options_holds_for_its_column(monitored: World) -> None:
    filled(monitored, people(3000, age=43.5))
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    assert monitored.told()["violationCount"] == 1
    monitored.settings["monitors"]["data-quality"]["thresholds"] = {"age": 0.3}
    monitored.run("data-quality", AFTER, "e2")
    assert monitored.told("e2")["outcome"] == "fine"


def test_broken_data_never_starts_a_retraining_even_if_it_has_drifted(monitored: World) -> None:
    frame = people(1500, age=60)
    frame.loc[frame.index % 3 == 0, "plan"] = None
    filled(monitored, frame)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert {one["check"] for one in told["violations"]} >= {"completeness_check", "baseline_drift_check"}
    assert (told["outcome"], told["reason"], told["retrain"]) == ("broken", "drift", False)
    assert monitored.metrics("data-quality")["broken"] == 1


def test_a_column_that_no_baseline_has_is_broken_data(monitored: World) -> None:
    monitored.baseline(1)
    some = people(600).assign(since="x").rename(columns={})
    lines = [one | {"features": {**one["features"], "colour": "red"}} for one in records(some, T0)]
    body = "\n".join(map(json.dumps, lines))
    monitored.put(monitored.source, f"predictions/{T0:%Y/%m/%d/%H}/x", body)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert told["outcome"] == "broken"
    assert [(one["feature"], one["check"]) for one in told["violations"]] == [
        ("colour", "extra_column_check")
    ]


def test_no_rows_and_few_rows_are_never_said_to_be_fine(monitored: World) -> None:
    monitored.baseline(1)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert (told["outcome"], told["rows"], told["version"]) == ("no-rows", 0, None)
    assert told["words"] == "No rows from 2026-11-25T10:00:00Z to 2026-11-25T11:00:00Z"
    assert b"No rows from" in monitored.read("results/data-quality/2026/11/25/10/report.html")
    monitored.keep(people(12), T0)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER, "e2")
    told = monitored.told("e2")
    assert told["outcome"] == "not-enough-rows" and told["words"].startswith("Not enough rows to tell")
    # The distance of so few rows is chance: alarms on thresholds must not see it.
    assert set(monitored.metrics("data-quality")) == {"violations", "rows", "broken"}


def test_columns_that_are_not_stored_are_not_missed(monitored: World) -> None:
    monitored.settings["omitColumns"] = ["age", "plan", "since"]
    filled(monitored, people(800))
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert (told["violations"], told["rows"]) == ([], 800)
    notes = monitored.json("results/data-quality/2026/11/25/10/found.json")["notes"]
    assert "Not compared, because not stored (omitColumns): age, plan." in notes


def test_more_rows_than_a_run_looks_at_are_sampled_and_the_report_says_so(monitored: World) -> None:
    monitored.settings["monitors"]["data-quality"]["maxRows"] = 1000
    filled(monitored, people(2600))
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert (told["rows"], told["sampled"], told["outcome"]) == (1000, True, "fine")
    found = "results/data-quality/2026/11/25/10/found.json"
    first = monitored.json(found)
    assert any("A random sample of 1,000 of 2,600 rows" in note for note in first["notes"])
    monitored.run("data-quality", AFTER, "e2")
    assert monitored.json(found)["features"] == first["features"]


def test_each_version_is_compared_with_its_own_baseline(monitored: World) -> None:
    monitored.baseline(1, people(4000, seed=77, age=20))
    monitored.baseline(2, people(4000, seed=78, age=60))
    monitored.keep(people(900, seed=1, age=20), T0, name="one", version=1)
    monitored.keep(people(1200, seed=2, age=60), T0, name="two", version=2)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert told["outcome"] == "fine" and told["version"] == 2
    assert {(one["version"], one["rows"]) for one in told["versions"]} == {(1, 900), (2, 1200)}
    # What the version that was replaced has drifted by starts no retraining.
    monitored.keep(people(800, seed=3, age=50), T0, name="three", version=1)
    monitored.compact(T0)
    monitored.keep(people(1200, seed=4, age=60), T0, name="four", version=2)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER, "e2")
    told = monitored.told("e2")
    assert (told["outcome"], told["version"], told["retrain"]) == ("violations", 2, False)
    assert all(one["description"].endswith("(version 1)") for one in told["violations"])


def test_a_version_that_was_replaced_is_not_trained_again_and_the_words_say_that_it_was(
    monitored: World,
) -> None:
    monitored.baseline(1)
    monitored.baseline(2)
    monitored.keep(people(2000, seed=1, age=52), T0, name="one", version=1)
    monitored.keep(people(900, seed=2), T0, name="two", version=2)
    monitored.compact(T0)
    monitored.deploy(1, T0 - 5 * HOUR)
    monitored.run("data-quality", AFTER, "before")
    told = monitored.told("before")
    assert (told["version"], told["retrain"]) == (1, True) and "replaced" not in told["words"]
    monitored.deploy(2, T0 + HOUR / 2)
    monitored.run("data-quality", AFTER, "after")
    told = monitored.told("after")
    assert (told["outcome"], told["reason"], told["version"]) == ("violations", "drift", 1)
    assert told["retrain"] is False
    assert "Version 1 has been replaced: version 2 is live since 2026-11-25T10:30:00Z" in told["words"]
    # It came back: its rows count again.
    monitored.deploy(1, T0 + HOUR)
    monitored.run("data-quality", AFTER, "returned")
    told = monitored.told("returned")
    assert told["retrain"] is True and "replaced" not in told["words"]


def test_rows_of_a_running_deployment_are_left_out_and_counted(monitored: World) -> None:
    from test_monitor_compaction import put_captured

    monitored.settings["source"] = "capture"
    monitored.prefix = "churn-main-prod/"
    monitored.baseline(1)
    monitored.baseline(2, people(4000, seed=78, age=60))
    monitored.deploy(1, T0 - 5 * HOUR)
    monitored.deploy(2, T0 + timedelta(seconds=1000), T0 + timedelta(seconds=1500))
    put_captured(monitored, people(1000, seed=1), T0, name="a", rows=1)
    put_captured(monitored, people(500, seed=2), T0 + timedelta(seconds=1000), name="b", rows=1)
    put_captured(monitored, people(1400, seed=3, age=60), T0 + timedelta(seconds=1500), name="c", rows=1)
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert (told["rows"], told["leftOut"], told["outcome"]) == (2900, 500, "fine")
    assert {(one["version"], one["rows"]) for one in told["versions"]} == {(1, 1000), (2, 1400)}


@pytest.mark.parametrize("name", ["statistics.json", "constraints.json", "schema.json"])
def test_a_baseline_that_was_changed_is_refused(monitored: World, name: str) -> None:
    filled(monitored, people(600))
    monitored.compact(T0)
    key = f"baselines/{GROUP}/1/{name}"
    content = monitored.s3.get_object(Bucket=monitored.deployments, Key=key)["Body"].read()
    monitored.put(monitored.deployments, key, content + b" ")
    said = monitored.refused("data-quality", AFTER)
    assert f"{key} was changed" in said and "Nothing is compared with it" in said
    assert monitored.keys("results/data-quality/") == []


def test_a_version_without_a_baseline_is_an_error_with_a_way_out(monitored: World) -> None:
    monitored.keep(people(60), T0)
    monitored.compact(T0)
    assert "churn-main version 1 has no baseline" in monitored.refused("data-quality", AFTER)
    del monitored.settings["monitors"]["bias"]
    assert "the monitor bias is not switched on" in monitored.refused("bias", AFTER)


def test_features_that_decide_otherwise_than_in_the_evaluation_are_found(monitored: World) -> None:
    monitored.settings["monitors"]["attribution"]["schedule"] = "hourly"
    filled(monitored, people(600))
    monitored.deploy(1, T0 - HOUR)
    monitored.compact(T0)
    monitored.run("attribution", AFTER)
    told = monitored.told()
    assert (told["outcome"], told["violations"]) == ("fine", [])
    assert monitored.metrics("attribution")["ndcg"] == pytest.approx(1, abs=0.05)
    [kept] = monitored.keys("results/baselines/")
    before = monitored.json(kept)["analysis"]["explanations"]["permutation"]["label0"]["global_shap_values"]
    assert before["age"] > before["plan"] > before["since"] == 0

    still = people(600, seed=8).assign(age=40.0)
    monitored.keep(still, T0 + HOUR)
    monitored.compact(T0 + HOUR)
    monitored.run("attribution", AFTER + HOUR, "e2")
    told = monitored.told("e2")
    assert (told["outcome"], told["reason"]) == ("violations", "attribution")
    assert "nDCG" in told["words"]
    monitored.deploy(2, T0)
    monitored.baseline(2)
    monitored.run("attribution", AFTER + HOUR, "e3")
    assert monitored.told("e3")["outcome"] == "no-rows"
    assert "no longer live" in monitored.told("e3")["words"]


def test_texts_for_messages_have_no_quotes_and_a_weekly_window_is_from_monday_to_monday(
    monitored: World,
) -> None:
    monitored.settings["monitors"]["data-quality"] |= {**DAILY, "schedule": "weekly"}
    frame = people(900)
    frame["plan"] = np.where(np.arange(900) % 2, 'say "hi"\\', "gold")
    filled(monitored, frame)
    monitored.compact(T0, T0.replace(hour=23) + timedelta(days=4))
    monitored.run("data-quality", T0 + timedelta(days=6))
    told = monitored.told()
    assert told["window"] == {"from": "2026-11-23T00:00:00Z", "until": "2026-11-30T00:00:00Z"}
    assert told["violations"] and "say 'hi'/" in json.dumps(told["violations"])
    words = [told["words"], *(str(value) for one in told["violations"] for value in one.values())]
    assert not any('"' in text or "\\" in text for text in words)
