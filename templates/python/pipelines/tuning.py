"""The tuning step: trials of the training job, the best of which is evaluated and registered."""

from __future__ import annotations

from typing import Any

from sagemaker.core.parameter import (
    CategoricalParameter,
    ContinuousParameter,
    IntegerParameter,
    ParameterRange,
)
from sagemaker.core.shapes import (
    HyperbandStrategyConfig,
    HyperParameterTuningJobStrategyConfig,
    MetricDefinition,
)
from sagemaker.core.training.configs import InputData
from sagemaker.mlops.workflow.steps import CacheConfig, TrainingStep, TuningStep
from sagemaker.train.model_trainer import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

from pipelines.environment import Environment
from pipelines.manifests import hyperparameters
from pipelines.rules import Rule
from pipelines.settings import ModelSettings
from pipelines.tuning_settings import TuningSettings, better, is_integer

STEP = "Tune"
RANGES: dict[bool, type[ParameterRange]] = {True: IntegerParameter, False: ContinuousParameter}


class Tuner(HyperparameterTuner):  # type: ignore[misc]
    """A tuner that also takes over how its trainer encrypts; SDK 3.27 leaves that out."""

    def _build_training_job_definition(self, inputs: Any) -> Any:
        definition = super()._build_training_job_definition(inputs)
        trainer = self.model_trainer
        if trainer.compute.volume_kms_key_id is not None:
            definition.resource_config.volume_kms_key_id = trainer.compute.volume_kms_key_id
        networking = trainer.networking
        if networking and networking.enable_inter_container_traffic_encryption:
            definition.enable_inter_container_traffic_encryption = True
        return definition


def tune(
    settings: TuningSettings,
    model: ModelSettings,
    trainer: ModelTrainer,
    metrics: list[MetricDefinition],
    channels: list[InputData],
    caching: CacheConfig,
) -> TuningStep:
    """The step that runs trials of `trainer` with hyperparameters from the ranges of the settings."""
    rules = hyperparameters(model.framework, model.problem_type)
    hyperband = None
    if settings.strategy == "Hyperband":
        resource = {"min_resource": settings.min_resource or 1, "max_resource": settings.max_resource}
        hyperband = HyperParameterTuningJobStrategyConfig(
            hyperband_strategy_config=HyperbandStrategyConfig(**resource)
        )
    tuner = Tuner(
        trainer,
        objective_metric_name=settings.objective,
        objective_type=better(model.framework, settings.objective),
        metric_definitions=[{"Name": metric.name, "Regex": metric.regex} for metric in metrics],
        hyperparameter_ranges={
            item["name"]: parameter_range(rules.get(item["name"]), item) for item in settings.ranges
        },
        strategy=settings.strategy,
        strategy_config=hyperband,
        max_jobs=settings.max_trials,
        max_parallel_jobs=settings.max_parallel_trials,
        early_stopping_type=settings.early_stopping,
        random_seed=settings.seed,
    )
    return TuningStep(name=STEP, step_args=tuner.tune(inputs=channels), cache_config=caching)


def parameter_range(rule: Rule | None, item: dict[str, Any]) -> ParameterRange:
    """A range of the settings as the SDK's class."""
    if "values" in item:
        return CategoricalParameter(item["values"])
    kind = RANGES[is_integer(rule, item)]
    return kind(item["minimum"], item["maximum"], item.get("scale", "Auto"))


def model_url(step: TrainingStep | TuningStep, environment: Environment) -> Any:
    """The S3 URI of the model of a training, or of the best trial of a tuning."""
    if isinstance(step, TuningStep):
        prefix = f"{environment.pipeline_name}/models"
        return step.get_top_model_s3_uri(top_k=0, s3_bucket=environment.bucket, prefix=prefix)
    return step.properties.ModelArtifacts.S3ModelArtifacts
