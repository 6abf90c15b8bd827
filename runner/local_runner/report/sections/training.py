"""What training said about itself: each metric definition's last value, and its course where there is one."""

from __future__ import annotations

import math

from ..charts.bars import strip
from ..markup import Markup, Node, el
from ..parts import Column, Section, table
from ..record import Run
from ..text import figure


def training(run: Run) -> Section | None:
    """Return the metrics that the training steps' metric definitions found in their logs."""
    rows: list[list[Node]] = []
    several = sum(bool(step.metrics) for step in run.steps) > 1
    for step in run.steps:
        courses: dict[str, list[float]] = {}
        for name, value in step.metrics:
            courses.setdefault(name, []).append(math.nan if value is None else value)
        for name, values in courses.items():
            title: list[Node] = [el("span", name, class_="step-name")]
            if several:
                title.append(el("span", step.title, class_="step-facts"))
            rows.append([title, figure(values[-1]), f"{len(values):,}", _course(values)])
    if not rows:
        return None
    columns = [
        Column("Metric"),
        Column("Last value", "number"),
        Column("Values", "number"),
        Column("Course", "scale"),
    ]
    return Section(
        "training",
        "Training metrics",
        "Found in the training log by the metric definitions.",
        table("Metrics of the training log", columns, rows, "training"),
    )


def _course(values: list[float]) -> Markup | None:
    known = [value for value in values if math.isfinite(value)]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    reach = (high - low) or 1.0
    step = 100 / (len(known) - 1)
    points = " ".join(
        f"{index * step:.2f},{22 - (value - low) / reach * 20:.2f}" for index, value in enumerate(known)
    )
    line = el("polyline", points=points, class_="course", vector_effect="non-scaling-stroke")
    return strip(
        el(
            "svg",
            line,
            viewBox="0 0 100 24",
            aria_hidden="true",
            preserveAspectRatio="none",
            width="100%",
            height=24,
        ),
        height=24,
    )
