"""Conditions of Condition steps, evaluated with a record of what was compared with what."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from .errors import DefinitionError, StepError
from .expressions import Pending, Scope, describe

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
_KNOWN = ("Equals", *ORDER, "In", "Not", "Or", "And")


def evaluate(condition: Any, scope: Scope, place: str) -> dict[str, Any]:
    """Evaluate one condition; the record returned holds its `result`, both sides and where they come from."""
    kind = condition.get("Type") if isinstance(condition, dict) else None
    if kind not in _KNOWN:
        raise DefinitionError(place, f"unknown condition {kind!r}; known are {', '.join(_KNOWN)}")
    if kind in ("Or", "And"):
        return _combined(kind, _members(condition, "Conditions", place), scope, f"{place}.Conditions")
    if kind == "Not":
        # The SDK writes "Condition" (v3) or "Expression" (v2) for the same thing.
        key = "Condition" if "Condition" in condition else "Expression"
        _check_keys(condition, {"Type", key}, place)
        inner = evaluate(condition.get(key), scope, f"{place}.{key}")
        return _entry(kind, not inner["result"], conditions=[inner])
    if kind == "In":
        return _membership(condition, scope, place)
    return _comparison(kind, condition, scope, place)


def evaluate_all(conditions: Any, scope: Scope, place: str) -> list[dict[str, Any]]:
    """Evaluate the conditions of a step; all of them are evaluated, so that the record is complete."""
    if not isinstance(conditions, list) or not conditions:
        raise DefinitionError(place, "must be a non-empty list of conditions")
    return [evaluate(item, scope, f"{place}[{index}]") for index, item in enumerate(conditions)]


def check_all(conditions: Any, scope: Scope, place: str) -> None:
    """Check conditions before anything has run: what is not known yet is compared as nothing."""
    evaluate_all(conditions, scope, place)


def _combined(kind: str, members: list[Any], scope: Scope, place: str) -> dict[str, Any]:
    inner = evaluate_all(members, scope, place)
    results = [item["result"] for item in inner]
    return _entry(kind, any(results) if kind == "Or" else all(results), conditions=inner)


def _membership(condition: dict[str, Any], scope: Scope, place: str) -> dict[str, Any]:
    _check_keys(condition, {"Type", "QueryValue", "Values"}, place)
    values = _members(condition, "Values", place)
    query = scope.resolve(condition.get("QueryValue"), f"{place}.QueryValue")
    known = scope.resolve(values, f"{place}.Values")
    result = any(_kind(query) == _kind(value) and query == value for value in known)
    shown = ", ".join(describe(value) for value in values)
    return _entry("In", result, query, describe(condition.get("QueryValue")), known, f"[{shown}]")


def _comparison(kind: str, condition: dict[str, Any], scope: Scope, place: str) -> dict[str, Any]:
    _check_keys(condition, {"Type", "LeftValue", "RightValue"}, place)
    for key in ("LeftValue", "RightValue"):
        if key not in condition:
            raise DefinitionError(place, f"a condition {kind} needs {key}")
    left_expression, right_expression = describe(condition["LeftValue"]), describe(condition["RightValue"])
    left = scope.resolve(condition["LeftValue"], f"{place}.LeftValue")
    right = scope.resolve(condition["RightValue"], f"{place}.RightValue")
    if isinstance(left, Pending) or isinstance(right, Pending):
        return _entry(kind, False, left, left_expression, right, right_expression)
    for value, expression in ((left, left_expression), (right, right_expression)):
        if isinstance(value, float) and math.isnan(value):
            raise StepError(f"{place}: {expression} is NaN, which cannot be compared.")
    comparable = ("a number", "a text") if kind in ORDER else ("a number", "a text", "a boolean")
    if _kind(left) != _kind(right) or _kind(left) not in comparable:
        raise StepError(
            f"{place}: {left_expression} is {_kind(left)} ({left!r}) and {right_expression} is"
            f" {_kind(right)} ({right!r}); {kind} cannot compare them."
        )
    result = left == right if kind == "Equals" else ORDER[kind](left, right)
    return _entry(kind, result, left, left_expression, right, right_expression)


def _entry(
    kind: str, result: bool, left: Any = None, left_expression: str | None = None, right: Any = None,
    right_expression: str | None = None, conditions: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    entry = {
        "type": kind, "left": left, "leftExpression": left_expression,
        "right": right, "rightExpression": right_expression, "result": result,
    }  # fmt: skip
    return entry if conditions is None else {**entry, "conditions": conditions}


def _members(condition: dict[str, Any], key: str, place: str) -> list[Any]:
    _check_keys(condition, {"Type", "QueryValue", key} if key == "Values" else {"Type", key}, place)
    values = condition.get(key)
    if not isinstance(values, list) or not values:
        raise DefinitionError(place, f"{key} must be a non-empty list")
    return values


def _check_keys(condition: dict[str, Any], known: set[str], place: str) -> None:
    for key in condition:
        if key not in known:
            raise DefinitionError(
                place, f"unknown construct {key!r} in a condition of type {condition['Type']}"
            )


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "no plain value"
