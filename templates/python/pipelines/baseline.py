"""The baseline that a version is registered with: what its training rows look like to monitors.

Preprocess writes it, which has these rows anyway. A step of its own would be one more job for each execution,
with minutes to start, for seconds of work.
"""

from __future__ import annotations

from sagemaker.core.model_metrics import MetricsSource
from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines import sdk

OUTPUT = "baseline"
FILES = ("statistics", "constraints")


def sources(preprocess: ProcessingStep) -> dict[str, MetricsSource]:
    """Its files by their names in ModelMetrics and DriftCheckBaselines."""
    return {
        f"model_data_{name}": MetricsSource(
            s3_uri=Join(on="/", values=[sdk.output(preprocess, OUTPUT), f"{name}.json"]),
            content_type="application/json",
        )
        for name in FILES
    }
