"""What a person sees who rolls back: each part with its time, until the end or until an approval."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import start_deployment
from moto import mock_aws

from account import ACCOUNT, REGION
from fakes import before_calls, service_error, validate

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Pipeline:
    """An execution whose actions end one after the other, one for each look at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.actions: list[tuple[str, str, str, float]] = []
        """Stage, action, how it ends, and after how many seconds."""
        self.ends = "Succeeded"
        self.looks = 0
        self.started: list[dict[str, Any]] = []
        self.denied = False
        before_calls(monkeypatch, "codepipeline", self.answer)

    def answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if self.denied:
            raise service_error(operation, "AccessDeniedException", "not allowed")
        if operation == "StartPipelineExecution":
            self.started.append(arguments)
            return {"pipelineExecutionId": "e1"}
        if operation == "GetPipelineExecution":
            self.looks += 1
            done = self.looks > len(self.actions)
            return {"pipelineExecution": {"status": self.ends if done else "InProgress"}}
        assert operation == "ListActionExecutions", operation
        assert arguments["filter"] == {"pipelineExecutionId": "e1"}
        details = [self._detail(i) for i in range(min(self.looks + 1, len(self.actions)))]
        return {"actionExecutionDetails": details[::-1]}

    def _detail(self, number: int) -> dict[str, Any]:
        stage, name, status, seconds = self.actions[number]
        begin = BEGIN + timedelta(minutes=number)
        approval = name.startswith("approve")
        return {
            "actionExecutionId": name,
            "stageName": stage,
            "actionName": name,
            "status": status if number < self.looks and status != "waits" else "InProgress",
            "startTime": begin,
            "lastUpdateTime": begin + timedelta(seconds=seconds),
            "input": {"actionTypeId": {"category": "Approval" if approval else "Build"}},
            "output": {"executionResult": {"externalExecutionUrl": "https://log"}},
        }

    def watch(self) -> tuple[int, list[str]]:
        said: list[str] = []
        client = boto3.client("codepipeline", region_name=REGION)
        code = start_deployment.watch(client, "churn-main-deploy", "e1", said.append, lambda _: None)
        return code, said


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    return Pipeline(monkeypatch)


def test_each_action_is_told_once_with_its_time_until_the_end(pipeline):
    pipeline.actions = [("RollBack", "RollBack", "Succeeded", 412), ("Prepare", "Prepare", "Succeeded", 150)]
    assert pipeline.watch() == (
        0,
        [
            "RollBack/RollBack: Succeeded after 412 s",
            "Prepare/Prepare: Succeeded after 150 s",
            "churn-main-deploy, execution e1: Succeeded",
        ],
    )


def test_a_failure_says_where_to_look_and_is_the_exit_code(pipeline):
    pipeline.actions = [("RollBack", "RollBack", "Failed", 30)]
    pipeline.ends = "Failed"
    code, said = pipeline.watch()
    assert (code, said[0]) == (1, "RollBack/RollBack: Failed after 30 s: https://log")


def test_it_ends_where_a_person_must_approve(pipeline):
    pipeline.actions = [
        ("RollBack", "RollBack", "Succeeded", 400),
        ("deploy-prod", "approve-prod", "waits", 0),
        ("deploy-prod", "never", "Succeeded", 0),
    ]
    code, said = pipeline.watch()
    assert code == 0
    assert said[-1] == "deploy-prod waits for an approval: approve-prod of churn-main-deploy"


def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **more: Any) -> int:
    file = tmp_path / "task.json"
    wanted = {
        "pipeline": "churn-main-deploy",
        "role": "churn-main-releaser",
        "variables": {
            "RetryIn": "prod",
            "ModelPackageArn": "arn:{partition}:sagemaker:{region}:{account}:model-package/churn-main/7",
        },
        **more,
    }
    file.write_text(json.dumps(wanted))
    monkeypatch.setattr(sys, "argv", ["start", str(file)])
    with mock_aws():
        return start_deployment.main()


def test_the_package_is_that_of_the_account_and_region_of_the_credentials(
    pipeline, monkeypatch, tmp_path, capsys
):
    assert run(monkeypatch, tmp_path) == 0
    [started] = pipeline.started
    assert started["variables"] == [
        {"name": "RetryIn", "value": "prod"},
        {
            "name": "ModelPackageArn",
            "value": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn-main/7",
        },
    ]
    assert "churn-main-deploy: execution e1 was started" in capsys.readouterr().out


def test_who_may_not_start_it_is_told_which_role_may(pipeline, monkeypatch, tmp_path, capsys):
    pipeline.denied = True
    assert run(monkeypatch, tmp_path) == 1
    assert "Use credentials of the role churn-main-releaser" in capsys.readouterr().err


def test_without_a_region_it_says_what_to_set(pipeline, monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert run(monkeypatch, tmp_path) == 1
    assert "Set AWS_REGION" in capsys.readouterr().err
    assert run(monkeypatch, tmp_path, region="eu-west-1") == 0
