"""What a tuning found: the objective of each trial over one hyperparameter."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..coerce import number
from ..markup import Markup, el
from ..svg import picture
from ..text import MINUS, exact, plural
from .frame import WIDTH, Frame, frame
from .scale import Scale

HEIGHT = 270.0
_MOST_MARKS = 6
_LONGEST = 18
_SPREAD = 100
"""From this ratio of largest to smallest value on, values of unknown scale stand on a logarithmic one."""


@dataclass(frozen=True)
class Tried:
    """One hyperparameter: the value and the objective of each trial that gave one, and the best trial."""

    name: str
    values: tuple[str, ...]
    objectives: tuple[float, ...]
    best: int | None
    choices: bool = False
    scale: str = "Auto"

    @property
    def numbers(self) -> tuple[float, ...] | None:
        """The values as numbers; None for choices, and where one is no finite number."""
        found = [number(float(value)) if _is_number(value) else None for value in self.values]
        if self.choices or any(value is None or not math.isfinite(value) for value in found):
            return None
        return tuple(value for value in found if value is not None)

    @property
    def strength(self) -> float:
        """How much of the objective's order goes with the value: 0 nothing, 1 all of it."""
        ranked = ranks(self.objectives)
        if self.numbers is not None:
            return abs(correlation(ranks(self.numbers), ranked))
        mean = sum(ranked) / len(ranked)
        whole = sum((rank - mean) ** 2 for rank in ranked)
        between = 0.0
        for value in set(self.values):
            group = [rank for rank, other in zip(ranked, self.values, strict=True) if other == value]
            between += len(group) * (sum(group) / len(group) - mean) ** 2
        return math.sqrt(between / whole) if whole else 0.0

    @property
    def note(self) -> str:
        """What the picture shows, in a sentence."""
        if self.numbers is None or len(self.objectives) < 4:
            return f"{plural(len(self.objectives), 'trial')}; the best one is marked."
        found = f"{correlation(ranks(self.numbers), ranks(self.objectives)):.2f}".replace("-", MINUS)
        return f"Rank correlation {found}; the best trial is marked."


def ranks(values: Sequence[float]) -> list[float]:
    """Return the place of each value in their order, equal ones the mean of theirs."""
    places: dict[float, float] = {}
    before = 0
    for value, count in sorted(Counter(values).items()):
        places[value] = before + (count - 1) / 2
        before += count
    return [places[value] for value in values]


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Return Pearson's correlation; 0 where one of them does not change."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread = math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return both / spread if spread else 0.0


def objective_over(key: str, tried: Tried, metric: str) -> Markup:
    """Return a point for each trial: its value of the hyperparameter, and its objective."""
    xs, box = _placed(tried)
    dots = []
    for at, (x, y) in enumerate(zip(xs, tried.objectives, strict=True)):
        if at != tried.best:
            dots.append(el("circle", cx=f"{box.x(x):.1f}", cy=f"{box.y(y):.1f}", r=3.6))
    parts = [box.axes(_cut(tried.name, 40), _cut(metric, 40)), el("g", *dots, class_="dots")]
    if tried.best is not None:
        x, y = box.x(xs[tried.best]), box.y(tried.objectives[tried.best])
        parts.append(el("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=6, class_="best"))
    title = f"{metric} over {tried.name}"
    return picture(key, WIDTH, HEIGHT, title, tried.note, *parts, class_="scatter trials")


def _placed(tried: Tried) -> tuple[Sequence[float], Frame]:
    """Return the place of each value on the axis, and the axes."""
    values = tried.numbers
    if values is None:
        names = sorted(set(tried.values), key=lambda value: (not _is_number(value), _order(value), value))
        xs = [float(names.index(value)) for value in tried.values]
        labels = [_cut(name, _LONGEST) for name in names]
        return xs, _marked(tried, list(range(len(names))), labels, -0.5, len(names) - 0.5)
    low, high = min(values), max(values)
    wide = low > 0 and high / low >= _SPREAD
    if low > 0 and high > low and (tried.scale == "Logarithmic" or (tried.scale == "Auto" and wide)):
        xs = [math.log10(value) for value in values]
        room = (max(xs) - min(xs)) * 0.05
        marks = _powers(low, high)
        places = [math.log10(mark) for mark in marks]
        return xs, _marked(tried, places, list(map(exact, marks)), min(xs) - room, max(xs) + room)
    return values, frame(values, tried.objectives, height=HEIGHT)


def _marked(tried: Tried, places: Sequence[float], labels: Sequence[str], low: float, high: float) -> Frame:
    box = frame([0.0, 1.0], tried.objectives, height=HEIGHT)
    x = Scale(low, high, box.x.start, box.x.end)
    return Frame(x, box.y, tuple(places), box.y_ticks, HEIGHT, tuple(labels))


def _powers(low: float, high: float) -> list[float]:
    """Return round values between the bounds: 1, 2 and 5 of each power of ten, or fewer."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        marks = [digit * 10.0**power for power in powers for digit in digits]
        inside = [mark for mark in marks if low <= mark <= high]
        if len(inside) <= _MOST_MARKS:
            break
    return inside[:: math.ceil(len(inside) / _MOST_MARKS)] if inside else []


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _order(value: str) -> float:
    return float(value) if _is_number(value) else 0.0


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
