"""The SageMaker SDK for this pipeline: a session that never calls AWS, and what the steps repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3
from sagemaker.core import image_uris
from sagemaker.core.config.config_manager import SageMakerConfig
from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
)
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.settings import Settings

PROCESSING = "/opt/ml/processing"
NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


class OfflineSession(PipelineSession):  # type: ignore[misc]
    """A session that knows its bucket, and so never asks AWS for one."""

    def __init__(self, environment: Environment) -> None:
        # The SDK checks its configuration against a large schema some 50 times in a compile, which takes
        # a third of the time; this configuration is the constant above.
        SageMakerConfig.validate_sagemaker_config = staticmethod(lambda configuration: None)
        # Nothing is signed or sent: the keys only keep boto3 from looking for some on this machine.
        boto_session = boto3.Session("offline", "offline", region_name=environment.region)
        super().__init__(
            boto_session=boto_session, default_bucket=environment.bucket, sagemaker_config=NO_TELEMETRY
        )
        self._bucket = environment.bucket

    def default_bucket(self) -> str:
        """The artifact bucket."""
        return self._bucket


def image(settings: Settings, environment: Environment) -> str:
    """The URI of the framework's container image. Raises `PipelineError` for a version that there is not."""
    model = settings.model
    try:
        return str(image_uris.retrieve(model.framework, environment.region, version=model.framework_version))
    except ValueError as error:
        raise PipelineError(f"config/parameters.json: model.frameworkVersion: {error}") from None


def mount(uri: Any, directory: str) -> ProcessingInput:
    """An S3 prefix as a directory below /opt/ml/processing, named as the last part of it."""
    return ProcessingInput(
        input_name=directory.rpartition("/")[2],
        s3_input=ProcessingS3Input(
            s3_uri=uri, local_path=f"{PROCESSING}/{directory}", s3_data_type="S3Prefix", s3_input_mode="File"
        ),
    )


def keep(environment: Environment, step: str, name: str) -> ProcessingOutput:
    """A directory below /opt/ml/processing that is kept in S3, in a place of its own for each execution."""
    place = [f"{environment.root}/runs", ExecutionVariables.PIPELINE_EXECUTION_ID, step, name]
    return ProcessingOutput(
        output_name=name,
        s3_output=ProcessingS3Output(
            s3_uri=Join(on="/", values=place), local_path=f"{PROCESSING}/{name}", s3_upload_mode="EndOfJob"
        ),
    )


def output(step: ProcessingStep, name: str) -> Any:
    """The S3 URI of a processing step's output."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


@dataclass(frozen=True)
class Machines:
    """What a job runs on, the key of its volumes, and whether its instances encrypt what they exchange."""

    instance_type: Any
    count: Any
    volume_key: Any
    encrypt_traffic: bool


def vpc(environment: Environment) -> dict[str, Any]:
    """The VPC in the form of the SDK's classes; empty without one."""
    if not environment.subnets:
        return {}
    return {"subnets": list(environment.subnets), "security_group_ids": list(environment.security_groups)}


def processor(
    session: OfflineSession, environment: Environment, image_uri: str, script: str, machines: Machines
) -> Processor:
    """A job that runs a script of the code's prefix."""
    network = vpc(environment)
    if machines.encrypt_traffic:
        network["encrypt_inter_container_traffic"] = True
    return Processor(
        image_uri=image_uri,
        entrypoint=["python3", f"{PROCESSING}/input/code/{script}"],
        role=environment.processing_role_arn,
        instance_type=machines.instance_type,
        instance_count=machines.count,
        volume_kms_key=machines.volume_key,
        output_kms_key=environment.kms_key or None,
        network_config=NetworkConfig(**network) if network else None,
        sagemaker_session=session,
    )
