"""The axes that the plots share: a square of grid lines with labelled ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..markup import Markup, el
from ..svg import label, line
from ..text import width
from .scale import Scale, rounded, tick_label, ticks

WIDTH = 340.0
SIZE = 11.0


@dataclass(frozen=True)
class Frame:
    """A plot's inner box and its two scales."""

    x: Scale
    y: Scale
    x_ticks: tuple[float, ...]
    y_ticks: tuple[float, ...]
    height: float
    x_labels: tuple[str, ...] = ()
    """What stands at the ticks of x instead of their numbers."""

    def axes(self, x_title: str, y_title: str) -> Markup:
        """Return grid, ticks and titles; the y title stands on top, where it is read upright."""
        left, right, top, bottom = self.x.start, self.x.end, self.y.end, self.y.start
        parts = [line(left, self.y(mark), right, self.y(mark), "grid") for mark in self.y_ticks]
        parts += [line(self.x(mark), top, self.x(mark), bottom, "grid") for mark in self.x_ticks]
        parts.append(line(left, bottom, right, bottom, "axis"))
        parts += [
            label(left - 7, self.y(mark) + 4, tick_label(mark, self.y_ticks), "end", class_="tick")
            for mark in self.y_ticks
        ]
        labels = self.x_labels or [tick_label(mark, self.x_ticks) for mark in self.x_ticks]
        parts += [
            label(self.x(mark), bottom + 17, text, "middle", class_="tick")
            for mark, text in zip(self.x_ticks, labels, strict=True)
        ]
        parts.append(label(right, bottom + 36, x_title, "end", class_="axis-title"))
        parts.append(label(0, 13, y_title, class_="axis-title"))
        return el("g", *parts, class_="axes")


def frame(
    xs: Sequence[float],
    ys: Sequence[float],
    height: float = 320.0,
    x_count: int = 4,
    y_count: int = 5,
) -> Frame:
    """Return a frame whose round bounds hold all of the values; the left margin fits the y labels."""
    x_low, x_high = rounded(xs, x_count)
    y_low, y_high = rounded(ys, y_count)
    y_ticks = tuple(ticks(y_low, y_high, y_count))
    x_ticks = tuple(ticks(x_low, x_high, x_count))
    left = max((width(tick_label(mark, y_ticks), SIZE) for mark in y_ticks), default=20) + 10
    right = width(tick_label(x_ticks[-1], x_ticks), SIZE) / 2 + 2 if x_ticks else 10
    return Frame(
        Scale(x_low, x_high, left, WIDTH - max(right, 8)),
        Scale(y_low, y_high, height - 44, 28),
        x_ticks,
        y_ticks,
        height,
    )
