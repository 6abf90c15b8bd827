"""The part of JSON Schema in which hyperparameters are declared: what a rule allows, tested and in words.

`model/`, `pipelines/` and `pipelines/local/` each have this file, because each of them works alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Rule = Mapping[str, Any]


def meant(rule: Rule, given: Any) -> Any:
    """The value that is given, or that a text says. Raises `ValueError` for one that is not allowed."""
    for one in alternatives(rule):
        value = given
        if isinstance(given, str) and one["type"] != "string":
            try:
                value = {"integer": int, "number": float}.get(one["type"], json.loads)(given)
            except ValueError:
                continue
        if fits(one, value):
            return value
    raise ValueError(given)


def fits(rule: Rule, value: Any) -> bool:
    """Whether a value is what a rule allows."""
    kinds: dict[str, tuple[type, ...]] = {
        "integer": (int,),
        "number": (int, float),
        "string": (str,),
        "object": (dict,),
        "array": (list,),
    }
    kind = rule["type"]
    is_kind = isinstance(value, kinds[kind]) and not isinstance(value, bool)
    if not is_kind:
        return False
    if kind in ("integer", "number") and not (
        abs(value) < float("inf")
        and rule.get("minimum", value) <= value <= rule.get("maximum", value)
        and ("exclusiveMinimum" not in rule or value > rule["exclusiveMinimum"])
        and ("exclusiveMaximum" not in rule or value < rule["exclusiveMaximum"])
    ):
        return False
    parts: list[Any] = list(value.values()) if kind == "object" else value if kind == "array" else []
    inner = rule.get("additionalProperties") if kind == "object" else rule.get("items")
    return ("enum" not in rule or value in rule["enum"]) and (
        not inner or all(fits(inner, part) for part in parts)
    )


def said(rule: Rule) -> str:
    """What a rule allows, in words."""
    if "x-allowed" in rule:
        return str(rule["x-allowed"])
    if "anyOf" in rule:
        return ", or ".join(dict.fromkeys(said(one) for one in rule["anyOf"]))
    if "enum" in rule:
        return f"one of {', '.join(map(str, rule['enum']))}"
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "above",
        "exclusiveMaximum": "below",
    }
    bounds = " and ".join(f"{word} {rule[key]}" for key, word in words.items() if key in rule)
    forms = {
        "integer": "a whole number",
        "number": "a number",
        "string": "a text",
        "object": "a JSON object",
        "array": "a JSON list",
    }
    return ", ".join(filter(None, [forms[rule["type"]], bounds]))


def choices(rule: Rule) -> list[str]:
    """The texts that a rule lists."""
    return [str(one) for part in alternatives(rule) for one in part.get("enum", ())]


def alternatives(rule: Rule) -> list[Rule]:
    """The rules of which one must fit."""
    return [one for part in rule["anyOf"] for one in alternatives(part)] if "anyOf" in rule else [rule]
