"""Quantiles of any number of values in bounded memory, with an error that is known.

A sketch has levels of values; a value of level h stands for 2**h values. A level that is full is sorted and
every other value moves up, which displaces the rank of anything by at most the weight of one value. The sum
of these displacements is the bound that the sketch tells: it is 0 while nothing was compacted, so small data
is exact. This is the KLL sketch of the published form, with levels of equal size (c = 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIZE = 2048
"""A level is compacted when it has twice as many values: a sketch of up to 4,096 values is exact."""


class Sketch:
    """A mergeable quantile sketch."""

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.rows = 0
        self.error = 0
        """By how many rows a rank may be wrong, at most."""
        self._levels: list[list[Floats]] = [[]]
        self._counts = [0]
        self._odd = False
        self._weighted: tuple[Floats, NDArray[np.int64]] | None = None

    def add(self, ordered: Floats) -> None:
        """Add values in ascending order."""
        rows = len(ordered)
        level = 0
        while rows >> level > 2 * self.size:
            level += 1
        self.rows += rows
        # Blocks of equal values in a row, each told by its middle: one block at most lies across any value.
        self.error += (1 << level) - 1
        start = 0
        for power in range(level, -1, -1):
            step = 1 << power
            blocks = (rows - start) // step if power == level else ((rows - start) >> power) & 1
            if blocks:
                part = ordered[start : start + blocks * step]
                self._put(power, part[step // 2 :: step] if step > 1 else part)
                start += blocks * step
        self._compact()

    def merge(self, other: Sketch) -> Sketch:
        """A sketch of the values of both."""
        merged = Sketch(min(self.size, other.size))
        merged.rows = self.rows + other.rows
        merged.error = self.error + other.error
        for one in (self, other):
            for level, parts in enumerate(one._levels):
                for part in parts:
                    merged._put(level, part)
        merged._compact()
        return merged

    def _put(self, level: int, values: Floats) -> None:
        while len(self._levels) <= level:
            self._levels.append([])
            self._counts.append(0)
        self._weighted = None
        self._levels[level].append(values.copy())
        self._counts[level] += len(values)

    def _compact(self) -> None:
        level = 0
        while level < len(self._levels):
            if self._counts[level] > 2 * self.size:
                values = self._level(level)
                whole = len(values) // 2 * 2
                # Odd and even in turn, so that displacements cancel rather than add up.
                self._put(level + 1, values[int(self._odd) : whole : 2])
                self._odd = not self._odd
                self._levels[level], self._counts[level] = [values[whole:].copy()], len(values) - whole
                self.error += 1 << level
            level += 1

    def _level(self, level: int) -> Floats:
        parts = self._levels[level]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0)

    def weighted(self) -> tuple[Floats, NDArray[np.int64]]:
        """The values that are kept in ascending order, and how many rows each stands for."""
        if self._weighted is not None:
            return self._weighted
        levels = [self._level(level) for level in range(len(self._levels))]
        values = np.concatenate(levels)
        weights = np.concatenate([np.full(len(v), 1 << h, np.int64) for h, v in enumerate(levels)])
        order = np.argsort(values, kind="stable")
        self._weighted = values[order], weights[order]
        return self._weighted

    def ranks(self, points: Floats) -> NDArray[np.int64]:
        """How many rows are at most each of the points, to within `error`."""
        values, weights = self.weighted()
        below = np.concatenate([[0], np.cumsum(weights)])
        found: NDArray[np.int64] = below[np.searchsorted(values, points, side="right")]
        return found

    def quantiles(self, shares: Sequence[float] | Floats) -> Floats:
        """The least value that at least each share of the rows does not exceed."""
        values, weights = self.weighted()
        if not len(values):
            return np.full(len(shares), np.nan)
        cumulated = np.cumsum(weights)
        wanted = np.ceil(np.asarray(shares, float) * self.rows)
        index = np.searchsorted(cumulated, wanted, side="left")
        chosen: Floats = values[np.minimum(index, len(values) - 1)]
        return chosen

    def to_json(self) -> dict[str, Any]:
        """The published form."""
        data = [self._level(level).tolist() for level in range(len(self._levels))]
        return {"parameters": {"c": 1.0, "k": float(self.size)}, "data": data}

    @classmethod
    def from_json(cls, raw: dict[str, Any], rows: int, error: int | None = None) -> Sketch:
        """A sketch of the published form; without a known error, that of the least exact way to make it."""
        sketch = cls(int(raw["parameters"]["k"]))
        for level, values in enumerate(raw["data"]):
            sketch._put(level, np.sort(np.asarray(values, float)))
        sketch.rows = rows
        levels = len(raw["data"])
        sketch.error = error if error is not None else (levels > 1) * -(-rows * levels // sketch.size)
        return sketch
