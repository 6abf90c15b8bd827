"""Pipeline parameters: their types, enums and defaults, and the values given for one run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from .errors import DefinitionError, RunnerError, nearest
from .store import LOCAL_FILES

Value = str | int | float | bool
Origin = Literal["default", "set", "git", "found"]

TYPES = ("String", "Integer", "Float", "Boolean")


@dataclass(frozen=True)
class Parameter:
    """A parameter with its value for this run; `value` is what expressions see, `shown` what the user
    gave."""

    name: str
    type: str
    value: Value
    default: Value | None
    origin: Origin
    shown: Value

    def to_record(self) -> dict[str, Any]:
        """Return the form that the run record keeps."""
        return {
            "name": self.name, "type": self.type, "value": self.shown, "default": self.default, "origin":
            self.origin
        }  # fmt: skip


def parse_settings(settings: list[str]) -> dict[str, str]:
    """Split `NAME=VALUE` options; the last of several for one name counts."""
    values = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator or not name:
            raise RunnerError(f"--set {setting}: must be NAME=VALUE, for example --set max_depth=6.")
        values[name] = value
    return values


def evaluate(
    declared: list[dict[str, Any]],
    given: Mapping[str, Any],
    git: Mapping[str, str] | None = None,
    option: str = "--set",
    found: Mapping[str, str] | None = None,
    others: Iterable[str] = (),
) -> list[Parameter]:
    """Give every declared parameter a value: that is `given`, of `git`, that was `found`, or its default.

    `others` can be set too, and are parameters as soon as they are.
    """
    names = [_name(raw, index) for index, raw in enumerate(declared)]
    for name in given:
        if name not in names:
            known, more = ", ".join(names) or "none", [one for one in others if one not in names]
            hint = f" Hyperparameters that can be set too: {', '.join(more)}." if more else ""
            raise RunnerError(
                f"{option} {name}={given[name]}: the pipeline has no parameter {name!r}."
                f"{nearest(name, [*names, *more])} Its parameters are: {known}.{hint}"
            )
    own: dict[str, tuple[Origin, str]] = {name: ("found", value) for name, value in (found or {}).items()}
    own.update({name: ("git", value) for name, value in (git or {}).items()})
    return [_evaluate(raw, name, given, own, option) for raw, name in zip(declared, names, strict=True)]


def _name(raw: Any, index: int) -> str:
    place = f"Parameters[{index}]"
    if not isinstance(raw, dict) or not isinstance(raw.get("Name"), str):
        raise DefinitionError(place, "a parameter needs a Name")
    for key in raw:
        if key not in ("Name", "Type", "DefaultValue", "EnumValues"):
            raise DefinitionError(f"Parameters.{raw['Name']}", f"unknown construct {key!r}")
    if raw.get("Type") not in TYPES:
        raise DefinitionError(
            f"Parameters.{raw['Name']}", f"unknown type {raw.get('Type')!r}; known are {', '.join(TYPES)}"
        )
    return str(raw["Name"])


def _evaluate(
    raw: dict[str, Any],
    name: str,
    given: Mapping[str, Any],
    known: Mapping[str, tuple[Origin, str]],
    option: str,
) -> Parameter:
    kind, default, enum = raw["Type"], raw.get("DefaultValue"), raw.get("EnumValues")
    origin: Origin = "default"
    if default is not None and not _has_type(default, kind):
        raise DefinitionError(f"Parameters.{name}", f"its default {default!r} is not of type {kind}")
    value = default
    if name in given:
        origin = "set"
        value = _convert(f"{option} {name}={given[name]}", given[name], kind)
    elif name in known:
        origin, value = known[name]
    if value is None:
        raise RunnerError(f"The parameter {name!r} has no default: give it a value with --set {name}=....")
    if enum and value not in enum:
        raise RunnerError(
            f"{option} {name}={value}: the value is not allowed.{nearest(str(value), map(str, enum))}"
            f" Allowed are: {', '.join(map(str, enum))}."
        )
    seen = value
    if origin == "set" and isinstance(default, str) and default.startswith("s3://"):
        seen = _as_uri(f"{option} {name}={value}", str(value))
    return Parameter(name, kind, seen, default, origin, value)


def _has_type(value: Any, kind: str) -> bool:
    if kind == "Float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "Integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {"String": str, "Boolean": bool}[kind])


def _convert(what: str, text: Any, kind: str) -> Value:
    if not isinstance(text, str):
        if _has_type(text, kind):
            return text  # type: ignore[no-any-return]
        text = str(text)
    try:
        if kind == "Integer":
            return int(text)
        if kind == "Float":
            number = float(text)
            if not math.isfinite(number):
                raise ValueError
            return number
        if kind == "Boolean":
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError):
        allowed = {"Integer": "a whole number", "Float": "a number", "Boolean": "true or false"}[kind]
        raise RunnerError(f"{what}: the parameter is of type {kind}; the value must be {allowed}.") from None
    return str(text)


def _as_uri(what: str, value: str) -> str:
    """Turn a path on this machine into the uri under which the local store finds it."""
    if value.startswith(("s3://", "https://")):
        return value
    path = (
        Path(unquote(urlsplit(value).path) if value.startswith("file://") else value).expanduser().absolute()
    )
    if not path.exists():
        raise RunnerError(
            f"{what}: there is no file or directory {path}; give an existing path or an s3:// uri."
        )
    return LOCAL_FILES + path.as_posix().lstrip("/")
