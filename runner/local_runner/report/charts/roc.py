"""ROC curves: the true positive rate that each false positive rate buys."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ..evaluation import Confusion, Curve
from ..markup import Markup, el
from ..svg import label, line, picture
from ..text import figure, fit
from .frame import WIDTH, frame

MOST = 5
SERIES = "abcde"


def area(points: Sequence[tuple[float, float]]) -> float:
    """Return the area under a curve by trapezoids; the points may come in any order."""
    ordered = sorted(points)
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in itertools.pairwise(ordered))


def operating_point(matrix: Confusion | None) -> tuple[float, float] | None:
    """Return (false, true positive rate) at the decision that the confusion matrix of two classes shows."""
    if matrix is None or len(matrix.labels) != 2:
        return None
    (true_negative, false_positive), (false_negative, true_positive) = matrix.counts
    negatives, positives = true_negative + false_positive, false_negative + true_positive
    return (false_positive / negatives, true_positive / positives) if negatives and positives else None


def roc(key: str, curves: Sequence[Curve], auc: float | None, matrix: Confusion | None) -> Markup:
    """Return the curves (at most five) with their areas; `auc` is the measured one of a single curve."""
    box = frame([0, 1], [0, 1], height=330, x_count=5)
    drawn = list(curves[:MOST])
    areas = [auc if auc is not None and len(curves) == 1 else area(curve.points) for curve in drawn]
    parts: list[Markup] = [
        box.axes("False positive rate", "True positive rate"),
        line(box.x(0), box.y(0), box.x(1), box.y(1), "chance"),
    ]
    for index, curve in enumerate(drawn):
        points = [(box.x(min(max(x, 0), 1)), box.y(min(max(y, 0), 1))) for x, y in sorted(curve.points)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        if len(drawn) == 1:
            closed = f"{path}L{box.x(1):.1f} {box.y(0):.1f}L{box.x(0):.1f} {box.y(0):.1f}Z"
            parts.append(el("path", d=closed, class_="under"))
        parts.append(el("path", d=path, class_=f"curve series-{SERIES[index]}"))
    parts += _legend(drawn, areas, box.x.end - 8, box.y(0) - 12)
    point = operating_point(matrix) if len(drawn) == 1 else None
    words = ""
    if point:
        x, y = box.x(point[0]), box.y(point[1])
        parts.append(el("circle", cx=x, cy=y, r=5, class_="point"))
        words = f" The confusion matrix is the marked point, at {point[0]:.3f} and {point[1]:.3f}."
    said = ", ".join(
        f"{curve.label or 'area'} {figure(value)}" for curve, value in zip(drawn, areas, strict=True)
    )
    return picture(
        key, WIDTH, 330, "ROC curve", f"Area under the curve: {said}.{words}", *parts, class_="roc"
    )


def _legend(curves: Sequence[Curve], areas: Sequence[float], right: float, bottom: float) -> list[Markup]:
    if len(curves) == 1:
        return [label(right, bottom, f"AUC {figure(areas[0])}", "end", class_="big")]
    parts: list[Markup] = []
    for index, (curve, value) in enumerate(zip(curves, areas, strict=True)):
        y = bottom - (len(curves) - 1 - index) * 17
        parts.append(
            label(right - 34, y, f"{fit(curve.label, 100, 11)} {figure(value, 3)}", "end", class_="tick")
        )
        parts.append(line(right - 28, y - 4, right, y - 4, f"curve series-{SERIES[index]}"))
    return parts
