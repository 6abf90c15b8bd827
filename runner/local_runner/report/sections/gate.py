"""The quality gate: the value, the threshold and how far apart they are."""

from __future__ import annotations

import math

from ..charts.bars import share, strip
from ..gate import HIGHER, LOWER, Decision, decisions
from ..markup import Markup, el
from ..names import metric_title
from ..parts import Section, badge, code, facts, note, stacked
from ..record import Run
from ..text import figure


def gate(run: Run) -> Section | None:
    """Return the decisions of the run's conditions."""
    found = decisions(run)
    if not found:
        waiting = [step for step in run.steps if step.type == "Condition"]
        if not waiting:
            return None
        body = note(f"{waiting[0].title} was not reached: nothing was decided.")
        return Section("gate", "Quality gate", "Decides whether the model is registered.", body)
    return Section(
        "gate",
        "Quality gate",
        "Decides whether the model is registered.",
        stacked(map(_decision, found)),
    )


def _decision(decision: Decision) -> Markup:
    margin = decision.margin
    met = decision.met
    tone, words = ("good", "Met") if met else ("bad", "Missed") if met is False else ("plain", "Not decided")
    return el(
        "div",
        el(
            "p",
            el("span", metric_title(decision.metric), class_="metric"),
            el("strong", decision.left),
            el("span", f"{decision.sign or 'compared with'} {decision.right}", class_="against"),
            badge(words, tone),
            class_="decision",
        ),
        _gauge(decision),
        facts(
            [
                ("Margin", _margin(margin)),
                ("Value from", code(decision.source) if decision.source else None),
                ("Threshold from", code(decision.limit) if decision.limit else None),
                ("Decided by", decision.step.title),
            ]
        ),
        class_="gate",
    )


def _margin(margin: float | None) -> str | None:
    if margin is None:
        return None
    words = "above the threshold" if margin > 0 else "below the threshold" if margin < 0 else "exactly at it"
    return f"{'+' if margin > 0 else ''}{figure(margin, 3)} ({words})"


def _gauge(decision: Decision) -> Markup | None:
    value, threshold = decision.value, decision.threshold
    if value is None or threshold is None or not math.isfinite(value) or not math.isfinite(threshold):
        return None
    if decision.sign not in HIGHER | LOWER:
        return None
    low, high = _bounds(value, threshold)
    here, limit = ((number - low) / (high - low) for number in (value, threshold))
    passing = (limit, 1 - limit) if decision.sign in HIGHER else (0.0, limit)
    return el(
        "div",
        strip(
            _words(here, 12, f"value {decision.left}", "value"),
            el("rect", x=0, y=24, width="100%", height=12, rx=6, class_="track"),
            el("rect", x=share(passing[0]), y=24, width=share(passing[1]), height=12, rx=6, class_="passing"),
            el("line", x1=share(limit), x2=share(limit), y1=18, y2=42, class_="limit"),
            el("circle", cx=share(here), cy=30, r=7, class_=f"point {'good' if decision.met else 'bad'}"),
            _words(limit, 58, f"threshold {decision.right}", "threshold"),
            height=64,
            class_="gauge",
        ),
        class_="gauge-box",
    )


def _bounds(value: float, threshold: float) -> tuple[float, float]:
    if min(value, threshold) >= 0 and max(value, threshold) <= 1:
        return 0.0, 1.0
    low, high = min(value, threshold, 0), max(value, threshold, 0)
    return low * 1.15, high * 1.25 or 1.0


def _words(at: float, y: int, words: str, class_: str) -> Markup:
    anchor = "start" if at < 0.25 else "end" if at > 0.75 else "middle"
    return el("text", words, x=share(at), y=y, text_anchor=anchor, class_=class_)
