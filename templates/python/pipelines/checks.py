"""Checks of single values of `config/parameters.json`: each says what is allowed, None for a good value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from typing import Any

from pipelines.errors import nearest
from pipelines.rules import Rule, choices, meant, said

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
INSTANCE_TYPE = re.compile(
    r"ml\.[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|metal|[1-9][0-9]*xlarge|xlarge)"
)
PARAMETER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,255}")
DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?)?", re.IGNORECASE)

Check = Callable[[Any], str | None]


def key(check: Check, **default: Any) -> Any:
    """A field of a section's class; it is read from the JSON key of the same name in camelCase."""
    return field(metadata={"check": check}, **default)


def camel(name: str) -> str:
    """The JSON key of a field."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def text(pattern: re.Pattern[str] | None = None, form: str = "a non-empty string") -> Check:
    """A string that is not empty: one that matches the pattern, else any but blanks alone."""

    def check(value: Any) -> str | None:
        good = isinstance(value, str) and (pattern.fullmatch(value) if pattern else value.strip())
        return None if good else form

    return check


def names(what: str) -> Check:
    """A list of different strings, none of them empty."""

    def check(value: Any) -> str | None:
        good = (
            isinstance(value, list)
            and all(isinstance(v, str) and v.strip() for v in value)
            and len(set(value)) == len(value)
        )
        return None if good else f"a list of {what}, without empty entries or duplicates"

    return check


def one_of(*allowed: str) -> Check:
    """One of some strings."""

    def check(value: Any) -> str | None:
        if value in allowed:
            return None
        return f"one of {', '.join(allowed)}" + (nearest(value, allowed) if isinstance(value, str) else "")

    return check


def whole(low: int) -> Check:
    """A whole number of at least `low`."""
    return lambda v: (
        None if isinstance(v, int) and not isinstance(v, bool) and v >= low else f"a whole number >= {low}"
    )


def number(value: Any) -> str | None:
    """Any finite number."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")
    return None if good else "a number"


def declared(rule: Rule) -> Check:
    """A value as the declarations of hyperparameters have it; a text counts as what it says."""

    def check(value: Any) -> str | None:
        try:
            meant(rule, value)
        except ValueError:
            return said(rule) + (nearest(value, choices(rule)) if isinstance(value, str) else "")
        return None

    return check


def share(value: Any) -> str | None:
    """A number between 0 and 0.5, both excluded."""
    return None if number(value) is None and 0 < value < 0.5 else "a number between 0 and 0.5"


def switch(value: Any) -> str | None:
    """true or false."""
    return None if isinstance(value, bool) else "true or false"


def instances(value: Any) -> str | None:
    """A list of instance types that is not empty."""
    good = (
        isinstance(value, list)
        and value
        and all(isinstance(v, str) and INSTANCE_TYPE.fullmatch(v) for v in value)
    )
    return None if good else 'a list of instance types such as ["ml.m5.large"]'


def further_instances(value: Any) -> str | None:
    """A list of instance types, which may be empty."""
    return None if value == [] else instances(value)


def hyperparameter_values(value: Any) -> str | None:
    """An object of numbers and texts by parameter name."""
    good = isinstance(value, dict) and all(
        PARAMETER_NAME.fullmatch(k) and (number(v) is None or isinstance(v, str)) for k, v in value.items()
    )
    return None if good else "an object of numbers and strings, with names of letters, digits and _"


INSTANCE = text(INSTANCE_TYPE, "an instance type such as ml.m5.large")
RESOURCE = text(NAME, "1 to 63 letters, digits and hyphens that starts and ends with a letter or digit")
