"""The watch of what workflows are asked for, executed by moto, with the requests as the tools write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from account import REGION
from machines import install, machine
from templates import load
from test_workflow_gate import STACK, TABLE, Bus
from workflow_requests import BUILD, DEPLOY, DONE, FAILED, Requests


class World:
    """The watch with its table; something may happen while it waits."""

    def __init__(self, assembly: Path, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bus, self.meanwhile = bus, list[Callable[[], Any]]()
        [made] = [
            resource["Properties"]
            for resource in load(assembly, STACK)["Resources"].values()
            if resource["Type"] == "AWS::DynamoDB::Table" and resource["Properties"].get("TableName") == TABLE
        ]
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=TABLE,
            KeySchema=made["KeySchema"],
            AttributeDefinitions=made["AttributeDefinitions"],
            BillingMode=made["BillingMode"],
        )
        self.now = 1_772_000_000.0
        self.requests = Requests(client, TABLE, clock=self.tick)
        self.run_machine = machine(assembly, STACK, "churn-main-requestwatch", REGION)
        monkeypatch.setattr(WaitFunction, "_wait_interval", lambda *_, **__: self.wait())

    def tick(self) -> float:
        self.now += 1
        return self.now

    def wait(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def run(self, kind: str, request: str, *meanwhile: Callable[[], Any]) -> str:
        """The last state, after things that happened in one wait after the other."""
        self.meanwhile = list(meanwhile)
        detail = {"project": "churn", "group": "main", "kind": kind, "id": request}
        states = self.run_machine({"detail-type": "Workflow Requested", "detail": detail})
        return str(states[-1])

    def told(self) -> list[tuple[str, dict[str, str]]]:
        """What people hear of."""
        details = [(entry["DetailType"], entry["Detail"]) for entry in self.bus.told]
        return [(kind, json.loads(text) if isinstance(text, str) else text) for kind, text in details]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, assemblies: Path) -> Iterator[World]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        bus = Bus()
        install(monkeypatch, {"events": bus})
        yield World(assemblies / "workflows", bus, monkeypatch)


@pytest.mark.parametrize("kind", [BUILD, DEPLOY])
def test_people_hear_of_what_no_run_takes_and_it_still_waits(world: World, kind: str) -> None:
    request = world.requests.put(kind, {}, "the retraining of churn, group main")
    assert world.run(kind, request) == "Over"
    about = {"project": "churn", "group": "main", "kind": kind, "id": request}
    assert world.told() == [("Workflow Not Taken", about)]
    assert [one.id for one in world.requests.waiting(kind)] == [request]


@pytest.mark.parametrize("outcome", [DONE, FAILED])
def test_nobody_hears_of_a_run_that_says_how_it_ended(world: World, outcome: str) -> None:
    request = world.requests.put(DEPLOY, {}, "alice")
    assert world.run(
        DEPLOY, request,
        lambda: world.requests.take(DEPLOY, "gh-7"),
        lambda: world.requests.finish(DEPLOY, request, "gh-7", outcome),
    ) == "Over"  # fmt: skip
    assert world.told() == []


def test_a_run_that_never_ends_has_failed_and_people_hear_of_it(world: World) -> None:
    request = world.requests.put(DEPLOY, {}, "alice")
    assert world.run(DEPLOY, request, lambda: world.requests.take(DEPLOY, "gh-7")) == "Over"
    about = {"project": "churn", "group": "main", "kind": DEPLOY, "id": request}
    run = {"run": "https://github.com/acme/churn/actions/runs/7", "execution": "gh-7"}
    assert world.told() == [("Workflow Failed", {**about, **run})]
    found = world.requests.get(DEPLOY, request)
    assert found and found.status == FAILED


def test_a_run_that_begins_again_has_its_time_again(world: World) -> None:
    request = world.requests.put(DEPLOY, {}, "alice")
    assert world.run(
        DEPLOY, request,
        lambda: world.requests.take(DEPLOY, "gh-7"),
        lambda: world.requests.take(DEPLOY, "gh-7"),
        lambda: world.requests.finish(DEPLOY, request, "gh-7", DONE),
    ) == "Over"  # fmt: skip
    assert world.told() == []


def test_a_request_that_is_gone_is_nothing_to_tell_of(world: World) -> None:
    assert world.run(DEPLOY, "2026-02-24T17:00:14.000Z-event-1") == "Over"
    assert world.told() == []
