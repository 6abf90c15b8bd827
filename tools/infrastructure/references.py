"""What in a template may change because something else does: whatever refers to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import replacing
from values import text_of

PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")
"""A reference in the text of `Fn::Sub`."""

DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")
"""A value that CloudFormation reads when it deploys (user guide, "Dynamic references")."""

CONDITION = "Condition"
CONDITION_PREFIX = "Condition:"
"""Before the name of a condition, which may be that of something else."""


@dataclass(frozen=True)
class Reference:
    """What a value refers to, and how: `Ref`, an attribute (`GetAtt`), or else."""

    way: str
    name: str
    words: str


@dataclass
class Changed:
    """What changes in a stack."""

    resources: dict[str, str] = field(default_factory=dict)
    """By logical id, with what `replacing` says of it."""
    values: set[str] = field(default_factory=set)
    """Parameters, mappings and conditions, the latter as `Condition:name`."""


def references(value: Any) -> Iterator[Reference]:
    """All references in a value."""
    if isinstance(value, list):
        for part in value:
            yield from references(part)
    if not isinstance(value, dict):
        return
    if len(value) == 1:
        [(function, argument)] = value.items()
        yield from _function(function, argument)
    for part in value.values():
        yield from references(part)


def _function(function: str, argument: Any) -> Iterator[Reference]:
    first = argument[0] if isinstance(argument, list) and argument else argument
    if not isinstance(first, str):
        return
    if function == "Ref":
        yield Reference("Ref", first, first)
    elif function == "Fn::GetAtt":
        words = first if isinstance(argument, str) else ".".join(map(str, argument))
        yield Reference("GetAtt", words.split(".")[0], words)
    elif function == "Fn::Sub":
        own = argument[1] if isinstance(argument, list) and len(argument) > 1 else {}
        for words in PLACEHOLDER.findall(first):
            if words not in own:
                yield Reference("GetAtt" if "." in words else "Ref", words.split(".")[0], words)
    elif function == "Fn::FindInMap":
        yield Reference("Map", first, first)
    elif function in ("Fn::If", CONDITION):
        yield Reference("If", f"{CONDITION_PREFIX}{first}", first)


def conditions_that_follow(template: dict[str, Any], changed: Changed) -> None:
    """Adds the conditions that depend on what changes."""
    conditions = template.get("Conditions", {})
    before = -1
    while before != len(changed.values):
        before = len(changed.values)
        for name, value in conditions.items():
            if any(reference.name in changed.values for reference in references(value)):
                changed.values.add(f"{CONDITION_PREFIX}{name}")


def followers(template: dict[str, Any], changed: Changed) -> dict[str, dict[str, Any]]:
    """
    The resources that may change without having changed themselves, as a change set shows them.

    Attributes of a resource that changes may change, too; its name only does if it is replaced.
    """
    conditions_that_follow(template, changed)
    found: dict[str, dict[str, Any]] = {}
    known = {**changed.resources}
    before: dict[str, str] | None = None
    while before != known:
        before = dict(known)
        for name, resource in template.get("Resources", {}).items():
            shown = _follower(name, resource, Changed(known, changed.values))
            if shown is None:
                continue
            if name not in changed.resources:
                found[name] = shown
            known[name] = replacing.strongest([known.get(name, replacing.NO), shown["Replacement"]])
    changed.resources.update({name: known[name] for name in changed.resources})
    return found


def _follower(name: str, resource: dict[str, Any], changed: Changed) -> dict[str, Any] | None:
    details = []
    if f"{CONDITION_PREFIX}{resource.get(CONDITION)}" in changed.values:
        details.append(_detail(CONDITION, None, str(resource[CONDITION])))
    for own, value in resource.get("Properties", {}).items():
        causes = {r.words: r.way for r in references(value) if r.name != name and _moves(r, changed)}
        for cause, way in sorted(causes.items()):
            # Change sets know no other source of what a mapping or condition changes.
            source = {"ChangeSource": "DirectModification"} if way in ("Map", "If") else {}
            details.append({**_detail("Properties", own, cause), **source})
    return _may_change(name, resource, details) if details else None


def _moves(reference: Reference, changed: Changed) -> bool:
    effect = changed.resources.get(reference.name)
    return reference.name in changed.values or (
        effect is not None and (reference.way == "GetAtt" or effect != replacing.NO)
    )


def _detail(attribute: str, name: str | None, cause: str) -> dict[str, Any]:
    target = {"Attribute": attribute, **({"Name": name, "Path": f"/Properties/{name}"} if name else {})}
    return {"Target": target, "Evaluation": "Dynamic", "CausingEntity": cause}


def read_when_deployed(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Resources with values that CloudFormation reads when it deploys: nobody can show them before."""
    found = {}
    for name, resource in template.get("Resources", {}).items():
        details = [
            {**_detail("Properties", own, cause), "ChangeSource": "DirectModification"}
            for own, value in resource.get("Properties", {}).items()
            for cause in sorted(set(DYNAMIC.findall(text_of(value))))
        ]
        if details:
            found[name] = _may_change(name, resource, details)
    return found


def _may_change(name: str, resource: dict[str, Any], details: list[dict[str, Any]]) -> dict[str, Any]:
    kind = str(resource.get("Type"))
    names = [d["Target"]["Name"] for d in details if "Name" in d["Target"]]
    # Whether a value that follows becomes another one is not known: at most, it may.
    may_replace = any(replacing.effect(kind, [name]) != replacing.NO for name in names)
    return {
        "Action": "Dynamic",
        "LogicalResourceId": name,
        "ResourceType": kind,
        "Replacement": replacing.MAYBE if may_replace else replacing.NO,
        "Details": details,
    }
