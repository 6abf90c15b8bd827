"""What the two runs say, as Markdown: metrics, quality gate, parameters and steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..lookup import DATA
from ..report.differences import Cell, Fact, code, data, metrics, parameters
from ..report.subjects import Subject, other_rows
from ..report.summary import gate_decisions
from ..report.text import MISSING
from .definitions import changes
from .markdown import block, table, text

MOST = 30
"""Rows of a table of changes; a page has limits, and nobody reads more."""

CAPTION = (
    "Intervals: ± 1.645 standard deviations. Better or worse is said where the interval of the difference"
    " leaves out 0."
)
_MET = {True: "met", False: "missed", None: "not decided"}


@dataclass(frozen=True)
class Side:
    """A run with the definition that was compiled for it, and where its addresses are from."""

    subject: Subject
    definition: dict[str, Any]
    mounts: dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """This branch and its target, which may have no run; `failure` is then the end of its output."""

    ours: Side
    theirs: Side | None
    target: str
    failure: tuple[str, ...]


def render(pair: Pair) -> list[str]:
    """Return the lines of the comparison."""
    ours, theirs = pair.ours.subject, pair.theirs and pair.theirs.subject
    chosen = [theirs, ours] if theirs else [ours]
    parts = [
        [f"## Pipeline of this branch, compared with {text(pair.target)}"],
        [_verdict(ours)],
        _metrics(chosen),
        _without_target(pair) if theirs is None else [],
        *(_changes(pair.theirs, pair.ours) if pair.theirs else []),
    ]
    return [line for part in parts if part for line in (*part, "")][:-1]


def not_run(address: str) -> list[str]:
    """Return the lines for a pipeline whose data is not on this machine."""
    return [
        "## Pipeline of this branch",
        "",
        f"Not run: the data is in {text(address)}, which is not on this machine, and this check has no rights"
        " in AWS. Keep a sample of it in the repository and name that in the option pullRequests.data.",
    ]


def _verdict(ours: Subject) -> str:
    run = ours.run
    gates = [
        f"**Quality gate {_MET[each.met]}**: {text(f'{each.metric} {each.left} {each.sign} {each.right}')}."
        for each in gate_decisions(run)
    ]
    left = [step.title for step in run.steps if step.status == "NotEmulated"]
    if left:
        gates.append(f"Not tested, since only SageMaker runs it: {text(', '.join(left))}.")
    if run.status == "Failed":
        gates.append(f"The run of this branch failed: {text(run.failure or 'no reason was given')}")
    return " ".join(gates) or f"The run of this branch: {text(run.status)}. No quality gate decided."


def _metrics(chosen: Sequence[Subject]) -> list[str]:
    rows = metrics(chosen, not other_rows(chosen))
    if not rows:
        return ["No metrics were measured."]
    ours = chosen[-1]
    gates = {each.metric: f"{each.sign} {each.right}: {_MET[each.met]}" for each in gate_decisions(ours.run)}
    alone = len(chosen) == 1
    head = ["Metric", *([] if alone else [text(chosen[0].title)]), "This branch"]
    cells = [
        [
            f"**{text(row.name)}**" if row.gated else text(row.name),
            *(text(cell.shown) for cell in row.cells),
            *([] if alone else [_difference(row.cells[-1])]),
            text(gates.get(row.name, "")),
        ]
        for row in rows
    ]
    reason = other_rows(chosen) if not alone else ""
    said = f"{reason[:1].upper()}{reason[1:]}: no difference is told." if reason else CAPTION
    lines = table([*head, *([] if alone else ["Difference"]), "Quality gate"], cells)
    return lines if alone else [*lines, "", text(said) if reason else said]


def _difference(cell: Cell) -> str:
    verdict = f", **{cell.verdict}**" if cell.verdict else ""
    return f"{text(cell.difference)}{verdict}" if cell.difference else MISSING


def _without_target(pair: Pair) -> list[str]:
    return [
        f"The pipeline of {text(pair.target)} could not be run, so nothing is compared. Its last output:",
        "",
        *block(pair.failure or ("(nothing)",)),
    ]


def _changes(theirs: Side, ours: Side) -> list[list[str]]:
    chosen = [theirs.subject, ours.subject]
    found = changes(theirs.definition, ours.definition, (theirs.mounts, ours.mounts))
    steps = [
        *(f"- Step added: {text(one)}" for one in found.added),
        *(f"- Step removed: {text(one)}" for one in found.removed),
    ]
    inside = [[text(one.place), _value(one.old), _value(one.new)] for one in found.changed]
    # Both ran on the data of this branch: the parameter is the same, and says nothing.
    differing = [fact for fact in parameters(chosen) if fact.name != DATA]
    return [
        ["### What changed"],
        _facts("Parameter", theirs, differing) or ["No parameter differs."],
        [*steps, *([""] if steps and inside else []), *_limited("In a step", theirs, inside)]
        or ["No step of the compiled definition differs."],
        _sources(theirs, ours),
    ]


def _facts(name: str, theirs: Side, facts: Sequence[Fact]) -> list[str]:
    return _limited(name, theirs, [[text(fact.name), *map(_value, fact.values)] for fact in facts])


def _limited(name: str, theirs: Side, rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    more = [["…", "", f"and {len(rows) - MOST} more"]] if len(rows) > MOST else []
    return table([name, text(theirs.subject.title), "This branch"], [*rows[:MOST], *more])


def _sources(theirs: Side, ours: Side) -> list[str]:
    """Say of code, images and data whether they are the same."""
    chosen = [theirs.subject, ours.subject]
    differing = [
        fact for fact in code(chosen) if fact.differs and fact.name not in ("Git commit", "Git branch")
    ]
    lines = [
        f"- {text(fact.name)}: {_value(fact.values[0])} → {_value(fact.values[1])}" for fact in differing
    ]
    if _data(theirs) != _data(ours):
        lines.append("- The branches have other data: both runs used that of this branch.")
    lines += [
        f"- {text(fact.name)}: {_value(fact.values[0])} → {_value(fact.values[1])}"
        for fact in data(chosen)
        if fact.differs
    ]
    return lines or ["Code, images and data are the same."]


def _data(side: Side) -> Any:
    found = side.definition.get("Parameters")
    items = found if isinstance(found, list) else []
    return next((one.get("DefaultValue") for one in items if one.get("Name") == DATA), None)


def _value(value: str) -> str:
    return text(value) or MISSING
