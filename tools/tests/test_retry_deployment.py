"""A person has a version tried again, or an endpoint returned, where workflows deploy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import retry_deployment

from account import ACCOUNT, REGION
from fakes import before_calls, service_error, validate
from request_table import BUS, TABLE, make_table
from workflow_requests import DEPLOY, Requests

PACKAGE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn-main/7"


@pytest.fixture
def run(account: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    make_table()
    monkeypatch.setattr(retry_deployment.time, "sleep", lambda _: None)

    def started(**wanted: Any) -> int:
        file = tmp_path / "wanted.json"
        file.write_text(json.dumps({"role": "churn-main-releaser", "region": REGION, **wanted}))
        monkeypatch.setattr(sys, "argv", ["retry_deployment.py", str(file)])
        return retry_deployment.main()

    return started


RETRY = {
    "action": "retry",
    "table": TABLE,
    "bus": BUS.replace(ACCOUNT, "{account}"),
    "project": "churn",
    "group": "main",
    "variables": {"MODEL_PACKAGE": PACKAGE.replace(REGION, "{region}"), "RETRY_IN": "prod"},
}


@pytest.mark.parametrize("bus", ["there", "full", "denied"])
def test_a_retry_is_a_request_that_the_bus_is_told_of(
    run: Callable[..., int], monkeypatch: Any, capsys: Any, bus: str
) -> None:
    sent: list[dict[str, Any]] = []

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if bus == "denied":
            raise service_error(operation, "AccessDeniedException")
        sent.extend(arguments["Entries"])
        return {"FailedEntryCount": int(bus == "full"), "Entries": []}

    before_calls(monkeypatch, "events", answer)
    assert run(**RETRY) == 0
    [request] = Requests(boto3.client("dynamodb", region_name=REGION), TABLE).waiting(DEPLOY)
    assert dict(request.variables) == {"MODEL_PACKAGE": PACKAGE, "RETRY_IN": "prod"}
    assert request.by == boto3.client("sts", region_name=REGION).get_caller_identity()["Arn"]
    if sent:
        assert sent[0]["EventBusName"] == BUS and json.loads(sent[0]["Detail"])["id"] == request.id
    told = "A run takes it within minutes." if bus == "there" else "The next scheduled run takes it."
    assert told in capsys.readouterr().out


def test_who_may_not_ask_is_told_the_role(run: Callable[..., int], monkeypatch: Any, capsys: Any) -> None:
    def denied(*_: Any) -> None:
        raise service_error("PutItem", "AccessDeniedException")

    before_calls(monkeypatch, "dynamodb", denied)
    assert run(**RETRY) == 1
    assert "Use credentials of the role churn-main-releaser" in capsys.readouterr().err


@pytest.mark.parametrize("end", ["SUCCEEDED", "FAILED", "TIMED_OUT"])
def test_a_return_is_a_build_that_is_waited_for(
    run: Callable[..., int], monkeypatch: Any, capsys: Any, end: str
) -> None:
    started: list[dict[str, Any]] = []
    looks = iter(["IN_PROGRESS", end])
    monkeypatch.setattr(retry_deployment, "POLL_SECONDS", 0.0)

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if operation == "StartBuild":
            started.append(arguments)
            return {"build": {"id": "p:1", "buildStatus": "IN_PROGRESS"}}
        assert (operation, arguments) == ("BatchGetBuilds", {"ids": ["p:1"]})
        return {"builds": [{"id": "p:1", "buildStatus": next(looks), "logs": {"deepLink": "https://log"}}]}

    before_calls(monkeypatch, "codebuild", answer)
    code = run(action="return", rollBackProject="churn-main-roll-back", environment="prod")
    assert code == int(end != "SUCCEEDED")
    [build] = started
    assert set(build) == {"projectName", "environmentVariablesOverride"}, "nothing else may be overridden"
    variables = {one["name"]: one["value"] for one in build["environmentVariablesOverride"]}
    assert variables.pop("EXECUTION_ID").startswith("return-")
    me = boto3.client("sts", region_name=REGION).get_caller_identity()["Arn"]
    assert variables == {"ROLL_BACK_IN": "prod", "STARTED_BY": me}
    printed = capsys.readouterr()
    if code:
        assert f"p:1 is {end}. prod: see https://log" in printed.err
    else:
        assert "prod was returned; its stack follows" in printed.out
