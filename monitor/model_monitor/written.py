"""JSON that any program reads: numbers that are not finite have no place in it."""

from __future__ import annotations

import json
import math
from typing import Any

from model_monitor.errors import MonitorError


def text(content: Any, indent: int | None = None) -> str:
    """The content as JSON; raises MonitorError that names the first number that is not finite."""
    try:
        return json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        place = _odd(content, ())
        raise MonitorError(
            f"{' of '.join(reversed(place)) or 'a number'} is not finite, JSON has no such number: a column "
            "holds numbers too great to compute with; leave the column out, or remove such numbers"
        ) from None


def _odd(content: Any, place: tuple[str, ...]) -> tuple[str, ...]:
    """The path to the first number that is not finite, with columns by their names."""
    if isinstance(content, float):
        return () if math.isfinite(content) else place
    if isinstance(content, dict):
        start = (f"column {content['name']!r}",) if "name" in content else place
        parts = ((value, (*start, str(key))) for key, value in content.items())
    elif isinstance(content, list | tuple):
        parts = ((value, place) for value in content)
    else:
        return ()
    return next((found for value, inner in parts if (found := _odd(value, inner))), ())
