"""Bars, whiskers and marks that stand in a table's cell and take its width: all positions are per cent."""

from __future__ import annotations

from ..markup import Markup, el


def strip(*content: Markup, height: int = 16, class_: str = "") -> Markup:
    """Return a picture as wide as its place. It repeats what the row says, so it is not read aloud."""
    return el(
        "svg", *content, class_=f"strip {class_}".strip(), width="100%", height=height, aria_hidden="true"
    )


def share(value: float) -> str:
    """Return a position between 0 and 1 as per cent."""
    return f"{min(max(value, 0.0), 1.0) * 100:.2f}%"


def bar(value: float, class_: str = "") -> Markup:
    """Return a bar from the left over `value` (0 to 1) of the width."""
    return strip(
        el("rect", x=0, y=3, width="100%", height=10, rx=3, class_="track"),
        el("rect", x=0, y=3, width=share(value), height=10, rx=3, class_=f"bar {class_}".strip()),
    )


def whisker(value: float, deviation: float | None) -> Markup:
    """Return a point on a track from 0 to 1 with one standard deviation to both sides."""
    parts = [el("line", x1=0, x2="100%", y1=8, y2=8, class_="rail")]
    if deviation:
        low, high = share(value - deviation), share(value + deviation)
        parts.append(el("line", x1=low, x2=high, y1=8, y2=8, class_="whisker"))
        parts += [el("line", x1=end, x2=end, y1=4, y2=12, class_="whisker") for end in (low, high)]
    parts.append(el("circle", cx=share(value), cy=8, r=4.5, class_="point"))
    return strip(*parts)
