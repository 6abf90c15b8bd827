"""The synthesized event patterns along the way of an event, matched by moto against events of the services.

Build account's default bus -> forwarding rule -> the delivery's bus -> rule of the approval gate.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from templates import load, only, resolve
from test_approval_rule import event
from test_commit_gate import push

Matches = Callable[[dict[str, Any]], bool]
SEVEN = {"build": "555555555555", "tooling": "111111111111", "region": "eu-west-1"}


def rule(assembly: Path, stack: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = resolve(only(load(assembly, stack), "AWS::Events::Rule", Name=name))
    return found


def matcher(found: dict[str, Any]) -> Matches:
    return EventPattern.load(json.dumps(found["EventPattern"])).matches_event


def package_event(
    account: str, region: str = "eu-west-1", group: str = "churn-main", **detail: Any
) -> dict[str, Any]:
    """What the registry of an account says (SageMaker developer guide, "Model package state change")."""
    arn = f"arn:aws:sagemaker:{region}:{account}:model-package/{group}/7"
    given = {"ModelPackageArn": arn, "ModelPackageGroupName": group, **detail}
    return event(
        account=account, region=region, resources=[arn], **{f"detail__{k}": v for k, v in given.items()}
    )


def pipeline_event(
    status: str, account: str, pipeline: str = "churn-main", region: str = "eu-west-1"
) -> dict[str, Any]:
    """What a SageMaker pipeline says (SageMaker developer guide, "Pipeline execution state change")."""
    arn = f"arn:aws:sagemaker:{region}:{account}:pipeline/{pipeline}"
    return {
        "version": "0",
        "id": "315c1398-40ff-a850-213b-158f73cd0001",
        "detail-type": "SageMaker Model Building Pipeline Execution Status Change",
        "source": "aws.sagemaker",
        "account": account,
        "time": "2026-03-15T16:10:11Z",
        "region": region,
        "resources": [arn, f"{arn}/execution/p4jn9xou8a8s"],
        "detail": {
            "pipelineExecutionDisplayName": "execution-1",
            "currentPipelineExecutionStatus": status,
            "previousPipelineExecutionStatus": "Executing",
            "executionStartTime": "2026-03-15T16:03:13Z",
            "executionEndTime": "2026-03-15T16:10:10Z",
            "pipelineExecutionDescription": "a run",
            "pipelineArn": arn,
            "pipelineExecutionArn": f"{arn}/execution/p4jn9xou8a8s",
        },
    }


def alarm_event(name: str, state: str, account: str, region: str = "eu-west-1") -> dict[str, Any]:
    """What an alarm says (CloudWatch user guide, "Alarm events and EventBridge")."""
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": account,
        "time": "2026-03-15T16:10:11Z",
        "region": region,
        "resources": [f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "state": {
                "value": state,
                "reason": "Threshold Crossed",
                "timestamp": "2026-03-15T16:10:11.000+0000",
            },
            "previousState": {"value": "OK", "timestamp": "2026-03-15T16:00:11.000+0000"},
        },
    }


@pytest.fixture
def seven(assemblies: Path) -> Path:
    return assemblies / "sevenAccounts"


@pytest.fixture(params=["forwarded", "received"])
def approvals(request: pytest.FixtureRequest, seven: Path) -> Matches:
    """Both ends of the way ask for the same."""
    if request.param == "forwarded":
        return matcher(rule(seven, "churn-main-build", "churn-main-forwardapprovals"))
    return matcher(rule(seven, "churn-main-delivery", "churn-main-approvals"))


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_approvals_and_rejections_of_the_build_account_arrive(approvals, status):
    assert approvals(package_event(SEVEN["build"], ModelApprovalStatus=status))


@pytest.mark.parametrize(
    "other",
    [
        package_event(SEVEN["build"], ModelApprovalStatus="PendingManualApproval"),
        package_event(SEVEN["build"], group="churn-dev"),
        package_event(SEVEN["build"], group="churn-main-2"),
        package_event(SEVEN["tooling"]),
        package_event("666666666666"),
        package_event(SEVEN["build"], region="us-east-1"),
        {**package_event(SEVEN["build"]), "source": "my.application"},
        pipeline_event("Failed", SEVEN["build"]),
    ],
)
def test_no_other_event_does(approvals, other):
    assert not approvals(other)


def test_the_rule_of_the_gate_is_on_the_bus_that_events_are_forwarded_to(seven):
    [forward] = rule(seven, "churn-main-build", "churn-main-forwardapprovals")["Targets"]
    received = rule(seven, "churn-main-delivery", "churn-main-approvals")
    bus = only(load(seven, "churn-infrastructure"), "AWS::Events::EventBus")["Name"]
    assert forward["Arn"] == f"arn:aws:events:eu-west-1:111111111111:event-bus/{bus}"
    assert received["EventBusName"] == bus
    assert "EventBusName" not in rule(seven, "churn-main-build", "churn-main-forwardapprovals")


def test_an_account_without_a_name_is_the_one_that_is_deployed_to(assembly):
    for stack, name in (
        ("churn-main-build", "churn-main-forwardapprovals"),
        ("churn-main-delivery", "churn-main-approvals"),
    ):
        matches = matcher(rule(assembly, stack, name))
        assert matches(package_event("123456789012"))
        assert not matches(package_event(SEVEN["build"]))


def test_where_the_build_is_in_another_region_the_events_of_that_region_arrive(assemblies):
    for stack, name in (
        ("churn-main-build", "churn-main-forwardapprovals"),
        ("churn-main-delivery", "churn-main-approvals"),
    ):
        matches = matcher(rule(assemblies / "regions", stack, name))
        assert matches(package_event("222222222222", region="eu-central-1"))
        assert not matches(package_event("222222222222", region="eu-west-1"))


@pytest.fixture
def failures(seven: Path) -> Matches:
    return matcher(rule(seven, "churn-main-build", "churn-main-forwardfailures"))


def test_a_failure_of_the_pipeline_is_forwarded(failures):
    assert failures(pipeline_event("Failed", SEVEN["build"]))


def test_the_alarm_about_events_that_were_not_forwarded_is_forwarded(failures, seven):
    alarm = only(load(seven, "churn-main-build"), "AWS::CloudWatch::Alarm")["AlarmName"]
    assert failures(alarm_event(alarm, "ALARM", SEVEN["build"]))
    assert not failures(alarm_event(alarm, "OK", SEVEN["build"]))
    assert not failures(alarm_event("another", "ALARM", SEVEN["build"]))


@pytest.mark.parametrize(
    "other",
    [
        pipeline_event("Succeeded", SEVEN["build"]),
        pipeline_event("Executing", SEVEN["build"]),
        pipeline_event("Failed", SEVEN["build"], pipeline="churn-dev"),
        pipeline_event("Failed", SEVEN["build"], pipeline="churn-main-2"),
        pipeline_event("Failed", SEVEN["tooling"]),
        pipeline_event("Failed", SEVEN["build"], region="us-east-1"),
        package_event(SEVEN["build"]),
    ],
)
def test_nothing_else_is_forwarded_as_a_failure(failures, other):
    assert not failures(other)


@pytest.fixture
def commits(assembly: Path) -> Matches:
    return matcher(rule(assembly, "churn-main-delivery", "churn-main-commits"))


def test_a_push_to_the_branch_and_its_creation_are_looked_at(commits):
    assert commits(push())
    assert commits(push(event="referenceCreated", oldCommitId=None))


@pytest.mark.parametrize(
    "other",
    [
        push(referenceName="feature/next"),
        push(referenceName="main2"),
        push(referenceType="tag", referenceFullName="refs/tags/main"),
        push(event="referenceDeleted"),
        {**push(), "resources": ["arn:aws:codecommit:eu-west-1:123456789012:other"]},
        {**push(), "detail-type": "CodeCommit Pull Request State Change"},
    ],
)
def test_no_other_change_of_the_repository_is(commits, other):
    assert not commits(other)
