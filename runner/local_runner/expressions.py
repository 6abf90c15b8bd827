"""The expression language of definitions: `Get`, `Std:Join` and `Std:JsonGet`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .errors import DefinitionError, StepError, nearest

_TOKEN = re.compile(
    r"\.?(?P<key>[^.\[\]'\"\s]+)|\['(?P<single>[^']*)'\]|\[\"(?P<double>[^\"]*)\"\]|\[(?P<index>\d+)\]"
)
_STEP = re.compile(r"Steps\.(?P<name>[A-Za-z0-9_-]+)(?P<path>.*)", re.DOTALL)
_ITEM = re.compile(r"ForEach\.CurrentItem(?P<path>.*)", re.DOTALL)
_PROPERTY_FILE = re.compile(
    r"Steps\.(?P<step>[A-Za-z0-9_-]+)\.PropertyFiles"
    r"(?:\.(?P<plain>[^\[\]]+)|\['(?P<single>[^']+)'\]|\[\"(?P<double>[^\"]+)\"\])"
)
_NAME_KEYS = ("OutputName", "InputName", "ChannelName", "MetricName", "Name")
_FUNCTIONS = ("Get", "Std:Join", "Std:JsonGet")

Token = str | int


class Pending(str):
    """A value that is known only once a step has run; its text says which."""


class Objects(Protocol):
    """Where expressions read JSON files from."""

    def file(self, uri: str, place: str) -> Path:
        """Return the local file of the object at `uri`; raises StepError when there is none."""


def parse_path(path: str, place: str) -> list[Token]:
    """Split `a.b['c'][0]` into its tokens; a leading `$` is allowed."""
    tokens: list[Token] = []
    position = 1 if path.startswith("$") else 0
    while position < len(path):
        match = _TOKEN.match(path, position)
        if match is None or (match["key"] and position and path[position] != "." and tokens):
            raise DefinitionError(place, f"the path {path!r} cannot be read from position {position + 1} on")
        key = next((match[name] for name in ("key", "single", "double") if match[name] is not None), None)
        tokens.append(int(match["index"]) if key is None else key)
        position = match.end()
    return tokens


def walk(value: Any, tokens: list[Token], what: str, place: str) -> Any:
    """Follow `tokens` into `value`; raises StepError that says how far the path led."""
    done = what
    for token in tokens:
        found, known = _member(value, token)
        if not found:
            raise StepError(
                f"{place}: {done} has no {token!r}.{nearest(str(token), known)} It has: {_names(known)}."
            )
        value = known[str(token)]
        done += f"[{token}]" if isinstance(token, int) else f".{token}"
    return value


def _member(value: Any, token: Token) -> tuple[bool, dict[str, Any]]:
    if isinstance(value, dict):
        known = {str(key): item for key, item in value.items()}
    elif isinstance(value, list) and isinstance(token, int):
        known = {str(index): item for index, item in enumerate(value)}
    elif isinstance(value, list):
        items = [item for item in value if isinstance(item, dict)]
        known = {str(item[key]): item for item in items for key in _NAME_KEYS if key in item}
    else:
        known = {}
    return str(token) in known, known


def _names(known: dict[str, Any]) -> str:
    return ", ".join(known) if known else "nothing below it"


@dataclass
class Scope:
    """What expressions can see: parameters, execution variables, and the properties of finished steps."""

    parameters: Mapping[str, Any]
    execution: Mapping[str, Any]
    experiment: Mapping[str, Any] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: Objects | None = None
    item: Any = None

    def resolve(self, value: Any, place: str) -> Any:
        """Return `value` with every expression in it replaced by its value."""
        if isinstance(value, list):
            return [self.resolve(item, f"{place}[{index}]") for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        function = function_of(value, place)
        if function is None:
            return {key: self.resolve(item, f"{place}.{key}") for key, item in value.items()}
        if function == "Get":
            return self._get(value["Get"], place)
        if function == "Std:Join":
            return self._join(value["Std:Join"], f"{place}.Std:Join")
        return self._json_get(value["Std:JsonGet"], f"{place}.Std:JsonGet")

    def _get(self, path: Any, place: str) -> Any:
        if not isinstance(path, str):
            raise DefinitionError(place, f"Get needs a path, not {path!r}")
        if match := _STEP.fullmatch(path):
            return self._property(path, match["name"], parse_path(match["path"], place), place)
        if match := _ITEM.fullmatch(path):
            return self._item(parse_path(match["path"], place), place)
        root, _, rest = path.partition(".")
        if root == "IterationOutput":
            return path  # a ForEach step looks it up in each iteration
        known = {
            "Parameters": self.parameters, "Execution": self.execution, "PipelineExperimentConfig":
            self.experiment
        }.get(root)  # fmt: skip
        if known is None or rest not in known:
            hint = nearest(rest, known) if known else ""
            raise DefinitionError(place, f"unknown reference {path!r}.{hint}")
        return known[rest]

    def _property(self, path: str, name: str, tokens: list[Token], place: str) -> Any:
        if name not in self.steps:
            raise StepError(f"{place}: {path} is needed, but step {name!r} has no result in this run.")
        return walk(self.steps[name], tokens, f"Steps.{name}", place)

    def _item(self, tokens: list[Token], place: str) -> Any:
        """Return the item of a ForEach step, or a member of it; an item in JSON may be looked into."""
        if self.item is None:
            raise DefinitionError(place, "ForEach.CurrentItem has a value only in the body of a ForEach step")
        value = self.item
        if tokens and isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise StepError(
                    f"{place}: the item {value!r} is not JSON and has no {tokens[0]!r}."
                ) from None
        return walk(value, tokens, "ForEach.CurrentItem", place)

    def _join(self, raw: Any, place: str) -> str:
        if not isinstance(raw, dict) or set(raw) != {"On", "Values"} or not isinstance(raw["Values"], list):
            raise DefinitionError(place, "Std:Join needs On and a list Values")
        parts = self.resolve(raw["Values"], f"{place}.Values")
        if any(isinstance(part, Pending) for part in parts):
            return Pending(describe({"Std:Join": raw}))
        for index, part in enumerate(parts):
            if isinstance(part, dict | list):
                raise StepError(
                    f"{place}.Values[{index}]: only text, numbers and booleans can be joined, not {part!r}."
                )
        return str(raw["On"]).join(text(part) for part in parts)

    def _json_get(self, raw: Any, place: str) -> Any:
        uri, what = self._json_source(raw, place)
        path = self.resolve(raw["Path"], f"{place}.Path")
        if isinstance(uri, Pending) or isinstance(path, Pending):
            return Pending(what)
        if not isinstance(path, str):
            raise DefinitionError(f"{place}.Path", f"must be a string, not {path!r}")
        assert self.objects is not None, "a scope without objects reads no files"
        content = _read_json(self.objects.file(uri, place), what, place)
        return walk(content, parse_path(path, place), what, place)

    def _json_source(self, raw: Any, place: str) -> tuple[Any, str]:
        """Return the uri of a JSON file and how to call it."""
        keys = set(raw) if isinstance(raw, dict) else set()
        if keys == {"PropertyFile", "Path"}:
            step, name = property_file(raw["PropertyFile"], place)
            return self._property_file(step, name, place), name
        if keys == {"S3Uri", "Path"}:
            uri = self.resolve(raw["S3Uri"], f"{place}.S3Uri")
            return uri, str(uri)
        raise DefinitionError(place, "Std:JsonGet needs Path and either PropertyFile or S3Uri")

    def _property_file(self, step: str, name: str, place: str) -> Any:
        files = self.steps.get(step, {}).get("PropertyFiles", {})
        if name not in files:
            raise StepError(f"{place}: step {step!r} has no property file {name!r}.{nearest(name, files)}")
        return files[name]


def _read_json(path: Path, what: str, place: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StepError(f"{place}: {what} ({path.name}) is not JSON: {error}.") from None


def text(value: Any) -> str:
    """Write a resolved value as SageMaker does where it needs a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def function_of(value: dict[str, Any], place: str) -> str | None:
    """Return the function that an object calls, or None for a plain object."""
    if len(value) == 1:
        (key,) = value
        if key in _FUNCTIONS:
            return str(key)
        if key.startswith("Std:"):
            raise DefinitionError(place, f"unknown function {key!r}; known are {', '.join(_FUNCTIONS)}")
    return None


