"""Curves over a common axis, told apart by colour, dashes and a legend above the plot."""

from __future__ import annotations

from collections.abc import Sequence

from ..markup import Markup, el
from ..svg import label, line, picture
from ..text import width
from .frame import SIZE, WIDTH, Frame, frame
from .roc import SERIES

HEIGHT = 300.0
SAMPLE = 22.0
Series = tuple[str, Sequence[tuple[float, float]]]


def lines(
    key: str,
    title: str,
    description: str,
    axes: tuple[str, str],
    series: Sequence[Series],
    mark: tuple[float, str] | None = None,
    unit: bool = False,
) -> Markup:
    """Return the curves; `mark` is a named place on the x axis, `unit` says that both axes go from 0 to 1."""
    xs = [x for _, points in series for x, _ in points]
    ys = [y for _, points in series for _, y in points]
    box = frame([*xs, 0, 1] if unit else xs, [*ys, 0, 1] if unit else ys, height=HEIGHT, x_count=5)
    parts: list[Markup] = [box.axes(*axes)]
    if mark and box.x.low <= mark[0] <= box.x.high:
        parts += _mark(box, series, *mark)
    for (_, points), name in zip(series, SERIES, strict=False):
        path = "M" + "L".join(f"{box.x(x):.1f} {box.y(y):.1f}" for x, y in points)
        parts.append(el("path", d=path, class_=f"curve series-{name}"))
    parts += _legend([name for name, _ in series], box.x.end)
    return picture(key, WIDTH, HEIGHT, title, description, *parts, class_="lines")


def _mark(box: Frame, series: Sequence[Series], x: float, name: str) -> list[Markup]:
    """A dashed line with its name, at the end of the line that is farther from the curves."""
    at = box.x(x)
    near = [min(points, key=lambda point: abs(point[0] - x))[1] for _, points in series]
    above = sum(near) / len(near) > (box.y.low + box.y.high) / 2
    left = at > (box.x.start + box.x.end) / 2
    y = box.y.start - 8 if above else box.y.end + 12
    return [
        line(at, box.y.end, at, box.y.start, "chance"),
        label(at + (-5 if left else 5), y, name, "end" if left else "start", class_="tick"),
    ]


def _legend(names: Sequence[str], right: float) -> list[Markup]:
    parts: list[Markup] = []
    for name, series in reversed(list(zip(names, SERIES, strict=False))):
        parts.append(label(right, 13, name, "end", class_="tick"))
        right -= width(name, SIZE) + 4
        parts.append(line(right - SAMPLE, 9, right, 9, f"curve series-{series}"))
        right -= SAMPLE + 12
    return parts
