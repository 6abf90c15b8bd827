"""Two distributions laid over each other: what a version was trained on, and what it is asked now."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ..markup import Markup, el
from ..svg import label, line, picture
from ..text import figure, fit, percent
from .frame import WIDTH, frame

BEFORE, NOW = "training rows", "rows compared"
HEIGHT = 250
_ROW = 40.0
_NAMES = 118.0


def numbers(
    key: str, name: str, edges: Sequence[float], before: Sequence[float], now: Sequence[float]
) -> Markup:
    """Return the shares of rows in bins between the edges: bars for training rows, a line for the others."""
    box = frame([edges[0], edges[-1]], [0, max(*before, *now)], height=HEIGHT, y_count=3)
    bars = [
        el(
            "rect",
            el(
                "title",
                f"{figure(low)} to {figure(high)}: {percent(share)} of the {BEFORE}, {percent(other)} now",
            ),
            x=box.x(low) + 0.5,
            y=box.y(share),
            width=max(box.x(high) - box.x(low) - 1, 0.5),
            height=box.y(0) - box.y(share),
        )
        for (low, high), share, other in zip(itertools.pairwise(edges), before, now, strict=True)
    ]
    corners = [(box.x(edges[0]), box.y(0))]
    for (low, high), share in zip(itertools.pairwise(edges), now, strict=True):
        corners += [(box.x(low), box.y(share)), (box.x(high), box.y(share))]
    corners.append((box.x(edges[-1]), box.y(0)))
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
    described = f"Shares of rows between {figure(edges[0])} and {figure(edges[-1])}."
    return picture(
        f"{key}-shape", WIDTH, HEIGHT, name, described,
        box.axes(fit(name, 240, 11), "Share of rows"), el("g", *bars, class_="before"),
        el("path", d=path, class_="curve series-b"), line(box.x.start, box.y(0), box.x.end, box.y(0), "axis"),
        class_="histogram",
    )  # fmt: skip


def categories(
    key: str, name: str, values: Sequence[str], before: Sequence[float], now: Sequence[float]
) -> Markup:
    """Return two bars for each value: above that of the training rows, below that of the others."""
    room, most = WIDTH - _NAMES - 44, max(*before, *now, 1e-9)
    parts: list[Markup] = []
    for at, (value, share, other) in enumerate(zip(values, before, now, strict=True)):
        y = at * _ROW + 6
        parts.append(
            label(_NAMES - 8, y + 19, fit(value or "(empty)", _NAMES - 10, 11), "end", class_="tick")
        )
        for place, (size, kind) in enumerate(((share, "before"), (other, "now"))):
            top = y + place * 15
            wide = size / most * room
            parts.append(el("rect", x=_NAMES, y=top, width=max(wide, 0.8), height=12, rx=2, class_=kind))
            parts.append(label(_NAMES + wide + 5, top + 10, percent(size), class_="tick"))
    height = len(values) * _ROW + 4
    parts.append(line(_NAMES, 0, _NAMES, height, "axis"))
    described = "; ".join(
        f"{value}: {percent(share)} of the {BEFORE}, {percent(other)} now"
        for value, share, other in zip(values, before, now, strict=True)
    )
    return picture(f"{key}-shape", WIDTH, height, name, described, *parts, class_="histogram shares")
