"""The trials of a tuning step, the best one marked."""

from __future__ import annotations

import json
import math
from typing import Any

from ..charts.trials import Tried, objective_over
from ..coerce import mapping, number, text
from ..evaluation import inside
from ..markup import Markup, Node, el
from ..names import words
from ..parts import Column, Section, badge, figure_box, stacked, table
from ..record import Run, Step
from ..text import MISSING, figure, plural

MOST_TRIALS = 60
MOST_PICTURES = 12
FEWEST_POINTS = 2
_SHOWN_ELSEWHERE = frozenset(
    {"number", "name", "hyperparameters", "objective", "status", "failureReason", "model", "log", "best"}
)


def tuning(run: Run) -> Section | None:
    """Return a table of each tuning step's trials, and the objective over each hyperparameter."""
    steps = [step for step in run.steps if step.trials]
    blocks = [
        part for at, step in enumerate(steps) for part in (_trials(run, step), _pictures(run, step, at))
    ]
    if not blocks:
        return None
    return Section("tuning", "Tuning trials", "Every trial was run.", stacked(blocks))


def best(trials: list[dict[str, Any]], direction: str) -> int | None:
    """Return the place of the best trial, None where direction (Maximize, Minimize) or values are unknown."""
    values = {at: number(trial.get("objective")) for at, trial in enumerate(trials)}
    known = {at: value for at, value in values.items() if value is not None and math.isfinite(value)}
    if not known or direction not in {"Maximize", "Minimize"}:
        return None
    return (max if direction == "Maximize" else min)(known, key=lambda at: known[at])


def objective(run: Run, step: Step) -> tuple[str, str]:
    """Return (metric name, direction) from the step's arguments; empty texts where they are not known."""
    found = mapping(_config(run, step).get("HyperParameterTuningJobObjective"))
    return text(found.get("MetricName")), text(found.get("Type"))


def _config(run: Run, step: Step) -> dict[str, Any]:
    path = inside(run.directory, f"steps/{step.name}/arguments.json")
    try:
        arguments = mapping(json.loads(path.read_text("utf-8", errors="replace"))) if path else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return mapping(arguments.get("HyperParameterTuningJobConfig"))


def _pictures(run: Run, step: Step, at: int) -> Markup | None:
    """Return the objective over each hyperparameter, what it goes with most closely first."""
    metric, direction = objective(run, step)
    trials = [trial for trial in step.trials if _value(trial) is not None]
    if len(trials) < FEWEST_POINTS:
        return None
    scales, choices = _ranges(_config(run, step))
    names = dict.fromkeys(name for trial in trials for name in mapping(trial.get("hyperparameters")))
    found = []
    for name in names:
        having = [trial for trial in trials if name in mapping(trial.get("hyperparameters"))]
        values = tuple(text(mapping(trial["hyperparameters"])[name]) for trial in having)
        if len(set(values)) > 1:
            objectives = tuple(value for trial in having if (value := _value(trial)) is not None)
            scale = scales.get(name, "Auto")
            found.append(Tried(name, values, objectives, best(having, direction), name in choices, scale))
    found.sort(key=lambda tried: -tried.strength)
    shown = []
    for place, tried in enumerate(found[:MOST_PICTURES]):
        drawn = objective_over(f"tuning-{at}-{place}", tried, metric or "Objective")
        shown.append(figure_box(tried.name, drawn, tried.note))
    return el("div", *shown, class_="figures") if shown else None


def _ranges(config: dict[str, Any]) -> tuple[dict[str, str], set[str]]:
    """Return the scale of each range by hyperparameter, and those that have values to choose from."""
    ranges, scales, choices = mapping(config.get("ParameterRanges")), {}, set()
    for kind, given in ranges.items():
        for item in given if isinstance(given, list) else []:
            name = text(mapping(item).get("Name"))
            scales[name] = text(mapping(item).get("ScalingType")) or "Auto"
            if kind == "CategoricalParameterRanges":
                choices.add(name)
    return scales, choices


def _value(trial: dict[str, Any]) -> float | None:
    value = number(trial.get("objective"))
    return value if value is not None and math.isfinite(value) else None


def _trials(run: Run, step: Step) -> Markup:
    metric, direction = objective(run, step)
    trials = list(step.trials)
    winner = best(trials, direction)
    shown = trials[:MOST_TRIALS]
    if winner is not None and winner >= MOST_TRIALS:
        shown[-1] = trials[winner]
    tuned = list(dict.fromkeys(name for trial in shown for name in mapping(trial.get("hyperparameters"))))
    extra = list(dict.fromkeys(name for trial in shown for name in trial if name not in _SHOWN_ELSEWHERE))
    rows = [_row(trial, tuned, extra, winner is not None and trial is trials[winner]) for trial in shown]
    columns = [
        Column("Trial"),
        *(Column(name, "number") for name in tuned),
        Column(metric or "Objective", "number"),
        Column("Status"),
        *(Column(words(name), "number") for name in extra),
    ]
    marked = {
        at: "marked" for at, trial in enumerate(shown) if winner is not None and trial is trials[winner]
    }
    aim = {"Maximize": ", the highest wins", "Minimize": ", the lowest wins"}.get(direction, "")
    more = f", {MOST_TRIALS} shown" if len(trials) > MOST_TRIALS else ""
    return table(f"{step.title}: {plural(len(trials), 'trial')}{more}{aim}", columns, rows, "trials", marked)


def _row(trial: dict[str, Any], tuned: list[str], extra: list[str], won: bool) -> list[Node]:
    values = mapping(trial.get("hyperparameters"))
    reason = text(trial.get("failureReason"))
    name = text(trial.get("number")) or text(trial.get("name"))
    return [
        [name, " ", badge("best", "good") if won else None],
        *(_shown(values.get(each)) for each in tuned),
        _shown(trial.get("objective")),
        [text(trial.get("status")), f": {reason}" if reason else None],
        *(_shown(trial.get(each)) for each in extra),
    ]


def _shown(value: object) -> str:
    found = number(value)
    if value is None or isinstance(value, str):
        return text(value) or MISSING
    return figure(found) if found is not None else text(value)
