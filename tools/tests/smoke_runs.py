"""A smoke test of a deployment to prod, as a fixture; the endpoint answers what the test queued."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

import smoke_test
from account import ACCOUNT, REGION, Account
from aws import Aws
from endpoints import Listed
from fakes import before_calls, validate
from targets import SmokeTest

RESULTS = "http://motoapi.amazonaws.com/moto-api/static/sagemaker/endpoint-results"
STARTED = "2026-01-02T00:00:00.0Z"
GOOD = json.dumps([1, 2])
TEST = SmokeTest(body="1,2\n3,4\n", content_type="text/csv", accept="application/json", max_latency_seconds=5)

Run = Callable[..., str]


@pytest.fixture
def protected(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Which stacks are protected from deletion; moto knows no such thing."""
    stacks: dict[str, bool] = {}

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateTerminationProtection":
            validate(client, operation, arguments)
            stacks[arguments["StackName"]] = arguments["EnableTerminationProtection"]
            return {"StackId": arguments["StackName"]}
        found = real(client, operation, arguments)
        for stack in found.get("Stacks", []) if operation == "DescribeStacks" else []:
            stack["EnableTerminationProtection"] = stacks.get(stack["StackName"], False)
        return found

    before_calls(monkeypatch, "cloudformation", answer)
    return stacks


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is counted for endpoints; botocore's model judges the calls."""
    calls: list[dict[str, Any]] = []

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        assert operation == "PutMetricData", operation
        validate(client, operation, arguments)
        calls.append(arguments)
        return {}

    before_calls(monkeypatch, "cloudwatch", answer)
    return calls


@pytest.fixture
def smoke_run(
    account: Account,
    targets_file: Path,
    tmp_path: Path,
    protected: dict[str, bool],
    listed: Listed,
    counted: list[dict[str, Any]],
) -> Run:
    """Deploys a package to prod, queues the endpoint's answer and tests it."""
    package = account.register("Approved")

    def test(
        body: str,
        content_type: str = "application/json",
        what: SmokeTest = TEST,
        prepared: str = package,
        live: str = package,
        then: Callable[[], None] = lambda: None,
        golden: dict[str, Any] | None = None,
        before: str = "none",
    ) -> str:
        answer = {
            "Body": body,
            "ContentType": content_type,
            "InvokedProductionVariant": "v",
            "CustomAttributes": "",
        }
        requests.post(
            RESULTS, json={"account_id": ACCOUNT, "region": REGION, "results": [answer] * 3}, timeout=5
        )
        account.deploy("prod", live)
        then()
        folder = tmp_path / "prod"
        folder.mkdir(exist_ok=True)
        values = {"ModelPackageArn": prepared, "ServedModelPackageArn": prepared, "StartedAt": STARTED}
        (folder / "configuration.json").write_text(json.dumps({"Parameters": values}))
        decision = {"action": "deploy", "package": prepared, "reason": "", "live": before}
        record = {"decision": decision, "execution": {"id": "execution-1"}}
        (folder / "package.json").write_text(json.dumps(record))
        if golden:
            (folder / "golden.json").write_text(json.dumps(golden))
        aws = Aws()
        targets = replace(aws.targets(targets_file), smoke_test=what)
        return smoke_test.smoke_test(aws, targets, targets.environment("prod"), tmp_path)

    return test
