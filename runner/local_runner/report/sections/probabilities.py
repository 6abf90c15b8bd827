"""Whether stated probabilities can be believed, and what each decision threshold brings."""

from __future__ import annotations

from ..charts.lines import lines
from ..charts.reliability import reliability
from ..evaluation import Evaluation
from ..insights import Bin, Calibration, Insights, Threshold
from ..markup import Markup, Node, el
from ..parts import Column, Section, badge, facts, figure_box, of_step, stacked, table
from ..text import figure, percent, plural

USUAL = tuple(tenths / 10 for tenths in range(1, 10))


def probabilities(found: list[Evaluation]) -> Section | None:
    """Return calibration and thresholds of each evaluation that has them."""
    blocks = [
        _block(f"p{index}", one, len(found) > 1)
        for index, one in enumerate(found)
        if one.insights.calibration or one.insights.thresholds
    ]
    if not blocks:
        return None
    return Section(
        "probabilities",
        "Probabilities",
        "Whether they can be believed, and where to decide.",
        stacked(blocks),
    )


def _block(key: str, one: Evaluation, named: bool) -> Markup:
    seen = one.insights
    boxes = [_calibration(key, seen.calibration)] if seen.calibration else []
    boxes += [_thresholds(key, seen)] if len(seen.thresholds) > 1 else []
    return of_step(
        one.step,
        named,
        _facts(seen.calibration) if seen.calibration else None,
        el("div", *boxes, class_="figures"),
        _table_of_thresholds(seen) if seen.thresholds else None,
        el("div", _bins(seen.calibration), _classes(seen.calibration), class_="figures")
        if seen.calibration
        else None,
    )


def _facts(found: Calibration) -> Markup:
    return facts(
        [
            ("Brier score", figure(found.brier)),
            ("Expected calibration error", figure(found.error)),
        ]
    )


def _stated(found: Calibration) -> str:
    return "Probability of the predicted class" if found.classes else "Probability of the positive class"


def _calibration(key: str, found: Calibration) -> Markup:
    drawn = reliability(
        f"{key}-calibration",
        "Calibration",
        (_stated(found), "Share of rows" if not found.classes else "Share right"),
        [(one.stated, one.observed, one.rows) for one in found.bins],
        unit=True,
    )
    words = (
        "On the dashed line, a stated probability is the share that is observed. Larger points are more rows."
    )
    return figure_box("Calibration", drawn, words)


def _thresholds(key: str, seen: Insights) -> Markup:
    best = seen.best
    drawn = lines(
        f"{key}-thresholds",
        "Decision thresholds",
        f"The highest F1, {figure(best.f1)}, is at {figure(best.threshold)}." if best else "",
        ("Threshold", ""),
        [
            (title, [(one.threshold, getattr(one, name)) for one in seen.thresholds])
            for title, name in (("Precision", "precision"), ("Recall", "recall"), ("F1", "f1"))
        ],
        mark=(best.threshold, f"highest F1 at {figure(best.threshold, 3)}") if best else None,
        unit=True,
    )
    return figure_box(
        "Decision thresholds",
        drawn,
        "If a row counts as positive from this probability on. The model itself uses 0.5.",
    )


def _table_of_thresholds(seen: Insights) -> Markup:
    nearest = [_nearest(seen.thresholds, at) for at in USUAL]
    chosen = {one.threshold: one for one in nearest} | ({seen.best.threshold: seen.best} if seen.best else {})
    rows: list[list[Node]] = []
    marked = {}
    for place, one in enumerate(sorted(chosen.values(), key=lambda one: one.threshold)):
        is_best = one == seen.best
        if is_best:
            marked[place] = "marked"
        rows.append(
            [[figure(one.threshold, 3), " ", badge("highest F1", "info") if is_best else None], *_values(one)]
        )
    columns = [
        Column("From"),
        Column("Precision", "number"),
        Column("Recall", "number"),
        Column("F1", "number"),
        Column("Rows called positive", "number"),
    ]
    caption = "What a row counts as, if it is positive from a probability on"
    return el("div", el("h3", "Thresholds"), table(caption, columns, rows, rows_class=marked))


def _nearest(points: tuple[Threshold, ...], at: float) -> Threshold:
    return min(points, key=lambda one: abs(one.threshold - at))


def _values(one: Threshold) -> list[Node]:
    return [figure(one.precision, 3), figure(one.recall, 3), figure(one.f1, 3), percent(one.share)]


def _bins(found: Calibration) -> Markup:
    caption = f"{_stated(found)}, in bins"
    return _table("Calibration in numbers", caption, "Stated", found.bins)


def _classes(found: Calibration) -> Markup | None:
    if not found.classes:
        return None
    caption = f"{plural(len(found.classes), 'class', 'classes')}, by the rows that they are predicted for"
    return _table("Calibration of each class", caption, "Class", found.classes)


def _table(title: str, caption: str, head: str, bins: tuple[Bin, ...]) -> Markup:
    columns = [
        Column(head),
        Column("Rows", "number"),
        Column("Mean stated", "number"),
        Column("Observed", "number"),
    ]
    rows: list[list[Node]] = [
        [one.label, f"{one.rows:,}", figure(one.stated, 3), figure(one.observed, 3)] for one in bins
    ]
    return el("div", el("h3", title), table(caption, columns, rows))
