"""What a confusion matrix says class by class, as tables that can be read aloud."""

from __future__ import annotations

from ..charts.bars import bar
from ..charts.confusion import numbered
from ..evaluation import Confusion
from ..markup import Markup, Node, el
from ..parts import Column, table
from ..text import MISSING, percent, plural

MOST_MISTAKES = 8
WIDE = 10


def named(matrix: Confusion) -> list[str]:
    """Return the classes' names, with the numbers that the picture calls them by where it must."""
    if not numbered(matrix.labels):
        return list(matrix.labels)
    return [f"{index} · {name}" for index, name in enumerate(matrix.labels, 1)]


def counted(weighted_by: str) -> str:
    """Say that rows count once here, if they count by a column in the metrics."""
    return (
        f" Every test row counts once here; in the metrics it counts by its {weighted_by!r}."
        if weighted_by
        else ""
    )


def per_class(matrix: Confusion, weighted_by: str = "") -> Markup:
    """Return recall and precision of each class, with the number of test rows behind them.

    `weighted_by` is the column by which rows count in the metrics, if there is one.
    """
    rows: list[list[Node]] = []
    for index, name in enumerate(named(matrix)):
        right = matrix.counts[index][index]
        actual, predicted = sum(matrix.counts[index]), sum(row[index] for row in matrix.counts)
        recall, precision = (right / total if total else None for total in (actual, predicted))
        rows.append([name, f"{actual:,}", *_rate(recall), *_rate(precision)])
    columns = [
        Column("Class"),
        Column("Rows", "number"),
        Column("Recall", "number"),
        Column(el("span", "Recall as a bar", class_="unseen"), "scale"),
        Column("Precision", "number"),
        Column(el("span", "Precision as a bar", class_="unseen"), "scale"),
    ]
    caption = "Recall: how many of a class were found. Precision: how many of its predictions were right."
    caption += counted(weighted_by)
    return el("div", el("h3", "Classes"), table(caption, columns, rows, class_="classes"))


def mistakes(matrix: Confusion) -> Markup | None:
    """Return the most frequent mix-ups, None where there are none."""
    found = [
        (count, sum(row), actual, predicted)
        for actual, row in enumerate(matrix.counts)
        for predicted, count in enumerate(row)
        if count and actual != predicted
    ]
    if not found:
        return None
    names = named(matrix)
    found.sort(key=lambda item: (-item[0], -item[0] / item[1]))
    rows: list[list[Node]] = [
        [names[actual], names[predicted], f"{count:,}", percent(count / total)]
        for count, total, actual, predicted in found[:MOST_MISTAKES]
    ]
    columns = [
        Column("Actual"),
        Column("Predicted as"),
        Column("Rows", "number"),
        Column("Of the class", "number"),
    ]
    title = "Most frequent mix-ups" if len(found) > MOST_MISTAKES else "All mix-ups"
    return el(
        "div",
        el("h3", title),
        table(f"{plural(len(rows), 'pair')} of confused classes", columns, rows),
        class_="wide" if len(names) > WIDE else None,
    )


def _rate(rate: float | None) -> tuple[Node, Node]:
    return (percent(rate), bar(rate)) if rate is not None else (MISSING, None)
