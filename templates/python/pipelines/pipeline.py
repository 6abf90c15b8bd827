"""The pipeline: preprocess -> train -> evaluate -> quality gate -> register, or fail with the reason.

`build` makes the SageMaker Pipelines object from the settings. Nothing in it calls AWS: the role is an ARN,
the bucket is given, and the code is already in S3 under its hash, so the definition is the same bytes each
time. Add a step here, then run the `pipeline:compile` task.
"""

from __future__ import annotations

from typing import Any

from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.shapes import CheckpointConfig, MetricDefinition, OutputDataConfig, StoppingCondition
from sagemaker.core.training.configs import Compute, InputData, Networking
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TuningStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.model_trainer import ModelTrainer

from pipelines import baseline, gate, sdk, tuning
from pipelines.environment import Environment
from pipelines.manifests import JSON_HYPERPARAMETERS, metrics_of
from pipelines.package import ARCHIVE, Package
from pipelines.parameters import Parameters
from pipelines.recorded import recorded
from pipelines.settings import Settings

CONTENT_TYPES = ["text/csv", "application/json"]

OFFLINE_INSTALL = {"PIP_NO_BUILD_ISOLATION": "0"}
"""Lets the containers install the code without a package index.

Both images run `pip install .` on the code whenever a server starts, xgboost's also before it trains. With
build isolation, which is pip's default, that asks an index for setuptools; an endpoint with network isolation
and a VPC without internet have none, and no server would start. pip reads the value as that of the option
`build_isolation`: 0 switches isolation off, 1 does not. A container definition has no entrypoint, so serving
cannot do without it, and with it training needs no entrypoint of its own either.
"""