def property_file(raw: Any, place: str) -> tuple[str, str]:
    """Return step and name of a property file reference."""
    path = raw.get("Get") if isinstance(raw, dict) else None
    match = _PROPERTY_FILE.fullmatch(path) if isinstance(path, str) else None
    if match is None:
        raise DefinitionError(
            place, f"PropertyFile must be a Get of Steps.<step>.PropertyFiles.<name>, not {raw!r}"
        )
    return match["step"], match["plain"] or match["single"] or match["double"]


def references(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield (step, place) of every step whose results `value` uses."""
    for name, _, found in paths(value, place):
        yield name, found


def paths(value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """Yield (step, path in its properties, place) of every reference to a step in `value`."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, f"{place}[{index}]")
    elif isinstance(value, dict):
        if function_of(value, place) == "Get":
            if match := _STEP.fullmatch(str(value["Get"])):
                yield match["name"], match["path"], place
            return
        for key, item in value.items():
            yield from paths(item, f"{place}.{key}")


def describe(value: Any) -> str:
    """Say in short where a value comes from, for people."""
    if not isinstance(value, dict):
        return json.dumps(value)
    if "Get" in value:
        return str(value["Get"])
    if "Std:JsonGet" in value:
        raw = value["Std:JsonGet"]
        file = raw.get("PropertyFile")
        source = property_file(file, "")[1] if file else describe(raw.get("S3Uri"))
        path = raw.get("Path")
        return f"{source}: {path if isinstance(path, str) else describe(path)}"
    if "Std:Join" in value:
        parts = value["Std:Join"].get("Values", [])
        return str(value["Std:Join"].get("On", "")).join(
            p if isinstance(p, str) else describe(p) for p in parts
        )
    return json.dumps(value)
