"""How good the model is: metrics, and the pictures that fit the kind of problem."""

from __future__ import annotations

import math

from ..charts.bars import whisker
from ..charts.confusion import confusion_matrix
from ..charts.histogram import errors
from ..charts.roc import MOST, operating_point, roc
from ..charts.scatter import predicted_against_actual, residuals
from ..evaluation import Confusion, Evaluation, Metric
from ..gate import decisions
from ..markup import Markup, Node, el
from ..names import metric_title, words
from ..parts import Column, Section, badge, code, facts, figure_box, note, of_step, stacked, table
from ..record import Run
from ..summary import signed, version_title
from ..text import MISSING, figure, percent, plural, spread
from .classes import WIDE, counted, mistakes, per_class

SAMPLE = 2000
_UNIT = frozenset({"accuracy", "precision", "recall", "f1", "auc", "balanced_accuracy", "specificity"})


def quality(run: Run, found: list[Evaluation]) -> Section | None:
    """Return each evaluation's metrics and pictures; `found` are the run's evaluations."""
    if not found:
        return None
    gated = {decision.metric for decision in decisions(run)}
    blocks = [_evaluation(f"q{index}", one, gated, len(found) > 1) for index, one in enumerate(found)]
    return Section(
        "quality",
        "Model quality",
        "Measured on held-out test rows.",
        stacked(blocks),
    )


def _evaluation(key: str, one: Evaluation, gated: set[str], named: bool) -> Markup:
    return of_step(
        one.step,
        named,
        *(note(remark, tone="warn") for remark in one.notes),
        _metrics(one, gated),
        *map(note, one.insights.notes),
        _compared(one),
        facts([(words(name), value) for name, value in one.data]) if one.data else None,
        _pictures(key, one),
        per_class(one.confusion, one.weighted_by)
        if one.confusion and len(one.confusion.labels) > 2
        else None,
    )


def _metrics(one: Evaluation, gated: set[str]) -> Markup:
    if not one.metrics:
        return note("No metrics were reported.")
    unit = [_is_unit(metric) for metric in one.metrics]
    columns = [Column("Metric"), Column("Value", "number"), Column("± SD", "number")]
    if any(unit):
        columns.append(Column(el("span", el("span", "0"), el("span", "1"), class_="ends"), "scale"))
    rows: list[list[Node]] = []
    marked = {}
    for index, (metric, plotted) in enumerate(zip(one.metrics, unit, strict=True)):
        if metric.name in gated:
            marked[index] = "marked"
        row: list[Node] = [
            [metric_title(metric.name), " ", badge("quality gate", "info") if metric.name in gated else None],
            figure(metric.value),
            spread(metric.value, metric.deviation) if metric.value is not None else MISSING,
        ]
        if any(unit):
            row.append(
                whisker(metric.value, _finite(metric.deviation))
                if plotted and metric.value is not None
                else None
            )
        rows.append(row)
    caption = "Metrics with their standard deviations (SD), where those were measured"
    return table(caption, columns, rows, class_="metrics", rows_class=marked)


def _compared(one: Evaluation) -> Markup | None:
    """The other models that answered the same test rows."""
    if not one.compared:
        return None
    metric = metric_title(one.compared_by)
    columns = [
        Column("Compared with"),
        Column(metric, "number"),
        Column("Difference", "number"),
        Column("Between"),
    ]
    rows: list[list[Node]] = []
    for other in one.compared:
        low, high = other.interval
        between = f"{figure(low)} to {figure(high)}" if low is not None and high is not None else MISSING
        name = version_title(other.name)
        name = f"the last approved version, {name}" if other.who == "approved" else name
        rows.append(
            [name, MISSING, MISSING, f"not comparable: {other.reason}"]
            if other.reason
            else [name, figure(other.value), signed(other.difference), between]
        )
    return table("Other models on the same test rows", columns, rows)


def _is_unit(metric: Metric) -> bool:
    name = metric.name.removeprefix("weighted_").removeprefix("macro_").removeprefix("micro_")
    return name in _UNIT and metric.value is not None and 0 <= metric.value <= 1


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value > 0 else None


def _pictures(key: str, one: Evaluation) -> Markup | None:
    boxes: list[Markup] = []
    if one.confusion:
        boxes.append(
            figure_box(
                "Confusion matrix",
                confusion_matrix(f"{key}-confusion", one.confusion),
                _confusion_note(one),
                wide=len(one.confusion.labels) > WIDE,
            )
        )
        if len(one.confusion.labels) > 2 and (table_of := mistakes(one.confusion)):
            boxes.append(table_of)
    if one.curves:
        auc = one.metric("auc")
        drawn = roc(f"{key}-roc", one.curves, auc.value if auc else None, _marked(one))
        boxes.append(figure_box("ROC curve" if len(one.curves) == 1 else "ROC curves", drawn, _roc_note(one)))
    if one.residuals:
        boxes.append(
            figure_box(
                "Predicted against actual",
                predicted_against_actual(f"{key}-fit", one.residuals),
                "Exact predictions are on the dashed line.",
            )
        )
        boxes.append(
            figure_box(
                "Residuals",
                residuals(f"{key}-residuals", one.residuals),
                "A pattern here is structure that the model did not learn.",
            )
        )
        drawn = errors(f"{key}-errors", [predicted - actual for actual, predicted in one.residuals])
        boxes.append(figure_box("Error distribution", drawn, _error_note(one)))
    return el("div", *boxes, class_="figures") if boxes else None


def _confusion_note(one: Evaluation) -> Node:
    matrix = one.confusion
    if matrix is None or not matrix.total:
        return None
    wrong = matrix.total - matrix.correct
    return [
        f"{matrix.correct:,} of {plural(matrix.total, 'test row')} right "
        f"({percent(matrix.correct / matrix.total)}), {wrong:,} wrong. "
        "Percentages and colour are shares of the row; the frame marks the right ones.",
        counted(one.weighted_by),
    ]


def _marked(one: Evaluation) -> Confusion | None:
    """The matrix whose decision is a point of the curve: none if rows count by weight in the curve alone."""
    return None if one.weighted_by else one.confusion


def _roc_note(one: Evaluation) -> Node:
    if len(one.curves) > MOST:
        return f"The first {MOST} of {len(one.curves)} classes, each against the rest."
    if len(one.curves) > 1:
        return "Each class against the rest."
    point = operating_point(_marked(one))
    marked = "The marked point is the decision that the confusion matrix shows. " if point else ""
    return f"{marked}The dashed line is random guessing."


def _error_note(one: Evaluation) -> Node:
    absolute = sorted(abs(predicted - actual) for actual, predicted in one.residuals)
    sampled = f" {len(absolute):,} of the test rows are shown." if len(absolute) >= SAMPLE else None
    half, most = absolute[len(absolute) // 2], absolute[min(len(absolute) - 1, int(len(absolute) * 0.9))]
    return [
        "Half of the predictions are within ",
        code(f"±{figure(half, 3)}"),
        ", nine in ten within ",
        code(f"±{figure(most, 3)}"),
        ".",
        sampled,
    ]
