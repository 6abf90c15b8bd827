"""A run's result in a few lines: the metrics with their intervals, and how they compare."""

from __future__ import annotations

import math
from pathlib import Path

from .coerce import text
from .comparison import Comparison
from .evaluation import Evaluation, Metric, evaluations
from .gate import HIGHER, LOWER, Decision, decisions, gate_step
from .record import Run, load
from .text import figure, spread

CONFIDENCE = 1.645
"""Standard deviations to both sides that hold 90 % of a normal distribution, as in model/gate.py."""

_ROUNDING = 1e-12
_PACKAGE = ":model-package/"
_APPROVED = "ApprovedModelPackage"


def summary(work: Path, execution_id: str) -> list[str]:
    """Return the lines that end the output of a run; none if nothing was measured."""
    run = load(work, execution_id)
    found = evaluations(run)
    lines: list[str] = []
    for one in found:
        lines += _metrics(run, one, len(found) > 1)
    if against := against_approved(run, found):
        lines.append(f"against the last approved version, {against}")
    return lines


def margin(metric: Metric) -> float | None:
    """Return the half width of a metric's interval, None where no standard deviation was measured."""
    return None if metric.deviation is None else CONFIDENCE * metric.deviation


def interval(metric: Metric) -> tuple[float, float] | None:
    """Return the ends of a metric's interval, None where no standard deviation was measured."""
    half = margin(metric)
    if metric.value is None or half is None or not math.isfinite(half):
        return None
    return metric.value - half, metric.value + half


def measured(metric: Metric) -> str:
    """Return a value with the half width of its interval: `0.9415 ± 0.0329`."""
    half = margin(metric)
    if metric.value is None or half is None or not math.isfinite(half):
        return figure(metric.value)
    shown = spread(metric.value, half) if half > _ROUNDING * abs(metric.value) else "0"
    return f"{figure(metric.value)} ± {shown}"


def gate_decisions(run: Run) -> list[Decision]:
    """Return what the quality gate decided; nothing if it was not reached."""
    gate = gate_step(run)
    return [decision for decision in decisions(run) if decision.step is gate]


def gated_metric(run: Run, one: Evaluation) -> tuple[Metric, Decision] | None:
    """Return the metric that the quality gate asked for, with the decision."""
    for decision in gate_decisions(run):
        if metric := one.metric(decision.metric):
            return metric, decision
    return None


def compared_sign(decision: Decision) -> bool | None:
    """Return whether a decision wants a high value; None if it compares in neither direction."""
    return True if decision.sign in HIGHER else False if decision.sign in LOWER else None


def version_title(name: str) -> str:
    """Return `churn version 3` for the ARN of a model package, any other name as it is."""
    group, _, version = name.rpartition(_PACKAGE)[2].partition("/")
    return f"{group} version {version}" if _PACKAGE in name and version else name


def approved(one: Evaluation) -> Comparison | None:
    """Return the comparison with the last approved version, if the evaluation made one."""
    return next((other for other in one.compared if other.who == "approved"), None)


def against_approved(run: Run, found: list[Evaluation]) -> str | None:
    """Return how the run compares with the last approved version; None if there is no such version."""
    for one in found:
        if other := approved(one):
            return f"{version_title(other.name)}: {compared(one.compared_by, other)}"
    known = next((text(item.value) for item in run.parameters if item.name == _APPROVED), "")
    if known in ("", "none"):
        return None
    return f"{version_title(known)}: not compared, no step of this run has measured both"


def compared(metric: str, other: Comparison) -> str:
    """Return a comparison on the same test rows in words."""
    if other.reason:
        return f"not comparable: {other.reason}"
    low, high = other.interval
    between = f" ({signed(low)} to {signed(high)})" if low is not None and high is not None else ""
    return f"{metric} there {figure(other.value)}, difference {signed(other.difference)}{between}"


def signed(value: float | None) -> str:
    """Return a number with its sign."""
    shown = figure(value)
    return f"+{shown}" if value is not None and value > 0 else shown


def _metrics(run: Run, one: Evaluation, named: bool) -> list[str]:
    if not one.metrics:
        return []
    gated = gated_metric(run, one)
    first = [gated[0]] if gated else []
    ordered = [*first, *(metric for metric in one.metrics if metric not in first)]
    wide, values = max(len(metric.name) for metric in ordered), [measured(metric) for metric in ordered]
    numbers = max(map(len, values))
    rows = dict(one.data).get("rows")
    where = f"{one.step}: metrics" if named else "metrics"
    intervals = f" (± {CONFIDENCE:g} standard deviations)" if any(map(margin, ordered)) else ""
    lines = [f"{where} on {rows} test rows{intervals}:" if rows else f"{where}{intervals}:"]
    for index, (metric, value) in enumerate(zip(ordered, values, strict=True)):
        said = ""
        if gated and not index:
            verdict = {True: "met", False: "missed", None: "not decided"}[gated[1].met]
            said = f"   quality gate {gated[1].sign or 'compared with'} {gated[1].right}: {verdict}"
        lines.append(f"  {metric.name:<{wide}}  {value:<{numbers}}{said}".rstrip())
    return lines
