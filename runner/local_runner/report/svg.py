"""The frame of every picture: role, title and description, and the little drawing words that charts share."""

from __future__ import annotations

from .markup import Attribute, Markup, Node, el


def picture(
    key: str, width: float, height: float, title: str, description: str, *content: Node, class_: str = ""
) -> Markup:
    """Return an SVG with title and description for those who do not see it; `key` is unique in the page."""
    return el(
        "svg",
        el("title", title, id=f"{key}-title"),
        el("desc", description, id=f"{key}-desc"),
        *content,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_=f"picture {class_}".strip(),
    )


def label(x: float, y: float, text: str, anchor: str = "start", **attributes: Attribute) -> Markup:
    """Return text at a point; the class says size and colour."""
    return el("text", text, x=x, y=y, text_anchor=None if anchor == "start" else anchor, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Return a straight line."""
    return el("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def icon(name: str, x: float | None = None, y: float | None = None, size: float | None = None) -> Markup:
    """Return a state's icon, in a picture when placed, beside text otherwise; it says nothing aloud."""
    if x is None:
        return el(
            "svg",
            el("use", href=f"#i-{name}"),
            class_=f"icon is-{name}",
            aria_hidden="true",
            viewBox="0 0 16 16",
        )
    return el("use", href=f"#i-{name}", x=x, y=y, width=size, height=size, class_=f"is-{name}")


_SHAPES = {
    # Each state has a shape of its own, so that it is told without its colour.
    "ok": el("circle", cx=8, cy=8, r=7.5, class_="ink")
    + el("path", d="M4.6 8.3l2.3 2.3 4.5-4.9", class_="cut"),
    "fail": el("circle", cx=8, cy=8, r=7.5, class_="ink")
    + el("path", d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2", class_="cut"),
    "stop": el("rect", x=1, y=1, width=14, height=14, rx=3.5, class_="ink")
    + el("path", d="M5.5 5.5h5v5h-5z", class_="cut"),
    "run": el("circle", cx=8, cy=8, r=6.5, class_="edge")
    + el("path", d="M8 1.5a6.5 6.5 0 0 1 0 13z", class_="ink"),
    "skip": el("circle", cx=8, cy=8, r=6.7, class_="edge dash") + el("path", d="M5 8h6", class_="stroke"),
    "wait": el("circle", cx=8, cy=8, r=6.7, class_="edge"),
    "unreal": el("path", d="M8 .8L15.2 8 8 15.2.8 8z", class_="edge")
    + el("path", d="M5.2 8.6c1-1.5 2-1.5 2.9-.6s1.8.9 2.7-.6", class_="stroke"),
    "cache": el("path", d="M13.3 5.2A6 6 0 1 0 14 8M13.6 1.8v3.6H10", class_="stroke")
    + el("path", d="M8 4.800V8l2.2 1.5", class_="stroke"),
}


def symbols() -> Markup:
    """Return the definitions that `icon` refers to, once per page."""
    drawn = [
        el("symbol", Markup(shape), id=f"i-{name}", viewBox="0 0 16 16") for name, shape in _SHAPES.items()
    ]
    return el("svg", *drawn, class_="symbols", width=0, height=0, aria_hidden="true", focusable="false")
