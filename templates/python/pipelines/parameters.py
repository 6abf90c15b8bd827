"""The pipeline's parameters: what can be changed for one execution without compiling again."""

from __future__ import annotations

from sagemaker.core.workflow.parameters import Parameter, ParameterFloat, ParameterInteger, ParameterString

from pipelines import build_tests, retraining
from pipelines.environment import VOLUME_KEY, Environment
from pipelines.errors import PipelineError
from pipelines.manifests import FLOAT_HYPERPARAMETERS
from pipelines.settings import APPROVAL_STATUSES, Settings, Value

NO_MODEL = "none"
"""The value for the approved version and its image if no version is approved yet."""


class Parameters:
    """One attribute per parameter; the defaults are those of config/parameters.json."""

    def __init__(self, settings: Settings, environment: Environment, data_url: str, code_prefix: str) -> None:
        processing, training = settings.processing, settings.training
        # The default is an alias until `upsert` has looked up the key behind it.
        key = ParameterString(VOLUME_KEY, environment.kms_key)
        self.processing_key = key if environment.encrypts_volumes(environment.processing_type) else None
        self.training_key = key if environment.encrypts_volumes(environment.training_type) else None
        self.processing_type = ParameterString("ProcessingInstanceType", processing.instance_type)
        self.processing_count = ParameterInteger("ProcessingInstanceCount", processing.instance_count)
        self.training_type = ParameterString("TrainingInstanceType", training.instance_type)
        self.training_count = ParameterInteger("TrainingInstanceCount", training.instance_count)
        self.input_data = ParameterString("InputDataUrl", data_url)
        self.data_listing = ParameterString("InputDataListing", "unknown")
        self.target_column = ParameterString("TargetColumn", settings.data.target_column)
        self.approval_status = ParameterString(
            "ModelApprovalStatus", settings.registration.approval_status, enum_values=list(APPROVAL_STATUSES)
        )
        gate = settings.quality_gate
        self.threshold = (
            None if gate.threshold is None else ParameterFloat("QualityThreshold", float(gate.threshold))
        )
        # The code has no model.tar.gz: an input needs an address even if no version is approved yet.
        self.approved_model = ParameterString("ApprovedModelUrl", code_prefix)
        self.approved_package = ParameterString("ApprovedModelPackage", NO_MODEL)
        self.approved_image = ParameterString("ApprovedModelImage", NO_MODEL)
        self.git_commit = ParameterString("GitCommit", "unknown")
        self.git_branch = ParameterString("GitBranch", "unknown")
        self.tests = ParameterString("RepositoryTests", build_tests.UNKNOWN)
        self.reason = ParameterString("RetrainingReason", retraining.NONE)
        tuned = settings.tuning.names if settings.tuning else ()
        self.hyperparameters = {
            name: hyperparameter(name, value)
            for name, value in (training.hyperparameters | dict(environment.hyperparameters)).items()
            if name not in tuned
        }

    def all(self) -> list[Parameter]:
        """All, hyperparameters last. Raises `PipelineError` when a hyperparameter has the name of another."""
        fixed = list(
            {value.name: value for value in vars(self).values() if isinstance(value, Parameter)}.values()
        )
        if taken := {p.name for p in fixed} & set(self.hyperparameters):
            name = sorted(taken)[0]
            raise PipelineError(
                f"config/parameters.json: training.hyperparameters.{name}: rename it, {name} is taken"
            )
        return [*fixed, *self.hyperparameters.values()]


def hyperparameter(name: str, value: Value) -> Parameter:
    """A parameter of the type of its default value; 1 means 1.0 if train.py takes a float."""
    if isinstance(value, str):
        return ParameterString(name, value)
    if isinstance(value, float) or name in FLOAT_HYPERPARAMETERS:
        return ParameterFloat(name, float(value))
    return ParameterInteger(name, value)
