"""The checks of one feature: completeness, type, range, unknown texts, and the distance of distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_monitor import chance
from model_monitor.columns import CategoryColumn, Column, NumberColumn
from model_monitor.constraints import Constraints
from model_monitor.drift import Distance, Method, Verdict, compare

NAMED = 5
UNIQUE = 0.05
"""A column in which more of the baseline's rows have a text of their own is an id or a free text."""


@dataclass(frozen=True)
class Violation:
    """A violation in the published form."""

    feature_name: str
    constraint_check_type: str
    description: str

    def to_json(self) -> dict[str, str]:
        """The published form."""
        return {
            "feature_name": self.feature_name,
            "constraint_check_type": self.constraint_check_type,
            "description": self.description,
        }


class FeatureCheck:
    """The checks of one feature."""

    def __init__(
        self,
        before: Column,
        now: Column,
        constraints: Constraints,
        rows_before: int,
        rows: int,
        alpha: float,
    ) -> None:
        self.before, self.now, self.constraints = before, now, constraints
        self.rows_before, self.rows, self.alpha = rows_before, rows, alpha
        self.name = before.name
        self.settings = constraints.monitoring(self.name)
        self.given: Mapping[str, Any] = constraints.features[self.name]
        self.method: Method | None = constraints.method(self.name, before)
        self.distance: Distance | None = compare(before, now) if self.method else None
        self.found: list[Violation] = []

    def violations(self) -> list[Violation]:
        """All violations of the feature."""
        self._completeness()
        if isinstance(self.before, NumberColumn) and isinstance(self.now, NumberColumn):
            self._type(self.before, self.now)
            self._range(self.before, self.now)
        if isinstance(self.before, CategoryColumn) and isinstance(self.now, CategoryColumn):
            self._unknown(self.before, self.now)
        self._drift()
        return self.found

    def _violation(self, check: str, text: str) -> None:
        self.found.append(Violation(self.name, check, text))

    def _completeness(self) -> None:
        wanted = float(self.given.get("completeness", 0.0))
        share = self.now.missing / self.rows
        observed = self.before.present / self.rows_before if self.rows_before else 0.0
        if abs(wanted - observed) < 1e-9:
            probability = chance.more_often(
                self.now.missing, self.rows, self.before.missing, self.rows_before
            )
        else:
            probability = chance.more_often_than(self.now.missing, self.rows, 1 - wanted)
        if share > 1 - wanted + self.settings["completeness_threshold"] and probability < self.alpha:
            self._violation(
                "completeness_check",
                f"{_percent(1 - share)} of the {self.rows} values are there; the constraint asks for "
                f"{_percent(wanted)}.",
            )

    def _type(self, before: NumberColumn, now: NumberColumn) -> None:
        wanted = self.given.get("inferred_type", before.inferred_type)
        odd, odd_before = now.others.rows, before.others.rows
        what = "no numbers"
        if wanted == "Integral":
            odd += now.numbers - now.integral
            odd_before += before.numbers - before.integral
            what = "no whole numbers"
        if wanted not in ("Integral", "Fractional") or not now.present:
            return
        probability = chance.more_often(odd, now.present, odd_before, before.present)
        if wanted != before.inferred_type:
            probability = 0.0  # set by hand: it holds as given
        if odd / now.present > self.settings["datatype_check_threshold"] and probability < self.alpha:
            examples = ", ".join(repr(text) for text, _ in now.others.most_frequent()[:NAMED])
            self._violation(
                "data_type_check",
                f"{odd} of {now.present} values are {what}"
                + (f", such as {examples}" if examples else "")
                + f"; the constraint asks for the type {wanted}.",
            )

    def _range(self, before: NumberColumn, now: NumberColumn) -> None:
        limits = self.given.get("num_constraints") or {}
        low, least = limits.get("minimum"), before.lows[0] if before.numbers else None
        if limits.get("is_non_negative") and (low is None or low < 0):
            low, least = 0.0, 0.0 if least is None or least >= 0 else least
        suggested = {"below": least, "above": before.highs[-1] if before.numbers else None}
        for end, limit in (("below", low), ("above", limits.get("maximum"))):
            if limit is None or not now.numbers:
                continue
            outside, outside_before = _outside(now, end, limit), _outside(before, end, limit)
            probability = (
                chance.more_often(outside, now.numbers, outside_before, before.numbers)
                if outside_before
                else chance.all_new(outside, now.numbers, before.numbers)
            )
            if limit != suggested[end]:
                probability = 0.0
            if outside / now.numbers > self.settings["range_threshold"] and probability < self.alpha:
                extreme = now.lows[0] if end == "below" else now.highs[-1]
                self._violation(
                    "range_check",
                    f"{outside} of {now.numbers} values are {end} {limit:g}, up to {extreme:g}; the baseline "
                    f"has {outside_before or 'none'} of {before.numbers} there.",
                )

    def _unknown(self, before: CategoryColumn, now: CategoryColumn) -> None:
        domain = (self.given.get("string_constraints") or {}).get("domains")
        if not domain or not now.present:
            return
        known = {str(text) for text in domain}
        new = {text: rows for text, rows in now.counts.by_text.items() if text not in known}
        rows = sum(new.values()) + max(0, now.counts.left_out - now.counts.error * len(known))
        share = rows / now.present
        before_rows = sum(n for text, n in before.counts.by_text.items() if text not in known)
        if before_rows:
            probability = chance.more_often(rows, now.present, before_rows, before.present)
        else:
            probability = _unseen_before(new, rows, before, now)
        if known != {*before.counts.by_text}:
            probability = 0.0
        if share > self.settings["domain_content_threshold"] and probability < self.alpha:
            named = sorted(new, key=lambda text: (-new[text], text))[:NAMED]
            self._violation(
                "categorical_values_check",
                f"{rows} of {now.present} values ({_percent(share)}) are not in the domain, such as "
                f"{', '.join(repr(text) for text in named)}.",
            )

    def _drift(self) -> None:
        if self.distance is None or self.method is None or self._verdict() != "drift":
            return
        value, threshold = self.distance.value(self.method), self._threshold()
        critical = self.distance.critical(self.method, self.alpha)
        chance_is_more = f" (chance alone reaches {critical:.3f})" if critical > threshold else ""
        self._violation(
            "baseline_drift_check",
            f"Baseline drift distance {value:.4g} ({self.method}) exceeds threshold "
            f"{threshold:g}{chance_is_more}, in {self.distance.rows} rows.",
        )

    def _threshold(self) -> float:
        return self.constraints.threshold(self.name, self.before)

    def _uncounted(self) -> bool:
        """Whether a column has so many different texts that it is an id or a free text."""
        if not isinstance(self.before, CategoryColumn):
            return False
        once = sum(rows == 1 for rows in self.before.counts.by_text.values())
        return once > UNIQUE * self.before.present or any(
            isinstance(c, CategoryColumn) and c.counts.error > 0 for c in (self.before, self.now)
        )

    def _verdict(self) -> Verdict:
        if self.distance is None or self.method is None or self._uncounted():
            return "not compared"
        if not self.distance.rows_before:
            return "not compared"
        return self.distance.verdict(self.method, self._threshold(), self.alpha)

    def feature(self) -> dict[str, Any]:
        """What is known of the feature, for a page."""
        found = unseen(self.name, self.constraints, "", self._verdict())
        found["kind"], found["present"] = self.before.kind, self.now.present
        found["completeness"], found["threshold"] = self.now.present / self.rows, self._threshold()
        found["violations"] = [violation.to_json() for violation in self.found]
        distance, method = self.distance, self.method
        if distance is None or method is None or found["verdict"] == "not compared":
            return found | {"why": self._why_not()}
        critical, needed = (
            distance.critical(method, self.alpha),
            distance.rows_needed(method, self._threshold(), self.alpha),
        )
        if found["verdict"] == "not enough rows":
            enough = f"{needed} are needed" if needed else "the baseline itself has too few"
            if critical <= self._threshold():  # only rare texts stand in the way
                needed = None
                enough = f"rare texts, up to {_percent(max(distance.pooled))} of them, have too few rows each"
            found["why"] = f"{distance.rows} rows; {enough}"
        return found | {
            "method": method,
            "distance": distance.value(method),
            "critical": critical if critical < float("inf") else None,
            "probability": distance.probability(method),
            "rows_needed": needed,
            "distances": {"KS": distance.ks, "JS": distance.js, "PSI": distance.psi},
            "bins": list(distance.bins),
            "before": list(distance.before),
            "now": list(distance.now),
        }

    def _why_not(self) -> str:
        if self._uncounted():
            return "too many different texts: an id or a free text"
        return "the comparison is disabled" if self.distance is None else "the baseline has no value of it"


