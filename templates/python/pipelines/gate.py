"""The quality gate: which values are compared, and the message for a model that misses it."""

from __future__ import annotations

from sagemaker.core.workflow import conditions
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines.manifests import PROBLEM_TYPES
from pipelines.settings import Settings

CONDITIONS = {
    ">=": conditions.ConditionGreaterThanOrEqualTo,
    ">": conditions.ConditionGreaterThan,
    "<=": conditions.ConditionLessThanOrEqualTo,
    "<": conditions.ConditionLessThan,
}
REPORT = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")
GATE = PropertyFile(name="QualityGate", output_name="evaluation", path="gate.json")
"""What evaluate.py compares the model with if there is no threshold: `value`, `required`, `against`."""
GOLDEN = PropertyFile(name="GoldenRows", output_name="evaluation", path="golden_digest.json")
"""The SHA-256 of golden.json."""
SCHEMA = PropertyFile(name="ModelSchema", output_name="evaluation", path="schema_digest.json")
"""The SHA-256 of schema.json."""
MONITORED = PropertyFile(name="Monitored", output_name="evaluation", path="monitored_digest.json")
"""The SHA-256 of the files that monitors compare with."""


def property_files(settings: Settings) -> list[PropertyFile]:
    """The files of the evaluation that the gate and the registration read."""
    judged = [REPORT] if settings.quality_gate.threshold is not None else [REPORT, GATE]
    golden = [] if settings.registration.golden_rows == "none" else [GOLDEN]
    return [*judged, SCHEMA, *golden, MONITORED]


def check_quality(
    settings: Settings, threshold: ParameterFloat | None, evaluate: ProcessingStep, register: ModelStep
) -> ConditionStep:
    """Register the model if it passes, else fail and say by which numbers."""
    gate = settings.quality_gate
    if threshold is not None:
        path = f"{PROBLEM_TYPES[settings.model.problem_type]['report']}.{gate.metric}.value"
        value, required = JsonGet(step_name=evaluate.name, property_file=REPORT, json_path=path), threshold
        shown, against = "threshold", []
    else:
        value, required, name = (
            JsonGet(step_name=evaluate.name, property_file=GATE, json_path=f"quality_gate.{key}")
            for key in ("value", "required", "against")
        )
        shown, against = "what it is compared with", ["reached by", name]
    reason = ["Quality gate:", gate.metric, "is", value, "but must be", gate.comparison, required, *against]
    return ConditionStep(
        name="CheckQuality",
        display_name=f"{gate.metric} {gate.comparison} {shown}",
        conditions=[CONDITIONS[gate.comparison](left=value, right=required)],
        if_steps=[register],
        else_steps=[FailStep(name="QualityGateFailed", error_message=Join(on=" ", values=reason))],
    )
