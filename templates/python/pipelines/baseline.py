"""The baselines that a version is registered with: what its training rows look like, and how good it is.

Preprocess and Evaluate write them, which have these rows anyway. A step of its own would be one more job for
each execution, with minutes to start, for seconds of work.
"""

from __future__ import annotations

from sagemaker.core.model_metrics import MetricsSource
from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines import sdk

OUTPUT = "baseline"
FILES = ("statistics", "constraints")
QUALITY = {"statistics": "model_quality", "constraints": "model_quality_constraints"}
"""Files of the evaluation, by their part of the baseline of quality."""


def sources(preprocess: ProcessingStep) -> dict[str, MetricsSource]:
    """What requests look like, by the names in ModelMetrics and DriftCheckBaselines."""
    return {f"model_data_{name}": _source(preprocess, OUTPUT, name) for name in FILES}


def quality(evaluate: ProcessingStep) -> dict[str, MetricsSource]:
    """How good answers are, by the names in DriftCheckBaselines."""
    return {f"model_{part}": _source(evaluate, "evaluation", name) for part, name in QUALITY.items()}


def _source(step: ProcessingStep, output: str, name: str) -> MetricsSource:
    address = Join(on="/", values=[sdk.output(step, output), f"{name}.json"])
    return MetricsSource(s3_uri=address, content_type="application/json")
