"""Versions whose package had not all files: they are not compared, and stop no comparison of another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from baselines import Baseline
from found import Of, worst
from monitor_rows import GROUP, T0, people
from monitor_world import World
from test_monitor_runs import AFTER


def registered_with(world: World, version: int, *names: str) -> None:
    """A version with its baseline, of which its package had only some files."""
    world.baseline(version)
    key = f"baselines/{GROUP}/{version}/baseline.json"
    record = json.loads(world.s3.get_object(Bucket=world.deployments, Key=key)["Body"].read())
    record["sha256"] = {name: record["sha256"][name] for name in names}
    world.put(world.deployments, key, json.dumps(record))


def test_a_few_rows_of_an_old_version_stop_no_comparison_of_the_live_one(monitored: World) -> None:
    monitored.keep(people(1500, age=52), T0, name="v2", version=2)
    monitored.keep(people(3, seed=5), T0, name="v1", version=1)
    monitored.baseline(2)
    registered_with(monitored, 1, "schema.json")
    monitored.compact(T0)
    monitored.run("data-quality", AFTER)
    told = monitored.told()
    assert (told["outcome"], told["version"], told["retrain"]) == ("violations", 2, True)
    outcomes = {one["version"]: one["outcome"] for one in told["versions"]}
    assert outcomes == {1: "no-baseline", 2: "violations"}
    page = monitored.json("results/data-quality/2026/11/25/10/found.json")
    assert any("its baseline has no statistics.json and no constraints.json" in one for one in page["notes"])


def test_a_live_version_without_the_files_is_compared_with_nothing_and_the_run_says_so(
    monitored: World,
) -> None:
    monitored.keep(people(300), T0, name="v1", version=1)
    registered_with(monitored, 1, "schema.json", "statistics.json", "constraints.json")
    monitored.compact(T0)
    monitored.settings["monitors"]["bias"]["schedule"] = "hourly"
    monitored.run("bias", AFTER)
    told = monitored.told()
    assert (told["outcome"], told["retrain"], told["version"]) == ("no-rows", False, 1)
    words = "Version 1 (300 rows): its baseline has no evaluation.csv.gz, and it was not compared"
    assert told["words"] == words
    assert words.partition(": ")[2] in monitored.read(told["reportKey"]).decode()


def of(version: int, rows: int, outcome: str) -> Of:
    return Of(version, rows, outcome, "")


@pytest.mark.parametrize(
    ("found", "end"),
    [
        ([of(2, 900, "no-baseline"), of(1, 30, "fine")], "not-enough-rows"),
        ([of(2, 900, "no-baseline"), of(1, 30, "violations")], "violations"),
        ([of(2, 900, "fine"), of(1, 30, "no-baseline")], "fine"),
        ([of(2, 900, "no-baseline")], "no-rows"),
        ([], "no-rows"),
    ],
)
def test_a_run_is_never_fine_if_the_version_with_most_rows_was_not_compared(found: Any, end: str) -> None:
    assert worst(found) == end


ALL = frozenset({"statistics.json", "constraints.json", "schema.json", "evaluation.csv.gz"})


@pytest.mark.parametrize(
    ("kind", "names", "lacking"),
    [
        ("data-quality", ALL - {"schema.json", "evaluation.csv.gz"}, ""),
        ("data-quality", ALL - {"constraints.json"}, "constraints.json"),
        ("model-quality", ALL, ""),
        ("model-quality", {"schema.json", "model_quality_constraints.json"}, ""),
        ("model-quality", {"evaluation.csv.gz"}, "schema.json"),
        ("model-quality", {"schema.json"}, "model_quality_constraints.json or evaluation.csv.gz"),
        ("bias", {"evaluation.csv.gz"}, ""),
        ("attribution", {"statistics.json"}, "schema.json and no evaluation.csv.gz"),
    ],
)
def test_what_a_monitor_needs_of_a_baseline(kind: str, names: set[str], lacking: str) -> None:
    record = {"sha256": dict.fromkeys(names, "")}
    assert Baseline(None, "", Path(), record).lacks(kind) == lacking  # type: ignore[arg-type]