def unseen(name: str, constraints: Constraints, why: str, verdict: Verdict) -> dict[str, Any]:
    """A feature of which nothing is known."""
    return {
        "name": name, "kind": None, "verdict": verdict, "why": why, "present": 0, "completeness": None,
        "method": None, "distance": None, "threshold": None, "critical": None, "probability": None,
        "rows_needed": None, "distances": {}, "bins": [], "before": [], "now": [], "violations": [],
        "emit_metrics": constraints.monitoring(name)["emit_metrics"] == "Enabled",
    }  # fmt: skip


def _outside(column: NumberColumn, end: str, limit: float) -> int:
    """How many values are beyond a limit: exact up to the extremes that are kept."""
    ends = column.lows if end == "below" else column.highs
    some = int((ends < limit).sum() if end == "below" else (ends > limit).sum())
    if some < len(ends) or len(ends) == column.numbers:
        return some
    edge = np.nextafter(limit, -np.inf) if end == "below" else limit
    upto = int(column.sketch.ranks(np.array([edge]))[0])
    return max(some, upto if end == "below" else column.numbers - upto)


def _unseen_before(new: Mapping[str, int], rows: int, before: CategoryColumn, now: CategoryColumn) -> float:
    """How probable new categories are: the most frequent one, or all against those that occurred once."""
    texts = len(before.counts.by_text) + len(new)
    single = chance.all_new(max(new.values(), default=0), now.present, before.present) * texts
    once = sum(n == 1 for n in before.counts.by_text.values())
    size = min(now.present, before.present)
    together = chance.more_often(rows * size // now.present, size, once, before.present)
    return min(1.0, 2 * min(single, together))


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None
