"""What a model was compared with on the same test rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .coerce import mapping, number, text

OTHERS = ("baseline", "approved")


@dataclass(frozen=True)
class Comparison:
    """Another model on the same rows; `reason` says why it could not be compared.

    `who` is "baseline" or "approved".
    """

    name: str
    reason: str
    value: float | None
    difference: float | None
    interval: tuple[float | None, float | None]
    who: str


def comparisons(directory: Path) -> tuple[str, tuple[Comparison, ...]]:
    """The metric and the other models of a directory's gate.json; none without such a file."""
    report = content(directory / "gate.json")
    found = []
    for other in OTHERS:
        if not (entry := mapping(report.get(other))):
            continue
        ends = entry.get("interval")
        low, high = ends if isinstance(ends, list) and len(ends) == 2 else (None, None)
        found.append(
            Comparison(
                text(entry.get("name")) or other,
                "" if entry.get("comparable") is True else text(entry.get("reason")) or "no reason given",
                number(entry.get("value")),
                number(entry.get("difference")),
                (number(low), number(high)),
                other,
            )
        )
    return text(mapping(report.get("quality_gate")).get("metric")), tuple(found)


def content(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is none that can be read."""
    try:
        return mapping(json.loads(path.read_text("utf-8", errors="replace")))
    except (OSError, ValueError, RecursionError):
        return {}