class Builder:
    """Makes the pipeline; each method is one step."""

    def __init__(
        self, settings: Settings, environment: Environment, package: Package, versions: dict[str, str]
    ) -> None:
        self.settings, self.environment = settings, environment
        self.package, self.versions = package, versions
        self.session = sdk.OfflineSession(environment)
        self.image = sdk.image(settings, environment)
        self.parameters = Parameters(settings, environment, package.data_url, package.code_prefix)
        self.lineage = PropertyFile(name="Lineage", output_name="lineage", path="lineage.json")
        self.caching = CacheConfig(
            enable_caching=settings.caching.enabled, expire_after=settings.caching.expire_after
        )

    def preprocess(self) -> ProcessingStep:
        """Split, encode and describe the data."""
        data, parameters = self.settings.data, self.parameters
        return self._processing(
            "Preprocess",
            "preprocess.py",
            {
                "problem_type": self.settings.model.problem_type,
                "target_column": parameters.target_column,
                "validation_fraction": data.validation_fraction,
                "test_fraction": data.test_fraction,
                "seed": data.seed,
                # SageMaker compares addresses when it looks for a cached result, not contents.
                "data_listing": parameters.data_listing,
            },
            inputs={"input/data": parameters.input_data},
            outputs=["train", "validation", "test", "schema", "lineage", baseline.OUTPUT],
            count=parameters.processing_count,
            property_files=[self.lineage],
        )

    def train(self, preprocess: ProcessingStep) -> TrainingStep | TuningStep:
        """Fit the model in script mode: the container unpacks the code archive and runs train.py.

        With `tuning`, the step runs trials of this job and keeps the best.
        """
        environment, parameters, training = self.environment, self.parameters, self.settings.training
        kms = {"kms_key_id": environment.kms_key} if environment.kms_key else {}
        limits = {"max_runtime_in_seconds": training.max_run_seconds}
        checkpoints = None
        if training.use_spot_instances:
            limits["max_wait_time_in_seconds"] = training.max_wait_seconds
            checkpoints = CheckpointConfig(s3_uri=self._checkpoints(preprocess))
        network = sdk.vpc(environment)
        if training.encrypt_inter_container_traffic:
            network["enable_inter_container_traffic_encryption"] = True
        metrics = [
            MetricDefinition(name=f"{data}:{metric}", regex=rf"{data}-{metric}:([0-9.eE+-]+)")
            for data in ("train", "validation")
            for metric in metrics_of(
                self.settings.model.framework,
                self.settings.model.problem_type,
                training.hyperparameters | dict(environment.hyperparameters),
            )
        ]
        trainer = ModelTrainer(
            sagemaker_session=self.session,
            role=environment.training_role_arn,
            networking=Networking(**network) if network else None,
            base_job_name="train",
            training_image=self.image,
            compute=Compute(
                instance_type=parameters.training_type,
                instance_count=parameters.training_count,
                volume_size_in_gb=30,
                volume_kms_key_id=parameters.training_key,
                enable_managed_spot_training=training.use_spot_instances,
            ),
            stopping_condition=StoppingCondition(**limits),
            output_data_config=OutputDataConfig(s3_output_path=f"{environment.root}/models", **kms),
            checkpoint_config=checkpoints,
            environment=OFFLINE_INSTALL,
            hyperparameters={
                # A job's hyperparameters are texts; SageMaker does not convert numbers.
                **{name: value.to_string() for name, value in parameters.hyperparameters.items()},
                "framework": self.settings.model.framework,
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": self.package.code_prefix + ARCHIVE,
                "sagemaker_region": environment.region,
            },
        ).with_metric_definitions(metrics)
        channels = [
            InputData(channel_name=name, data_source=sdk.output(preprocess, name), content_type=content_type)
            for name, content_type in {
                "train": "application/x-parquet",
                "validation": "application/x-parquet",
                "schema": "application/json",
            }.items()
        ]
        if tuned := self.settings.tuning:
            return tuning.tune(tuned, self.settings.model, trainer, metrics, channels, self.caching)
        step_args = trainer.train(input_data_config=channels)
        return TrainingStep(name="Train", step_args=step_args, cache_config=self.caching)

    def evaluate(self, preprocess: ProcessingStep, train: TrainingStep | TuningStep) -> ProcessingStep:
        """Measure the artifact on the test set, and the newest approved version on the same rows."""
        quality_gate, parameters = self.settings.quality_gate, self.parameters
        return self._processing(
            "Evaluate",
            "evaluate.py",
            {
                "seed": self.settings.data.seed,
                "metric": quality_gate.metric,
                "comparison": quality_gate.comparison,
                "image": self.image,
                "approved": parameters.approved_package,
                "approved_image": parameters.approved_image,
                "golden_rows": self.settings.registration.golden_rows,
                **({"custom_metrics": list(custom)} if (custom := self.settings.custom_metrics) else {}),
            },
            inputs={
                "model": tuning.model_url(train, self.environment),
                "test": sdk.output(preprocess, "test"),
                "approved": parameters.approved_model,
            },
            outputs=["evaluation"],
            count=1,
            property_files=gate.property_files(self.settings),
        )

    def register(
        self, preprocess: ProcessingStep, train: TrainingStep | TuningStep, evaluate: ProcessingStep
    ) -> ModelStep:
        """Put the model into the registry, with its metrics and where it comes from."""
        registration, model, parameters = self.settings.registration, self.settings.model, self.parameters
        report = Join(on="/", values=[sdk.output(evaluate, "evaluation"), "evaluation.json"])
        measured = MetricsSource(s3_uri=report, content_type="application/json")
        described, quality = baseline.sources(preprocess), baseline.quality(evaluate)
        builder = ModelBuilder(
            image_uri=self.image,
            s3_model_data_url=tuning.model_url(train, self.environment),
            role_arn=self.environment.role_arn,
            sagemaker_session=self.session,
            instance_type=registration.inference_instances[0],
            env_vars={
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                **OFFLINE_INSTALL,
            },
        )
        step_args = builder.register(
            model_package_group_name=self.environment.model_package_group,
            content_types=CONTENT_TYPES,
            response_types=CONTENT_TYPES,
            inference_instances=registration.inference_instances,
            transform_instances=registration.transform_instances,
            approval_status=parameters.approval_status,
            description=f"{model.name}: {model.framework} {model.framework_version} {model.problem_type}",
            # The report has what the gate asked for, weights and your own metrics too; monitors do not.
            model_metrics=ModelMetrics(
                model_statistics=measured, model_constraints=quality["model_constraints"], **described
            ),
            drift_check_baselines=DriftCheckBaselines(**quality, **described),
            customer_metadata_properties={
                "GitCommit": parameters.git_commit,
                "GitBranch": parameters.git_branch,
                "DataVersion": self._data_version(preprocess),
                "DataUrl": parameters.input_data,
                "DataReport": Join(on="/", values=[sdk.output(preprocess, "lineage"), "lineage.json"]),
                "RepositoryTests": parameters.tests,
                "RetrainingReason": parameters.reason,
                "CodeHash": self.package.code_hash,
                "ContainerImage": self.image,
                **recorded(self.settings, preprocess, self.lineage, evaluate),
                **self.versions,
            },
        )
        return ModelStep(name="Register", step_args=step_args)

    def pipeline(self) -> Pipeline:
        """All steps together."""
        preprocess = self.preprocess()
        train = self.train(preprocess)
        evaluate = self.evaluate(preprocess, train)
        register = self.register(preprocess, train, evaluate)
        check = gate.check_quality(self.settings, self.parameters.threshold, evaluate, register)
        return Pipeline(
            name=self.environment.pipeline_name,
            parameters=self.parameters.all(),
            steps=[preprocess, train, evaluate, check],
            sagemaker_session=self.session,
        )

    def _data_version(self, preprocess: ProcessingStep) -> JsonGet:
        return JsonGet(step_name=preprocess.name, property_file=self.lineage, json_path="data_version")

    def _checkpoints(self, preprocess: ProcessingStep) -> Join:
        """Where an interrupted spot training goes on: a place for each code, data, split and hyperparameters.

        Not one for each execution: the place counts when SageMaker looks for a cached result of the step.
        Without hyperparameters that are JSON, which would make no good address: train.py itself ignores the
        checkpoints of another training.
        """
        data = self.settings.data
        split = f"{data.validation_fraction}-{data.test_fraction}-{data.seed}"
        base = f"{self.environment.root}/checkpoints/{self.package.code_hash[:16]}-{split}"
        plain = [p for n, p in self.parameters.hyperparameters.items() if n not in JSON_HYPERPARAMETERS]
        values = Join(on="_", values=["hyperparameters", *plain])
        return Join(
            on="/", values=[base, self._data_version(preprocess), self.parameters.target_column, values]
        )

    def _processing(
        self,
        name: str,
        script: str,
        arguments: dict[str, Any],
        *,
        inputs: dict[str, Any],
        outputs: list[str],
        count: Any,
        property_files: list[PropertyFile],
    ) -> ProcessingStep:
        """A step that runs a script; inputs and outputs are directories below /opt/ml/processing."""
        machines = sdk.Machines(
            self.parameters.processing_type,
            count,
            self.parameters.processing_key,
            self.settings.processing.encrypt_inter_container_traffic,
        )
        processor = sdk.processor(self.session, self.environment, self.image, script, machines)
        mounts = {**inputs, "input/code": self.package.code_prefix}
        step_args = processor.run(
            arguments=[
                str(part) if isinstance(part, (int, float)) else part
                for key, value in arguments.items()
                for part in (f"--{key}", *(value if isinstance(value, list) else [value]))
            ],
            inputs=[sdk.mount(uri, directory) for directory, uri in mounts.items()],
            outputs=[sdk.keep(self.environment, name, directory) for directory in outputs],
        )
        return ProcessingStep(
            name, step_args=step_args, cache_config=self.caching, property_files=property_files
        )


def build(
    settings: Settings, environment: Environment, package: Package, versions: dict[str, str]
) -> Pipeline:
    """The whole pipeline; `versions` are recorded with each registered model. Raises `PipelineError`."""
    return Builder(settings, environment, package, versions).pipeline()
