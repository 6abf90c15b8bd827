"""The step graph as a picture: what ran after what, which branch was taken, and how each step ended."""

from __future__ import annotations

from .layout import Layout, arrange
from .markup import Markup, el
from .names import state, state_class
from .record import Run, Step
from .svg import icon, label, picture
from .text import clean, duration, fit, plural, width

NODE = 166.0
GAP = 36.0
LABELLED_GAP = 84.0
BETWEEN = 22.0
MARGIN = 6.0
INSET = 13.0
SHRINKING = (928.0, 1060.0)
"""Widths of graphs that become a little smaller rather than scroll on a desktop; see `.shrinks`."""


def edges(run: Run) -> list[tuple[str, str]]:
    """Return what each step waits for: its dependencies, or the condition whose branch it begins."""
    siblings = {step.name: (step.parent, step.branch) for step in run.steps}
    found = []
    for step in run.steps:
        found += [(name, step.name) for name in step.depends_on]
        inner = any(siblings.get(name) == (step.parent, step.branch) for name in step.depends_on)
        if step.parent and not inner:
            found.append((step.parent, step.name))
    return found


def graph(run: Run) -> Markup:
    """Return the graph; an arrow that a longer path implies is left out."""
    layout = arrange([step.name for step in run.steps], edges(run))
    lines = {step.name: _title_lines(step.title) for step in run.steps}
    height = 85.0 if any(len(each) > 1 for each in lines.values()) else 68.0
    columns = _columns(run, layout)
    pitch = height + BETWEEN
    middle = {step.name: MARGIN + layout.centre[step.name] * pitch + height / 2 for step in run.steps}
    by_name = {step.name: step for step in run.steps}
    arrows = [
        _arrow(by_name[a], by_name[b], [(at, MARGIN + y * pitch + height / 2) for at, y in route], columns)
        for (a, b), route in layout.routes.items()
    ]
    pills = [
        _pill(by_name[a], by_name[b], columns[layout.layer[b]], middle[b])
        for a, b in layout.routes
        if by_name[b].parent == a and by_name[b].branch
    ]
    boxes = [
        _box(step, lines[step.name], columns[layout.layer[step.name]], middle[step.name] - height / 2, height)
        for step in run.steps
    ]
    total = (columns[-1] if columns else 0) + NODE + MARGIN
    tall = layout.height * pitch - BETWEEN + 2 * MARGIN
    return picture(
        "graph",
        total,
        max(tall, 20),
        f"Steps of {run.pipeline}",
        _description(run),
        *arrows,
        *pills,
        *boxes,
        class_="graph shrinks" if SHRINKING[0] < total <= SHRINKING[1] else "graph",
    )


def _columns(run: Run, layout: Layout) -> list[float]:
    wide = {layout.layer[step.parent] for step in run.steps if step.parent in layout.layer and step.branch}
    columns, x = [], MARGIN
    for index in range(layout.layers):
        columns.append(x)
        x += NODE + (LABELLED_GAP if index in wide else GAP)
    return columns


def _taken(before: Step, after: Step) -> bool:
    return after.status not in {"Skipped", "NotStarted"} and before.status != "Skipped"


def _arrow(before: Step, after: Step, route: list[tuple[int, float]], columns: list[float]) -> Markup:
    x, y = columns[route[0][0]] + NODE, route[0][1]
    path = [f"M{x:.1f} {y:.1f}"]
    for place, (at, next_y) in enumerate(route[1:], 1):
        last = place == len(route) - 1
        next_x = columns[at] - (7 if last else 0)
        bend = (next_x - x) / 2
        path.append(f"C{x + bend:.1f} {y:.1f} {next_x - bend:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}")
        if not last:
            next_x += NODE
            path.append(f"H{next_x:.1f}")
        x, y = next_x, next_y
    tip = f"M{x:.1f} {y - 4:.1f}l7 4-7 4z"
    kind = "taken" if _taken(before, after) else "untaken"
    return el(
        "g",
        el("path", d=" ".join(path), class_="line"),
        el("path", d=tip, class_="tip"),
        class_=f"arrow {kind}",
    )


def _pill(before: Step, after: Step, column: float, y: float) -> Markup:
    met = after.branch == "if"
    words = "if met" if met else "if not"
    wide = width(words, 11, bold=True) + 14
    x = column - 14 - wide / 2
    return el(
        "g",
        el("rect", x=x - wide / 2, y=y - 10, width=wide, height=20, rx=10),
        label(x, y + 4, words, "middle"),
        class_=f"pill {'taken' if _taken(before, after) else 'untaken'}",
    )


def _title_lines(title: str) -> list[str]:
    room = NODE - 2 * INSET
    text = clean(title).replace("\n", " ")
    if width(text, 13, bold=True) <= room:
        return [text]
    cut = next((at for at in range(len(text) - 1, 0, -1) if width(text[:at], 13, bold=True) <= room), 1)
    at = next((i for i in range(cut, max(cut - 9, 1), -1) if text[i - 1] in " -_." or text[i].isupper()), cut)
    return [text[:at].rstrip(), fit(text[at:].lstrip(), room, 13, bold=True)]


def _box(step: Step, lines: list[str], x: float, y: float, height: float) -> Markup:
    kind = state_class(step.status)
    facts = [state(step.status)]
    if step.seconds is not None and step.status in {"Succeeded", "Failed", "Stopped"}:
        facts.append(duration(step.seconds))
    if step.cached:
        facts = ["Reused"]
    if step.type == "Condition" and step.outcome:
        facts = ["Met" if step.outcome == "True" else "Not met"]
    top = y + (height - 17 * len(lines) - 33) / 2 + 13
    last = top + 17 * len(lines) + 17
    return el(
        "g",
        el("title", _tooltip(step)),
        el("rect", x=x, y=y, width=NODE, height=height, rx=9, class_="frame"),
        *(label(x + INSET, top + 17 * at, text, class_="name") for at, text in enumerate(lines)),
        label(x + INSET, top + 17 * len(lines), fit(step.type, NODE - 2 * INSET, 11), class_="fact"),
        icon(kind, x + INSET, last - 11, 13),
        label(
            x + INSET + 19,
            last,
            fit(" · ".join(facts), NODE - 2 * INSET - 19 - 16 * step.cached, 11),
            class_="state",
        ),
        icon("cache", x + NODE - INSET - 13, last - 11, 13) if step.cached else None,
        class_=f"step is-{kind}{' cached' if step.cached else ''}",
    )


def _tooltip(step: Step) -> str:
    parts = [f"{step.title}: {step.type}, {state(step.status)}"]
    if step.seconds is not None:
        parts.append(duration(step.seconds))
    if step.cached:
        parts.append(f"result reused from {step.cached_from or 'an earlier run'}")
    if step.depends_on:
        parts.append(f"after {', '.join(step.depends_on)}")
    return ", ".join(parts)


def _description(run: Run) -> str:
    if len(run.steps) > 24:
        counts: dict[str, int] = {}
        for step in run.steps:
            counts[state(step.status)] = counts.get(state(step.status), 0) + 1
        return f"{plural(len(run.steps), 'step')}: " + ", ".join(
            f"{many} {name}" for name, many in counts.items()
        )
    return ". ".join(_tooltip(step) for step in run.steps) + "."
