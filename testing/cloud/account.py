"""A make-believe AWS account (moto) with a registry and endpoint stacks, as the deploy tools meet it."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws

REGION = "eu-west-1"
ACCOUNT = "123456789012"
GROUP = "churn-main"
ENVIRONMENTS = ("staging", "prod")

# Each session looks for its services and reads their models again, megabytes of JSON: half of the time of
# these tests.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are none, so that nothing can reach a real account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def assemblies() -> Path:
    """The folder with the synthesized deliveries, each under its name in testing/deliveries/deliveries.ts."""
    return Path(os.environ["CLOUD_ASSEMBLY"]).parent


@pytest.fixture
def assembly() -> Path:
    """The synthesized default delivery."""
    return Path(os.environ["CLOUD_ASSEMBLY"])


class Account:
    """What the tests do to the account."""

    def __init__(self) -> None:
        self.sagemaker: Any = boto3.client("sagemaker", region_name=REGION)
        self.cloudformation: Any = boto3.client("cloudformation", region_name=REGION)
        self.deployments = 0
        self.made = 0
        self.group(GROUP)
        self.events: Any = boto3.client("events", region_name=REGION)
        self.sqs: Any = boto3.client("sqs", region_name=REGION)

    def group(self, name: str) -> None:
        self.sagemaker.create_model_package_group(ModelPackageGroupName=name)

    def register(self, approval: str = "PendingManualApproval", group: str = GROUP, **metadata: str) -> str:
        made = self.sagemaker.create_model_package(
            ModelPackageGroupName=group,
            ModelApprovalStatus=approval,
            CustomerMetadataProperties=metadata,
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )
        return str(made["ModelPackageArn"])

    def set_approval(self, arn: str, approval: str) -> None:
        self.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=approval)

    def deploy(
        self,
        environment: str,
        package: str,
        started_at: str = "2026-01-01T00:00:00.0Z",
        served: str | None = None,
        scaling: str | None = None,
        **parameters: str,
    ) -> str:
        """
        The endpoint stack as CloudFormation keeps it, with the endpoint; the name of its new configuration.

        `served` is the package that the model is made from, where that is a copy of the approved one.
        """
        name = f"{GROUP}-{environment}-endpoint"
        served = served or package
        values = {
            "ModelPackageArn": package,
            "ServedModelPackageArn": served,
            "StartedAt": started_at,
            "PipelineExecutionId": "earlier",
            **parameters,
        }
        self.deployments += 1
        config = self.serve(environment, served) if package != "none" else ""
        template = {
            "Description": f"deployment {self.deployments}",
            "Parameters": {key: {"Type": "String"} for key in values},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {
                **({"EndpointConfigName": {"Value": config}} if config else {}),
                **({"Autoscaling": {"Value": scaling}} if scaling else {}),
            },
        }
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]
        known = [s["StackName"] for s in self.cloudformation.describe_stacks()["Stacks"]]
        change = self.cloudformation.update_stack if name in known else self.cloudformation.create_stack
        change(StackName=name, TemplateBody=json.dumps(template), Parameters=given)
        return config

    def serve(self, environment: str, package: str) -> str:
        """A new model and configuration in service, as CloudFormation makes them; the latter's name."""
        endpoint = f"{GROUP}-{environment}"
        self.made += 1
        model, config = (f"Endpoint{word}A1B2-{self.made:012d}" for word in ("Model", "EndpointConfig"))
        tags = [{"Key": "sagemaker-cicd:endpoint", "Value": endpoint}]
        self.sagemaker.create_model(
            ModelName=model,
            ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/model",
            PrimaryContainer={"ModelPackageName": package},
            Tags=tags,
        )
        variant = {
            "VariantName": "v",
            "ModelName": model,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=config, ProductionVariants=[variant], Tags=tags
        )
        if endpoint in [e["EndpointName"] for e in self.sagemaker.list_endpoints()["Endpoints"]]:
            self.go_back(environment, config)
        else:
            self.sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=config)
        return config

    def go_back(self, environment: str, config: str) -> None:
        """The endpoint serves this configuration, though nobody said so; moto has no UpdateEndpoint."""
        self.endpoint(environment).endpoint_config_name = config

    def endpoint(self, environment: str) -> Any:
        """The endpoint as moto keeps it."""
        from moto.sagemaker.models import sagemaker_backends

        return sagemaker_backends[ACCOUNT][REGION].endpoints[f"{GROUP}-{environment}"]

    def bus(self) -> str:
        """The delivery's bus, with a queue that everything on it goes to; the queue's address."""
        self.events.create_event_bus(Name="churn-events")
        queue = str(self.sqs.create_queue(QueueName="all")["QueueUrl"])
        pattern = json.dumps({"source": ["sagemaker-cicd-projen"]})
        self.events.put_rule(Name="all", EventBusName="churn-events", EventPattern=pattern)
        target = {"Id": "all", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:all"}
        self.events.put_targets(Rule="all", EventBusName="churn-events", Targets=[target])
        return queue

    def taken(self, queue: str) -> list[dict[str, Any]]:
        """The events in a queue."""
        found = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    def set_stack_status(self, environment: str, status: str) -> None:
        from moto.cloudformation.models import cloudformation_backends

        for stack in cloudformation_backends[ACCOUNT][REGION].stacks.values():
            if stack.name == f"{GROUP}-{environment}-endpoint":
                stack.status = status


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account()


@pytest.fixture
def targets_file(assembly: Path) -> Path:
    """The targets as the synth wrote them into the asset of the deploy tools."""
    found = [
        p
        for p in assembly.glob("asset.*/targets.json")
        if json.loads(p.read_text())["modelPackageGroup"].endswith(f"/{GROUP}")
    ]
    assert len(found) == 1
    return found[0]
