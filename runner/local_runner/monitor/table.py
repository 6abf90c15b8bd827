"""What a monitor found, and what a baseline says, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..report.monitor_page import CHECKS, STATES
from ..report.text import figure, fit, percent, plural

NAME = 32
_HEADER = ("column", "result", "distance", "threshold", "missing", "typical")
_DESCRIBED = ("column", "type", "missing", "typical", "range or values")


def compared(found: dict[str, Any]) -> Iterator[str]:
    """Yield the columns, those with violations first, and then the violations in words."""
    rows = [_compared(item) for item in found["features"]]
    yield from _lines(_HEADER, rows)
    if few := [item for item in found["features"] if item["state"] == "few"]:
        yield ""
        yield enough(few)
    if found["violations"]:
        yield ""
    for item in found["violations"]:
        check = CHECKS.get(item["constraint_check_type"], item["constraint_check_type"]).lower()
        yield f"{item['feature_name']}: {check}: {item['description']}"


def enough(few: Sequence[dict[str, Any]]) -> str:
    """Return how many rows would tell."""
    needed = [item["rowsNeeded"] for item in few]
    columns = plural(len(few), "column")
    if None in needed:
        return f"Not enough rows for {columns}: the training rows themselves are too few for the threshold."
    return f"Not enough rows for {columns}: {max(needed):,} would tell the threshold from chance."


def _compared(item: dict[str, Any]) -> tuple[str, ...]:
    distance = item["distance"]
    before, now = item["missing"]
    return (
        _short(item["name"]),
        STATES[item["state"]][0],
        f"{distance['method']} {figure(distance['value'], 3)}" if distance else "",
        figure(distance["threshold"], 3) if distance else "",
        f"{percent(before)} -> {percent(now)}" if before is not None and now is not None else "",
        " -> ".join(_short(text, 16) or "none" for text in item["typical"]),
    )


def described(statistics: dict[str, Any]) -> Iterator[str]:
    """Yield the columns of statistics in the published form."""
    rows = [
        _described(feature, int(statistics["dataset"]["item_count"])) for feature in statistics["features"]
    ]
    yield from _lines(_DESCRIBED, rows)


def _described(feature: dict[str, Any], rows: int) -> tuple[str, ...]:
    numbers = feature.get("numerical_statistics")
    given = numbers or feature["string_statistics"]
    missing = percent(given["common"]["num_missing"] / rows) if rows else ""
    if numbers:
        typical = f"mean {figure(numbers['mean'])}"
        spread = f"{figure(numbers['min'])} to {figure(numbers['max'])}"
    else:
        buckets = given["distribution"]["categorical"]["buckets"]
        typical = _short(str(buckets[0]["value"]), 16) if buckets else ""
        spread = f"{given['distinct_count']:,} different"
    return _short(feature["name"]), feature["inferred_type"], missing, typical, spread


def _short(text: str, most: int = NAME) -> str:
    return fit(text, most * 7, 11)


def _lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    table = [header, *rows]
    wide = [max(len(row[place]) for row in table) for place in range(len(header))]
    for row in table:
        yield "  ".join(f"{cell:<{size}}" for cell, size in zip(row, wide, strict=True)).rstrip()
