"""What a page shows of a comparison; runs where numpy is, and imports nothing of the runner."""

from __future__ import annotations

import importlib
from typing import Any

BINS = 24
MOST_VALUES = 8
EDGE = 0.005
"""So much of the training rows may lie outside the picture at each end."""
STATES = {"no drift": "ok", "not enough rows": "few", "not compared": "open"}
_SERIOUS = (
    "missing_column_check", "data_type_check", "completeness_check", "categorical_values_check",
    "range_check", "baseline_drift_check", "extra_column_check",
)  # fmt: skip
"""Published checks, the most serious first: broken data before drift."""


def pieces(before: Any, now: Any, findings: Any) -> dict[str, Any]:
    """Return rows, violations and features; those with violations come first."""
    violations = sorted(
        (violation.to_json() for violation in findings.violations),
        key=lambda item: _SERIOUS.index(item["constraint_check_type"]),
    )
    broken = [item["feature_name"] for item in violations]
    features = [_feature(item, before, now, item["name"] in broken) for item in findings.features]
    order = {"violation": 0, "few": 1, "ok": 2, "open": 3}
    return {
        "rows": now.rows,
        "baselineRows": before.rows,
        "violations": violations,
        "features": sorted(features, key=lambda item: (order[item["state"]], -_excess(item))),
    }


def _excess(item: dict[str, Any]) -> float:
    distance = item["distance"]
    return distance["value"] / (distance["threshold"] or 1.0) if distance else 0.0


def _feature(item: dict[str, Any], before: Any, now: Any, broken: bool) -> dict[str, Any]:
    name = item["name"]
    columns = [side.columns.get(name) for side in (before, now)]
    distance = None
    if item["distance"] is not None:
        # Below what chance reaches in so few rows, nothing is told.
        distance = {
            "method": item["method"],
            "value": item["distance"],
            "threshold": item["threshold"],
            "critical": item["critical"],
        }
    return {
        "name": name,
        "kind": item["kind"],
        "state": "violation" if broken else STATES[item["verdict"]],
        "note": item["why"],
        "distance": distance,
        "rowsNeeded": item["rows_needed"],
        "missing": [_missing(side, name) for side in (before, now)],
        "typical": [_typical(column) for column in columns],
        "picture": _picture(*columns),
    }


def _missing(side: Any, name: str) -> float | None:
    return side.missing(name) / side.rows if side.rows and name in side.names else None


def _typical(column: Any) -> str:
    """Return the median, or the most frequent text."""
    if column is None or not column.present:
        return ""
    if column.kind == "number":
        return f"{float(column.sketch.quantiles([0.5])[0]):.4g}" if column.numbers else ""
    return str(column.counts.most_frequent()[0][0])


def _picture(before: Any, now: Any) -> dict[str, Any] | None:
    if before is None or not before.present:
        return None
    if now is not None and now.kind != before.kind:
        now = None
    return _numbers(before, now) if before.kind == "number" else _values(before, now)


def _numbers(before: Any, now: Any) -> dict[str, Any] | None:
    """Return shares in bins of equal width; they hold almost all of both."""
    if not before.numbers:
        return None
    np: Any = importlib.import_module("numpy")
    sides = [side.sketch for side in (before, now) if side is not None and side.numbers]
    ends = [side.quantiles([EDGE, 1 - EDGE]) for side in sides]
    low, high = float(min(end[0] for end in ends)), float(max(end[1] for end in ends))
    edges = _edges(np, low, high, all(side.integral == side.numbers for side in (before, now) if side))
    low = float(edges[0])
    shares, outside = [], []
    for sketch in (before.sketch, now.sketch if now is not None and now.numbers else None):
        if sketch is None:
            shares.append([0.0] * (len(edges) - 1))
            outside.append(0.0)
            continue
        # What equals the least edge belongs to the first bin.
        first = int(sketch.ranks(np.array([np.nextafter(low, -np.inf)]))[0])
        ranks = np.concatenate([[first], sketch.ranks(edges[1:])])
        shares.append((np.diff(ranks) / sketch.rows).tolist())
        outside.append(max(0.0, 1 - sum(shares[-1])))
    return {"edges": edges.tolist(), "shares": shares, "outside": outside}


def _edges(np: Any, low: float, high: float, whole: bool) -> Any:
    """Return the borders of bins; each holds equally many whole numbers where all values are whole."""
    if whole:
        width = -(-(high - low + 1) // BINS)
        return low - 0.5 + np.arange(int((high - low) // width) + 2) * width
    if not high > low:
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, BINS + 1)


def _values(before: Any, now: Any) -> dict[str, Any]:
    counts = [side.counts if side is not None else None for side in (before, now)]
    total = [one.rows if one is not None else 0 for one in counts]
    both: dict[str, float] = {}
    for one in counts:
        if one is not None and one.rows:
            for text, rows in one.by_text.items():
                both[text] = max(both.get(text, 0.0), rows / one.rows)
    values = sorted(both, key=lambda text: (-both[text], text))[:MOST_VALUES]
    shares = [
        [(one.by_text.get(text, 0) / one.rows if one is not None and one.rows else 0.0) for text in values]
        for one in counts
    ]
    if len(both) > len(values) or any(one is not None and one.left_out for one in counts):
        shares = [
            [*side, max(0.0, 1 - sum(side)) if rows else 0.0]
            for side, rows in zip(shares, total, strict=True)
        ]
        values = [*values, "(others)"]
    return {"values": values, "shares": shares}
