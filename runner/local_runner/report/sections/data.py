"""What the data is like: the rows of each set and class, gaps, and what was noticed about columns."""

from __future__ import annotations

from ..charts.bars import bar
from ..evaluation import column_notes, lineages
from ..insights import Contents, contents
from ..markup import Markup, Node, el
from ..names import words
from ..parts import Column, Section, facts, note, table
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
    body = el("div", *blocks, *map(note, notes), class_="stack")
    return Section("data", "Data", "Training, validation and test set.", body)


def _contents(found: Contents) -> Markup:
    total = sum(count for _, count in found.rows)
    sizes = facts(
        [(f"{words(name)} rows", f"{count:,} ({percent(count / total)})") for name, count in found.rows]
    )
    return el("div", sizes, _classes(found), _missing(found), class_="stack")


def _classes(found: Contents) -> Markup | None:
    if not found.classes:
        return None
    sums = [sum(counts[place] for _, counts in found.classes) or 1 for place in range(len(found.rows))]
    everything = sum(sums)
    shown = sorted(found.classes, key=lambda one: -sum(one[1]))[:MOST_CLASSES]
    rows: list[list[Node]] = [
        [
            label,
            *(_share(count, whole) for count, whole in zip(counts, sums, strict=True)),
            bar(sum(counts) / everything),
        ]
        for label, counts in shown
    ]
    columns = [
        Column("Class"),
        *(Column(words(name), "number") for name, _ in found.rows),
        Column(el("span", "Share of all rows as a bar", class_="unseen"), "scale"),
    ]
    caption = "Rows of each class, and their share of the set"
    if len(shown) < len(found.classes):
        caption += f": the {len(shown)} largest of {len(found.classes)}"
    return el("div", el("h3", "Class balance"), table(caption, columns, rows, class_="balance"))


def _missing(found: Contents) -> Markup:
    if not found.missing:
        return note(f"No value is missing in {plural(found.complete, 'column')}.")
    total = sum(count for _, count in found.rows)
    shown = found.missing[:MOST_COLUMNS]
    rows: list[list[Node]] = [
        [
            column,
            *(_share(gaps, count) for gaps, (_, count) in zip(counts, found.rows, strict=True)),
            bar(sum(counts) / total),
        ]
        for column, counts in shown
    ]
    columns = [
        Column("Column"),
        *(Column(words(name), "number") for name, _ in found.rows),
        Column(el("span", "Share of all rows as a bar", class_="unseen"), "scale"),
    ]
    caption = "Rows without a value, and their share of the set"
    if len(shown) < len(found.missing):
        caption += f": the {len(shown)} columns with the most"
    caption += f". {plural(found.complete, 'other column')} used by the model: none missing."
    return el("div", el("h3", "Missing values"), table(caption, columns, rows, class_="balance"))


def _share(count: int, whole: int) -> str:
    return f"{count:,} ({percent(min(count / whole, 1.0)) if whole else percent(0)})"
