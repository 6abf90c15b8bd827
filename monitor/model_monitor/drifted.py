"""Rows in which something has changed, made from rows in which nothing has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model_monitor.errors import MonitorError

NEW = "something new"
KINDS = ("shift", "scale", "new category", "missing", "label shift", "swapped columns", "unit change")
SIZES: dict[str, tuple[float, ...]] = {
    "shift": (0.25, 0.5, 1.0),
    "scale": (0.5, 1.0, 3.0),
    "new category": (0.02, 0.05, 0.2),
    "missing": (0.02, 0.05, 0.2),
    "label shift": (0.1, 0.2, 0.4),
    "swapped columns": (0.2, 0.5, 1.0),
    "unit change": (1.6, 10.0, 1000.0),
}
"""Some sizes of each kind: from hard to find to plain."""
MEANS: dict[str, str] = {
    "shift": "by so many standard deviations",
    "scale": "wider by this factor less one, about the same mean",
    "new category": "in this share of the rows",
    "missing": "in this share of the rows",
    "label shift": "so much of the most frequent label gives way to the others",
    "swapped columns": "in this share of the rows",
    "unit change": "numbers times this factor",
}


@dataclass(frozen=True)
class Change:
    """What changes: a kind, how much, and which columns."""

    kind: str
    size: float
    column: str
    other: str | None = None
    """The column that it is swapped with."""

    def of(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """The rows with the change. Raises `MonitorError` for what makes no sense."""
        if self.kind not in KINDS:
            raise MonitorError(f"kind is {self.kind!r}: give one of {', '.join(KINDS)}")
        for name in (self.column, *((self.other,) if self.other else ())):
            if name not in rows:
                raise MonitorError(f"there is no column {name!r}: the rows have {', '.join(map(str, rows))}")
        changed = rows.copy()
        makers: dict[str, Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]] = {
            "shift": self._shift,
            "scale": self._scale,
            "new category": self._new_category,
            "missing": self._missing,
            "label shift": self._label_shift,
            "swapped columns": self._swapped,
            "unit change": self._unit,
        }
        return makers[self.kind](changed, rng)

    def _numbers(self, rows: pd.DataFrame) -> pd.Series[float]:
        if not pd.api.types.is_numeric_dtype(rows[self.column]):
            raise MonitorError(f"column {self.column!r} holds no numbers: {self.kind} needs some")
        return rows[self.column].astype(float)

    def _share(self) -> float:
        if not 0 < self.size <= 1:
            raise MonitorError(f"size is {self.size:g}: {self.kind} needs a share, more than 0 and at most 1")
        return self.size

    def _shift(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        numbers = self._numbers(rows)
        return rows.assign(**{self.column: numbers + self.size * numbers.std()})

    def _scale(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        numbers = self._numbers(rows)
        return rows.assign(**{self.column: numbers.mean() + (numbers - numbers.mean()) * (1 + self.size)})

    def _unit(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        return rows.assign(**{self.column: self._numbers(rows) * self.size})

    def _new_category(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        cells = rows[self.column].astype(object).mask(rng.random(len(rows)) < self._share(), NEW)
        return rows.assign(**{self.column: cells})

    def _missing(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        gone = rng.random(len(rows)) < self._share()
        return rows.assign(**{self.column: rows[self.column].mask(gone)})

    def _swapped(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        if self.other is None:
            raise MonitorError(f"column {self.column!r} needs another column to be swapped with")
        swap = rng.random(len(rows)) < self._share()
        one, two = rows[self.column], rows[self.other]
        if one.dtype != two.dtype:
            one, two = one.astype(object), two.astype(object)
        return rows.assign(**{self.column: one.mask(swap, two), self.other: two.mask(swap, one)})

    def _label_shift(self, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        labels = rows[self.column]
        most = labels > labels.median() if _is_many(labels) else labels == labels.mode().iloc[0]
        share = float(most.mean())
        wanted = share * (1 - self._share())
        if not 0 < share < 1:
            raise MonitorError(f"column {self.column!r} has one value only: its share cannot change")
        weights = np.where(most, wanted / share, (1 - wanted) / (1 - share))
        drawn = rng.choice(len(rows), len(rows), p=weights / weights.sum())
        return rows.iloc[drawn].reset_index(drop=True)


def _is_many(labels: pd.Series[float]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(labels) and labels.nunique() > 20)


def partner(frame: pd.DataFrame, column: str, columns: Sequence[str]) -> str | None:
    """Another column to swap a column with: the next one, of the same type if there is one."""
    names = [name for name in columns if name != column]
    same = [name for name in names if frame[name].dtype == frame[column].dtype]
    return next(iter(same or names), None)
