"""Ways to look into a rendered page: its elements, its texts, what it could load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from local_runner.report import render

VOID = {"meta", "br", "hr", "col", "wbr"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, in order enough for a search."""
        return " ".join([*self.texts, *(child.text for child in self.children)])

    def all(self, name: str = "", class_: str = "") -> list[Element]:
        """Return the elements inside of that name and class."""
        found = []
        for child in self.children:
            fits = (not name or child.name == name) and (not class_ or class_ in child.classes)
            found += [child] if fits else []
            found += child.all(name, class_)
        return found

    def get(self, identity: str) -> Element:
        """Return the element with that id."""
        return next(each for each in self.all() if each.attributes.get("id") == identity)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    """A page as a tree; a tag that is not closed where it must be is an error."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(source)
        self.close()
        assert len(self._open) == 1, f"not closed: {self._open[-1].name}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"attribute given twice in <{tag}>"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].texts.append(data)


@dataclass(frozen=True)
class Kinds:
    """The runs of a work directory by what is special about them."""

    work: Path
    ids: dict[str, str]

    def page(self, kind: str) -> Page:
        """Return the rendered report of a run."""
        return Page(render(self.work, self.ids[kind]))
