"""What CloudFormation's change sets say about two templates (user guide, "Example change sets")."""

from __future__ import annotations

import json
from typing import Any


def changes_of(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Every change, in the order of the names."""
    before, after = old.get("Resources", {}), new.get("Resources", {})
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    found = []
    for name in sorted({*before, *after}):
        if name not in after:
            found.append(change("Remove", name, before[name]["Type"]))
        elif name not in before:
            found.append(change("Add", name, after[name]["Type"]))
        elif details := [*_direct(before[name], after[name]), *_following(after[name], changed - {name})]:
            found.append(change("Modify", name, after[name]["Type"], *details))
    return found


def change(
    action: str, name: str, kind: str = "Any", *details: dict[str, Any], **more: str
) -> dict[str, Any]:
    """One of them."""
    resource = {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more}
    modified = (
        {"Details": list(details), "Replacement": "False", **resource} if action == "Modify" else resource
    )
    return {"Type": "Resource", "ResourceChange": modified}


def direct(attribute: str, name: str | None = None, evaluation: str = "Static") -> dict[str, Any]:
    """A value that the template itself has changed."""
    target = {"Attribute": attribute, **({"Name": name} if name else {})}
    return {"Target": target, "Evaluation": evaluation, "ChangeSource": "DirectModification"}


def caused(name: str, cause: str, source: str = "ResourceAttribute") -> list[dict[str, Any]]:
    """A value that follows another one: such are there twice."""
    one = direct("Properties", name, "Dynamic")
    return [one, {**one, "ChangeSource": source, "CausingEntity": cause}]


def _direct(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    one, other = old.get("Properties", {}), new.get("Properties", {})
    names = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    attributes = ("Metadata", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy")
    found = [direct("Tags") if name == "Tags" else direct("Properties", name) for name in names]
    return found + [direct(a) for a in attributes if old.get(a) != new.get(a)]


def _following(resource: dict[str, Any], changed: set[str]) -> list[dict[str, Any]]:
    return [
        detail
        for name, value in resource.get("Properties", {}).items()
        for cause in sorted(changed)
        if f'"Fn::GetAtt": ["{cause}", ' in json.dumps(value)
        for detail in caused(name, f"{cause}.Arn")
    ]
