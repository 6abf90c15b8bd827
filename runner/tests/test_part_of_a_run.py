"""One step alone, wrong options, and steps side by side or one after the other."""

from __future__ import annotations

import json
import re

import pytest

from .conftest import Repository, load, parameter_of


def test_a_step_can_be_run_again_by_itself(repository: Repository) -> None:
    repository.run()
    first = repository.record()["executionId"]
    repository.run("run", "--only", "Evaluate", "--from-run", first)
    states = repository.states()
    assert states["Evaluate"] == "Succeeded" and states["Train"] == "Skipped"
    assert repository.steps()["Evaluate"]["cacheHit"] is None
    repository.run("run", "--only", "Register")
    assert repository.record()["registered"][0]["modelPackageVersion"] == 2


def test_a_single_step_keeps_the_parameters_of_its_run(repository: Repository) -> None:
    repository.run("run", "--set", "max_depth=5", "--set", "QualityThreshold=0.1")
    first = repository.record()["executionId"]
    repository.run("run", "--only", "Train", "--from-run", first, "--set", "QualityThreshold=0.2")
    assert parameter_of(repository, "max_depth") == (5, "set")
    assert parameter_of(repository, "QualityThreshold") == (0.2, "set")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "Trian"], "--only Trian: unknown step. Did you mean 'Train'"),
        (["--only", "Train"], "There is no run in .*: start one"),
        (["--only", "Train", "--from-run", "x"], "There is no run 'x' in"),
        (["--python", "/no/such/python"], "--python /no/such/python: the interpreter does not exist"),
        (["--definition", "nowhere.json"], "There is no pipeline definition at nowhere.json"),
        (
            ["--set", "max_dept=3"],
            "--set max_dept=3: the pipeline has no parameter 'max_dept'. Did you mean 'max_depth'",
        ),
        (["--set", "ModelApprovalStatus=Maybe"], "Allowed are: PendingManualApproval, Approved, Rejected"),
        (["--set", "max_depth=deep"], "must be a whole number"),
        (["--set", "InputDataUrl=gone.csv"], "there is no file or directory"),
    ],
)
def test_a_wrong_option_is_one_message_and_nothing_is_written(
    repository: Repository, arguments: list[str], message: str
) -> None:
    output = repository.run("run", *arguments, code=1)
    assert re.search(message, output) and output.count("\n") == 1
    assert not repository.work.exists()


def test_a_step_whose_needs_were_never_met_cannot_be_run_alone(repository: Repository) -> None:
    repository.run("run", "--only", "Preprocess")
    output = repository.run("run", "--only", "Evaluate", code=1)
    assert "--only Evaluate: it needs the result of step Train, which has none in run" in output


def test_the_name_of_the_pipeline_comes_from_the_configuration_without_a_manifest_entry(
    repository: Repository,
) -> None:
    manifest = json.loads((repository.build / "manifest.json").read_text())
    repository.write("manifest.json", {"version": 1, "mounts": manifest["mounts"]})
    (repository.root / "config").mkdir()
    (repository.root / "config" / "parameters.json").write_text('{"pipeline": {"name": "churn"}}')
    repository.run("run", "--only", "Preprocess")
    assert repository.record()["pipelineName"] == "churn"


@pytest.mark.parametrize(
    ("jobs", "script"),
    [
        # Each of two scripts waits for the other's sign of life: one after the other they would wait for ever.
        ("2", "touch {root}/{mine}; while [ ! -e {root}/{other} ]; do sleep 0.01; done"),
        ("1", "mkdir {root}/alone && sleep 0.1 && rmdir {root}/alone"),
    ],
    ids=["side by side", "one after the other"],
)
def test_steps_without_need_of_each_other_run_as_many_at_a_time_as_there_are_jobs(
    repository: Repository, jobs: str, script: str
) -> None:
    first = next(step for step in load("core")["Steps"] if step["Name"] == "Preprocess")
    second = json.loads(json.dumps(first).replace('"Preprocess"', '"Other"'))
    for step, mine, other in ((first, "a", "b"), (second, "b", "a")):
        line = script.format(root=repository.root, mine=mine, other=other)
        entry = {"ImageUri": "i", "ContainerEntrypoint": ["/bin/sh", "-c", line]}
        step["Arguments"]["AppSpecification"] = entry
    repository.write("definition.json", {**load("core"), "Steps": [first, second]})
    repository.run("run", "--jobs", jobs)
    assert set(repository.states().values()) == {"Succeeded"}
