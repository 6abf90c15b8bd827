"""What the run's conditions decided, in words and with the margin."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .coerce import number, text
from .record import Condition, Run, Step
from .text import exact, figure

SIGNS = {
    "GreaterThanOrEqualTo": "≥",
    "GreaterThan": ">",
    "LessThanOrEqualTo": "≤",
    "LessThan": "<",
    "Equals": "=",
}
HIGHER = frozenset({"≥", ">"})
LOWER = frozenset({"≤", "<"})
_METRIC_GROUPS = ("binary_classification_metrics", "multiclass_classification_metrics", "regression_metrics")

_COMPARED = "quality_gate.value"
"""Where evaluate.py leaves the value of the gate's metric beside what it must beat."""


@dataclass(frozen=True)
class Decision:
    step: Step
    metric: str
    sign: str
    value: float | None
    threshold: float | None
    left: str
    right: str
    source: str
    limit: str
    met: bool | None

    @property
    def margin(self) -> float | None:
        """How far the value is on the right side of the threshold; negative where it missed."""
        if self.value is None or self.threshold is None or self.sign not in HIGHER | LOWER:
            return None
        margin = self.value - self.threshold if self.sign in HIGHER else self.threshold - self.value
        return margin if math.isfinite(margin) else None


def decisions(run: Run) -> list[Decision]:
    """Return each evaluated condition of the run, in the order of the steps."""
    return [_decision(step, condition) for step in run.steps for condition in step.conditions]


def gate_step(run: Run) -> Step | None:
    """Return the condition step before a registration or a Fail step: the quality gate."""
    conditions = [step for step in run.steps if step.type == "Condition"]
    guarded = {step.parent for step in run.steps if step.type in {"RegisterModel", "Fail"}}
    return next((step for step in conditions if step.name in guarded), conditions[0] if conditions else None)


def _decision(step: Step, condition: Condition) -> Decision:
    left, right = number(condition.left), number(condition.right)
    return Decision(
        step=step,
        metric=_metric(step, condition),
        sign=SIGNS.get(condition.type, ""),
        value=left,
        threshold=right,
        left=figure(left) if left is not None else text(condition.left),
        right=exact(right) if right is not None else text(condition.right),
        source=condition.left_expression,
        limit=condition.right_expression,
        met=condition.result,
    )


def _metric(step: Step, condition: Condition) -> str:
    """Return the metric that is compared; the title of a gate without a threshold begins with its name."""
    if condition.left_expression.endswith(f": {_COMPARED}") and step.title != step.name:
        return step.title.split()[0]
    return metric_name(condition.left_expression)


def metric_name(expression: str) -> str:
    """Return `accuracy` for `Report: binary_classification_metrics.accuracy.value`, else the expression."""
    path = expression.rpartition(":")[2].strip()
    parts = path.split(".")
    for group in _METRIC_GROUPS:
        if group in parts[:-1]:
            return parts[parts.index(group) + 1]
    return path or "condition"
