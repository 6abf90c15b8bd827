"""What training said about itself: each metric definition's last value, and its course where there is one."""

from __future__ import annotations

import math

from ..charts.bars import strip
from ..charts.lines import lines
from ..evaluation import Evaluation
from ..insights import SETS, Points
from ..markup import Markup, Node, el
from ..names import metric_title, words
from ..parts import Column, Section, facts, figure_box, table
from ..record import Run
from ..text import figure


def training(run: Run, found: list[Evaluation]) -> Section | None:
    """Return the metrics that the training steps' metric definitions found, and what the script summed up."""
    courses = {
        (step.title, name): [
            math.nan if value is None else value for each, value in step.metrics if each == name
        ]
        for step in run.steps
        for name in dict.fromkeys(name for name, _ in step.metrics)
    }
    summary = facts([(words(name), value) for one in found for name, value in one.training])
    curves = [box for index, one in enumerate(found) for box in _curves(f"t{index}", one)]
    if not courses and not summary and not curves:
        return None
    note = (
        "From the training log, by the metric definitions." if courses else "Summary of the training script."
    )
    body = el(
        "div",
        _table(courses) if courses else None,
        el("div", *curves, class_="figures") if curves else None,
        summary,
        class_="stack",
    )
    return Section("training", "Training", note, body)


def _curves(key: str, one: Evaluation) -> list[Markup]:
    """The learning curves: a picture for each metric, with a curve for each set."""
    by_metric: dict[str, dict[str, Points]] = {}
    for name, points in one.insights.curves:
        of_set, _, metric = name.partition("-")
        by_metric.setdefault(metric or name, {})[of_set] = points
    boxes = []
    for place, (metric, sets) in enumerate(by_metric.items()):
        title = metric_title(metric)
        ends = ", ".join(f"{name} {figure(points[-1][1])}" for name, points in sets.items())
        rounds = one.insights.rounds
        drawn = lines(
            f"{key}-{place}",
            f"Learning curve of {title}",
            f"After the last round: {ends}.",
            ("Rounds", title),
            sorted(sets.items(), key=lambda one: SETS.index(one[0]) if one[0] in SETS else len(SETS)),
            mark=(rounds, f"the model: {rounds:,.0f}") if rounds else None,
        )
        words = (
            f"After the last round: {ends}. The dashed line marks the round that the model was taken from."
        )
        boxes.append(figure_box(f"Learning curve of {title}", drawn, words))
    return boxes


def _table(courses: dict[tuple[str, str], list[float]]) -> Markup:
    several = len({title for title, _ in courses}) > 1
    drawn = any(len(values) > 1 for values in courses.values())
    columns = [Column("Metric"), Column("Last value", "number")]
    if drawn:
        columns += [Column("Values", "number"), Column("Course", "scale")]
    rows: list[list[Node]] = []
    for (title, name), values in courses.items():
        head = [
            el("span", name, class_="step-name"),
            el("span", title, class_="step-facts") if several else None,
        ]
        course: list[Node] = [f"{len(values):,}", _course(values)] if drawn else []
        rows.append([head, figure(values[-1]), *course])
    return table("Metrics of the training log", columns, rows, "training")


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
