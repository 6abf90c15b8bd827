"""Steps that cannot be run here never look as if they had been, and neither does what needs them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_runner.pipeline import NOT_EMULATED

from .conftest import Repository, change, load


def fail(name: str, message: Any, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}, **more}


@pytest.fixture
def definition() -> dict[str, Any]:
    """A step of another kind between preprocessing and everything else."""
    core = load("core")
    preprocess = core["Steps"][0]
    del preprocess["CacheConfig"]
    other = {
        "Name": "Other",
        "Type": "Lambda",
        "Arguments": {},
        "FunctionArn": "arn",
        "DependsOn": ["Preprocess"],
    }
    return {**core, "Steps": [preprocess, other]}


def test_a_pipeline_with_such_a_step_says_what_was_left_out(
    repository: Repository, definition: dict[str, Any]
) -> None:
    repository.write("definition.json", definition)
    output = repository.run("run", code=3)
    assert repository.states() == {"Preprocess": "Succeeded", "Other": "NotEmulated"}
    assert repository.record()["status"] == "Incomplete" and "\nIncomplete in " in output
    assert (
        repository.steps()["Other"]["failureReason"] == "steps of type Lambda cannot be run on this machine"
    )
    assert "not emulated, so not run here: Other" in output


@pytest.mark.parametrize("kind", NOT_EMULATED)
def test_every_such_type_is_known(repository: Repository, kind: str) -> None:
    from local_runner.definition import parse

    raw = {
        "Version": "2020-12-01",
        "Steps": [{"Name": "A", "Type": kind, "Arguments": {}, "Anything": {"Else": 1}}],
    }
    assert parse(raw).steps["A"].type == kind


def test_what_needs_its_output_is_not_emulated_either(
    repository: Repository, definition: dict[str, Any]
) -> None:
    answer = {"Get": "Steps.Other.OutputParameters['x']"}
    compare = {"Type": "Equals", "LeftValue": answer, "RightValue": "yes"}
    definition["Steps"] += [
        fail("UsesIt", answer),
        {
            "Name": "Asks",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [compare],
                "IfSteps": [fail("Yes", "a")],
                "ElseSteps": [fail("No", "b")],
            },
        },
        fail("AfterYes", "c", DependsOn=["Yes"]),
    ]
    repository.write("definition.json", definition)
    repository.run("run", code=3)
    states = repository.states()
    assert [states[name] for name in ("UsesIt", "Asks", "Yes", "No")] == ["NotEmulated"] * 4
    assert (
        repository.steps()["UsesIt"]["failureReason"] == "it needs the output of Other, which is not emulated"
    )
    assert "Asks" in repository.steps()["Yes"]["failureReason"]
    assert states["AfterYes"] == "NotEmulated"


def test_what_only_comes_after_it_runs_with_a_note(
    repository: Repository, definition: dict[str, Any]
) -> None:
    after = json.loads(json.dumps(definition["Steps"][0]).replace('"Preprocess"', '"After"'))
    definition["Steps"].append({**after, "DependsOn": ["Other"]})
    repository.write("definition.json", definition)
    repository.run("run", code=3)
    assert repository.states()["After"] == "Succeeded"
    assert repository.steps()["After"]["notes"] == ["Other should have run before, but is not emulated."]


def test_steps_after_a_skipped_branch_are_skipped(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        steps["IsDeep"]["Arguments"]["Conditions"][0]["RightValue"] = 99
        del steps["SaidNo"]["DependsOn"]
        steps["SaidNo"]["Arguments"]["ErrorMessage"] = "said no"
        kept.extend([steps["Preprocess"], steps["Train"], steps["IsDeep"]])

    kept: list[dict[str, Any]] = []
    definition = change(load("everything"), edit)
    repository.write("definition.json", {**definition, "Steps": kept})
    output = repository.run("run", code=1)
    states = repository.states()
    assert [states[name] for name in ("IsLarge", "CreateModel", "BatchScore")] == ["Skipped"] * 3
    assert states["SaidNo"] == "Failed" and "step SaidNo (Fail) failed: said no" in output


def test_instance_counts_are_noted(repository: Repository) -> None:
    repository.run("run", "--only", "Preprocess", "--set", "ProcessingInstanceCount=3")
    assert repository.steps()["Preprocess"]["notes"] == [
        "InstanceCount is 3; here the script ran once, on this machine."
    ]
