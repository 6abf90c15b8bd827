"""Changes in words: all of them for the log, a few hundred characters for the people who approve them."""

from __future__ import annotations

import json
import re
from typing import Any

SUMMARY_LIMIT = 600
"""Values of a pipeline's action have at most 1,000 characters (CodePipeline user guide, "Quotas")."""

SIGNS = {"Add": "+", "Modify": "~", "Remove": "-", "Import": "<", "Dynamic": "?"}

REPLACED = {"True": "replaced", "Conditional": "may be replaced"}
KEPT = {
    "Delete": "deleted",
    "Retain": "kept",
    "Snapshot": "a snapshot is kept",
    "ReplaceAndDelete": "the old one is deleted",
    "ReplaceAndRetain": "the old one is kept",
    "ReplaceAndSnapshot": "a snapshot of the old one is kept",
}
"""What happens to a resource that a stack has no more (CloudFormation API reference, "ResourceChange")."""


def counted(changes: list[dict[str, Any]]) -> str:
    """How many resources of a stack come, change, are replaced and go."""
    resources = [change["ResourceChange"] for change in changes if "ResourceChange" in change]
    signs = [SIGNS.get(r["Action"], "?") for r in resources]
    counts = [f"{sign}{signs.count(sign)}" for sign in ("+", "~", "-", "<", "?") if sign in signs]
    notes = []
    for effect, words in REPLACED.items():
        replaced = sum(r.get("Replacement") == effect for r in resources)
        notes += [f"{replaced} {words}"] if replaced else []
    roles = sum(str(r.get("ResourceType", "")).startswith("AWS::IAM::") for r in resources)
    notes += [f"{roles} of IAM"] if roles else []
    return " ".join(counts) + (f" ({', '.join(notes)})" if notes else "")


def summary(stacks: dict[str, str]) -> str:
    """One line about all stacks."""
    parts: list[str] = []
    for i, (name, counts) in enumerate(stacks.items()):
        part = f"{name} {counts}"
        if len("; ".join([*parts, part])) > SUMMARY_LIMIT:
            parts.append(f"and {len(stacks) - i} more")
            break
        parts.append(part)
    return "; ".join(parts)


def lines(changes: list[dict[str, Any]]) -> list[str]:
    """Every change with its values. Texts are quoted, so that none of them can look like another line."""
    found: list[str] = []
    for change in changes:
        resource = change.get("ResourceChange")
        if resource is None:
            found.append(f"  ? {json.dumps(change, sort_keys=True, default=str)}")
            continue
        effect, policy = resource.get("Replacement"), resource.get("PolicyAction")
        words = [REPLACED.get(effect), KEPT.get(policy, policy)]
        found.append(
            f"  {SIGNS.get(resource['Action'], '?')} {word(resource.get('ResourceType'))} "
            f"{word(resource.get('LogicalResourceId'))} {word(resource.get('PhysicalResourceId'))}".rstrip()
            + "".join(f", {word}" for word in words if word)
        )
        details = [d for d in resource.get("Details", []) if "Target" in d]
        found += [f"      {_detail(d['Target'], d.get('CausingEntity'))}" for d in details]
        if not details or resource["Action"] in ("Add", "Remove"):
            found += [
                f"      {when}: {_value(resource[key])}"
                for when, key in (("before", "BeforeContext"), ("after", "AfterContext"))
                if resource.get(key)
            ]
    return found


def one_line(text: str) -> str:
    """
    What a log takes for text: neither another line nor a command to the machine whose log it is.

    Templates come from commits, and GitHub's runner obeys lines that begin with `::`, and `##[` anywhere
    (actions/runner, `ActionCommand.cs`).
    """
    printable = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return re.sub(r"^(\s*):", r"\1\\u003a", printable).replace("##[", "##\\u005b")


def _detail(target: dict[str, Any], cause: str | None) -> str:
    name = word(target.get("Path") or target.get("Name") or target.get("Attribute"))
    if cause and "BeforeValue" not in target and "AfterValue" not in target:
        return f"{name}: follows {word(cause)}"
    return f"{name}: {_value(target.get('BeforeValue'))} -> {_value(target.get('AfterValue'))}"


def word(value: object) -> str:
    """A name as it is, unless it could look like something else."""
    text = str(value or "")
    return text if text.isprintable() else json.dumps(text)


def _value(value: object) -> str:
    return "-" if value is None else json.dumps(value)
