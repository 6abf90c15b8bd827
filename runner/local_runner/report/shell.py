"""What every page has: a head that needs nothing but itself, links to its sections, and the sections."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from .markup import Markup, el
from .parts import Section


def head(title: str) -> Markup:
    """Return the head of a page that needs nothing but itself."""
    style = Path(__file__).with_name("style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # Nothing may be loaded, run, sent or framed; the one style sheet is known by its digest.
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", Markup(style)),
    )


def contents(sections: list[Section]) -> Markup:
    """Return links to the sections."""
    links = [el("li", el("a", section.title, href=f"#{section.id}")) for section in sections]
    return el("nav", el("ul", *links, class_="inner"), aria_label="Sections")


def shown(section: Section) -> Markup:
    """Return a section as it stands in the page."""
    return el(
        "section",
        el("div", el("h2", section.title, id=f"{section.id}-title"), el("p", section.note), class_="lead"),
        el("div", section.body, class_="content"),
        id=section.id,
        aria_labelledby=f"{section.id}-title",
    )
