"""Synthesized state machines, executed by moto; services that moto lacks are fakes that botocore checks."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape
from botocore.validate import ParamValidator

from templates import load, only, resolve


class Fake(Protocol):
    """Stands for a service."""

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]: ...


def to_api_case(value: Any, shape: Shape | None) -> Any:
    """SDK integrations take PascalCase and hand on what the API has; moto leaves that out."""
    if isinstance(value, list):
        return [to_api_case(v, shape.member if isinstance(shape, ListShape) else None) for v in value]
    if not isinstance(value, dict):
        return value
    assert all(key[0].isupper() for key in value), f"SDK integrations need PascalCase: {list(value)}"
    members = shape.members if isinstance(shape, StructureShape) else {}
    named = {name[0].upper() + name[1:]: name for name in members}
    return {named.get(k, k): to_api_case(v, members.get(named.get(k, k))) for k, v in value.items()}


def to_pascal_case(value: Any) -> Any:
    """What SDK integrations hand back."""
    if isinstance(value, list):
        return [to_pascal_case(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {key[0].upper() + key[1:]: to_pascal_case(v) for key, v in value.items()}


def refusal(operation: str, code: str) -> ClientError:
    """An answer of a service that refuses."""
    answer: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r"},
    }
    return ClientError(answer, operation)


def install(monkeypatch: pytest.MonkeyPatch, fakes: dict[str, Fake]) -> None:
    """Puts fakes in the place of services; calls and answers must be as the services' models have them."""
    real = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        fake = fakes.get(self.meta.service_model.service_name)
        if fake is None:
            return real(self, operation, arguments)
        model = self.meta.service_model.operation_model(operation)
        given = to_api_case(arguments, model.input_shape)
        check(given, model.input_shape)
        answer = fake.call(operation, given)
        check(answer, model.output_shape)
        return to_pascal_case(answer)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)


def check(value: dict[str, Any], shape: Any) -> None:
    unknown = set(value) - set(shape.members)
    assert not unknown, f"{shape.name} knows no {unknown}"
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), report.generate_report()


class CodePipeline:
    """Records the executions that are started; can be told to fail."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.failures = 0

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation != "StartPipelineExecution":
            raise AssertionError(f"unexpected call {operation}")
        if self.failures:
            self.failures -= 1
            raise refusal(operation, "ThrottlingException")
        self.started.append(arguments)
        return {"pipelineExecutionId": f"execution-{len(self.started)}"}


def machine(
    assembly: Path, stack: str, name: str, region: str, references: dict[str, str] | None = None
) -> Callable[[dict[str, Any]], list[str]]:
    """A state machine of a stack: takes an event and tells the states that it entered, in order."""
    properties = only(load(assembly, stack), "AWS::StepFunctions::StateMachine", StateMachineName=name)
    definition = resolve(properties.get("Definition") or properties["DefinitionString"], references)
    text = definition if isinstance(definition, str) else json.dumps(definition)
    # Nothing here is busy, so waits and the pauses between tries are cut.
    text = json.dumps(json.loads(text)).replace('"IntervalSeconds": 2', '"IntervalSeconds": 1')
    text = text.replace('"BackoffRate": 2', '"BackoffRate": 1')
    text = re.sub(r'"Seconds": \d+', '"Seconds": 1', text)
    client: Any = boto3.client("stepfunctions", region_name=region)
    arn = client.create_state_machine(
        name=name, definition=text, roleArn="arn:aws:iam::123456789012:role/machine"
    )["stateMachineArn"]

    def execute(event: dict[str, Any]) -> list[str]:
        execution = client.start_execution(
            stateMachineArn=arn, name=str(uuid.uuid4()), input=json.dumps(event)
        )["executionArn"]
        while client.describe_execution(executionArn=execution)["status"] == "RUNNING":
            time.sleep(0.05)
        history = client.get_execution_history(executionArn=execution)["events"]
        return [e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e]

    return execute
