"""The steps: the graph, then each step's place in time."""

from __future__ import annotations

from ..graph import graph
from ..markup import Markup, el
from ..names import state_class
from ..parts import Section, figure_box, note
from ..record import Run
from ..svg import icon
from ..timeline import timeline


def steps(run: Run) -> Section | None:
    """Return the step graph and the time line."""
    if not run.steps:
        return Section("steps", "Steps", "The steps in order.", note("The run has no steps yet."))
    return Section(
        "steps",
        "Steps",
        "The steps in order, with durations.",
        el(
            "div",
            figure_box("Graph", graph(run), _legend(run)),
            el("div", el("h3", "Time line"), timeline(run)),
            class_="stack",
        ),
    )


def _legend(run: Run) -> Markup | None:
    marks = []
    kinds = {state_class(step.status) for step in run.steps}
    if any(step.cached for step in run.steps):
        marks.append(("cache", "result reused from an earlier run"))
    if "skip" in kinds:
        marks.append(("skip", "skipped: on the branch not taken"))
    if "unreal" in kinds:
        marks.append(("unreal", "not emulated on this machine: it did not run"))
    return (
        el("span", *(el("span", icon(name), words, class_="key") for name, words in marks), class_="keys")
        if marks
        else None
    )
