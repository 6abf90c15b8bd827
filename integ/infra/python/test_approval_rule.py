"""The synthesized event pattern, matched by moto against an event in the form that SageMaker sends it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from templates import load, only, resolve

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-main/7"
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "844e2571-85d4-695f-b930-0153b71dcb42",
    "detail-type": "SageMaker Model Package State Change",
    "source": "aws.sagemaker",
    "account": "123456789012",
    "time": "2026-02-24T17:00:14Z",
    "region": "eu-west-1",
    "resources": [ARN],
    "detail": {
        "ModelPackageGroupName": "churn-main",
        "ModelPackageVersion": 7,
        "ModelPackageArn": ARN,
        "CreationTime": "2026-02-24T17:00:14Z",
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "LastModifiedTime": "2026-02-24T17:00:14Z",
    },
}


def event(**changes: Any) -> dict[str, Any]:
    """The sample event with changes; those of `detail` are written detail__Name."""
    changed = copy.deepcopy(EVENT)
    for name, value in changes.items():
        if name.startswith("detail__"):
            changed["detail"][name.removeprefix("detail__")] = value
        else:
            changed[name.replace("_", "-")] = value
    return changed


@pytest.fixture
def matches(assembly):
    rule = only(load(assembly, "churn-main-delivery"), "AWS::Events::Rule", Name="churn-main-approvals")
    pattern = EventPattern.load(json.dumps(resolve(rule["EventPattern"])))
    return pattern.matches_event


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_approvals_and_rejections_match(matches, status):
    assert matches(event(detail__ModelApprovalStatus=status))


@pytest.mark.parametrize(
    "changes",
    [
        {"detail__ModelApprovalStatus": "PendingManualApproval"},
        {"detail__ModelPackageGroupName": "churn-main-2"},
        {"detail__ModelPackageGroupName": "other"},
        {"account": "999999999999"},
        {"region": "us-east-1"},
        {"source": "my.application"},
        {"detail_type": "SageMaker Model State Change"},
    ],
)
def test_everything_else_does_not(matches, changes):
    assert not matches(event(**changes))
