"""What the monitor finds of drift that is made up, after how many rows, and how often it cries wolf.

The rows that are given are taken as all there are: baselines and windows are drawn from them with
replacement, so that without a change nothing but chance differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from model_monitor.constraints import Constraints
from model_monitor.data_quality import RUNS_A_DAY, check
from model_monitor.drifted import KINDS, SIZES, Change, partner
from model_monitor.errors import MonitorError
from model_monitor.statistics import Kinds, Statistics
from model_monitor.values import NO_NUMBER

ROWS = (100, 300, 1000, 3000, 10_000)
TRIALS = 20
BASELINES = 4
FOUND = 0.9
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Detection:
    """How often a change was found in windows of a size, and by which checks."""

    kind: str
    size: float
    column: str
    rows: int
    trials: int
    found: int
    not_enough: int
    """Windows without a violation where the answer was that there are not enough rows."""
    checks: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For a page."""
        return asdict(self)


def frame_of(tables: Iterable[Any], kinds: Kinds, most: int = MOST_ROWS) -> pd.DataFrame:
    """The first rows of some tables with numbers as numbers and texts as texts."""
    parts, rows = [], 0
    for table in tables:
        parts.append(table.slice(0, most - rows).to_pandas())
        rows += len(parts[-1])
        if rows >= most:
            break
    if not rows:
        raise MonitorError("there are no rows to draw from")
    frame: pd.DataFrame = pd.concat(parts, ignore_index=True)
    for name in frame:
        cells = frame[name]
        if kinds.get(str(name)) == "number":
            plain = cells.mask(cells.isin(NO_NUMBER)) if cells.dtype.kind not in "if" else cells
            frame[name] = pd.to_numeric(plain, errors="coerce")
        else:
            frame[name] = cells.astype(object)
    return frame


def changes(
    frame: pd.DataFrame, kinds: Sequence[str] = KINDS, column: str | None = None, label: str | None = None
) -> list[Change]:
    """Changes of each kind and size, of the column that is named or of the first that can have it."""
    numbers = [str(name) for name in frame if pd.api.types.is_numeric_dtype(frame[name]) and name != label]
    texts = [str(name) for name in frame if str(name) not in numbers and name != label]
    found = []
    for kind in kinds:
        if kind not in KINDS:
            raise MonitorError(f"kind is {kind!r}: give one of {', '.join(KINDS)}")
        of_kind = {"new category": texts, "label shift": [label] if label else []}
        usual = of_kind.get(kind, numbers or texts)
        chosen = label if kind == "label shift" else column or next(iter(usual), None)
        if chosen is None:
            continue
        other = partner(frame, chosen, [*numbers, *texts]) if kind == "swapped columns" else None
        if kind == "swapped columns" and other is None:
            continue
        found += [Change(kind, size, chosen, other) for size in SIZES[kind]]
    return found


def detections(
    frame: pd.DataFrame,
    some: Sequence[Change],
    kinds: Kinds,
    rows: Sequence[int] = ROWS,
    trials: int = TRIALS,
    baseline_rows: int | None = None,
    runs_a_day: float = RUNS_A_DAY,
    seed: int = 0,
) -> list[Detection]:
    """Each change in windows of each size."""
    rng = np.random.default_rng(seed)
    size = baseline_rows or len(frame)
    bases = [_baseline(frame, size, kinds, rng) for _ in range(min(BASELINES, trials))]
    table = []
    for change in some:
        for window in rows:
            found, silent, checks = 0, 0, set()
            for trial in range(trials):
                before, constraints = bases[trial % len(bases)]
                drawn = change.of(_drawn(frame, window, rng), rng)
                findings = check(Statistics.of(drawn, before.kinds), before, constraints, runs_a_day)
                columns = {change.column, change.other}
                of_change = [v for v in findings.violations if v.feature_name in columns]
                found += bool(of_change)
                silent += not of_change and findings.verdicts[change.column] == "not enough rows"
                checks |= {violation.constraint_check_type for violation in of_change}
            table.append(
                Detection(
                    change.kind,
                    change.size,
                    change.column,
                    window,
                    trials,
                    found,
                    silent,
                    tuple(sorted(checks)),
                )
            )
    return table


def false_alarms(
    frame: pd.DataFrame,
    kinds: Kinds,
    rows: int,
    days: int,
    baseline_rows: int | None = None,
    runs_a_day: int = RUNS_A_DAY,
    seed: int = 0,
) -> tuple[int, int]:
    """Days with a violation although nothing changed, and days; each week has its own baseline."""
    rng = np.random.default_rng(seed)
    alarms = 0
    before, constraints = _baseline(frame, baseline_rows or len(frame), kinds, rng)
    for day in range(days):
        if day % 7 == 0:
            before, constraints = _baseline(frame, baseline_rows or len(frame), kinds, rng)
        windows = (_drawn(frame, rows, rng) for _ in range(runs_a_day))
        alarms += any(
            check(Statistics.of(window, before.kinds), before, constraints, runs_a_day).violations
            for window in windows
        )
    return alarms, days


def rows_until_found(table: Sequence[Detection], change: Change) -> int | None:
    """The smallest window in which a change is found nine times out of ten."""
    enough = [
        one.rows
        for one in table
        if (one.kind, one.size, one.column) == (change.kind, change.size, change.column)
        and one.found >= FOUND * one.trials
    ]
    return min(enough, default=None)


def _baseline(
    frame: pd.DataFrame, rows: int, kinds: Kinds, rng: np.random.Generator
) -> tuple[Statistics, Constraints]:
    statistics = Statistics.of(_drawn(frame, rows, rng), kinds)
    return statistics, Constraints.suggest(statistics)


def _drawn(frame: pd.DataFrame, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    return frame.iloc[rng.integers(0, len(frame), rows)].reset_index(drop=True)
