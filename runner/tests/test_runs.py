"""The runs command: what it says about each run, and what it removes."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any

import pytest

from .build import pipeline, processing, write
from .conftest import Repository


@pytest.fixture
def several(repository: Repository) -> Repository:
    """A run that registered, an experiment that took everything from its cache, and one that missed its gate."""
    repository.run()
    repository.run("run", "--no-register")
    repository.run("run", "--no-register", "--set", "QualityThreshold=0.99", "--set", "max_depth=2", code=1)
    return repository


def listed(repository: Repository) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(repository.run("runs", "--json"))
    return found


def files(repository: Repository) -> set[str]:
    store = repository.work / "s3"
    return {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}


def test_each_run_says_when_how_long_how_it_ended_and_what_the_gate_saw(several: Repository) -> None:
    head, *lines = several.run("runs").splitlines()
    assert head.split()[:4] == ["run", "started", "took", "status"]
    missed, _, experiment, first = lines
    ids = [record["executionId"] for record in several.records()][::-1]
    assert [line.split()[0] for line in (missed, experiment, first)] == ids
    assert "Failed" in missed and missed.split("Failed")[1].split()[0] == "accuracy" and "missed" in missed
    assert experiment.endswith("no: --no-register") and first.endswith("demo/1 PendingManualApproval")


def test_the_list_is_json_too_with_the_state_of_the_registry_today(several: Repository) -> None:
    several.run("registry", "approve", "demo/1", "--why", "fine")
    missed, experiment, first = listed(several)
    assert first["registered"] == [{"package": "demo/1", "approvalStatus": "Approved"}]
    assert (missed["gate"]["metric"], missed["gate"]["met"]) == ("accuracy", False)
    assert missed["gate"]["interval"] is None  # this evaluation measures no deviation
    assert (experiment["registers"], experiment["registered"]) == (False, [])


def test_a_deviation_becomes_an_interval_and_data_and_commit_are_named(repository: Repository) -> None:
    repository.run()
    record = repository.record()
    (output,) = [o for o in repository.steps()["Evaluate"]["outputs"] if o["name"] == "evaluation"]
    report = {"binary_classification_metrics": {"accuracy": {"value": 0.9, "standard_deviation": 0.02}}}
    folder = repository.work / output["path"]
    (folder / "evaluation.json").write_text(json.dumps(report))
    (folder / "lineage.json").write_text(json.dumps({"data_version": "0123456789abcdef"}))
    path = repository.work / "runs" / record["executionId"] / "run.json"
    for item in record["parameters"]:
        if item["name"] == "GitCommit":
            item["value"] = "8f2c1e0b7d5a4c3f9e6b1a2d3c4e5f60718293a4-dirty"
    path.write_text(json.dumps(record))
    (one,) = listed(repository)
    assert one["gate"]["interval"] == pytest.approx([0.9 - 1.645 * 0.02, 0.9 + 1.645 * 0.02])
    line = repository.run("runs").splitlines()[1]
    assert "accuracy 0.9000 ± 0.0329" in line and " 0123456789ab " in line and "8f2c1e0b7d5a-dirty" in line


def test_pruning_keeps_the_newest_and_what_has_registered(several: Repository) -> None:
    before = files(several)
    first, experiment, missed = [record["executionId"] for record in several.records()]
    output = several.run("runs", "--prune", "1")
    assert f"removed {experiment}" in output and f"kept    {first}: it registered demo/1" in output
    assert [record["executionId"] for record in several.records()] == [first, missed]
    assert output.splitlines()[-1].startswith("1 run removed, ")
    # What the experiment made alone is gone; it took all but nothing from the first run, which stays whole.
    assert {name for name in before - files(several) if experiment not in name} == set()
    assert several.run("serve", "--help")  # the registry is as it was
    assert json.loads(several.run("registry", "list", "--json"))[0]["ModelPackageVersion"] == 1


def test_what_a_run_that_stays_took_from_the_cache_is_kept_until_that_run_goes_too(
    repository: Repository,
) -> None:
    repository.run("run", "--no-register")
    repository.run("run", "--no-register")
    first, second = [record["executionId"] for record in repository.records()]
    shared = {name for name in files(repository) if first in name}
    assert shared
    repository.run("runs", "--prune", "1")
    assert shared <= files(repository)
    repository.run("runs", "--prune", "0")
    assert not {name for name in files(repository) if first in name or second in name}
    assert repository.run("runs") == "no runs in .local\n"


def test_by_force_the_run_goes_and_the_version_keeps_its_artifacts(several: Repository) -> None:
    first = several.records()[0]
    output = several.run("runs", "--prune", "0", "--force")
    assert f"removed {first['executionId']}" in output and "(its version demo/1 is kept)" in output
    assert several.records() == []
    (entry,) = first["registered"]
    assert several.object(entry["modelDataUrl"]).is_file()
    package = json.loads(several.run("registry", "show", "demo/1", "--json"))
    report = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert several.object(report).is_file()


def test_the_space_is_that_of_the_files(repository: Repository) -> None:
    repository.run("run", "--no-register")
    before = sum(path.stat().st_size for path in repository.work.rglob("*") if path.is_file())
    said = json.loads(repository.run("runs", "--prune", "0", "--json"))
    after = sum(path.stat().st_size for path in repository.work.rglob("*") if path.is_file())
    assert said["bytes"] == before - after > 0 and said["kept"] == []


def test_a_place_that_does_not_name_the_run_is_left(repository: Repository) -> None:
    step = processing("One", write("out/x.txt"), outputs=["out"])
    step["Arguments"]["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = "s3://b/mine"
    repository.write("definition.json", pipeline(step))
    own = repository.object("s3://b/mine/notes.txt")
    own.parent.mkdir(parents=True)
    own.write_text("by hand")
    repository.run()
    repository.run("runs", "--prune", "0")
    assert own.read_text() == "by hand" and repository.object("s3://b/mine/x.txt").is_file()


def test_nothing_is_removed_while_a_run_is_going_on(several: Repository) -> None:
    newest = several.records()[-1]["executionId"]
    path: Path = several.work / "runs" / newest / ".lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = several.run("runs", "--prune", "0", "--force", code=1)
    assert f"run {newest} is going on" in said and len(several.records()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--prune", "-1"], "-1 is not at least 0"), (["--force"], "--force goes with")],
)
def test_wrong_usage_removes_nothing(several: Repository, arguments: list[str], message: str) -> None:
    assert message in several.run("runs", *arguments, code=2)
    assert len(several.records()) == 3
