"""Whether a group is treated differently: metrics of a facet before and after training.

Everything is computed from counts of rows, so that reports of parts merge, and each metric has a deviation.
The facet is the group that may be at a disadvantage; the form is that of Clarify's `analysis.json`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np

from model_monitor import values as cells_of
from model_monitor.data_quality import FALSE_ALARMS, RUNS_A_DAY
from model_monitor.errors import MonitorError
from model_monitor.sketch import Floats

DESCRIPTIONS: Mapping[str, str] = {
    "CI": "Class Imbalance (CI)",
    "DPL": "Difference in Positive Proportions in Labels (DPL)",
    "KL": "Kullback-Liebler Divergence (KL)",
    "DPPL": "Difference in Positive Proportions in Predicted Labels (DPPL)",
    "DI": "Disparate Impact (DI)",
}
BEFORE, AFTER = ("CI", "DPL", "KL"), ("DPPL", "DI")
NEUTRAL = {"DI": 1.0}
DRAWS = 400
LEAST_ROWS = 30
"""So many rows the facet and the others must each have: with fewer, nothing is compared."""


@dataclass(frozen=True)
class Choice:
    """Cells of a column: those with one of the values, or those above a threshold."""

    column: str
    values: tuple[str, ...] = ()
    threshold: float | None = None

    def __post_init__(self) -> None:
        """Refuse what says nothing."""
        if bool(self.values) == (self.threshold is not None):
            raise MonitorError(f"column {self.column!r}: give values or a threshold")

    @property
    def words(self) -> str:
        """As the published form says it."""
        return ",".join(self.values) if self.values else f"({self.threshold:g}, +inf)"

    def of(self, table: Any) -> tuple[list[bool | None], list[str | None]]:
        """Whether each cell is chosen, and its text; none where it is missing."""
        if self.column not in table.column_names:
            raise MonitorError(
                f"there is no column {self.column!r}: the rows have {', '.join(table.column_names)}"
            )
        texts = [_text(value) for value in table.column(self.column).to_pylist()]
        if self.values:
            return [None if text is None else text in self.values for text in texts], texts
        assert self.threshold is not None
        chosen: list[bool | None] = []
        for text in texts:
            try:
                chosen.append(None if text is None else float(text) > self.threshold)
            except ValueError:
                raise MonitorError(
                    f"column {self.column!r}: {text!r} is no number, a threshold needs one"
                ) from None
        return chosen, [None if one is None else "positive" if one else "negative" for one in chosen]


@dataclass
class Bias:
    """Counts of rows by facet and label, and by facet and predicted label."""

    facet: Choice
    label: Choice
    predicted: str | None = None
    labels: Counter[tuple[bool, str]] = field(default_factory=Counter)
    answers: Counter[tuple[bool, bool]] = field(default_factory=Counter)

    def add(self, table: Any) -> None:
        """Add the rows of a table; a row without facet or label does not count for what needs it."""
        inside, _ = self.facet.of(table)
        if self.label.column in table.column_names:
            _, labels = self.label.of(table)
            pairs = zip(inside, labels, strict=True)
            self.labels.update((a, b) for a, b in pairs if a is not None and b is not None)
        if self.predicted:
            answers, _ = Choice(self.predicted, self.label.values, self.label.threshold).of(table)
            both = zip(inside, answers, strict=True)
            self.answers.update((a, b) for a, b in both if a is not None and b is not None)

    def merge(self, other: Bias) -> Bias:
        """The counts of both."""
        if (self.facet, self.label, self.predicted) != (other.facet, other.label, other.predicted):
            raise MonitorError("bias of different facets or labels does not merge")
        return Bias(
            self.facet, self.label, self.predicted, self.labels + other.labels, self.answers + other.answers
        )

    def metrics(self) -> dict[str, tuple[float, float]]:
        """Each metric that can be computed, with its standard deviation."""
        found: dict[str, tuple[float, float]] = {}
        if self.labels:
            found |= _measured(self._label_table(), self._positive())
        if self.answers:
            table = np.array([[self.answers[(f, p)] for p in (False, True)] for f in (True, False)], float)
            found |= _measured(table, np.array([False, True]), AFTER)
        return found

    def _texts(self) -> list[str]:
        return sorted({text for _, text in self.labels})

    def _label_table(self) -> Floats:
        return np.array([[self.labels[(f, text)] for text in self._texts()] for f in (True, False)], float)

    def _positive(self) -> Any:
        wanted = self.label.values or ("positive",)
        return np.array([text in wanted for text in self._texts()])

    @property
    def rows(self) -> tuple[int, int]:
        """Rows of the facet, and of the others."""
        counts = self.labels or self.answers
        sides = [sum(n for (inside, _), n in counts.items() if inside is side) for side in (True, False)]
        return sides[0], sides[1]

    def to_json(self) -> dict[str, Any]:
        """The published form, with the deviation of each metric."""
        found, sections = self.metrics(), {}
        for section, names in (("pre_training_bias_metrics", BEFORE), ("post_training_bias_metrics", AFTER)):
            listed = [
                {
                    "name": name,
                    "description": DESCRIPTIONS[name],
                    "value": _json(found[name][0]),
                    "standard_deviation": _json(found[name][1]),
                }
                for name in names
                if name in found
            ]
            if listed:
                sections[section] = {
                    "label": self.label.column,
                    "label_value_or_threshold": self.label.words,
                    "facets": {
                        self.facet.column: [{"value_or_threshold": self.facet.words, "metrics": listed}]
                    },
                }
        return {"version": "1.0", **sections, "extension": {"rows": list(self.rows)}}


def violations(
    now: Mapping[str, Any], before: Mapping[str, Any], runs_a_day: float = RUNS_A_DAY
) -> list[dict[str, str]]:
    """Metrics that are farther from neutral than in the baseline, and by more than chance."""
    if min(now.get("extension", {}).get("rows", [LEAST_ROWS])) < LEAST_ROWS:
        return []
    pairs = [(key, one, other) for key, one in _listed(now).items() if (other := _listed(before).get(key))]
    sigmas = NormalDist().inv_cdf(1 - FALSE_ALARMS / runs_a_day / max(1, len(pairs)) / 2)
    found = []
    for (facet, value, name), one, other in pairs:
        current, earlier = one["value"], other["value"]
        spreads = [o.get("standard_deviation", 0.0) for o in (one, other)]
        if any(isinstance(number, str) for number in (current, earlier, *spreads)):
            continue
        neutral, margin = NEUTRAL.get(name, 0.0), sigmas * math.hypot(*spreads)
        worse = abs(current - neutral) > abs(earlier - neutral)
        if worse and abs(current - earlier) > margin:
            found.append(
                {
                    "facet": facet,
                    "facet_value": value,
                    "metric_name": name,
                    "constraint_check_type": "bias_drift_check",
                    "description": f"Value {current} does not meet the constraint requirement "
                    f"{earlier} (chance: {margin:.2g})",
                }
            )
    return found


def _listed(analysis: Mapping[str, Any]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    found = {}
    for section in ("pre_training_bias_metrics", "post_training_bias_metrics"):
        for facet, groups in analysis.get(section, {}).get("facets", {}).items():
            for group in groups:
                for metric in group["metrics"]:
                    found[(facet, str(group["value_or_threshold"]), metric["name"])] = metric
    return found


def _measured(table: Floats, positive: Any, names: Sequence[str] = BEFORE) -> dict[str, tuple[float, float]]:
    """Metrics of a table (facet, others) by label, with the spread of tables that could have come instead."""
    value = _values(table, positive)
    total = int(table.sum())
    drawn = np.random.default_rng(0).multinomial(total, (table / total).ravel(), DRAWS)
    some = [_values(one.reshape(table.shape).astype(float), positive) for one in drawn]
    found = {}
    for name in names:
        finite = [one[name] for one in some if math.isfinite(one[name])]
        found[name] = (value[name], float(np.std(finite, ddof=1)) if len(finite) > 1 else math.nan)
    return found


def _values(table: Floats, positive: Any) -> dict[str, float]:
    facet, others = table.sum(axis=1)
    if not facet or not others:
        return dict.fromkeys(DESCRIPTIONS, math.nan) | {"CI": (others - facet) / (others + facet)}
    shares = table / table.sum(axis=1, keepdims=True)
    q_facet, q_others = float(shares[0][positive].sum()), float(shares[1][positive].sum())
    p, q = shares[1], shares[0]
    some = p > 0
    with np.errstate(divide="ignore"):
        kl = float((p[some] * np.log(p[some] / q[some])).sum())
    difference = q_others - q_facet
    return {
        "CI": float((others - facet) / (others + facet)),
        "DPL": difference,
        "KL": kl,
        "DPPL": difference,
        "DI": q_facet / q_others if q_others else math.nan,
    }


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return None if text in cells_of.MISSING else text


def _json(value: float) -> float | str:
    return float(value) if math.isfinite(value) else "NaN"
