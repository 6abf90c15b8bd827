"""The pipeline: preprocess -> train -> evaluate -> quality gate -> register, or fail with the reason.

`build` makes the SageMaker Pipelines object from the settings. Nothing in it calls AWS: the role is an ARN,
the bucket is given, and the code is already in S3 under its hash, so the definition is the same bytes each
time. Add a step here, then run the `pipeline:compile` task.
"""

from __future__ import annotations

import re
from typing import Any

import boto3
from sagemaker.core import image_uris
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    CheckpointConfig,
    MetricDefinition,
    OutputDataConfig,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
)
from sagemaker.core.workflow import conditions
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import Parameter, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.configs import Compute, InputData
from sagemaker.train.model_trainer import ModelTrainer

from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.package import ARCHIVE, Package
from pipelines.settings import APPROVAL_STATUSES, REPORT_KEYS, Settings, Value

PROCESSING = "/opt/ml/processing"
CONDITIONS = {
    ">=": conditions.ConditionGreaterThanOrEqualTo,
    ">": conditions.ConditionGreaterThan,
    "<=": conditions.ConditionLessThanOrEqualTo,
    "<": conditions.ConditionLessThan,
}
TRAINING_METRICS = {
    "binary": ("logloss", "auc"),
    "multiclass": ("mlogloss", "merror"),
    "regression": ("rmse", "mae"),
}


class OfflineSession(PipelineSession):  # type: ignore[misc]
    """A session that knows its bucket, and so never asks AWS for one."""

    def default_bucket(self) -> str:
        """The artifact bucket."""
        return str(self._default_bucket_name_override)


