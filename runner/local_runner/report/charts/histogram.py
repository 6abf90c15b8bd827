"""How errors are spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..markup import Markup, el
from ..svg import line, picture
from ..text import ERROR, figure, plural
from .frame import WIDTH, frame
from .scale import rounded


def bins(values: Sequence[float]) -> tuple[float, float, list[int]]:
    """Return (start of the first bin, width of a bin, counts): round bins, zero is a border of two."""
    spread = max(abs(value) for value in values) or 1.0
    wanted = min(24, max(8, round(math.sqrt(len(values)) * 1.2)))
    low, high = min(values), max(values)
    step = rounded([0, 2 * spread / wanted], 1)[1]
    first = math.floor(low / step)
    counts = [0] * max(1, math.floor(high / step) - first + 1)
    for value in values:
        counts[min(math.floor(value / step) - first, len(counts) - 1)] += 1
    return first * step, step, counts


def errors(key: str, values: Sequence[float]) -> Markup:
    """Return the histogram of errors with their mean."""
    start, step, counts = bins(values)
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    box = frame([start, start + step * len(counts), 0], [0, max(counts)], height=330, y_count=4)
    bars = [
        el(
            "rect",
            el(
                "title",
                f"{figure(start + step * at)} to {figure(start + step * (at + 1))}: {plural(count, 'row')}",
            ),
            x=box.x(start + step * at) + 0.5,
            y=box.y(count),
            height=box.y(0) - box.y(count),
            width=max(box.x(step) - box.x(0) - 1, 0.5),
            rx=1,
        )
        for at, count in enumerate(counts)
        if count
    ]
    parts = [
        box.axes(ERROR, "Test rows"),
        el("g", *bars, class_="bars"),
        line(box.x(0), box.y.end, box.x(0), box.y.start, "chance"),
        line(box.x(0), box.y.start, box.x.end, box.y.start, "axis"),
    ]
    rows = plural(len(values), "test row")
    description = f"Mean error {figure(mean)}, standard deviation {figure(deviation)}, {rows}."
    return picture(key, WIDTH, 330, "Error distribution", description, *parts, class_="histogram")
