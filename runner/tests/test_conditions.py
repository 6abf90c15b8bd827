"""Conditions: all types, against Python's own operators, and with a record of what was compared."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from typing import Any

import pytest

from local_runner.conditions import evaluate, evaluate_all
from local_runner.errors import DefinitionError, RunnerError, StepError
from local_runner.expressions import Scope

SCOPE = Scope({"Threshold": 0.85, "Name": "b", "Flag": True, "Count": 3}, {})
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq, "GreaterThan": operator.gt, "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt, "LessThanOrEqualTo": operator.le,
}  # fmt: skip


def compare(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


YES, NO = compare("Equals", 1, 1), compare("Equals", 1, 2)


@pytest.mark.parametrize("kind", OPERATORS)
@pytest.mark.parametrize("seed", range(5))
def test_comparisons_agree_with_numbers_and_texts(kind: str, seed: int) -> None:
    source = random.Random(seed)
    numbers = [source.randrange(4), source.randrange(4), 1.0, 2.5]
    for values in (numbers, [str(number) for number in numbers]):
        for left in values:
            for right in values:
                assert evaluate(compare(kind, left, right), SCOPE, "here")["result"] == OPERATORS[kind](
                    left, right
                )


def test_the_record_holds_both_sides_and_where_they_come_from() -> None:
    condition = compare("GreaterThanOrEqualTo", 0.97, {"Get": "Parameters.Threshold"})
    assert evaluate(condition, SCOPE, "here") == {
        "type": "GreaterThanOrEqualTo",
        "left": 0.97,
        "leftExpression": "0.97",
        "right": 0.85,
        "rightExpression": "Parameters.Threshold",
        "result": True,
    }


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"Type": "Or", "Conditions": [NO, YES]}, True),
        ({"Type": "Or", "Conditions": [NO, NO]}, False),
        ({"Type": "And", "Conditions": [NO, YES]}, False),
        ({"Type": "And", "Conditions": [YES, YES]}, True),
        ({"Type": "Not", "Condition": NO}, True),
        ({"Type": "Not", "Expression": YES}, False),
        (
            {
                "Type": "Not",
                "Condition": {"Type": "Or", "Conditions": [NO, {"Type": "Not", "Condition": NO}]},
            },
            False,
        ),
        ({"Type": "In", "QueryValue": {"Get": "Parameters.Name"}, "Values": ["a", "b"]}, True),
        ({"Type": "In", "QueryValue": "c", "Values": ["a", {"Get": "Parameters.Name"}]}, False),
        ({"Type": "In", "QueryValue": 1, "Values": [True, "1"]}, False),
        (compare("Equals", {"Get": "Parameters.Flag"}, True), True),
    ],
)
def test_conditions_combine(condition: dict[str, Any], result: bool) -> None:
    assert evaluate(condition, SCOPE, "here")["result"] is result


def test_combined_conditions_record_their_parts() -> None:
    entry = evaluate({"Type": "Or", "Conditions": [YES, NO]}, SCOPE, "here")
    assert [part["result"] for part in entry["conditions"]] == [True, False]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"Type": "Like"}, "here: unknown condition 'Like'; known are Equals"),
        ("yes", "here: unknown condition None"),
        ({"Type": "Equals", "LeftValue": 1}, "here: a condition Equals needs RightValue"),
        ({**YES, "Tolerance": 1}, "here: unknown construct 'Tolerance' in a condition of type Equals"),
        ({"Type": "Or", "Conditions": []}, "here: Conditions must be a non-empty list"),
        ({"Type": "In", "QueryValue": 1, "Values": "ab"}, "here: Values must be a non-empty list"),
        ({"Type": "Not", "Condition": {"Type": "Maybe"}}, "here.Condition: unknown condition 'Maybe'"),
        ({"Type": "Or", "Conditions": [YES, {"Type": "X"}]}, r"here.Conditions\[1\]: unknown condition 'X'"),
        (compare("GreaterThan", "1", 1), "is a text .'1'. and 1 is a number .1.; GreaterThan cannot compare"),
        (compare("Equals", True, 1), "is a boolean .* is a number"),
        (compare("LessThan", True, False), "LessThan cannot compare them"),
        (compare("Equals", [1], [1]), "no plain value"),
        (compare("LessThan", float("nan"), 1.0), "NaN, which cannot be compared"),
    ],
)
def test_wrong_conditions_are_named_with_their_place(condition: Any, message: str) -> None:
    with pytest.raises(RunnerError, match=message):
        evaluate(condition, SCOPE, "here")


def test_a_step_needs_conditions() -> None:
    with pytest.raises(DefinitionError, match="must be a non-empty list of conditions"):
        evaluate_all([], SCOPE, "here")


def test_a_metric_that_is_the_text_nan_does_not_pass_a_gate() -> None:
    with pytest.raises(StepError, match="'NaN'"):
        evaluate(compare("GreaterThanOrEqualTo", "NaN", 0.5), SCOPE, "here")
