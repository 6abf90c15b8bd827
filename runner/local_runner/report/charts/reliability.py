"""What was stated against what was observed: on the dashed line both are the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..markup import Markup, el
from ..svg import line, picture
from ..text import figure, plural
from .frame import WIDTH, frame

HEIGHT = 330.0
SMALLEST, LARGEST = 3.0, 9.0
Point = tuple[float, float, int]
"""Stated, observed, and how many rows."""


def reliability(
    key: str, title: str, axes: tuple[str, str], points: Sequence[Point], unit: bool = False
) -> Markup:
    """Return the points, larger for more rows; `unit` says that both axes go from 0 to 1."""
    both = [0.0, 1.0] if unit else [value for point in points for value in point[:2]]
    box = frame(both, both, height=HEIGHT, x_count=5)
    most = max(rows for *_, rows in points) or 1
    path = "M" + "L".join(f"{box.x(x):.1f} {box.y(y):.1f}" for x, y, _ in points)
    dots = [
        el(
            "circle",
            el("title", f"{axes[0]} {figure(x)}, {axes[1].lower()} {figure(y)}: {plural(rows, 'row')}"),
            cx=f"{box.x(x):.1f}",
            cy=f"{box.y(y):.1f}",
            r=f"{SMALLEST + (LARGEST - SMALLEST) * math.sqrt(rows / most):.1f}",
        )
        for x, y, rows in points
    ]
    off = max(points, key=lambda point: abs(point[0] - point[1]))
    parts = [
        box.axes(*axes),
        line(box.x(box.x.low), box.y(box.x.low), box.x(box.x.high), box.y(box.x.high), "chance"),
        el("path", d=path, class_="curve series-a"),
        el("g", *dots, class_="dots"),
    ]
    description = (
        f"{plural(len(points), 'group')} of rows; the farthest from the line has "
        f"{figure(off[0])} and {figure(off[1])}."
    )
    return picture(key, WIDTH, HEIGHT, title, description, *parts, class_="reliability")