class Builder:
    """Makes the pipeline's parts; each method is one step."""

    def __init__(
        self, settings: Settings, environment: Environment, package: Package, versions: dict[str, str]
    ) -> None:
        self.settings, self.environment, self.package, self.versions = (
            settings,
            environment,
            package,
            versions,
        )
        # Nothing is signed or sent: these keys only keep boto3 from looking for some on this machine.
        boto_session = boto3.Session("offline", "offline", region_name=environment.region)
        self.session = OfflineSession(
            boto_session=boto_session,
            default_bucket=environment.bucket,
            sagemaker_config={
                "SchemaVersion": "1.0",
                "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
            },
        )
        model = settings.model
        try:
            self.image = image_uris.retrieve(
                model.framework, environment.region, version=model.framework_version, py_version="py3",
                instance_type=settings.training.instance_type,
            )  # fmt: skip
        except ValueError as error:
            raise PipelineError(f"config/parameters.json: model.frameworkVersion: {error}") from None
        self.caching = CacheConfig(
            enable_caching=settings.caching.enabled, expire_after=settings.caching.expire_after
        )
        self.hyperparameters = {
            name: parameter(name, value) for name, value in settings.training.hyperparameters.items()
        }
        self.processing_type = ParameterString("ProcessingInstanceType", settings.processing.instance_type)
        self.processing_count = ParameterInteger(
            "ProcessingInstanceCount", settings.processing.instance_count
        )
        self.training_type = ParameterString("TrainingInstanceType", settings.training.instance_type)
        self.training_count = ParameterInteger("TrainingInstanceCount", settings.training.instance_count)
        self.input_data = ParameterString("InputDataUrl", package.data_url)
        self.target_column = ParameterString("TargetColumn", settings.data.target_column)
        self.approval_status = ParameterString(
            "ModelApprovalStatus", settings.registration.approval_status, enum_values=list(APPROVAL_STATUSES)
        )
        self.threshold = ParameterFloat("QualityThreshold", float(settings.quality_gate.threshold))
        self.git_commit = ParameterString("GitCommit", "unknown")
        self.git_branch = ParameterString("GitBranch", "unknown")

    @property
    def parameters(self) -> list[Parameter]:
        """The pipeline's parameters, in the order in which they are shown."""
        return [
            self.processing_type,
            self.processing_count,
            self.training_type,
            self.training_count,
            self.input_data,
            self.target_column,
            self.approval_status,
            self.threshold,
            self.git_commit,
            self.git_branch,
            *self.hyperparameters.values(),
        ]

    def preprocess(self) -> ProcessingStep:
        """Split, encode and describe the data."""
        data = self.settings.data
        self.lineage = PropertyFile(name="Lineage", output_name="lineage", path="lineage.json")
        return self._processing(
            "Preprocess",
            "preprocess.py",
            arguments=[
                "--problem_type", self.settings.model.problem_type,
                "--target_column", self.target_column,
                "--validation_fraction", str(data.validation_fraction),
                "--test_fraction", str(data.test_fraction),
                "--seed", str(data.seed),
            ],
            inputs={"input/data": self.input_data},
            outputs=["train", "validation", "test", "baseline", "schema", "lineage"],
            count=self.processing_count,
            property_file=self.lineage,
        )  # fmt: skip

    def train(self, preprocess: ProcessingStep) -> TrainingStep:
        """Fit the model in script mode: the container unpacks the code archive and runs train.py."""
        settings, training = self.settings, self.settings.training
        spot = training.use_spot_instances
        trainer = ModelTrainer(
            sagemaker_session=self.session,
            role=self.environment.role_arn,
            base_job_name="train",
            training_image=self.image,
            compute=Compute(
                instance_type=self.training_type,
                instance_count=self.training_count,
                volume_size_in_gb=30,
                enable_managed_spot_training=spot,
            ),
            stopping_condition=StoppingCondition(
                max_runtime_in_seconds=training.max_run_seconds,
                **({"max_wait_time_in_seconds": training.max_wait_seconds} if spot else {}),
            ),
            output_data_config=OutputDataConfig(
                s3_output_path=f"{self.environment.root}/models", **self._kms
            ),
            checkpoint_config=CheckpointConfig(s3_uri=self._checkpoints(preprocess)) if spot else None,
            hyperparameters={
                **self.hyperparameters,
                "framework": settings.model.framework,
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": self.package.code_prefix + ARCHIVE,
                "sagemaker_region": self.environment.region,
            },
        ).with_metric_definitions(
            [
                MetricDefinition(name=f"{data}:{metric}", regex=rf"{data}-{metric}:([0-9.eE+-]+)")
                for data in ("train", "validation")
                for metric in TRAINING_METRICS[settings.model.problem_type]
            ]
        )
        channels = [
            InputData(channel_name=name, data_source=output(preprocess, name), content_type=kind)
            for name, kind in (
                ("train", "text/csv"),
                ("validation", "text/csv"),
                ("schema", "application/json"),
            )
        ]
        return TrainingStep(
            name="Train", step_args=trainer.train(input_data_config=channels), cache_config=self.caching
        )

    def evaluate(self, preprocess: ProcessingStep, train: TrainingStep) -> ProcessingStep:
        """Measure the artifact on the test set."""
        self.report = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")
        return self._processing(
            "Evaluate",
            "evaluate.py",
            arguments=["--seed", str(self.settings.data.seed)],
            inputs={
                "model": train.properties.ModelArtifacts.S3ModelArtifacts,
                "test": output(preprocess, "test"),
            },
            outputs=["evaluation"],
            count=1,
            property_file=self.report,
        )

    def register(
        self, preprocess: ProcessingStep, train: TrainingStep, evaluate: ProcessingStep
    ) -> ModelStep:
        """Put the model into the registry, with its metrics and where it comes from."""
        registration, model = self.settings.registration, self.settings.model
        builder = ModelBuilder(
            image_uri=self.image,
            s3_model_data_url=train.properties.ModelArtifacts.S3ModelArtifacts,
            role_arn=self.environment.role_arn,
            sagemaker_session=self.session,
            instance_type=registration.inference_instances[0],
            env_vars={
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        )
        statistics = Join(on="/", values=[output(evaluate, "evaluation"), "evaluation.json"])
        return ModelStep(
            name="Register",
            step_args=builder.register(
                model_package_group_name=self.environment.model_package_group,
                content_types=["text/csv", "application/json"],
                response_types=["text/csv", "application/json"],
                inference_instances=registration.inference_instances,
                transform_instances=registration.transform_instances,
                approval_status=self.approval_status,
                description=f"{model.name}: {model.framework} {model.framework_version} {model.problem_type}",
                model_metrics=ModelMetrics(
                    model_statistics=MetricsSource(s3_uri=statistics, content_type="application/json")
                ),
                customer_metadata_properties={
                    "GitCommit": self.git_commit,
                    "GitBranch": self.git_branch,
                    "DataVersion": self._data_version(preprocess),
                    "DataUrl": self.input_data,
                    "CodeHash": self.package.code_hash,
                    "ContainerImage": self.image,
                    **self.versions,
                },
            ),
        )

    def check_quality(
        self, preprocess: ProcessingStep, train: TrainingStep, evaluate: ProcessingStep
    ) -> ConditionStep:
        """Register the model if its metric reaches the threshold, else fail and say by which numbers."""
        gate = self.settings.quality_gate
        report_key = REPORT_KEYS[self.settings.model.problem_type]
        value = JsonGet(
            step_name=evaluate.name, property_file=self.report, json_path=f"{report_key}.{gate.metric}.value"
        )
        failed = FailStep(
            name="QualityGateFailed",
            error_message=Join(
                on=" ",
                values=["Quality gate: the model's", gate.metric, "is", value, "but must be", gate.comparison,
                        self.threshold],
            ),
        )  # fmt: skip
        return ConditionStep(
            name="CheckQuality",
            display_name=f"{gate.metric} {gate.comparison} threshold",
            conditions=[CONDITIONS[gate.comparison](left=value, right=self.threshold)],
            if_steps=[self.register(preprocess, train, evaluate)],
            else_steps=[failed],
        )

    def pipeline(self) -> Pipeline:
        """All steps together."""
        preprocess = self.preprocess()
        train = self.train(preprocess)
        evaluate = self.evaluate(preprocess, train)
        return Pipeline(
            name=self.environment.pipeline_name,
            parameters=self.parameters,
            steps=[preprocess, train, evaluate, self.check_quality(preprocess, train, evaluate)],
            sagemaker_session=self.session,
        )

    @property
    def _kms(self) -> dict[str, str]:
        return {"kms_key_id": self.environment.kms_key} if self.environment.kms_key else {}

    def _data_version(self, preprocess: ProcessingStep) -> JsonGet:
        return JsonGet(step_name=preprocess.name, property_file=self.lineage, json_path="data_version")

    def _checkpoints(self, preprocess: ProcessingStep) -> Join:
        """Where an interrupted spot training goes on: a place for each code, data, split and hyperparameters.

        Not one for each execution, because the place counts when SageMaker looks for a cached result of the
        step.
        """
        data = self.settings.data
        split = f"{data.validation_fraction}-{data.test_fraction}-{data.seed}"
        base = f"{self.environment.root}/checkpoints/{self.package.code_hash[:16]}-{split}"
        values = Join(on="_", values=["hyperparameters", *self.hyperparameters.values()])
        return Join(on="/", values=[base, self._data_version(preprocess), self.target_column, values])

    def _processing(
        self,
        name: str,
        script: str,
        *,
        arguments: list[Any],
        inputs: dict[str, Any],
        outputs: list[str],
        count: Any,
        property_file: PropertyFile,
    ) -> ProcessingStep:
        """A processing step that runs a script; inputs and outputs by directory below /opt/ml/processing."""
        processor = Processor(
            image_uri=self.image,
            entrypoint=["python3", f"{PROCESSING}/input/code/{script}"],
            role=self.environment.role_arn,
            instance_type=self.processing_type,
            instance_count=count,
            base_job_name=name.lower(),
            output_kms_key=self.environment.kms_key or None,
            sagemaker_session=self.session,
        )
        run = ExecutionVariables.PIPELINE_EXECUTION_ID
        step_args = processor.run(
            arguments=arguments,
            inputs=[
                mount(directory.rpartition("/")[2], uri, directory)
                for directory, uri in {**inputs, "input/code": self.package.code_prefix}.items()
            ],
            outputs=[
                ProcessingOutput(
                    output_name=out,
                    s3_output=ProcessingS3Output(
                        s3_uri=Join(on="/", values=[f"{self.environment.root}/runs", run, name, out]),
                        local_path=f"{PROCESSING}/{out}",
                        s3_upload_mode="EndOfJob",
                    ),
                )
                for out in outputs
            ],
        )
        return ProcessingStep(
            name, step_args=step_args, cache_config=self.caching, property_files=[property_file]
        )


def parameter(name: str, value: Value) -> Parameter:
    """A pipeline parameter of the type of its default value."""
    kinds = {int: ParameterInteger, float: ParameterFloat, str: ParameterString}
    return kinds[type(value)](name, value)


def mount(name: str, uri: Any, directory: str) -> ProcessingInput:
    """An S3 prefix as a directory below /opt/ml/processing."""
    return ProcessingInput(
        input_name=name,
        s3_input=ProcessingS3Input(
            s3_uri=uri, local_path=f"{PROCESSING}/{directory}", s3_data_type="S3Prefix", s3_input_mode="File"
        ),
    )


def output(step: ProcessingStep, name: str) -> Any:
    """The S3 URI of a processing step's output."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def build(
    settings: Settings, environment: Environment, package: Package, versions: dict[str, str]
) -> Pipeline:
    """The whole pipeline; `versions` are recorded with each registered model. Raises `PipelineError`."""
    builder = Builder(settings, environment, package, versions)
    names = [p.name for p in builder.parameters]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PipelineError(
            f"config/parameters.json: hyperparameter {twice[0]!r} has the name of a pipeline parameter"
        )
    if not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}", environment.pipeline_name):
        raise PipelineError(
            f"SAGEMAKER_PIPELINE_NAME is {environment.pipeline_name!r}: letters, digits and hyphens only"
        )
    return builder.pipeline()
