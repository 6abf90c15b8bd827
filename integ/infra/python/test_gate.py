"""The synthesized state machine, executed by moto's Step Functions against a registry and a table.

CodePipeline, which moto lacks, is a fake that checks each call against botocore's own model of the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from account import GROUP, REGION, Account
from machines import CodePipeline, install, machine
from templates import load, only
from test_approval_rule import event

TABLE = "memory"
STACK = "churn-main-delivery"


@pytest.fixture
def codepipeline(monkeypatch: pytest.MonkeyPatch) -> CodePipeline:
    fake = CodePipeline()
    install(monkeypatch, {"codepipeline": fake})
    return fake


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield Account()


def gate(assembly) -> Callable[[dict[str, Any]], str]:
    """The gate of an assembly with its table; tells the state that it ends in."""
    template = load(assembly, STACK)
    table = only(template, "AWS::DynamoDB::Table")
    name = next(k for k, r in template["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table")
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName=TABLE,
        KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"],
        BillingMode=table["BillingMode"],
    )
    execute = machine(assembly, STACK, "churn-main-gate", REGION, {name: TABLE})
    return lambda of: execute(of)[-1]


@pytest.fixture
def run(account: Account, codepipeline: CodePipeline, assembly) -> Callable[..., str]:
    return gate(assembly)


@pytest.fixture
def run_without_registry(account: Account, codepipeline: CodePipeline, assemblies) -> Callable[..., str]:
    """The gate of a delivery that builds in another region than its pipelines are in."""
    return gate(assemblies / "regions")


def change(
    package: str,
    status: str,
    group: str = GROUP,
    identity: str = "event-1",
    time: str = "2026-02-24T17:00:14Z",
) -> dict[str, Any]:
    """The event that the registry sends when a package's status is set."""
    return event(
        id=identity,
        time=time,
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


FAR = "arn:aws:sagemaker:eu-central-1:222222222222:model-package/churn-main/7"


def test_without_the_registry_the_event_is_taken_at_its_word(run_without_registry, codepipeline):
    assert run_without_registry(change(FAR, "Approved")) == "Started"
    assert codepipeline.started == [
        {
            "name": "churn-main-deploy",
            "clientRequestToken": "event-1",
            "variables": [{"name": "ModelPackageArn", "value": FAR}],
        }
    ]


def test_without_the_registry_the_same_status_twice_starts_it_once(run_without_registry, codepipeline):
    events = [
        change(FAR, "Approved", identity=f"event-{i}", time=f"2026-02-24T17:00:1{i}Z") for i in range(2)
    ]
    assert [run_without_registry(e) for e in events] == ["Started", "Duplicate"]
    assert len(codepipeline.started) == 1


def test_without_the_registry_an_event_that_comes_late_is_dropped_and_hides_no_later_one(
    run_without_registry, codepipeline
):
    approved = change(FAR, "Approved", identity="first", time="2026-02-24T17:00:00Z")
    rejected = change(FAR, "Rejected", identity="second", time="2026-02-24T18:00:00Z")
    again = change(FAR, "Approved", identity="third", time="2026-02-24T19:00:00Z")
    assert [run_without_registry(e) for e in (rejected, approved, again)] == [
        "Started",
        "Duplicate",
        "Started",
    ]
    assert [s["clientRequestToken"] for s in codepipeline.started] == ["second", "third"]


@pytest.mark.parametrize(
    "changes", [{"status": "PendingManualApproval"}, {"status": "Approved", "group": "other"}]
)
def test_without_the_registry_another_status_or_group_starts_nothing(
    run_without_registry, codepipeline, changes
):
    assert run_without_registry(change(FAR, **changes)) == "NotOurs"
    assert codepipeline.started == []


def test_without_the_registry_a_start_that_fails_is_forgotten(run_without_registry, codepipeline):
    codepipeline.failures = 4
    assert run_without_registry(change(FAR, "Approved")) == "NotStarted"
    assert run_without_registry(change(FAR, "Approved")) == "Started"
