"""HTML and SVG built from values: whatever is not `Markup` is cleaned and escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from .text import clean

VOID = frozenset({"meta", "br", "hr", "col", "wbr"})


class Markup(str):
    """Text that is already HTML and goes into the page as it is."""

    __slots__ = ()


Node: TypeAlias = "str | int | float | Markup | Iterable[Node] | None"
Attribute: TypeAlias = "str | int | float | bool | None"


def html(node: Node) -> Markup:
    """Return any node as HTML; None and empty collections become nothing."""
    if node is None:
        return Markup()
    if isinstance(node, Markup):
        return node
    if isinstance(node, str):
        return Markup(escape(clean(node)))
    if isinstance(node, (int, float)):
        return Markup(escape(str(node)))
    return Markup("".join(html(child) for child in node))


def el(name: str, /, *children: Node, **attributes: Attribute) -> Markup:
    """Return one element; `class_` stands for class, `_` for `-`; None and False leave an attribute out."""
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(opening) if name in VOID else Markup(f"{opening}{html(children)}</{name}>")


def join(separator: Node, nodes: Iterable[Node]) -> Markup:
    """Return the nodes with the separator between them."""
    return Markup(html(separator).join(html(node) for node in nodes))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else clean(str(value))
    return f' {name}="{escape(shown)}"'
