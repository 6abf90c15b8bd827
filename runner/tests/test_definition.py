"""What is accepted as a definition, and how what is not is named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.definition import load, parse
from local_runner.durations import parse_duration
from local_runner.errors import DefinitionError, RunnerError
from local_runner.graph import build

from .conftest import FIXTURES
from .conftest import load as load_fixture

STEP = {"Name": "A", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}


def definition(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Version": "2020-12-01", "Parameters": [], "Steps": list(steps or (STEP,)), **more}


@pytest.mark.parametrize("name", ["core", "source_code", "everything"])
def test_definitions_made_by_the_sdk_are_read_whole(name: str) -> None:
    raw = load_fixture(name)
    read = load(FIXTURES / f"{name}.json")
    assert set(read.steps) == set(_names(raw["Steps"]))
    assert len(read.parameters) == len(raw["Parameters"])
    build(read)


def _names(steps: list[dict[str, Any]]) -> list[str]:
    nested = [
        item for step in steps for key in ("IfSteps", "ElseSteps") for item in step["Arguments"].get(key, [])
    ]
    return [step["Name"] for step in steps] + (_names(nested) if nested else [])


def test_nested_steps_know_their_condition_and_branch() -> None:
    steps = load(FIXTURES / "everything.json").steps
    assert (steps["CreateModel"].parent, steps["CreateModel"].branch) == ("IsLarge", "if")
    assert (steps["SaidNo"].parent, steps["SaidNo"].branch) == ("IsDeep", "else")
    assert steps["Preprocess"].parent is None


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], "is not a pipeline definition: it has no list of Steps"),
        ({"Steps": "none"}, "it has no list of Steps"),
        ({"Version": "2020-12-01", "Steps": []}, "has no steps"),
        ({"Version": "2031-01-01", "Steps": []}, "Version is '2031-01-01'; this runner knows '2020-12-01'"),
        (definition(Extra=1), "unknown construct 'Extra' at the top level"),
        (definition({**STEP, "Type": "Teleport"}), "Steps.A: unknown step type 'Teleport'"),
        (definition({**STEP, "Surprise": 1}), "Steps.A: unknown construct 'Surprise'"),
        (definition({**STEP, "Name": "a b"}), r"Steps\[0\]: Name is 'a b'"),
        (definition({**STEP, "Name": None}), r"Steps\[0\]: Name is None"),
        (definition("text"), r"Steps\[0\]: a step must be an object, not a string"),  # type: ignore[arg-type]
        (definition({**STEP, "Arguments": []}), "Steps.A: Arguments must be an object, not a list"),
        (definition(STEP, STEP), "there are two steps named 'A'"),
        (definition({**STEP, "DependsOn": "B"}), "DependsOn must be a list, not a string"),
        (
            definition({**STEP, "DependsOn": [{"Step": "B", "Trigger": "Late"}]}),
            "unknown trigger 'Late' on step 'B'; known are Completed, Failed, Stopped, Any",
        ),
        (definition({**STEP, "CacheConfig": {"Enabled": "yes"}}), "Enabled is 'yes'"),
        (
            definition({**STEP, "CacheConfig": {"Enabled": True, "ExpireAfter": "soon"}}),
            "'soon' is not an ISO 8601",
        ),
        (definition({**STEP, "CacheConfig": {"Enabled": True, "Scope": 1}}), "unknown construct 'Scope'"),
        (definition({**STEP, "RetryPolicies": [{"ExceptionType": ["Bad"]}]}), "unknown ExceptionType 'Bad'"),
        (definition({**STEP, "RetryPolicies": [{"MaxAttempts": 1}]}), "needs a list ExceptionType"),
        (
            definition(
                {**STEP, "RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": -1}]}
            ),
            "MaxAttempts is -1",
        ),
        (
            definition({**STEP, "PropertyFiles": [{"PropertyFileName": "x"}]}),
            "needs PropertyFileName, OutputName",
        ),
        (
            definition(
                {**STEP, "Type": "Condition", "Arguments": {"IfSteps": [{**STEP, "Name": "B", "Type": "X"}]}}
            ),
            "Steps.A.Arguments.IfSteps.B: unknown step type 'X'",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(raw: Any, message: str) -> None:
    with pytest.raises(RunnerError, match=message):
        parse(raw)


def test_a_file_that_is_missing_or_no_json_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match="There is no pipeline definition at .*compile the pipeline first"):
        load(tmp_path / "definition.json")
    (tmp_path / "definition.json").write_text("{")
    with pytest.raises(RunnerError, match="it is not JSON"):
        load(tmp_path / "definition.json")
    (tmp_path / "definition.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunnerError, match="cannot be read"):
        load(tmp_path / "definition.json")


def test_a_completed_trigger_is_an_ordinary_dependency() -> None:
    steps: list[dict[str, Any]] = [
        STEP, {**STEP, "Name": "B", "DependsOn": [{"Step": "A", "Trigger": "Completed"}]}
    ]  # fmt: skip
    assert parse(definition(*steps)).steps["B"].depends_on == ("A",)


def test_dependencies_are_explicit_implied_and_by_nesting() -> None:
    graph = build(load(FIXTURES / "everything.json"))
    assert graph["Train"].data == {"Preprocess"}
    assert graph["BatchScore"].data == {"CreateModel", "Preprocess"} and graph["BatchScore"].order == {
        "IsLarge"
    }
    assert graph["SaidNo"].data == {"AskSomebody"} and graph["SaidNo"].order == {"IsDeep", "Tune"}
    assert graph["IsDeep"].all == {"Preprocess"}


def test_a_property_file_is_a_dependency() -> None:
    assert build(load(FIXTURES / "core.json"))["CheckQuality"].data == {"Evaluate"}


@pytest.mark.parametrize(
    ("depends", "message"),
    [
        ({"A": ["B"], "B": ["C"], "C": ["A"]}, "the steps depend on each other: .*→"),
        ({"A": ["A"]}, "the step depends on itself"),
        ({"A": ["Bb"], "Bbb": []}, "there is no step 'Bb'. Did you mean 'Bbb'"),
    ],
)
def test_dependencies_that_cannot_be_met_are_refused(depends: dict[str, list[str]], message: str) -> None:
    steps = [{**STEP, "Name": name, "DependsOn": before} for name, before in depends.items()]
    with pytest.raises(DefinitionError, match=message):
        build(parse(definition(*steps)))


def test_a_reference_to_an_unknown_step_names_its_place() -> None:
    step = {
        **STEP,
        "Arguments": {"ErrorMessage": {"Std:Join": {"On": "", "Values": [{"Get": "Steps.Trian.X"}]}}},
    }
    with pytest.raises(
        DefinitionError, match=r"Steps.A.Arguments.ErrorMessage.Std:Join.Values\[0\]: .*'Trian'"
    ):
        build(parse(definition(step)))


def test_reading_leaves_the_json_as_it_was() -> None:
    raw = load_fixture("everything")
    before = copy.deepcopy(raw)
    build(parse(raw))
    assert json.dumps(raw) == json.dumps(before)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("P30D", 2592000), ("p30d", 2592000), ("P4DT12H", 388800), ("T12H", 43200), ("PT90S", 90), ("PT1M", 60),
     ("P1M", 2592000), ("P1Y", 31536000), ("P2W", 1209600), ("PT0.5S", 0.5), ("PT0S", 0)],
)  # fmt: skip
def test_durations_are_iso_8601(text: str, seconds: float) -> None:
    assert parse_duration(text, "here") == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "30", "30 days", "P-1D", None, 5])
def test_other_durations_are_refused(text: object) -> None:
    with pytest.raises(DefinitionError, match="here: .* is not an ISO 8601 duration"):
        parse_duration(text, "here")
