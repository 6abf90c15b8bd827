"""An environment that scores in batches: its stack, its pipeline, and what SageMaker does with executions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from account import ACCOUNT, GROUP, REGION, Account
from fakes import before_calls, validate

PIPELINE = f"{GROUP}-prod-score"
BUCKET = f"{GROUP}-prod-batch"
NEVER = "arn:aws:sagemaker:eu-west-1:1:pipeline/x/execution/never"

Score = Callable[[str], str]


def definition(assemblies: Path, model: str) -> str:
    """The definition that the endpoint stack of a delivery has, with a model's name in its place."""
    (template,) = (assemblies / "batch").rglob("*stagingendpoint*.template.json")
    resources = json.loads(template.read_text())["Resources"].values()
    (pipeline,) = [r for r in resources if r["Type"] == "AWS::SageMaker::Pipeline"]
    parts = pipeline["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Join"][1]
    known = {"GetAtt": model, "AWS::Partition": "aws"}
    return "".join(p if isinstance(p, str) else known[p.get("Ref", "GetAtt")] for p in parts)


@dataclass
class Scores:
    """Executions of the score pipeline: `score` answers a request, `statuses` follow each other."""

    account: Account
    assemblies: Path
    score: Score = lambda body: body
    statuses: list[str] = field(default_factory=lambda: ["Executing", "Succeeded"])
    reason: str | None = None
    started: list[dict[str, str]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    s3: Any = field(default_factory=lambda: boto3.client("s3", region_name=REGION))

    def __post_init__(self) -> None:
        where: Any = {"LocationConstraint": REGION}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)

    def deploy(self, package: str, served: str | None = None) -> str:
        """The stack with a new model, and the pipeline that uses it; the model's name."""
        model = self.make_model(served or package)
        self.use(model)
        name = f"{GROUP}-prod-endpoint"
        values = {
            "ModelPackageArn": package, "ServedModelPackageArn": served or package,
            "StartedAt": "2026-01-01T00:00:00.0Z", "PipelineExecutionId": "earlier",
        }  # fmt: skip
        template = {
            "Description": model,
            "Parameters": {key: {"Type": "String"} for key in values},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {"ModelName": {"Value": model}},
        }
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]
        client = self.account.cloudformation
        known = [s["StackName"] for s in client.describe_stacks()["Stacks"]]
        change = client.update_stack if name in known else client.create_stack
        change(StackName=name, TemplateBody=json.dumps(template), Parameters=given)
        return model

    def make_model(self, package: str) -> str:
        self.account.made += 1
        name = f"ScoreModelA1B2-{self.account.made:012d}"
        self.account.sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/model",
            PrimaryContainer={"ModelPackageName": package},
            Tags=[{"Key": "sagemaker-cicd:endpoint", "Value": f"{GROUP}-prod"}],
        )  # fmt: skip
        return name

    def use(self, model: str) -> None:
        """Gives the pipeline a model, as CloudFormation or somebody else does."""
        client, body = self.account.sagemaker, definition(self.assemblies, model)
        if PIPELINE in [p["PipelineName"] for p in client.list_pipelines()["PipelineSummaries"]]:
            client.update_pipeline(PipelineName=PIPELINE, PipelineDefinition=body)
        else:
            role = f"arn:aws:iam::{ACCOUNT}:role/score"
            client.create_pipeline(
                PipelineName=PIPELINE, PipelineDefinition=body, RoleArn=role, ClientRequestToken="t" * 32
            )

    def answer(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "StartPipelineExecution":
            validate(client, operation, {**arguments, "ClientRequestToken": "t" * 32})
            values = {p["Name"]: p["Value"] for p in arguments["PipelineParameters"]}
            declared = json.loads(client.describe_pipeline(PipelineName=PIPELINE)["PipelineDefinition"])
            assert values.keys() <= {p["Name"] for p in declared["Parameters"]}
            self.started.append(values)
            arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{PIPELINE}/execution/e{len(self.started)}"
            self._score(values, arn.rsplit("/", 1)[-1])
            return {"PipelineExecutionArn": arn}
        if operation == "DescribePipelineExecution":
            validate(client, operation, arguments)
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            return {"PipelineExecutionStatus": status}
        if operation == "ListPipelineExecutionSteps":
            validate(client, operation, arguments)
            return {"PipelineExecutionSteps": [{"StepName": "Score", "FailureReason": self.reason}]}
        if operation == "StopPipelineExecution":
            validate(client, operation, {**arguments, "ClientRequestToken": "t" * 32})
            self.stopped.append(arguments["PipelineExecutionArn"])
            return {}
        return real(client, operation, arguments)

    def _score(self, values: dict[str, str], execution: str) -> None:
        """As a transform job writes: one object beside each object, below the execution's own prefix."""
        body = (
            self.s3.get_object(Bucket=values["InputBucket"], Key=values["InputKey"])["Body"].read().decode()
        )
        bucket, _, prefix = values["OutputUrl"].removeprefix("s3://").partition("/")
        name = values["InputKey"].rsplit("/", 1)[-1]
        if answer := self.score(body):
            self.s3.put_object(Bucket=bucket, Key=f"{prefix}/{execution}/{name}.out", Body=answer.encode())


@pytest.fixture
def scores(account: Account, assemblies: Path, monkeypatch: pytest.MonkeyPatch) -> Scores:
    found = Scores(account, assemblies)
    before_calls(monkeypatch, "sagemaker", found.answer)
    return found
