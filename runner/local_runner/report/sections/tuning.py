"""The trials of a tuning step, the best one marked."""

from __future__ import annotations

from typing import Any

from ..coerce import number, text
from ..markup import Markup, Node, el
from ..parts import Column, Section, badge, table
from ..record import Run, Step
from ..text import MISSING, figure, plural

MOST_TRIALS = 60


def tuning(run: Run) -> Section | None:
    """Return a table of each tuning step's trials."""
    blocks = [_trials(step) for step in run.steps if step.trials]
    if not blocks:
        return None
    return Section("tuning", "Tuning trials", "Every trial really ran.", el("div", *blocks, class_="stack"))


def _trials(step: Step) -> Markup:
    flat = [_flat(trial) for trial in step.trials[:MOST_TRIALS]]
    names = list(dict.fromkeys(name for trial in flat for name in trial if name != "best"))
    best = {index: "marked" for index, trial in enumerate(flat) if trial.get("best") is True}
    rows: list[list[Node]] = [
        [
            [_shown(trial.get(name)), " ", badge("best", "good") if at == 0 and index in best else None]
            for at, name in enumerate(names)
        ]
        for index, trial in enumerate(flat)
    ]
    numeric = {
        name for name in names if all(number(trial.get(name)) is not None for trial in flat if name in trial)
    }
    columns = [Column(name, "number" if at and name in numeric else "") for at, name in enumerate(names)]
    more = f", the first {MOST_TRIALS} shown" if len(step.trials) > MOST_TRIALS else ""
    caption = f"{step.title}: {plural(len(step.trials), 'trial')}{more}"
    return table(caption, columns, rows, "trials", best)


def _flat(trial: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in trial.items():
        if isinstance(value, dict):
            flat.update({text(inner): each for inner, each in value.items()})
        else:
            flat[name] = value
    return flat


def _shown(value: object) -> str:
    found = number(value)
    return (
        MISSING
        if value is None
        else figure(found)
        if found is not None and not isinstance(value, str)
        else text(value)
    )
