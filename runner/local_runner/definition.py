"""Reads a compiled pipeline definition into steps, and refuses what it does not know by naming it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .durations import parse_duration
from .errors import DefinitionError, RunnerError
from .pipeline import (
    CHECK_KEYS,
    CHECK_TYPES,
    EMULATED,
    NOT_EMULATED,
    RETRY_TYPES,
    TRIGGERS,
    Cache,
    Definition,
    PropertyFile,
    RetryPolicy,
    Step,
)

VERSION = "2020-12-01"
"""The only version of the definition schema that SageMaker has published."""

_TOP_KEYS = {"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "MlflowConfig", "Steps"}
_STEP_KEYS = {
    "Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description", "CacheConfig", "RetryPolicies",
    "PropertyFiles",
}  # fmt: skip


def load(path: Path) -> Definition:
    """Read the definition at `path`; raises RunnerError when there is none, DefinitionError when it is
    wrong."""
    return parse(read(path), str(path))


def read(path: Path) -> Any:
    """Return the JSON at `path`; raises RunnerError when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RunnerError(
            f"There is no pipeline definition at {path}: compile the pipeline first,"
            " or name one with --definition."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RunnerError(f"{path} cannot be read as a pipeline definition: {error}.") from None
    try:
        return json.loads(text)
    except ValueError as error:
        raise RunnerError(f"{path} is not a pipeline definition: it is not JSON ({error}).") from None


def parse(raw: Any, source: str = "definition") -> Definition:
    """Make a Definition of parsed JSON."""
    if not isinstance(raw, dict) or not isinstance(raw.get("Steps"), list):
        raise RunnerError(f"{source} is not a pipeline definition: it has no list of Steps.")
    if raw.get("Version") != VERSION:
        raise RunnerError(f"{source}: Version is {raw.get('Version')!r}; this runner knows {VERSION!r}.")
    for key in raw:
        if key not in _TOP_KEYS:
            raise DefinitionError(source, f"unknown construct {key!r} at the top level")
    steps: dict[str, Step] = {}
    names: set[str] = set()
    for step in _steps(raw["Steps"], "Steps", None, None):
        for one in (step, *step.body):
            if one.name in names:
                raise DefinitionError(one.place, f"there are two steps named {one.name!r}")
            names.add(one.name)
        steps[step.name] = step
    if not steps:
        raise RunnerError(f"{source}: the pipeline has no steps.")
    experiment = raw.get("PipelineExperimentConfig") or {}
    return Definition(_list(raw, "Parameters", "Parameters"), steps, experiment)


def _steps(raw: Any, place: str, parent: str | None, branch: str | None) -> Iterator[Step]:
    if not isinstance(raw, list):
        raise DefinitionError(place, f"must be a list of steps, not {_kind(raw)}")
    for index, item in enumerate(raw):
        step = _step(item, f"{place}[{index}]", parent, branch)
        yield step
        if step.type == "Condition":
            for key, name in (("IfSteps", "if"), ("ElseSteps", "else")):
                yield from _steps(
                    step.arguments.get(key) or [], f"{step.place}.Arguments.{key}", step.name, name
                )


def _step(raw: Any, place: str, parent: str | None, branch: str | None) -> Step:
    if not isinstance(raw, dict):
        raise DefinitionError(place, f"a step must be an object, not {_kind(raw)}")
    name, kind = raw.get("Name"), raw.get("Type")
    if (
        not isinstance(name, str)
        or not name
        or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
    ):
        raise DefinitionError(
            place, f"Name is {name!r}; a step needs a name of letters, digits, hyphens and underscores"
        )
    place = f"{place.rsplit('[', 1)[0]}.{name}"
    if kind not in EMULATED and kind not in NOT_EMULATED:
        raise DefinitionError(
            place, f"unknown step type {kind!r}; known are {', '.join(EMULATED + NOT_EMULATED)}"
        )
    known = _STEP_KEYS.union(CHECK_KEYS if kind in CHECK_TYPES else ())
    for key in raw:
        if kind in EMULATED and key not in known:
            raise DefinitionError(place, f"unknown construct {key!r} in a step of type {kind}")
    arguments = raw.get("Arguments", {})
    if not isinstance(arguments, dict):
        raise DefinitionError(place, f"Arguments must be an object, not {_kind(arguments)}")
    if kind in CHECK_TYPES:
        if raw.get("CheckType") not in CHECK_TYPES[kind]:
            known_types = ", ".join(CHECK_TYPES[kind])
            raise DefinitionError(place, f"CheckType is {raw.get('CheckType')!r}, not one of {known_types}")
        arguments = {**arguments, **{key: raw[key] for key in CHECK_KEYS if raw.get(key) is not None}}
    before = [_dependency(item, f"{place}.DependsOn") for item in _list(raw, "DependsOn", place)]
    body = _body(arguments.get("ForEachBody"), place, name) if kind == "ForEach" else ()
    return Step(
        name, kind, arguments, place,
        depends_on=tuple(item for item, _ in before),
        triggers={item: trigger for item, trigger in before if trigger != "Completed"}, body=body,
        display_name=raw.get("DisplayName"),
        cache=_cache(raw.get("CacheConfig"), f"{place}.CacheConfig"),
        retries=tuple(_retry(item, f"{place}.RetryPolicies") for item in _list(raw, "RetryPolicies", place)),
        property_files=tuple(_property_file(item, place) for item in _list(raw, "PropertyFiles", place)),
        parent=parent, branch=branch,
    )  # fmt: skip


def _dependency(raw: Any, place: str) -> tuple[str, str]:
    trigger = "Completed"
    if isinstance(raw, dict) and set(raw) == {"Step", "Trigger"}:
        raw, trigger = raw["Step"], raw["Trigger"]
        if trigger not in TRIGGERS:
            raise DefinitionError(
                place, f"unknown trigger {trigger!r} on step {raw!r}; known are {', '.join(TRIGGERS)}"
            )
    if not isinstance(raw, str):
        raise DefinitionError(place, f"a dependency must be the name of a step, not {_kind(raw)}")
    return raw, trigger


def _body(raw: Any, place: str, name: str) -> tuple[Step, ...]:
    place = f"{place}.Arguments.ForEachBody"
    steps = tuple(replace(step, item_of=name) for step in _steps(raw, place, None, None))
    for step in steps:
        if step.type in ("Condition", "Fail", "ForEach"):
            raise DefinitionError(step.place, f"a step of type {step.type} is not allowed in a ForEach body")
    if not steps:
        raise DefinitionError(place, "a ForEach step needs steps in its body")
    return steps


def _cache(raw: Any, place: str) -> Cache:
    if raw is None:
        return Cache(False, None)
    _known(raw, {"Enabled", "ExpireAfter"}, place)
    if not isinstance(raw.get("Enabled", False), bool):
        raise DefinitionError(place, f"Enabled is {raw['Enabled']!r}; it must be true or false")
    expire = raw.get("ExpireAfter")
    return Cache(raw.get("Enabled", False), None if expire is None else parse_duration(expire, place))


def _retry(raw: Any, place: str) -> RetryPolicy:
    _known(raw, {"ExceptionType", "IntervalSeconds", "BackoffRate", "MaxAttempts", "ExpireAfterMin"}, place)
    types = raw.get("ExceptionType")
    if not isinstance(types, list) or not types:
        raise DefinitionError(place, "a retry policy needs a list ExceptionType")
    for kind in types:
        if kind not in RETRY_TYPES:
            raise DefinitionError(
                place, f"unknown ExceptionType {kind!r}; known are {', '.join(RETRY_TYPES)}"
            )
    expire = _number(raw, "ExpireAfterMin", None, place)
    attempts = _number(raw, "MaxAttempts", None, place)
    return RetryPolicy(
        tuple(types),
        _number(raw, "IntervalSeconds", 1.0, place) or 0.0,
        _number(raw, "BackoffRate", 2.0, place) or 0.0,
        None if attempts is None else int(attempts),
        None if expire is None else expire * 60,
    )


def _property_file(raw: Any, place: str) -> PropertyFile:
    place = f"{place}.PropertyFiles"
    _known(raw, {"PropertyFileName", "OutputName", "FilePath"}, place)
    values = [raw.get(key) for key in ("PropertyFileName", "OutputName", "FilePath")]
    if not all(isinstance(value, str) and value for value in values):
        raise DefinitionError(place, "a property file needs PropertyFileName, OutputName and FilePath")
    return PropertyFile(*values)


def _number(raw: dict[str, Any], key: str, default: float | None, place: str) -> float | None:
    value = raw.get(key, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
        raise DefinitionError(place, f"{key} is {value!r}; it must be a number that is not negative")
    return value


def _list(raw: dict[str, Any], key: str, place: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise DefinitionError(place, f"{key} must be a list, not {_kind(value)}")
    return value


def _known(raw: Any, keys: set[str], place: str) -> None:
    if not isinstance(raw, dict):
        raise DefinitionError(place, f"must be an object, not {_kind(raw)}")
    for key in raw:
        if key not in keys:
            raise DefinitionError(place, f"unknown construct {key!r}")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
