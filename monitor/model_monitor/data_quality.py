"""Whether rows still are what the baseline says: `constraint_violations.json` in the published form.

Each check has a threshold that somebody may set and a probability that chance alone goes so far. Only what
passes both is a violation. All checks of a run share one probability of a false alarm, and all runs of a day
one of 1 %: with more features, or more runs, each check asks for more evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_monitor import written
from model_monitor.columns import Column, NumberColumn
from model_monitor.constraints import Constraints
from model_monitor.drift import Verdict
from model_monitor.errors import MonitorError
from model_monitor.feature_check import FeatureCheck, Violation, unseen
from model_monitor.statistics import Statistics

FILE_NAME = "constraint_violations.json"
FALSE_ALARMS = 0.01
"""The probability of a day with any false alarm."""
RUNS_A_DAY = 24
BROKEN = ("data_type_check", "completeness_check", "missing_column_check")
"""Violations that say the data is broken, not that the world has changed: a new model would not help."""
EXTRA, NO_COLUMN = "extra_column_check", "missing_column_check"


@dataclass
class Findings:
    """What came of a run: violations, and what is known of each feature."""

    rows: int
    violations: list[Violation] = field(default_factory=list)
    features: list[dict[str, Any]] = field(default_factory=list)
    """For a page: each feature with its verdict, distances and both distributions."""

    @property
    def broken(self) -> bool:
        """Whether the data itself is broken."""
        return any(v.constraint_check_type in BROKEN for v in self.violations)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What is said about the distribution of each feature."""
        return {feature["name"]: feature["verdict"] for feature in self.features}

    def metrics(self) -> dict[str, float]:
        """Values by the published names of their metrics."""
        found: dict[str, float] = {}
        for feature in self.features:
            if not feature["emit_metrics"]:
                continue
            name = feature["name"]
            found[f"feature_non_null_{name}"] = float(feature["present"])
            if feature["distance"] is not None:
                found[f"feature_baseline_drift_{name}"] = feature["distance"]
        return found

    def to_json(self) -> dict[str, Any]:
        """The published form."""
        return {"violations": [violation.to_json() for violation in self.violations]}

    def save(self, directory: Path) -> Path:
        """Write `constraint_violations.json` into a directory."""
        path = directory / FILE_NAME
        path.write_text(written.text(self.to_json(), indent=1) + "\n", encoding="utf-8")
        return path


def check(
    now: Statistics,
    before: Statistics,
    constraints: Constraints,
    runs_a_day: float = RUNS_A_DAY,
    leave: Collection[str] = (),
) -> Findings:
    """Compare the rows of a run with the baseline; columns to leave are not missed."""
    if runs_a_day <= 0:
        raise MonitorError(f"runs a day is {runs_a_day}: give a positive number, such as 24 for every hour")
    findings = Findings(now.rows)
    if not constraints.evaluated():
        return findings
    names = [name for name in constraints.features if constraints.evaluated(name) and name not in leave]
    tests = sum(_tests(before.columns.get(name)) for name in names)
    alpha = FALSE_ALARMS / runs_a_day / max(1, tests)
    if now.rows:
        findings.violations += _different_columns(now, before, constraints, names)
    for name in names:
        column = before.columns.get(name)
        if column is None or name not in now.names or not now.rows:
            findings.features.append(_unseen(name, constraints, now, column))
            continue
        seen = now.columns.get(name) or _nothing(column, now.missing(name))
        one = FeatureCheck(column, seen, constraints, before.rows, now.rows, alpha)
        findings.violations += one.violations()
        findings.features.append(one.feature())
    return findings


def _tests(column: Column | None) -> int:
    """Completeness and distribution; also type and both ends, or categories."""
    return 0 if column is None else 5 if isinstance(column, NumberColumn) else 3


def _nothing(column: Column, missing: int) -> Column:
    empty = type(column)(column.name)
    empty.missing = missing
    return empty


def _different_columns(
    now: Statistics, before: Statistics, constraints: Constraints, names: Iterable[str]
) -> list[Violation]:
    known = {*before.names, *constraints.features}
    return [
        Violation(name, NO_COLUMN, f"The baseline has this column, the {now.rows} rows do not.")
        for name in names
        if name not in now.names
    ] + [
        Violation(name, EXTRA, f"The {now.rows} rows have this column, the baseline does not.")
        for name in now.names
        if name not in known
    ]


def _unseen(name: str, constraints: Constraints, now: Statistics, column: Column | None) -> dict[str, Any]:
    if not now.rows:
        return unseen(name, constraints, "there are no rows", "not enough rows")
    why = "the baseline has no value of it" if column is None else "the rows do not have it"
    return unseen(name, constraints, why, "not compared")
