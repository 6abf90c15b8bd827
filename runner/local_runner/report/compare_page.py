"""A comparison as one HTML page, in the style of the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from .charts.frame import WIDTH, frame
from .charts.roc import SERIES, roc
from .differences import (
    CAPTION,
    Cell,
    Fact,
    code,
    data,
    importances,
    metrics,
    origin,
    parameters,
    shown_share,
)
from .evaluation import Curve
from .markup import Markup, Node, el
from .names import metric_title
from .parts import Column, Section, badge, figure_box, note, table
from .parts import code as fixed
from .shell import contents, head, shown
from .subjects import Subject, other_rows
from .svg import label, line, picture, symbols
from .text import fit, moment

MOST_CLASSES = 6


def render(chosen: Sequence[Subject], now: datetime | None = None) -> str:
    """Return the page."""
    titles = [one.title for one in chosen]
    title = f"{', '.join(titles[:-1])} and {titles[-1]}"
    parts = [
        _facts(
            "origin", "What is compared", "Runs, and what became of their models.", titles, origin(chosen)
        ),
        _metrics(titles, chosen),
        _curves(chosen),
        _facts("parameters", "Parameters", "Those that differ.", titles, parameters(chosen)),
        _importances(titles, chosen),
        _facts("data", "Data", "What was trained and measured on.", titles, data(chosen)),
        _facts("code", "Code", "Where the models come from.", titles, code(chosen)),
    ]
    sections = [part for part in parts if part is not None]
    written = (now or datetime.now(UTC)).astimezone(UTC)
    body = el(
        "body",
        symbols(),
        el("a", "Skip to the comparison", href="#report", class_="skip-link"),
        _header(title, chosen),
        contents(sections),
        el("main", *map(shown, sections), id="report"),
        el(
            "footer",
            el("p", f"Written on {moment(written)}. The page is self-contained.", class_="inner"),
        ),
    )
    return f"<!doctype html>\n{el('html', head(f'Comparison of {title}'), body, lang='en')}\n"


def _header(title: str, chosen: Sequence[Subject]) -> Markup:
    reason = other_rows(chosen)
    tone = "warn" if reason else "plain"
    said = f"{reason[:1].upper()}{reason[1:]}: no difference is told." if reason else _said(chosen)
    return el(
        "header",
        el(
            "div",
            el("p", el("span", chosen[0].run.pipeline, class_="pipeline"), class_="kicker"),
            el("p", "Comparison", class_=f"verdict-label tone-{tone}"),
            el("h1", title),
            el("p", said, class_="reason"),
            class_="inner",
        ),
        class_=f"verdict tone-{tone}",
    )


def _said(chosen: Sequence[Subject]) -> str:
    """Return what the gate's metrics say, in a sentence for each of the others."""
    sentences = []
    for row in metrics(chosen, True):
        if not row.gated:
            continue
        for one, cell in zip(chosen[1:], row.cells[1:], strict=True):
            words = f"{cell.verdict} than" if cell.verdict else "not told apart from"
            sentences.append(f"By {metric_title(row.name)}, {one.title} is {words} {chosen[0].title}.")
    return " ".join(sentences) or "The others are compared with the first."


def _metrics(titles: Sequence[str], chosen: Sequence[Subject]) -> Section:
    reason = other_rows(chosen)
    rows = metrics(chosen, not reason)
    if not rows:
        return Section("metrics", "Metrics", "Measured on test rows.", note("No metrics were reported."))
    marked = {index: "marked" for index, row in enumerate(rows) if row.gated}
    cells: list[list[Node]] = [
        [
            [metric_title(row.name), " ", badge("quality gate", "info") if row.gated else None],
            *map(_cell, row.cells),
        ]
        for row in rows
    ]
    body = el(
        "div",
        note(f"{reason[:1].upper()}{reason[1:]}: no difference is told.", tone="warn") if reason else None,
        table(CAPTION, _columns("Metric", titles), cells, "history stacked", marked),
        class_="stack",
    )
    return Section("metrics", "Metrics", "Measured on held-out test rows.", body)


def _cell(cell: Cell) -> Node:
    tone = {"better": "good", "worse": "bad"}.get(cell.verdict)
    return [
        el("span", cell.shown, class_="step-name"),
        el(
            "span",
            el("span", cell.difference),
            badge(cell.verdict, tone) if tone else None,
            class_="step-facts",
        )
        if cell.difference
        else None,
    ]


def _columns(name: str, titles: Sequence[str]) -> list[Column]:
    return [Column(name), *map(Column, titles)]


def _facts(key: str, title: str, words: str, titles: Sequence[str], facts: Sequence[Fact]) -> Section | None:
    if not facts:
        return Section(key, title, words, note("None differ.")) if key == "parameters" else None
    rows: list[list[Node]] = [
        [
            [fact.name, " ", badge("differs", "info") if key in ("data", "code") and fact.differs else None],
            *(fixed(value) if key != "origin" and value else value or "\u2013" for value in fact.values),
        ]
        for fact in facts
    ]
    return Section(key, title, words, table(title, _columns("", titles), rows, "history stacked classes"))


def _importances(titles: Sequence[str], chosen: Sequence[Subject]) -> Section | None:
    ranked = importances(chosen)
    if not ranked:
        return None
    rows: list[list[Node]] = [[name, *map(shown_share, shares)] for name, shares in ranked]
    columns = [Column("Feature"), *(Column(title, "number") for title in titles)]
    return Section(
        "features",
        "Feature importance",
        "Shares of all importance, as each training framework reports it.",
        table("The most important features of each", columns, rows, "importances"),
    )


def _curves(chosen: Sequence[Subject]) -> Section | None:
    boxes: list[Markup] = []
    labels = dict.fromkeys(curve.label for one in chosen if one.evaluation for curve in one.evaluation.curves)
    for index, name in enumerate(list(labels)[:MOST_CLASSES]):
        curves = [
            Curve(one.title, curve.points)
            for one in chosen
            if one.evaluation
            for curve in one.evaluation.curves
            if curve.label == name
        ]
        if len(curves) > 1:
            title = f"ROC curve of {name}" if name else "ROC curve"
            boxes.append(
                figure_box(title, roc(f"roc{index}", curves, None, None), "With the area under each.")
            )
    precise = [
        Curve(one.title, one.evaluation.precision)
        for one in chosen
        if one.evaluation and len(one.evaluation.precision) > 1
    ]
    if len(precise) > 1:
        boxes.append(figure_box("Precision and recall", _precision(precise), "A higher curve is better."))
    if not boxes:
        return None
    return Section("curves", "Curves", "Laid over each other.", el("div", *boxes, class_="figures"))


def _precision(curves: Sequence[Curve]) -> Markup:
    box = frame([0, 1], [0, 1], height=330, x_count=5)
    parts: list[Markup] = [box.axes("Recall", "Precision")]
    for index, curve in enumerate(curves):
        points = [(box.x(min(max(x, 0), 1)), box.y(min(max(y, 0), 1))) for x, y in curve.points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(el("path", d=path, class_=f"curve series-{SERIES[index]}"))
        y = box.y(0) - 12 - (len(curves) - 1 - index) * 17
        right = box.x.end - 8
        parts.append(label(right - 34, y, fit(curve.label, 150, 11), "end", class_="tick"))
        parts.append(line(right - 28, y - 4, right, y - 4, f"curve series-{SERIES[index]}"))
    names = ", ".join(curve.label for curve in curves)
    return picture(
        "precision", WIDTH, 330, "Precision and recall", f"Curves of {names}.", *parts, class_="roc"
    )
