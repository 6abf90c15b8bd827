"""A pipeline in memory: its steps, and the words of the definition's schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

EMULATED = (
    "Processing", "Training", "Tuning", "Transform", "Model", "RegisterModel", "Condition", "Fail",
    "ForEach", "QualityCheck", "ClarifyCheck",
)  # fmt: skip
NOT_EMULATED = (
    "Lambda", "Callback", "EMR", "EMRServerless", "AutoML", "EndpointConfig",
    "Endpoint", "InferenceComponent", "Lineage", "Job", "Cleanup", "NotebookJob",
    "DataQualityCheck",
    "BatchTransformMonitor",
)  # fmt: skip
CHECK_TYPES = {
    "QualityCheck": ("DATA_QUALITY", "MODEL_QUALITY"),
    "ClarifyCheck": ("DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"),
}
"""Steps that compare data or a model with a baseline, and what they can check."""
CHECK_KEYS = (
    "CheckType", "ModelPackageGroupName", "SkipCheck", "FailOnViolation", "RegisterNewBaseline",
    "SuppliedBaselineStatistics", "SuppliedBaselineConstraints", "ModelName",
)  # fmt: skip
"""What such a step says beside the arguments of its job; here it stands among them."""
_ASKING = {
    "MODEL_BIAS": "measures the answers of a model at an endpoint that Clarify starts",
    "MODEL_EXPLAINABILITY": "computes SHAP values with a model at an endpoint that Clarify starts",
}
RETRY_TYPES = (
    "Step.SERVICE_FAULT", "Step.THROTTLING",
    "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT",
)  # fmt: skip


TRIGGERS = ("Completed", "Failed", "Stopped", "Any")
"""Ends of a step on which another one may start."""


@dataclass(frozen=True)
class Cache:
    """Whether a step may reuse an earlier result, and for how many seconds (None: for ever)."""

    enabled: bool
    expire_after: float | None


@dataclass(frozen=True)
class RetryPolicy:
    """When and how often a step is tried again; times in seconds."""

    exception_types: tuple[str, ...]
    interval: float
    backoff: float
    max_attempts: int | None
    expire_after: float | None


@dataclass(frozen=True)
class PropertyFile:
    """A JSON file in an output of a Processing step that expressions may read."""

    name: str
    output: str
    path: str


@dataclass(frozen=True)
class Step:
    """One step; `parent` and `branch` say in which branch of which condition it stands.

    `triggers` holds the end of a step that this one waits for where that is not success. `body` holds the
    steps of a ForEach step, which know by `item_of` whose they are.
    """

    name: str
    type: str
    arguments: dict[str, Any]
    place: str
    depends_on: tuple[str, ...] = ()
    display_name: str | None = None
    cache: Cache = Cache(False, None)
    retries: tuple[RetryPolicy, ...] = ()
    property_files: tuple[PropertyFile, ...] = ()
    parent: str | None = None
    branch: str | None = None
    triggers: dict[str, str] = field(default_factory=dict)
    body: tuple[Step, ...] = ()
    item_of: str | None = None


@dataclass(frozen=True)
class Definition:
    """A whole pipeline; `steps` holds nested steps too, each after its condition."""

    parameters: list[dict[str, Any]]
    steps: dict[str, Step]
    experiment: dict[str, Any] = field(default_factory=dict)

    def all_steps(self) -> Iterator[Step]:
        """Yield every step, those of ForEach bodies too."""
        for step in self.steps.values():
            yield step
            yield from step.body


def why_not_emulated(step: Step) -> str | None:
    """Return why a step can never be run on this machine, or None."""
    if step.type in NOT_EMULATED:
        return f"steps of type {step.type} cannot be run on this machine"
    kind = step.arguments.get("CheckType") if step.type in CHECK_TYPES else None
    if isinstance(kind, str) and kind in _ASKING:
        return f"the check {kind} {_ASKING[kind]}; it cannot be run on this machine"
    return None
