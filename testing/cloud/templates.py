"""Reads synthesized templates and resolves intrinsic functions for one account and region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-west-1",
    "AWS::URLSuffix": "amazonaws.com",
}


def load(assembly: Path, stack: str) -> dict[str, Any]:
    """The template of a stack of the assembly."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    for artifact in artifacts.values():
        if artifact.get("properties", {}).get("stackName") == stack:
            template: dict[str, Any] = json.loads(
                (assembly / artifact["properties"]["templateFile"]).read_text()
            )
            return template
    raise KeyError(stack)


def only(template: dict[str, Any], kind: str, **properties: Any) -> dict[str, Any]:
    """The properties of the only resource of a type (and with these properties)."""
    found = [
        r["Properties"]
        for r in template["Resources"].values()
        if r["Type"] == kind and all(r["Properties"].get(k) == v for k, v in properties.items())
    ]
    assert len(found) == 1, f"{len(found)} resources of {kind}"
    return dict(found[0])


def resolve(value: Any, references: dict[str, str] | None = None) -> Any:
    """Replaces Ref, Fn::GetAtt and Fn::Join; a reference that is not known stands for itself."""
    known = {**PSEUDO, **(references or {})}
    if isinstance(value, list):
        return [resolve(v, references) for v in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return known.get(value["Ref"], value["Ref"])
    if set(value) == {"Fn::GetAtt"}:
        return known.get(".".join(value["Fn::GetAtt"]), ".".join(value["Fn::GetAtt"]))
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return str(separator).join(str(resolve(p, references)) for p in parts)
    return {k: resolve(v, references) for k, v in value.items()}
