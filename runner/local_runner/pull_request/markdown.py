"""Markdown of GitHub's and GitLab's kind, in which no text of a run is more than text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..report.text import clean

LONGEST = 160
# Within a word an underscore has no meaning (GitHub Flavored Markdown Spec, "Emphasis and strong emphasis").
_SPECIAL = re.compile(r"([\\`*\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_]))")
_ENTITY = re.compile(r"&(?=\w|#)")


def text(value: str) -> str:
    """Return a text as itself: in one line, cut where it is long, without any meaning of its characters."""
    line = " ".join(clean(value).split())
    if len(line) > LONGEST:
        line = f"{line[: LONGEST - 1]}…"
    return _ENTITY.sub("&amp;", _SPECIAL.sub(r"\\\1", line))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table of cells that are Markdown already."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def block(lines: Sequence[str]) -> list[str]:
    """Return lines as they were printed; a fence is longer than what looks like one in them."""
    shown = [clean(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *shown, fence]
