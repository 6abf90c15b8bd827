"""The synthesized state machine, executed by moto's Step Functions against a registry and a table.

CodePipeline, which moto lacks, is a fake that checks each call against botocore's own model of the service.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from moto import mock_aws

from conftest import ACCOUNT, GROUP, REGION, Account
from templates import load, only, resolve
from test_approval_rule import event

TABLE = "memory"


def to_api_case(value: Any) -> Any:
    """SDK integrations take PascalCase and hand on what the API has; moto leaves that out."""
    if isinstance(value, list):
        return [to_api_case(v) for v in value]
    if not isinstance(value, dict):
        return value
    assert all(key[0].isupper() for key in value), f"SDK integrations need PascalCase: {list(value)}"
    return {key[0].lower() + key[1:]: to_api_case(v) for key, v in value.items()}


class CodePipeline:
    """Records the executions that are started; can be told to fail."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.failures = 0

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation != "StartPipelineExecution":
            raise AssertionError(f"unexpected call {operation}")
        arguments = to_api_case(arguments)
        shape = client.meta.service_model.operation_model(operation).input_shape
        report = ParamValidator().validate(arguments, shape)
        assert not report.has_errors(), report.generate_report()
        if self.failures:
            self.failures -= 1
            error = {
                "Error": {"Code": "ThrottlingException", "Message": "slow down"},
                "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r"},
            }
            raise ClientError(error, operation)
        self.started.append(arguments)
        return {"pipelineExecutionId": f"execution-{len(self.started)}"}


@pytest.fixture
def codepipeline(monkeypatch: pytest.MonkeyPatch) -> CodePipeline:
    fake = CodePipeline()
    real = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name == "codepipeline":
            return fake.call(self, operation, arguments)
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    return fake


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield Account()


@pytest.fixture
def run(account: Account, codepipeline: CodePipeline, assembly) -> Callable[..., str]:
    template = load(assembly, "churn-main-delivery")
    table = only(template, "AWS::DynamoDB::Table")
    name = next(k for k, r in template["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table")
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName=TABLE,
        KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"],
        BillingMode=table["BillingMode"],
    )
    machine = only(template, "AWS::StepFunctions::StateMachine")
    definition = resolve(machine.get("Definition") or machine["DefinitionString"], {name: TABLE})
    text = definition if isinstance(definition, str) else json.dumps(definition)
    # Nothing here is busy, so the pauses between tries are cut.
    text = (
        json.dumps({**json.loads(text)})
        .replace('"IntervalSeconds": 2', '"IntervalSeconds": 1')
        .replace('"BackoffRate": 2', '"BackoffRate": 1')
    )
    client = boto3.client("stepfunctions", region_name=REGION)
    arn = client.create_state_machine(
        name="gate", definition=text, roleArn=f"arn:aws:iam::{ACCOUNT}:role/gate"
    )["stateMachineArn"]

    def execute(of: dict[str, Any]) -> str:
        execution = client.start_execution(stateMachineArn=arn, name=str(uuid.uuid4()), input=json.dumps(of))[
            "executionArn"
        ]
        while client.describe_execution(executionArn=execution)["status"] == "RUNNING":
            time.sleep(0.05)
        history = client.get_execution_history(executionArn=execution)["events"]
        entered = [e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e]
        return entered[-1]

    return execute


def change(package: str, status: str, group: str = GROUP, identity: str = "event-1") -> dict[str, Any]:
    """The event that the registry sends when a package's status is set."""
    return event(
        id=identity,
        detail__ModelPackageArn=package,
        detail__ModelPackageGroupName=group,
        detail__ModelApprovalStatus=status,
    )


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_an_approval_or_rejection_starts_the_deploy_pipeline_with_the_package(
    account, run, codepipeline, status
):
    package = account.register(status)
    assert run(change(package, status)) == "Started"
    assert codepipeline.started == [
        {
            "name": "churn-main-deploy",
            "clientRequestToken": "event-1",
            "variables": [{"name": "ModelPackageArn", "value": package}],
        }
    ]


def test_the_same_event_twice_starts_it_once(account, run, codepipeline):
    package = account.register("Approved")
    assert [run(change(package, "Approved")) for _ in range(2)] == ["Started", "Duplicate"]
    assert len(codepipeline.started) == 1


def test_an_event_for_a_change_of_metadata_alone_starts_nothing(account, run, codepipeline):
    package = account.register("Approved")
    assert run(change(package, "Approved")) == "Started"
    assert run(change(package, "Approved", identity="event-2")) == "Duplicate"
    assert len(codepipeline.started) == 1


def test_approved_rejected_and_approved_again_are_three_starts(account, run, codepipeline):
    package = account.register("Approved")
    for number, status in enumerate(["Approved", "Rejected", "Approved"]):
        account.set_approval(package, status)
        assert run(change(package, status, identity=f"event-{number}")) == "Started"
    assert len(codepipeline.started) == 3


def test_a_late_event_that_is_not_true_any_more_starts_nothing(account, run, codepipeline):
    package = account.register("Approved")
    account.set_approval(package, "Rejected")
    assert run(change(package, "Approved")) == "OutOfDate"
    assert codepipeline.started == []


@pytest.mark.parametrize("status", ["PendingManualApproval", "Unknown"])
def test_another_status_starts_nothing(account, run, codepipeline, status):
    assert run(change(account.register("Approved"), status)) == "NotOurs"
    assert codepipeline.started == []


def test_another_group_starts_nothing(account, run, codepipeline):
    account.group("other")
    package = account.register("Approved", group="other")
    assert run(change(package, "Approved", group="other")) == "NotOurs"
    assert codepipeline.started == []


def test_an_event_that_names_our_group_for_a_package_of_another_starts_nothing(account, run, codepipeline):
    account.group("other")
    assert run(change(account.register("Approved", group="other"), "Approved")) == "OutOfDate"
    assert codepipeline.started == []


def test_a_busy_service_is_tried_again(account, run, codepipeline):
    codepipeline.failures = 2
    assert run(change(account.register("Approved"), "Approved")) == "Started"


def test_a_start_that_fails_for_good_is_forgotten_so_that_it_can_be_sent_again(account, run, codepipeline):
    codepipeline.failures = 4
    package = account.register("Approved")
    assert run(change(package, "Approved")) == "NotStarted"
    assert run(change(package, "Approved")) == "Started"
