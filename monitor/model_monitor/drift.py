"""How far two distributions of a column are apart, and whether that is more than chance.

A distance is drift if it is greater than the threshold that was set and than what chance makes of so many
rows. Where chance alone could exceed the threshold, the answer is that there are not enough rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from model_monitor import chance
from model_monitor.categories import Counts
from model_monitor.columns import CategoryColumn, Column, NumberColumn
from model_monitor.errors import MonitorError
from model_monitor.sketch import Floats, Sketch

Method = Literal["KS", "JS", "PSI"]
Verdict = Literal["drift", "no drift", "not enough rows", "not compared"]

BINS = 10
LEAST_EXPECTED = 5
"""A category of which fewer rows are expected is counted with the others."""
OTHERS = "(others)"


@dataclass(frozen=True)
class Distance:
    """Three distances, and the counts that a page shows side by side."""

    rows: int
    rows_before: int
    ks: float
    """The greatest difference of the cumulated shares; of categories, of the shares themselves."""
    psi: float
    js: float
    """The root of the divergence in bits, 0 to 1, as scipy and others have it."""
    chi_square: float
    bins: Sequence[str]
    before: Sequence[float]
    now: Sequence[float]
    known_to: float = 0.0
    """By how much `ks` may be too great, because quantiles of many rows are not exact."""
    shares: int = 1
    """Of how many shares `ks` is the greatest difference: each has its chance. A distribution counts once."""
    pooled: tuple[float, float] = (0.0, 0.0)
    """The shares of rows, before and now, of texts that are counted together because each is rare."""

    def value(self, method: Method) -> float:
        """The distance by a method."""
        return {"KS": self.ks, "JS": self.js, "PSI": self.psi}[method]

    def critical(self, method: Method, alpha: float) -> float:
        """What chance exceeds with probability `alpha` if nothing has changed."""
        if not self.rows or not self.rows_before:
            return math.inf
        if method == "KS":
            return (
                chance.kolmogorov_critical(alpha / self.shares, self.rows_before, self.rows) + self.known_to
            )
        freedom = max(1, len(self.bins) - 1)
        value = chance.chi_square_critical(alpha, freedom) * (1 / self.rows + 1 / self.rows_before)
        return value if method == "PSI" else math.sqrt(value / 8 / math.log(2))

    def probability(self, method: Method) -> float:
        """How probable chance makes such a distance."""
        if not self.rows or not self.rows_before:
            return 1.0
        if method == "KS":
            one = chance.kolmogorov_tail(max(0.0, self.ks - self.known_to), self.rows_before, self.rows)
            return min(1.0, one * self.shares)
        return chance.chi_square_tail(self.chi_square, len(self.bins) - 1)

    def rows_needed(self, method: Method, threshold: float, alpha: float) -> int | None:
        """How many rows tell such a distance from chance; none: the baseline itself has too few."""
        if method == "KS":
            room = threshold - self.known_to
            least = math.inf if room <= 0 else math.log(2 * self.shares / alpha) / 2 / room**2
        else:
            critical = chance.chi_square_critical(alpha, max(1, len(self.bins) - 1))
            least = critical / (threshold if method == "PSI" else threshold**2 * 8 * math.log(2))
        if least >= self.rows_before:
            return None
        return math.ceil(least * self.rows_before / (self.rows_before - least))

    def hides(self, method: Method, threshold: float) -> bool:
        """Whether the rare texts that are counted together could differ by more than the threshold."""
        if not any(self.pooled):
            return False
        if method == "JS":
            return self.js**2 + sum(self.pooled) / 2 > threshold**2
        return max(self.value(method), *self.pooled) > threshold

    def verdict(self, method: Method, threshold: float, alpha: float) -> Verdict:
        """Whether this is drift at a threshold."""
        critical = self.critical(method, alpha)
        if self.value(method) > max(threshold, critical) and self.probability(method) < alpha:
            return "drift"
        untold = critical > threshold or self.hides(method, threshold)
        return "not enough rows" if untold else "no drift"


def compare(before: Column, now: Column) -> Distance:
    """The distance of the present values of a column from those of its baseline."""
    if isinstance(before, NumberColumn) and isinstance(now, NumberColumn):
        return _numbers(before.sketch, now.sketch)
    if isinstance(before, CategoryColumn) and isinstance(now, CategoryColumn):
        return _categories(before.counts, now.counts)
    raise MonitorError(
        f"column {before.name!r}: its kind is {before.kind} in the baseline, {now.kind} in the rows: "
        "read it with the kinds of the baseline"
    )


def _numbers(before: Sketch, now: Sketch) -> Distance:
    edges = np.unique(before.quantiles(np.arange(1, BINS) / BINS)) if before.rows else np.empty(0)
    counts = [np.diff(np.concatenate([[0], s.ranks(edges), [s.rows]])).astype(float) for s in (before, now)]
    # A bin that neither has (above a maximum that is the last edge) tells nothing.
    used = (counts[0] + counts[1]) > 0
    limits = [f"{edge:.6g}" for edge in edges]
    names = [f"≤ {edge}" for edge in limits] + ([f"> {limits[-1]}"] if limits else [])
    points = np.concatenate([before.weighted()[0], now.weighted()[0]])
    known = (before.error / before.rows + now.error / now.rows) if before.rows and now.rows else 0.0
    shares = [sketch.ranks(points) / max(1, sketch.rows) for sketch in (before, now)]
    ks = float(np.max(np.abs(shares[0] - shares[1]), initial=0.0))
    bins = [name for name, use in zip(names, used, strict=False) if use]
    return _distance(counts[0][used], counts[1][used], bins, lambda p, q: ks, known)


def _categories(before: Counts, now: Counts) -> Distance:
    least = LEAST_EXPECTED
    both = {text: before.by_text.get(text, 0) + now.by_text.get(text, 0) for text in before.by_text}
    both |= {text: rows for text, rows in now.by_text.items() if text not in both}
    smaller = min(before.rows, now.rows) / max(1, before.rows + now.rows)
    names = sorted((t for t, rows in both.items() if rows * smaller >= least), key=lambda t: (-both[t], t))
    counts = [np.array([c.by_text.get(text, 0) for text in names], float) for c in (before, now)]
    others = [c.rows - float(known.sum()) for c, known in zip((before, now), counts, strict=True)]
    if sum(others):
        names.append(OTHERS)
        counts = [np.append(known, rest) for known, rest in zip(counts, others, strict=True)]
    # One text alone is counted as itself, whatever the bin is called.
    several = len(both) - len(names) + bool(sum(others)) > 1 or before.left_out or now.left_out
    pooled = [r / max(1, c.rows) if several else 0.0 for r, c in zip(others, (before, now), strict=True)]

    def most(p: Floats, q: Floats) -> float:
        return float(np.max(np.abs(p - q), initial=0.0))

    found = _distance(counts[0], counts[1], names, most, 0.0)
    return replace(found, shares=max(1, len(names)), pooled=(pooled[0], pooled[1]))


def _distance(
    before: Floats, now: Floats, bins: Sequence[str], ks: Callable[[Floats, Floats], float], known_to: float
) -> Distance:
    rows_before, rows = float(before.sum()), float(now.sum())
    if not rows or not rows_before:
        return Distance(int(rows), int(rows_before), 0.0, 0.0, 0.0, 0.0, bins, before.tolist(), now.tolist())
    p, q = before / rows_before, now / rows
    pooled = (before + now) / (rows_before + rows)
    square = float(((p - q) ** 2 / pooled).sum()) / (1 / rows + 1 / rows_before)
    # Half a row more in each bin: an empty one makes the index great, not infinite.
    sp, sq = (before + 0.5) / (rows_before + 0.5 * len(bins)), (now + 0.5) / (rows + 0.5 * len(bins))
    psi = float(((sq - sp) * np.log(sq / sp)).sum())
    middle = (p + q) / 2
    js = (_divergence(p, middle) + _divergence(q, middle)) / 2
    return Distance(
        int(rows), int(rows_before), ks(p, q), psi, math.sqrt(max(0.0, js)), square, bins,
        before.tolist(), now.tolist(), known_to,
    )  # fmt: skip


def _divergence(p: Floats, q: Floats) -> float:
    some = p > 0
    return float((p[some] * np.log2(p[some] / q[some])).sum())
