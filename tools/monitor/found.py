"""What a run of a monitor found, before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FINE, VIOLATIONS, BROKEN = "fine", "violations", "broken"
NOT_ENOUGH, NO_ROWS, NO_BASELINE = "not-enough-rows", "no-rows", "no-baseline"
BROKEN_CHECKS = ("data_type_check", "completeness_check", "missing_column_check", "extra_column_check")
"""These say that the data is broken, not that the world has changed: a new model would not help."""
WORST = (BROKEN, VIOLATIONS, NOT_ENOUGH, FINE)


@dataclass
class Of:
    """What was found of one version."""

    version: int
    rows: int
    outcome: str
    words: str
    violations: list[dict[str, str]] = field(default_factory=list)
    """Feature, check and description of each."""
    published: Mapping[str, Any] = field(default_factory=dict)
    """`constraint_violations.json`."""
    statistics: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    """What the page shows, by what made it."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As `run.json` lists versions."""
        return {"version": self.version, "rows": self.rows, "outcome": self.outcome}


def outcome_of(violations: list[dict[str, str]], enough: bool) -> str:
    """What a comparison ends with."""
    if any(one["check"] in BROKEN_CHECKS for one in violations):
        return BROKEN
    if violations:
        return VIOLATIONS
    return FINE if enough else NOT_ENOUGH


def worst(found: list[Of]) -> str:
    """What a run ends with: the worst of its versions; not fine if that with most rows was not compared."""
    most = max(found, key=lambda one: (one.rows, one.version), default=None)
    end = min((one.outcome for one in found if one.outcome in WORST), key=WORST.index, default=NO_ROWS)
    return NOT_ENOUGH if end == FINE and most is not None and most.outcome == NO_BASELINE else end


def some(count: int, what: str) -> str:
    """A number of things in words."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
