"""Whether a change replaces a resource, by what CloudFormation's schemas say of its type.

`create_only.json` is written by `scripts/create_only.py` of the package that these tools come from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

TABLE: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "create_only.json").read_text(encoding="utf-8")
)

NO, MAYBE, YES = "False", "Conditional", "True"
"""As change sets say it (`Replacement`, CloudFormation API reference, "ResourceChange")."""


def effect(kind: str, path: Sequence[str]) -> str:
    """What a change does at a path that begins in the properties of a resource."""
    row = TABLE.get(kind)
    if row is None:
        return MAYBE
    hits = [_hit(pattern.split("/"), path) for pattern in row.get("always", [])]
    if YES in hits:
        return YES
    hits += [_hit(pattern.split("/"), path) for pattern in row.get("maybe", [])]
    return NO if set(hits) <= {NO} else MAYBE


def strongest(effects: Sequence[str]) -> str:
    """What several changes do together."""
    return max(effects, key=(NO, MAYBE, YES).index, default=NO)


def _hit(pattern: list[str], path: Sequence[str]) -> str:
    """Where all around a property changes, the property may be the same as before."""
    if any(wanted not in ("*", given) for wanted, given in zip(pattern, path, strict=False)):
        return NO
    return YES if len(path) >= len(pattern) else MAYBE
