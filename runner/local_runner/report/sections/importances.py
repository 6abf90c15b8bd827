"""Which features the model leans on."""

from __future__ import annotations

from ..charts.bars import bar
from ..evaluation import Evaluation
from ..markup import Markup, Node, el
from ..parts import Column, Section, stacked, table
from ..text import figure, plural

TOP = 20


def importances(found: list[Evaluation]) -> Section | None:
    """Return the twenty most important features as bars, the rest summed in one row."""
    blocks = [_table(one, len(found) > 1) for one in found if one.importances]
    if not blocks:
        return None
    return Section(
        "features",
        "Feature importance",
        "Feature importance as the training framework reports it.",
        stacked(blocks),
    )


def _table(one: Evaluation, named: bool) -> Markup:
    shown, rest = one.importances[:TOP], one.importances[TOP:]
    most = max((abs(value) for _, value in shown), default=0) or 1.0
    rows: list[list[Node]] = [[name, bar(abs(value) / most), figure(value, 3)] for name, value in shown]
    if rest:
        summed = sum(value for _, value in rest)
        # Without a bar: the sum of many is not to be compared with single features.
        rows.append([f"{plural(len(rest), 'other feature')} together", None, figure(summed, 3)])
    columns = [
        Column("Feature"),
        Column(el("span", "Importance as a bar", class_="unseen"), "scale"),
        Column("Importance", "number"),
    ]
    count = plural(len(one.importances), "feature")
    caption = f"The {TOP} most important of {count}" if rest else count
    return el(
        "div", el("h3", one.step) if named else None, table(caption, columns, rows, class_="importances")
    )
