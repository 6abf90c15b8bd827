"""What another template would change in the resources of a stack, in the words of a change set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import references
import replacing
from values import Difference, differences, seen_as, statements, text_of, without_statements

Template = dict[str, Any]
Change = dict[str, Any]

KEEPS = ("Retain", "RetainExceptOnCreate")
"""Policies with which a resource outlives its removal from a stack."""

NO_UPDATE = ("Type", "DependsOn")
"""What a resource has beside the attributes that CloudFormation updates (API, "ResourceTargetDefinition")."""

RIGHTS = (("ManagedPolicyArns",), ("PermissionsBoundary",))
"""Properties with rights of IAM beside its policies."""

GRANTS = ("AWS::Lambda::Permission", "AWS::Events::EventBusPolicy")
"""Types that are a statement of a resource policy themselves."""


@dataclass(frozen=True)
class Resources:
    """What changes in the resources of a stack."""

    own: list[Change]
    """What the template changes."""
    following: list[Change]
    """What may change with that, or because its values are read when the stack is deployed."""
    follows: bool
    """Whether any of it changes because something else does."""
    reordered: list[str]
    """Resources with other `DependsOn` alone, which CloudFormation takes for no change."""


def resource_changes(old: Template, new: Template, values: set[str]) -> Resources:
    """The template becomes another one; `values` are parameters whose value changes."""
    before: dict[str, Any] = old.get("Resources", {})
    after: dict[str, Any] = seen_as(new.get("Resources", {}), before)
    changes = {name: _change(name, before.get(name), after.get(name)) for name in sorted({*before, *after})}
    own = {name: change for name, change in changes.items() if change is not None}
    changed = references.Changed(
        {name: change.get("Replacement", replacing.NO) for name, change in own.items()},
        values | _changed_values(old, new),
    )
    template = {**new, "Resources": after}
    following = references.followers(template, changed)
    for name, change in own.items():
        if change["Action"] == "Modify":
            change["Replacement"] = changed.resources[name]
            _say_what_is_kept(change, before[name], after[name])
    read = references.read_when_deployed(template)
    others = {
        name: _together(following.get(name), read.get(name))
        for name in sorted({*following, *read} - set(own))
    }
    return Resources(
        list(own.values()), list(others.values()), bool(following), _reordered(before, after, own)
    )


def _changed_values(old: Template, new: Template) -> set[str]:
    """Mappings and conditions that are not as they were."""
    return {
        f"{prefix}{name}"
        for section, prefix in (("Mappings", ""), ("Conditions", references.CONDITION_PREFIX))
        for name in {**old.get(section, {}), **new.get(section, {})}
        if text_of(old.get(section, {}).get(name)) != text_of(new.get(section, {}).get(name))
    }


def _reordered(before: dict[str, Any], after: dict[str, Any], own: dict[str, Change]) -> list[str]:
    return [
        name
        for name in sorted({*before, *after} - set(own))
        if text_of(before[name].get("DependsOn")) != text_of(after[name].get("DependsOn"))
    ]


def _together(one: Change | None, other: Change | None) -> Change:
    if one is None or other is None:
        return one or other or {}
    effect = replacing.strongest([one["Replacement"], other["Replacement"]])
    return {**one, "Replacement": effect, "Details": one["Details"] + other["Details"]}


def _change(name: str, old: Any, new: Any) -> Change | None:
    kind = str((new or old)["Type"])
    if old is None:
        return _whole("Add", name, kind, new)
    if new is None:
        policy = old.get("DeletionPolicy", "Delete")
        removed = _whole("Remove", name, kind, old)
        return {**removed, "PolicyAction": "Retain" if policy in KEEPS else policy}
    found = _differences(old, new)
    if not found:
        return None
    effects = [
        replacing.YES if d.path[0] == "Type" else replacing.effect(kind, d.path[1:])
        for d in found
        if d.path[0] in ("Type", "Properties")
    ]
    return {
        "Action": "Modify",
        "LogicalResourceId": name,
        "ResourceType": kind,
        "Replacement": replacing.strongest(effects),
        "Details": [_detail(kind, d) for d in found],
    }


def _differences(old: Any, new: Any) -> list[Difference]:
    """What differs in a resource, beside the order in which it is made."""
    found = [Difference(("Type",), old["Type"], new["Type"])] if old["Type"] != new["Type"] else []
    for attribute in sorted({*old, *new} - set(NO_UPDATE)):
        empty: Any = {} if attribute == "Properties" else None
        found += differences(old.get(attribute, empty), new.get(attribute, empty), (attribute,))
    return found


def _whole(action: str, name: str, kind: str, resource: Any) -> Change:
    """A resource that comes or goes: the statements of its policies, and the rest."""
    content = {key: value for key, value in resource.items() if key not in NO_UPDATE}
    details = []
    for path, own in statements(content):
        before, after = (None, own) if action == "Add" else (own, None)
        details.append(_detail(kind, Difference(path, before, after, statement=True)))
    return {
        "Action": action,
        "LogicalResourceId": name,
        "ResourceType": kind,
        "Details": details,
        "AfterContext" if action == "Add" else "BeforeContext": without_statements(content),
    }


def _say_what_is_kept(change: Change, old: Any, new: Any) -> None:
    if change["Replacement"] != replacing.NO:
        policies = {resource.get("UpdateReplacePolicy", "Delete") for resource in (old, new)}
        # Nothing says which of two counts: nothing is promised then.
        change["PolicyAction"] = f"ReplaceAnd{policies.pop() if len(policies) == 1 else 'Delete'}"


def _detail(kind: str, difference: Difference) -> dict[str, Any]:
    path, words = difference.path, _rights(kind, difference)
    target = {
        "Attribute": path[0],
        **({"Name": path[1]} if path[1:] else {}),
        "Path": f"/{'/'.join(path)}{f' ({words})' if words else ''}",
        **({} if difference.before is None else {"BeforeValue": difference.before}),
        **({} if difference.after is None else {"AfterValue": difference.after}),
    }
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def _rights(kind: str, difference: Difference) -> str:
    """What kind of rights a difference is about, if it is about rights."""
    path = difference.path
    if kind.startswith("AWS::IAM::") and (difference.statement or path[1:2] in RIGHTS):
        return "trust in IAM" if "AssumeRolePolicyDocument" in path else "rights in IAM"
    grants = kind in GRANTS and path[0] == "Properties"
    return "resource policy" if difference.statement or grants else ""
