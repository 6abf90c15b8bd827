"""Regression at a glance: predicted against actual, and what is left over against the prediction."""

from __future__ import annotations

from collections.abc import Sequence

from ..markup import Markup, el
from ..svg import line, picture
from ..text import ERROR, figure, plural
from .frame import WIDTH, Frame, frame

Pairs = Sequence[tuple[float, float]]


def predicted_against_actual(key: str, pairs: Pairs) -> Markup:
    """Return the (actual, predicted) points; on the line a prediction is exact."""
    both = [value for pair in pairs for value in pair]
    box = frame(both, both, height=330)
    parts = [
        box.axes("Actual", "Predicted"),
        line(box.x(box.x.low), box.y(box.x.low), box.x(box.x.high), box.y(box.x.high), "chance"),
        _points(box, pairs),
    ]
    description = f"{plural(len(pairs), 'test row')}; exact predictions are on the dashed line."
    return picture(key, WIDTH, 330, "Predicted against actual", description, *parts, class_="scatter")


def residuals(key: str, pairs: Pairs) -> Markup:
    """Return the errors over the predictions: a pattern here is something the model did not learn."""
    left_over = [(predicted, predicted - actual) for actual, predicted in pairs]
    reach = max((abs(error) for _, error in left_over), default=1.0) or 1.0
    box = frame([x for x, _ in left_over], [-reach, reach], height=330, y_count=4)
    parts = [
        box.axes("Predicted", ERROR),
        line(box.x.start, box.y(0), box.x.end, box.y(0), "chance"),
        _points(box, left_over),
    ]
    over = sum(error > 0 for _, error in left_over)
    description = f"{over:,} of {plural(len(pairs), 'prediction')} too high; no error beyond {figure(reach)}."
    return picture(key, WIDTH, 330, "Residuals", description, *parts, class_="scatter")


def _points(box: Frame, pairs: Pairs) -> Markup:
    radius = 3.2 if len(pairs) <= 300 else 2.4 if len(pairs) <= 1000 else 1.9
    dots = [el("circle", cx=f"{box.x(x):.1f}", cy=f"{box.y(y):.1f}", r=radius) for x, y in pairs]
    return el("g", *dots, class_="dots")
