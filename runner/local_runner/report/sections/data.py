"""What the data is like: the rows of each set and class, gaps, and what was noticed about columns."""

from __future__ import annotations

from collections.abc import Sequence

from ..charts.bars import bar
from ..evaluation import column_notes, lineages
from ..insights import Contents, contents
from ..markup import Markup, Node, el
from ..names import words
from ..parts import Column, Section, facts, note, stacked, table
from ..record import Run
from ..text import percent, plural

MOST_CLASSES = 30
MOST_COLUMNS = 30


def data(run: Run) -> Section | None:
    """Return what the run's lineage files say about the data."""
    notes = column_notes(run)
    blocks = [_contents(found) for one in lineages(run) if (found := contents(one))]
    if not blocks and not notes:
        return None
    body = stacked([*blocks, *map(note, notes)])
    return Section("data", "Data", "Training, validation and test set.", body)


def _contents(found: Contents) -> Markup:
    total = sum(count for _, count in found.rows)
    sizes = facts(
        [(f"{words(name)} rows", f"{count:,} ({percent(count / total)})") for name, count in found.rows]
    )
    return stacked([sizes, _classes(found), _missing(found)])


def _classes(found: Contents) -> Markup | None:
    if not found.classes:
        return None
    sums = [sum(counts[place] for _, counts in found.classes) or 1 for place in range(len(found.rows))]
    shown = sorted(found.classes, key=lambda one: -sum(one[1]))[:MOST_CLASSES]
    caption = "Rows of each class, and their share of the set"
    if len(shown) < len(found.classes):
        caption += f": the {len(shown)} largest of {len(found.classes)}"
    return _shares("Class balance", "Class", caption, found, shown, sums)


def _missing(found: Contents) -> Markup:
    if not found.missing:
        return note(f"No value is missing in {plural(found.complete, 'column')}.")
    shown = found.missing[:MOST_COLUMNS]
    caption = "Rows without a value, and their share of the set"
    if len(shown) < len(found.missing):
        caption += f": the {len(shown)} columns with the most"
    caption += f". {plural(found.complete, 'other column')} used by the model: none missing."
    sums = [count for _, count in found.rows]
    return _shares("Missing values", "Column", caption, found, shown, sums)


def _shares(
    title: str,
    head: str,
    caption: str,
    found: Contents,
    shown: Sequence[tuple[str, tuple[int, ...]]],
    sums: Sequence[int],
) -> Markup:
    """Return rows by name and set, as shares of the sums of the sets."""
    rows: list[list[Node]] = [
        [
            name,
            *(_share(count, whole) for count, whole in zip(counts, sums, strict=True)),
            bar(sum(counts) / sum(sums)),
        ]
        for name, counts in shown
    ]
    columns = [
        Column(head),
        *(Column(words(name), "number") for name, _ in found.rows),
        Column(el("span", "Share of all rows as a bar", class_="unseen"), "scale"),
    ]
    return el("div", el("h3", title), table(caption, columns, rows, class_="balance"))


def _share(count: int, whole: int) -> str:
    return f"{count:,} ({percent(min(count / whole, 1.0)) if whole else percent(0)})"
