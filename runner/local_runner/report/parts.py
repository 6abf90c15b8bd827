"""The blocks that sections are made of: tables, lists of facts, boxes of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .markup import Markup, Node, el
from .names import state, state_class
from .svg import icon
from .text import clean


@dataclass(frozen=True)
class Section:
    """One part of the page; `note` is a sentence beside its title."""

    id: str
    title: str
    note: str
    body: Markup


@dataclass(frozen=True)
class Column:
    title: Node
    class_: str = ""

    @property
    def label(self) -> str | None:
        """The title, where it is plain text."""
        return self.title if isinstance(self.title, str) else None


def stacked(blocks: Iterable[Node]) -> Markup:
    """Return blocks one below the other."""
    return el("div", *blocks, class_="stack")


def of_step(step: str, named: bool, *blocks: Node) -> Markup:
    """Return what belongs to one step, below its name if others of its kind stand beside it."""
    return stacked([el("h3", step, class_="evaluation-name") if named else None, *blocks])


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Node]],
    class_: str = "",
    rows_class: Mapping[int, str] | None = None,
) -> Markup:
    """Return a table whose first column heads its rows; `rows_class` says how a row stands out."""
    head = el(
        "tr", *(el("th", column.title, scope="col", class_=column.class_ or None) for column in columns)
    )
    body = []
    for index, row in enumerate(rows):
        cells = [
            el(
                "td" if at else "th",
                cell,
                scope=None if at else "row",
                class_=columns[at].class_ or None,
                data_label=columns[at].label if at and "stacked" in class_ else None,
            )
            for at, cell in enumerate(row)
        ]
        body.append(el("tr", *cells, class_=(rows_class or {}).get(index)))
    return scroller(
        caption,
        el("table", el("caption", caption), el("thead", head), el("tbody", *body), class_=class_ or None),
    )


def scroller(name: str, content: Node, class_: str = "") -> Markup:
    """Return a box that scrolls sideways by itself and can be reached with the keyboard."""
    return el("div", content, class_=f"scroller {class_}".strip(), tabindex=0, role="region", aria_label=name)


def facts(pairs: Iterable[tuple[Node, Node]]) -> Markup:
    """Return a list of names with their values; pairs without a value are left out."""
    shown = [el("div", el("dt", name), el("dd", value)) for name, value in pairs if value not in (None, "")]
    return el("dl", *shown, class_="facts") if shown else Markup()


def badge(words: str, tone: str = "plain") -> Markup:
    """Return a small label; the words say what the colour says."""
    return el("span", words, class_=f"badge tone-{tone}")


def status_mark(status: str) -> Markup:
    """Return a step's state as icon and word."""
    kind = state_class(status)
    return el("span", icon(kind), state(status), class_=f"mark is-{kind}")


def code(value: str) -> Markup:
    """Return text in the fixed-width font."""
    return el("code", value)


def command(line: str) -> Markup:
    """Return a command line to copy."""
    return scroller("Command", el("pre", el("code", line)), "command")


def note(*words: Node, tone: str = "plain") -> Markup:
    """Return a remark that the reader should not miss."""
    return el("p", *words, class_=f"note tone-{tone}")


def sheet(name: str, value: str, limit: int = 4000) -> Markup:
    """Return a box of text that keeps its lines, cut in the middle beyond `limit` characters."""
    value = clean(value)
    if len(value) > limit:
        left_out = len(value) - limit
        value = f"{value[: limit // 2]}\n… {left_out:,} characters left out …\n{value[-limit // 2 :]}"
    return scroller(name, el("pre", value), "sheet")


def figure_box(title: str, drawn: Markup, note: Node = None, wide: bool = False) -> Markup:
    """Return a picture with its title above and a remark below; a wide one takes the whole line."""
    return el(
        "figure",
        el("h3", title),
        scroller(title, drawn, "canvas"),
        el("figcaption", note) if note else None,
        class_="wide" if wide else None,
    )
