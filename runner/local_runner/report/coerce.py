"""JSON values taken as what they should be: a wrong type becomes a harmless default, never an exception."""

from __future__ import annotations

import json
from typing import Any


def text(value: object) -> str:
    """Return a value as text: nothing for None, JSON for what is neither text nor a number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def optional(value: object) -> str | None:
    """Return a value as text, None for None and for nothing."""
    return text(value) or None


def number(value: object) -> float | None:
    """Return a value as a number (the texts "NaN" and "Infinity" included), None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def objects(value: object) -> list[dict[str, Any]]:
    """Return the JSON objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}
