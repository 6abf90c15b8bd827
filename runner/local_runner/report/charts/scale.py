"""From values to pixels, with round tick marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..text import MINUS, figure


@dataclass(frozen=True)
class Scale:
    """A straight scale: `low`..`high` of the values onto `start`..`end` of the picture."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return about `wanted` round values from low to high, both ends covered only where they are round."""
    step = _step(low, high, wanted)
    first = math.ceil(low / step - 1e-9)
    return [index * step for index in range(first, math.floor(high / step + 1e-9) + 1)]


def rounded(values: Sequence[float], wanted: int = 5) -> tuple[float, float]:
    """Return round bounds around the values, apart even where all values are one."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - (abs(low) or 1) * 0.5, high + (abs(high) or 1) * 0.5
    step = _step(low, high, wanted)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def tick_label(value: float, marks: Sequence[float]) -> str:
    """Return a tick's label with just the decimals that tell it from its neighbours."""
    step = abs(marks[1] - marks[0]) if len(marks) > 1 else abs(value)
    biggest = max((abs(mark) for mark in marks), default=0)
    if not step or biggest >= 1e7 or step < 1e-4:
        return figure(value, 2)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1  # a step such as 0.25 or 2.5
    return f"{value + 0.0:,.{decimals}f}".replace("-", MINUS)


def _step(low: float, high: float, wanted: int) -> float:
    rough = (high - low) / max(wanted, 1) or 1.0
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))
