"""The gate of a delivery that workflows deploy, executed by moto: what it leaves is what the tools read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from account import REGION, Account
from machines import install, machine, refusal
from take import take
from templates import load
from test_gate import change
from workflow_requests import DEPLOY, DONE, ID, Requests

MEMORY, TABLE = "memory", "churn-main-requests"
STACK = "churn-main-delivery"


class Bus:
    """Records what is told; can be told to fail."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.failures = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation != "PutEvents":
            raise AssertionError(f"unexpected call {operation}")
        if self.failures:
            self.failures -= 1
            raise refusal(operation, "InternalException")
        self.told += arguments["Entries"]
        self.meanwhile()
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


class World:
    """A gate with its tables."""

    def __init__(self, assembly: Path, bus: Bus) -> None:
        self.account, self.bus = Account(), bus
        template = load(assembly, STACK)
        tables = {k: r for k, r in template["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table"}
        client = boto3.client("dynamodb", region_name=REGION)
        for made in (table["Properties"] for table in tables.values()):
            client.create_table(
                TableName=made.get("TableName", MEMORY),
                KeySchema=made["KeySchema"],
                AttributeDefinitions=made["AttributeDefinitions"],
                BillingMode=made["BillingMode"],
            )
        [memory] = [key for key, table in tables.items() if "TableName" not in table["Properties"]]
        self.run = machine(assembly, STACK, "churn-main-gate", REGION, {memory: MEMORY})
        self.requests = Requests(client, TABLE)

    def take(self) -> None:
        """As a run does that was started by the event."""
        self.requests.take(DEPLOY, "gh-1")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, assemblies: Path) -> Iterator[World]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        bus = Bus()
        install(monkeypatch, {"events": bus})
        yield World(assemblies / "workflows", bus)


def test_an_approval_asks_for_a_deployment_once_and_tells_the_bus(world: World) -> None:
    package = world.account.register("Approved")
    world.bus.meanwhile = world.take
    assert world.run(change(package, "Approved"))[-1] == "Started"
    [request] = world.requests.all(DEPLOY)
    assert request.id == "2026-02-24T17:00:14.000Z-event-1" and ID.fullmatch(request.id)
    assert (request.by, dict(request.variables)) == ("approval gate", {"MODEL_PACKAGE": package})
    [told] = world.bus.told
    assert (told["Source"], told["DetailType"]) == ("sagemaker-cicd.requests", "Workflow Requested")
    assert told["EventBusName"] == "churn-events"
    detail = told["Detail"]
    assert (json.loads(detail) if isinstance(detail, str) else detail) == {
        "project": "churn",
        "group": "main",
        "kind": "deploy",
        "id": request.id,
    }


def test_the_same_event_twice_is_one_request(world: World) -> None:
    package = world.account.register("Approved")
    world.bus.meanwhile = world.take
    ends = [world.run(change(package, "Approved"))[-1] for _ in range(2)]
    assert ends == ["Started", "Duplicate"]
    assert len(list(world.requests.all(DEPLOY))) == len(world.bus.told) == 1


def test_an_event_that_is_sent_again_after_its_memory_was_lost_is_one_request(world: World) -> None:
    package = world.account.register("Rejected")
    world.bus.meanwhile = world.take
    for _ in range(2):
        assert world.run(change(package, "Rejected"))[-1] == "Started"
        client = boto3.client("dynamodb", region_name=REGION)
        client.delete_item(TableName=MEMORY, Key={"ModelPackageArn": {"S": package}})
    [request] = world.requests.all(DEPLOY)
    assert (request.run, len(world.bus.told)) == ("gh-1", 2)


def test_a_run_is_handed_the_package(world: World) -> None:
    package = world.account.register("Approved")
    found: list[dict[str, str]] = []
    world.bus.meanwhile = lambda: found.append(take(world.requests, DEPLOY, "gh-1", None))
    world.run(change(package, "Approved"))
    assert found[0]["MODEL_PACKAGE"] == package and found[0]["FOUND"] == "yes"
    assert world.requests.finish(DEPLOY, found[0]["REQUEST"], "gh-1", DONE)


def test_a_request_that_no_run_takes_fails_the_gate_and_still_waits(world: World) -> None:
    package = world.account.register("Approved")
    assert world.run(change(package, "Approved"))[-3:] == ["Look", "IsTaken", "NotTaken"]
    assert [request.status for request in world.requests.waiting(DEPLOY)] == ["waiting"]
    assert world.run(change(package, "Approved"))[-1] == "Duplicate"


def test_a_bus_that_is_down_costs_nothing_but_time(world: World) -> None:
    package = world.account.register("Approved")
    world.bus.failures = 9
    assert world.run(change(package, "Approved"))[-1] == "NotTaken"
    assert len(world.requests.waiting(DEPLOY)) == 1 and world.bus.told == []
