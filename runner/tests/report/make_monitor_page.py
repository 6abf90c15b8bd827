"""Writes pages of the monitor for a look in a browser: `python -m tests.report.make_monitor_page DIR`.

What was found is made up here, in the form of `found.json`, so that nothing but the standard library is needed.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

from local_runner.report.monitor_page import render

LONG = "a column whose name is a whole sentence that somebody wrote with <b>marks</b> and no mercy"


def number(name: str, state: str, shift: float, **more: Any) -> dict[str, Any]:
    """A column of numbers that moved by so many widths of a bin."""
    shapes = [[math.exp(-((at - 12 - by) ** 2) / 30) for at in range(24)] for by in (0.0, shift)]
    shares = [[value / sum(shape) for value in shape] for shape in shapes]
    return {
        "name": name, "kind": "number", "state": state, "note": "", "rowsNeeded": None,
        "distance": {"method": "KS", "value": 0.02 + shift / 20, "threshold": 0.1, "critical": 0.07},
        "missing": [0.0, 0.004], "typical": ["49.5", "56"],
        "picture": {"edges": [at * 5.0 for at in range(25)], "shares": shares, "outside": [0.0, 0.012]}, **more,
    }  # fmt: skip


BASELINE = ".local/s3/artifacts/churn/runs/20261128T112934-8eee/baseline"
"""Where the page says that the baseline lies."""


def category(
    name: str, state: str, values: list[str], before: list[float], now: list[float]
) -> dict[str, Any]:
    """A column of texts."""
    return {
        "name": name, "kind": "category", "state": state, "note": "", "rowsNeeded": None,
        "distance": {"method": "JS", "value": 0.57, "threshold": 0.1, "critical": 0.06}, "missing": [0.1, 0.33],
        "typical": values[:2], "picture": {"values": values, "shares": [before, now]},
    }  # fmt: skip


def found(violations: list[dict[str, str]], features: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """What a comparison found."""
    return {
        "title": "churn version 3",
        "statistics": f"{BASELINE}/statistics.json", "constraints": f"{BASELINE}/constraints.json",
        "rows": 1500, "baselineRows": 4000, "violations": violations, "features": features,
        "sources": [f"requests/2026/11/28/{hour:02}.jsonl" for hour in range(7)], "notes": [], **more,
    }  # fmt: skip


def violation(name: str, check: str, words: str) -> dict[str, str]:
    """A violation in the published form."""
    return {"feature_name": name, "constraint_check_type": check, "description": words}


PAGES = {
    "drifted": found(
        [
            violation("income", "completeness_check", "66.73 % of the 1500 values are there; the constraint asks for 89.58 %."),
            violation("city", "categorical_values_check", "494 of 1500 values (32.93 %) are not in the domain, such as 'Atlantis'."),
            violation(LONG, "baseline_drift_check", "Baseline drift distance 0.3 (KS) exceeds threshold 0.1, in 1500 rows."),
        ],
        [
            number(LONG, "violation", 6),
            category("city", "violation", ["Rome", "Oslo", "Atlantis", LONG, ""], [0.34, 0.33, 0, 0.33, 0], [0.35, 0.3, 0.33, 0, 0.02]),
            number("income", "violation", 0.3),
            number("tenure", "few", 0.2, note="1500 rows; 2,110 tell it from chance", rowsNeeded=2110),
            number("age", "ok", 0.1),
            number("never seen", "open", 0, distance=None, picture=None, note="its comparison is disabled", missing=[None, None], typical=["", ""]),
        ],
        notes=[f"Not compared, because the model does not take it as a feature: prediction, probability, {LONG}."],
    ),
    "few": found([], [number(name, "few", 0.4, note="12 rows; 410 tell it from chance", rowsNeeded=410) for name in ("age", "income")], rows=12),
    "calm": found([], [number("age", "ok", 0.0), category("city", "ok", ["Rome", "Oslo"], [0.6, 0.4], [0.59, 0.41])]),
}  # fmt: skip


if __name__ == "__main__":
    for name, content in PAGES.items():
        (Path(sys.argv[1]) / f"{name}.html").write_text(render(content), "utf-8")
