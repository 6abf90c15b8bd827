"""Changes in words: all of them for the log, a few hundred characters for the people who approve them."""

from __future__ import annotations

import json
from typing import Any

SUMMARY_LIMIT = 600
"""Values of a pipeline's action have at most 1,000 characters (CodePipeline user guide, "Quotas")."""

SIGNS = {"Add": "+", "Modify": "~", "Remove": "-", "Import": "<", "Dynamic": "?"}


def counted(changes: list[dict[str, Any]]) -> str:
    """How many resources of a stack come, change, are replaced and go."""
    resources = [change["ResourceChange"] for change in changes if "ResourceChange" in change]
    signs = [SIGNS.get(r["Action"], "?") for r in resources]
    counts = [f"{sign}{signs.count(sign)}" for sign in ("+", "~", "-", "<", "?") if sign in signs]
    replaced = sum(r.get("Replacement") in ("True", "Conditional") for r in resources)
    roles = sum(str(r.get("ResourceType", "")).startswith("AWS::IAM::") for r in resources)
    notes = [f"{replaced} replaced"] if replaced else []
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
        replacement = resource.get("Replacement")
        found.append(
            f"  {SIGNS.get(resource['Action'], '?')} {_word(resource.get('ResourceType'))} "
            f"{_word(resource.get('LogicalResourceId'))} {_word(resource.get('PhysicalResourceId'))}".rstrip()
            + (f" replacement: {replacement}" if replacement not in (None, "False") else "")
            + (f" {resource['PolicyAction']}" if "PolicyAction" in resource else "")
        )
        details = [d["Target"] for d in resource.get("Details", []) if "Target" in d]
        found += [
            f"      {_word(t.get('Path') or t.get('Name') or t.get('Attribute'))}: "
            f"{_value(t.get('BeforeValue'))} -> {_value(t.get('AfterValue'))}"
            for t in details
        ]
        if not details or resource["Action"] in ("Add", "Remove"):
            found += [
                f"      {when}: {_value(resource[key])}"
                for when, key in (("before", "BeforeContext"), ("after", "AfterContext"))
                if resource.get(key)
            ]
    return found


def _word(value: object) -> str:
    text = str(value or "")
    return text if text.isprintable() else json.dumps(text)


def _value(value: object) -> str:
    return "-" if value is None else json.dumps(value)
