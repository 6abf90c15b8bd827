"""How two compiled definitions differ: steps that came and went, and what changed in the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..report.coerce import mapping, objects, text

_NAMES = ("Name", "ChannelName", "InputName", "OutputName", "PropertyFileName")
"""Keys by which the items of a list are known: one that comes or goes does not change the others."""

_BODIES = ("IfSteps", "ElseSteps", "ForEachBody")
_EXPRESSION = ("Get", "Std:", "Map:")


@dataclass(frozen=True)
class Change:
    """A place in a step with its two values; an empty one where there is none."""

    place: str
    old: str
    new: str


@dataclass(frozen=True)
class Changes:
    """The steps as `name (type)`, and what changed in steps that both have."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]


def changes(old: Mapping[str, Any], new: Mapping[str, Any], mounts: tuple[Any, Any]) -> Changes:
    """Return how the steps differ; addresses of code and data that name contents say where they are from."""
    before, after = ({name: one for name, one in _steps(each.get("Steps"), "")} for each in (old, new))
    changed = [
        change
        for name in after
        if name in before
        for change in _changed(name, _flat(before[name], mounts[0]), _flat(after[name], mounts[1]))
    ]
    return Changes(
        tuple(_title(name, one) for name, one in after.items() if name not in before),
        tuple(_title(name, one) for name, one in before.items() if name not in after),
        tuple(changed),
    )


def _title(name: str, step: Mapping[str, Any]) -> str:
    return f"{name} ({text(step.get('Type'))})"


def _steps(items: Any, within: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in objects(items):
        arguments = mapping(item.get("Arguments"))
        name = text(item.get("Name"))
        own = {key: value for key, value in arguments.items() if key not in _BODIES}
        yield name, {**item, "Arguments": own, "Within": within}
        for body in _BODIES:
            yield from _steps(arguments.get(body), f"{name}.{body}")


def _changed(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    places = [place for place in dict.fromkeys([*old, *new]) if old.get(place, "") != new.get(place, "")]
    return [Change(f"{name}: {place}", old.get(place, ""), new.get(place, "")) for place in places]


def _flat(step: Mapping[str, Any], mounts: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in step.items():
        if key == "Arguments":
            found |= dict(_leaves(value, "", mapping(mounts)))
        else:
            found |= dict(_leaves(value, key, mapping(mounts)))
    return found


def _leaves(value: Any, place: str, mounts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value and not next(iter(value)).startswith(_EXPRESSION):
        for key, one in value.items():
            yield from _leaves(one, f"{place}.{key}".lstrip("."), mounts)
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from _leaves(one, f"{place}[{_key(one, index)}]", mounts)
    else:
        yield place, _shown(value, mounts)


def _key(item: Any, index: int) -> str:
    names = mapping(item)
    return next((text(names[key]) for key in _NAMES if isinstance(names.get(key), str)), str(index))


def _shown(value: Any, mounts: Mapping[str, Any]) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    for prefix, folder in mounts.items():
        shown = shown.replace(prefix, f"{folder}")
    return shown
