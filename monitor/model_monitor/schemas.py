"""What `schema.json` of a model says about the columns of its requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from model_monitor.errors import MonitorError
from model_monitor.values import Kind

COMPARED: Mapping[str, Kind] = {"number": "number", "boolean": "category", "category": "category"}
"""Dates go on and ids are new in each row: their distributions always differ."""


@dataclass(frozen=True)
class Described:
    """Columns in the order of a request, the kinds of those that are compared, and the others."""

    columns: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    leave: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()
    missing_tokens: tuple[str, ...] | None = None


def described(schema: Path | None) -> Described:
    """What a schema says; nothing without one."""
    if schema is None:
        return Described()
    try:
        raw = json.loads(schema.read_text("utf-8"))
        columns = [(str(one["name"]), str(one["kind"])) for one in raw["columns"]]
        tokens = raw.get("missing_tokens")
        missing = None if tokens is None else tuple(map(str, tokens))
    except FileNotFoundError:
        raise MonitorError(f"{schema}: there is no such file; give schema.json of a model") from None
    except (ValueError, KeyError, TypeError) as problem:
        raise MonitorError(f"{schema}: this is no schema.json of a model: {problem}") from problem
    return Described(
        tuple(name for name, _ in columns),
        {name: COMPARED[kind] for name, kind in columns if kind in COMPARED},
        tuple(name for name, kind in columns if kind not in COMPARED),
        tuple(name for name, kind in columns if kind == "boolean"),
        missing,
    )
