"""The trials of a running tuning step, as lines below the step in the live view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Paint = Callable[[str, str], str]
_MOST_LINES = 12
_STATES = {"Executing": ("running", "36"), "Completed": ("done", "32"), "Failed": ("failed", "31")}


def trial_lines(trials: Sequence[Mapping[str, Any]], paint: Paint, room: int) -> list[str]:
    """Return a line that counts, then a table: the best trial, those that run, then the newest that ended."""
    if not trials or room < 1:
        return []
    chosen = _chosen(trials, min(room - 1, _MOST_LINES))
    names = list(trials[0]["hyperparameters"])
    rows = [[*_cells(trial, names)] for trial in chosen]
    table = [["trial", *names, "objective"], *rows] if rows and room > 2 else []
    widths = [max(map(len, column)) for column in zip(*table, strict=True)] if table else []
    lines = [f"    {progress(trials)}"]
    for row, trial in zip(table, [None, *chosen], strict=False):
        text = "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(paint(f"    {text}", "2") if trial is None else f"    {text}  {_state(trial, paint)}")
    return lines[:room]


def progress(trials: Sequence[Mapping[str, Any]]) -> str:
    """Return how many trials have ended, how many failed, and the best one so far."""
    ended = sum(trial["status"] in ("Completed", "Failed") for trial in trials)
    best = next((trial for trial in trials if trial["best"]), None)
    said = f"{ended} of {len(trials)} trials{_failed(trials)}"
    return said if best is None else f"{said}, best: trial {best['number']} with {best['objective']:g}"


def outcome(trials: Sequence[Mapping[str, Any]]) -> str:
    """Return the best trial of all, and how many failed."""
    best = next((trial for trial in trials if trial.get("best")), None)
    if best is None:
        return f"no result of {len(trials)}{_failed(trials)}"
    return f"best of {len(trials)}: {best['objective']:g} (trial {best['number']}){_failed(trials)}"


def _failed(trials: Sequence[Mapping[str, Any]]) -> str:
    count = sum(trial["status"] == "Failed" for trial in trials)
    return f", {count} failed" if count else ""


def _chosen(trials: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    best = [trial for trial in trials if trial["best"]]
    running = [trial for trial in trials if trial["status"] == "Executing"]
    ended = [t for t in reversed(trials) if t["status"] in ("Completed", "Failed") and not t["best"]]
    return sorted([*best, *running, *ended][: max(count, 0)], key=lambda trial: trial["number"])


def _cells(trial: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    values = trial["hyperparameters"]
    objective = trial["objective"]
    shown = "" if objective is None else f"{objective:.6g}"
    return [str(trial["number"]), *(short(values.get(name, "")) for name in names), shown]


def _state(trial: Mapping[str, Any], paint: Paint) -> str:
    if trial["best"]:
        return paint("best", "1;32")
    word, color = _STATES[trial["status"]]
    reason = "".join(c for c in str(trial["failureReason"] or "") if c.isprintable())
    return paint(word, color) + (f": {reason}" if reason else "")


def short(value: str) -> str:
    """Return a hyperparameter with at most four digits, if it is a number with more."""
    try:
        return f"{float(value):.4g}" if "." in value and len(value) > 6 else value
    except ValueError:
        return value
