"""Where the model errs: the worst groups of rows, and the errors of a regression by its predictions."""

from __future__ import annotations

from ..charts.bars import bar
from ..charts.reliability import reliability
from ..evaluation import Evaluation
from ..insights import Band, Segment, Segments
from ..markup import Markup, Node, el
from ..names import metric_title
from ..parts import Column, Section, figure_box, note, of_step, stacked, table
from ..text import MINUS, figure, spread


def segments(found: list[Evaluation]) -> Section | None:
    """Return the segments and bands of each evaluation that has them."""
    blocks = [
        _block(f"s{index}", one, len(found) > 1)
        for index, one in enumerate(found)
        if one.insights.segments or one.insights.bands
    ]
    if not blocks:
        return None
    return Section(
        "segments",
        "Where it errs",
        "Groups of test rows with at least 30 rows.",
        stacked(blocks),
    )


def _block(key: str, one: Evaluation, named: bool) -> Markup:
    seen = one.insights
    return of_step(
        one.step,
        named,
        _segments(seen.segments) if seen.segments else None,
        _bands(key, seen.bands) if seen.bands else None,
    )


def _segments(found: Segments) -> Markup:
    title = metric_title(found.metric)
    if not found.worst:
        return note(f"No group of rows has a worse {title} than all rows ({figure(found.overall)}).")
    most = max(abs(one.difference) for one in found.worst) or 1.0
    columns = [
        Column("Rows with"),
        Column("Rows", "number"),
        Column(title, "number"),
        Column("Difference", "number"),
        Column("± SE", "number minor"),
        Column(el("span", "Difference as a bar", class_="unseen"), "scale"),
    ]
    rows = [_row(one, most) for one in found.worst]
    caption = (
        f"The worst groups; {title} of all rows is {figure(found.overall)}. In the order of the difference "
        "less 1.645 standard errors (SE): a difference below that may be chance."
    )
    if found.every > 1:
        caption += f" One of {found.every:,} test rows was looked at."
    return el("div", el("h3", "Worst groups"), table(caption, columns, rows, class_="segments"))


def _row(one: Segment, most: float) -> list[Node]:
    name = [el("span", one.column, class_="step-name"), el("span", one.segment, class_="step-facts")]
    return [
        name,
        f"{one.rows:,}",
        figure(one.value),
        figure(one.difference),
        spread(one.value, one.error),
        bar(abs(one.difference) / most),
    ]


def _bands(key: str, bands: tuple[Band, ...]) -> Markup:
    drawn = reliability(
        f"{key}-bands",
        "Mean actual by prediction",
        ("Mean predicted", "Mean actual"),
        [(one.predicted, one.actual, one.rows) for one in bands],
    )
    columns = [
        Column("Predicted"),
        Column("Rows", "number"),
        Column("Mean actual", "number"),
        Column("Bias", "number"),
        Column("MAE", "number"),
        Column("RMSE", "number"),
    ]
    rows: list[list[Node]] = [
        [
            one.label,
            f"{one.rows:,}",
            *(figure(value, 3) for value in (one.actual, one.bias, one.mae, one.rmse)),
        ]
        for one in bands
    ]
    caption = f"Errors by tenths of the predictions; bias is the mean of predicted {MINUS} actual"
    return el(
        "div",
        figure_box(
            "Mean actual by prediction", drawn, "On the dashed line, predictions are right on average."
        ),
        el("div", el("h3", "Errors by prediction"), table(caption, columns, rows)),
        class_="figures",
    )
