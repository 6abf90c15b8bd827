"""What is known of one column: its moments and quantiles, or how often each text occurs."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from model_monitor import values as cells_of
from model_monitor.categories import Counts
from model_monitor.errors import MonitorError
from model_monitor.sketch import Floats, Sketch
from model_monitor.values import Kind

EXTREMES = 64
"""So many of the least and of the greatest values are kept exactly."""
OTHERS = 100
BUCKETS = 10


class NumberColumn:
    """A column of numbers: exact moments and extremes, quantiles to a known error."""

    kind: ClassVar[Kind] = "number"

    def __init__(self, name: str) -> None:
        self.name = name
        self.missing = 0
        self.numbers = 0
        self.integral = 0
        self.mean = 0.0
        self.squares = 0.0
        self.lows: Floats = np.empty(0)
        self.highs: Floats = np.empty(0)
        self.sketch = Sketch()
        self.others = Counts(OTHERS)
        """Cells that are no numbers."""

    @property
    def present(self) -> int:
        """Cells that are not missing."""
        return self.numbers + self.others.rows

    @property
    def deviation(self) -> float:
        """The standard deviation of the rows themselves, as in the published form."""
        return math.sqrt(self.squares / self.numbers) if self.numbers else math.nan

    @property
    def inferred_type(self) -> str:
        """The published name of the type."""
        if not self.numbers:
            return "Unknown" if not self.others.rows else "String"
        return "Integral" if self.integral == self.numbers else "Fractional"

    def add(self, cells: Any) -> None:
        """Add cells."""
        found = cells_of.numbers(self.name, cells)
        self.missing += found.missing
        self.others.add(found.others)
        values = np.sort(found.values)
        if not len(values):
            return
        self.integral += int((values == np.floor(values)).sum())
        mean = float(values.mean())
        self._moments(len(values), mean, float(np.square(values - mean).sum()))
        self._extremes(values[:EXTREMES], values[-EXTREMES:])
        self.sketch.add(values)

    def merge(self, other: NumberColumn) -> NumberColumn:
        """What is known of the cells of both."""
        merged = NumberColumn(self.name)
        merged.missing = self.missing + other.missing
        merged.integral = self.integral + other.integral
        merged.others = self.others.merge(other.others)
        for one in (self, other):
            merged._moments(one.numbers, one.mean, one.squares)
            merged._extremes(one.lows, one.highs)
        merged.sketch = self.sketch.merge(other.sketch)
        return merged

    def _moments(self, rows: int, mean: float, squares: float) -> None:
        """The pairwise update of Chan, Golub and LeVeque."""
        if rows:
            total, apart = self.numbers + rows, mean - self.mean
            self.squares += squares + apart * apart * (self.numbers * rows / total)
            self.mean += apart * rows / total
            self.numbers = total

    def _extremes(self, lows: Floats, highs: Floats) -> None:
        self.lows = np.sort(np.concatenate([self.lows, lows]))[:EXTREMES]
        self.highs = np.sort(np.concatenate([self.highs, highs]))[-EXTREMES:]

    def to_json(self) -> dict[str, Any]:
        """The feature in the published form; what that has no place for is in `extension`."""
        empty = not self.numbers
        low, high = (0.0, 0.0) if empty else (float(self.lows[0]), float(self.highs[-1]))
        return {
            "name": self.name,
            "inferred_type": self.inferred_type,
            "numerical_statistics": {
                "common": {"num_present": self.present, "num_missing": self.missing},
                "mean": self.mean,
                "sum": self.mean * self.numbers,
                "std_dev": 0.0 if empty else self.deviation,
                "min": low,
                "max": high,
                "distribution": {"kll": {"buckets": self.buckets(), "sketch": self.sketch.to_json()}},
            },
            "extension": {
                "kind": self.kind,
                "numbers": self.numbers,
                "integral": self.integral,
                "squares": self.squares,
                "lows": self.lows.tolist(),
                "highs": self.highs.tolist(),
                "rank_error": self.sketch.error,
                "others": _counts_json(self.others),
            },
        }

    def buckets(self) -> list[dict[str, float]]:
        """Ten buckets of equal width from the least to the greatest value."""
        if not self.numbers:
            return []
        edges = np.linspace(self.lows[0], self.highs[-1], BUCKETS + 1)
        below = self.sketch.ranks(edges[1:-1])
        counts = np.diff(np.concatenate([[0], below, [self.numbers]]))
        return [
            {"lower_bound": float(a), "upper_bound": float(b), "count": float(n)}
            for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
        ]

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> NumberColumn:
        """A feature of the published form; one that another program wrote has fewer details."""
        column, given = cls(raw["name"]), raw["numerical_statistics"]
        more = raw.get("extension", {})
        column.missing = int(given["common"]["num_missing"])
        column.numbers = int(more.get("numbers", given["common"]["num_present"]))
        column.mean = float(given["mean"])
        column.squares = float(more.get("squares", float(given["std_dev"]) ** 2 * column.numbers))
        column.integral = int(more.get("integral", column.numbers * (raw["inferred_type"] == "Integral")))
        ends = [[float(given[end])] if column.numbers else [] for end in ("min", "max")]
        column.lows = np.asarray(more.get("lows", ends[0]), float)
        column.highs = np.asarray(more.get("highs", ends[1]), float)
        if column.numbers:
            sketch = given.get("distribution", {}).get("kll", {}).get("sketch")
            if not sketch:
                raise MonitorError(
                    f"statistics: feature {column.name!r} has no distribution.kll.sketch: "
                    "make the baseline again"
                )
            column.sketch = Sketch.from_json(sketch, column.numbers, more.get("rank_error"))
        column.others = _counts_of(more.get("others"), OTHERS)
        return column


class CategoryColumn:
    """A column of texts: how often each occurs."""

    kind: ClassVar[Kind] = "category"

    def __init__(self, name: str) -> None:
        self.name = name
        self.missing = 0
        self.counts = Counts()

    @property
    def present(self) -> int:
        """Cells that are not missing."""
        return self.counts.rows

    @property
    def inferred_type(self) -> str:
        """The published name of the type."""
        return "String" if self.present else "Unknown"

    def add(self, cells: Any) -> None:
        """Add cells."""
        found = cells_of.texts(self.name, cells)
        self.missing += found.missing
        self.counts.add(found.counts)

    def merge(self, other: CategoryColumn) -> CategoryColumn:
        """What is known of the cells of both."""
        merged = CategoryColumn(self.name)
        merged.missing = self.missing + other.missing
        merged.counts = self.counts.merge(other.counts)
        return merged

    def to_json(self) -> dict[str, Any]:
        """The feature in the published form; what that has no place for is in `extension`."""
        counts = self.counts
        return {
            "name": self.name,
            "inferred_type": self.inferred_type,
            "string_statistics": {
                "common": {"num_present": self.present, "num_missing": self.missing},
                "distinct_count": counts.distinct,
                "distribution": {
                    "categorical": {
                        "buckets": [{"value": text, "count": rows} for text, rows in counts.most_frequent()]
                    }
                },
            },
            "extension": {
                "kind": self.kind,
                "left_out": counts.left_out,
                "count_error": counts.error,
                "hashes": counts.hashes() if counts.error else [],
            },
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> CategoryColumn:
        """A feature of the published form."""
        column, given = cls(raw["name"]), raw["string_statistics"]
        more = raw.get("extension", {})
        column.missing = int(given["common"]["num_missing"])
        buckets = given.get("distribution", {}).get("categorical", {}).get("buckets", [])
        by_text = {str(bucket["value"]): int(bucket["count"]) for bucket in buckets}
        rows = int(given["common"]["num_present"])
        left = rows - sum(by_text.values())
        error = int(more.get("count_error", left))
        column.counts = Counts.restored(by_text, rows, error, more.get("hashes", []))
        return column


Column = NumberColumn | CategoryColumn


def merged(one: Column, two: Column) -> Column:
    """What is known of the cells of two columns of one name."""
    if isinstance(one, NumberColumn) and isinstance(two, NumberColumn):
        return one.merge(two)
    if isinstance(one, CategoryColumn) and isinstance(two, CategoryColumn):
        return one.merge(two)
    raise MonitorError(
        f"column {one.name!r} holds numbers in one part and texts in another: say which kind it has"
    )


def _counts_json(counts: Counts) -> dict[str, Any]:
    return {"rows": counts.rows, "error": counts.error, "counts": dict(counts.most_frequent())}


def _counts_of(raw: dict[str, Any] | None, kept: int) -> Counts:
    if not raw:
        return Counts(kept)
    counts = Counts.restored(raw["counts"], int(raw["rows"]), int(raw["error"]), [])
    counts.kept = kept
    return counts
