"""The time line: a table of steps whose last column shows when each ran."""

from __future__ import annotations

from datetime import datetime

from .charts.bars import share, strip
from .charts.scale import tick_label, ticks
from .markup import Markup, Node, el
from .names import state_class
from .parts import Column, status_mark, table
from .record import Run, Step
from .text import duration, instant, plural

DENSE = 20


def timeline(run: Run) -> Markup:
    """Return the steps in the order in which they began, those that never did last."""
    spans = {step.name: _span(step) for step in run.steps}
    begun = [span[0] for span in spans.values() if span]
    start = min([*begun, *filter(None, [instant(run.start)])], default=None)
    ends = [span[1] for span in spans.values() if span]
    total = max((end - start).total_seconds() for end in ends) if start and ends else 0.0
    order = sorted(run.steps, key=lambda step: (spans[step.name] is None, spans[step.name] or ()))
    rows = [_row(step, spans[step.name], start, total) for step in order]
    columns = [Column("Step"), Column("Time", "number"), Column(_axis(total), "lane")]
    return table(
        f"When each of {plural(len(run.steps), 'step')} ran",
        columns,
        rows,
        class_="timeline dense" if len(rows) > DENSE else "timeline",
    )


def _span(step: Step) -> tuple[datetime, datetime] | None:
    start, end = instant(step.start), instant(step.end)
    if start is None:
        return None
    return start, max(start, end) if end else start


def _row(
    step: Step, span: tuple[datetime, datetime] | None, start: datetime | None, total: float
) -> list[Node]:
    facts: list[Node] = [step.type, status_mark(step.status)]
    if step.cached:
        origin = el("span", f" from {step.cached_from}", class_="detail") if step.cached_from else None
        facts.append(["reused", origin])
    if step.attempts > 1:
        facts.append(plural(step.attempts, "attempt"))
    if step.outcome:
        facts.append("condition met" if step.outcome == "True" else "condition not met")
    name = [
        el("span", step.title, class_="step-name"),
        el("span", *(el("span", fact) for fact in facts), class_="step-facts"),
    ]
    seconds = (
        step.seconds if step.seconds is not None else (span[1] - span[0]).total_seconds() if span else None
    )
    return [name, duration(seconds if span else None), _lane(step, span, start, total)]


def _lane(step: Step, span: tuple[datetime, datetime] | None, start: datetime | None, total: float) -> Markup:
    lines = [
        el("line", x1=share(at), x2=share(at), y1=0, y2="100%", class_="grid") for at, _ in _marks(total)
    ]
    if span is None or start is None or total <= 0:
        return strip(*lines, height=24)
    begin = (span[0] - start).total_seconds() / total
    wide = (span[1] - span[0]).total_seconds() / total
    if step.status == "Executing":
        wide = 1 - begin
    begin = min(begin, 0.994)
    kind = f"bar is-{state_class(step.status)}{' cached' if step.cached else ''}"
    return strip(
        *lines,
        el("rect", x=share(begin), y=6, width=share(max(wide, 0.006)), height=12, rx=3, class_=kind),
        height=24,
    )


def _axis(total: float) -> Markup:
    texts = [
        el(
            "text",
            words,
            x=share(at),
            y=13,
            text_anchor="start" if at < 0.02 else "end" if at > 0.95 else "middle",
            class_=None if index % 2 == 0 else "minor",
        )
        for index, (at, words) in enumerate(_marks(total))
    ]
    return el("span", el("span", "When it ran", class_="unseen"), strip(*texts, height=18))


def _marks(total: float) -> list[tuple[float, str]]:
    if total <= 0:
        return []
    unit, name = (3600.0, "h") if total >= 7200 else (60.0, "min") if total >= 120 else (1.0, "s")
    marks = ticks(0, total / unit, 4)
    return [(mark * unit / total, f"{tick_label(mark, marks)} {name}") for mark in marks]
