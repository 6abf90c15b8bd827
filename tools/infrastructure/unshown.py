"""What a change set would do that was not shown."""

from __future__ import annotations

import re
from typing import Any

import replacing
from looking import Shown
from references import CONDITION

ALLOWED = {
    # What is there already under its fixed name is taken back.
    "Add": ("Add", "Import"),
    "Modify": ("Modify", "Dynamic"),
    "Dynamic": ("Modify", "Dynamic"),
    "Remove": ("Remove",),
}
"""Actions of a change set by the action that was shown."""

ANY = ("Add", "Import", "Modify", "Dynamic", "Remove")
"""Where a condition may have another result."""

PROPERTIES = "Properties"
"""The one attribute of a resource with changes by name."""

CAUSED = ("ResourceReference", "ResourceAttribute", "ParameterReference")


def unshown(shown: Shown, changes: list[dict[str, Any]]) -> list[str]:
    """One reason for each change that nobody has seen; none if all is as it was shown."""
    seen = {change["LogicalResourceId"]: change for change in shown.changes}
    found = []
    for change in changes:
        resource = change.get("ResourceChange")
        if resource is None:
            found.append(f"a change of {change.get('Type', 'an unknown kind')}")
            continue
        name = str(resource["LogicalResourceId"])
        problem = _problem(shown, seen.get(name), resource)
        if problem:
            found.append(f"{resource['Action']} {resource.get('ResourceType')} {name}: {problem}")
    return found


def _problem(shown: Shown, seen: dict[str, Any] | None, resource: dict[str, Any]) -> str:
    action, details = resource["Action"], resource.get("Details", [])
    if seen is None:
        # Values that follow from what was shown, or tags of the stack: nothing that the template says itself.
        follows = action == "Modify" and details and resource.get("Replacement") in (None, replacing.NO)
        return "" if follows and all(_explained(d, details, set(), shown) for d in details) else "not shown"
    own = [d["Target"] for d in seen.get("Details", []) if d.get("ChangeSource") == "DirectModification"]
    conditional = any(d["Target"]["Attribute"] == CONDITION for d in seen.get("Details", []))
    if action not in (ANY if conditional else ALLOWED[seen["Action"]]):
        return f"shown as {seen['Action']}"
    if action == "Modify":
        direct = {(t["Attribute"], t.get("Name") if t["Attribute"] == PROPERTIES else None) for t in own}
        hidden = sorted({_words(d["Target"]) for d in details if not _explained(d, details, direct, shown)})
        if hidden:
            return f"{', '.join(hidden)} not shown"
        if (
            resource.get("Replacement") == replacing.YES
            and seen.get("Replacement", replacing.NO) == replacing.NO
        ):
            return "its replacement was not shown"
    return _lost(seen.get("PolicyAction", ""), resource.get("PolicyAction", ""))


def _lost(seen: str, actual: str) -> str:
    """What was to be kept is kept."""
    return "shown as kept" if seen.endswith("Retain") and actual and not actual.endswith("Retain") else ""


def _explained(
    detail: dict[str, Any], details: list[dict[str, Any]], direct: set[tuple[str, str | None]], shown: Shown
) -> bool:
    """Whether somebody who has seen what was shown knows of this."""
    target = detail["Target"]
    if _key(target) in direct or _caused(detail, shown):
        return True
    if target["Attribute"] == "Tags" and (
        shown.tags or any("tag" in str(name).lower() for _, name in direct)
    ):
        return True
    # What follows is there twice: with its cause, and as `Dynamic` (user guide, "Example change sets").
    return detail.get("Evaluation") == "Dynamic" and any(
        _key(other["Target"]) == _key(target) and _caused(other, shown) for other in details
    )


def _caused(detail: dict[str, Any], shown: Shown) -> bool:
    cause = str(detail.get("CausingEntity", "")).split(".")[0]
    return detail.get("ChangeSource") in CAUSED and cause in shown.causes


def _key(target: dict[str, Any]) -> tuple[str, str | None]:
    """Attribute, and property if it is one; the path says what the name says, or more."""
    attribute = str(target["Attribute"])
    found = re.match(r"/Properties/([^/]+)", str(target.get("Path", "")))
    return attribute, (found[1] if found else target.get("Name")) if attribute == PROPERTIES else None


def _words(target: dict[str, Any]) -> str:
    attribute, name = _key(target)
    return f"{attribute}/{name}" if name else attribute
