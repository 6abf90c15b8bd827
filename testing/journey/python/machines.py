"""Step Functions: the synthesized state machines, executed by moto with the calls going through the gateway."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import botocore.client
from botocore.exceptions import ClientError

import job_tasks
from cloud import Resource
from gateway import Gateway, denied_error
from moto_client import raw_client
from permissions import Call, Request
from story import Story
from values import Denied, JourneyError, NotThere, Place, parse_arn
from waiting_states import Waits

_real_call = botocore.client.BaseClient._make_api_call


def _to_service(value: Any, shape: Any) -> Any:
    """SDK integrations take names in Pascal case; the service has them as its model says."""
    if isinstance(value, dict) and shape.type_name == "structure":
        names = {name[0].upper() + name[1:]: name for name in shape.members}
        for key in value:
            if not key[0].isupper():
                raise JourneyError(f"SDK integrations take names in Pascal case, not {key}")
        return {names.get(k, k): _to_service(v, shape.members[names[k]]) if k in names else v for k, v in value.items()}
    if isinstance(value, list) and shape.type_name == "list":
        return [_to_service(v, shape.member) for v in value]
    # The S3 integration writes what it is given as JSON, text with its quotation marks.
    return json.dumps(value).encode() if shape.type_name == "blob" else value


def _to_state(value: Any) -> Any:
    """And they give names in Pascal case."""
    if isinstance(value, list):
        return [_to_state(v) for v in value]
    if isinstance(value, dict):
        return {k[0].upper() + k[1:]: _to_state(v) for k, v in value.items()}
    if hasattr(value, "read"):
        return value.read().decode()
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Finished:
    """An execution that came to its end."""

    machine: str
    status: str
    last_state: str
    input: dict[str, Any]
    cause: str


@dataclass(frozen=True)
class Waiting:
    """An execution in a state that waits."""

    machine: Resource
    role: str
    execution: str
    input: str
    over: threading.Event


@dataclass
class StateMachines:
    """All state machines; executions run one after another."""

    gateway: Gateway
    story: Story
    pending: deque[tuple[str, str]] = field(default_factory=deque)
    waiting: list[Waiting] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    role: str | None = None
    """Role of the machine that runs at this moment."""
    failure: JourneyError | None = None
    waits: Waits = field(default_factory=Waits)
    happen: Callable[[Place, str, str, list[str], dict[str, Any]], None] = lambda *_: None
    """Says that something happened."""

    def install(self) -> None:
        """moto's interpreter calls AWS with botocore; from now on those calls are made with the machine's role."""
        machines = self

        def call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            if getattr(client, "_journey_raw", False):
                return _real_call(client, operation, params)
            return machines._call(client, operation, params)

        botocore.client.BaseClient._make_api_call = call
        self.gateway.fakes[("stepfunctions", "StartExecution")] = self._start
        job_tasks.install(self._wait_for_job)

    def run_next(self) -> None:
        """Runs the oldest execution that has not begun, to its end or until it waits for a time to come."""
        arn, text = self.pending.popleft()
        machine = self.gateway.cloud.get("AWS::StepFunctions::StateMachine", arn)
        role: str = machine.properties["RoleArn"]
        self.role = own = self.gateway.assume_as_service("states.amazonaws.com", role, arn).role
        client = raw_client("stepfunctions", machine.place)
        begun = client.start_execution(stateMachineArn=arn, name=str(uuid.uuid4()), input=text)["executionArn"]
        self._go_on(machine, own, begun, text)

    def pass_time(self) -> None:
        """The time has come that executions wait for."""
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            self.role = each.role
            each.over.set()
            self._go_on(each.machine, each.role, each.execution, each.input)

    def _go_on(self, machine: Resource, role: str, begun: str, text: str) -> None:
        client = raw_client("stepfunctions", machine.place)
        while (found := client.describe_execution(executionArn=begun))["status"] == "RUNNING":
            if over := self.waits.take():
                self.role = None
                self.waiting.append(Waiting(machine, role, begun, text, over))
                return
            time.sleep(0.005)
        self.role = None
        if self.failure:
            raise self.failure
        history = client.get_execution_history(executionArn=begun)["events"]
        states = [e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e]
        errors = [d for e in history for k, d in e.items() if k.endswith("FailedEventDetails")]
        cause = " ".join(f"{d.get('error')}: {d.get('cause')}" for d in errors)
        self.finished.append(Finished(machine.name, found["status"], states[-1], json.loads(text), cause))
        detail = {"executionArn": begun, "stateMachineArn": machine.arn, "name": found["name"],
                  "status": found["status"], "input": text, "cause": cause or None}  # fmt: skip
        self.happen(machine.place, "aws.states", "Step Functions Execution Status Change", [begun], detail)
        self.story.tell(
            f"state machine {machine.name}",
            f"{found['status']}: {' > '.join(states)}" + (f" ({cause})" if cause else ""),
        )

    def _wait_for_job(self, region: str, job: str) -> None:
        """Waiting for a job needs a rule that tells of its end, and rights to look at the job and to end it."""
        assert self.role
        place = Place(parse_arn(self.role).account, region)
        rule, own = place.arn("events", f"rule/{job_tasks.RULE}"), place.arn("sagemaker", f"processing-job/{job}")
        try:
            self.gateway.judge.ask(self.role, [
                *(Call(f"events:{action}", rule) for action in ("PutTargets", "PutRule", "DescribeRule")),
                *(Call(f"sagemaker:{action}", own) for action in ("StopProcessingJob", "ListTags")),
            ])  # fmt: skip
        except Denied as denied:
            raise denied_error("CreateProcessingJob", denied) from denied

    def _start(self, request: Request, place: Place) -> dict[str, Any]:
        arn = request["stateMachineArn"]
        if self.gateway.cloud.find("AWS::StepFunctions::StateMachine", arn) is None:
            raise NotThere(f"there is no state machine {arn}")
        self.pending.append((arn, request.params.get("input", "{}")))
        name = parse_arn(arn).name
        return {"executionArn": place.arn("states", f"execution:{name}:{uuid.uuid4()}"), "startDate": 0}

    def _call(self, client: Any, operation: str, params: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        try:
            if self.role is None:
                raise JourneyError(f"somebody unknown calls {service}:{operation}")
            if service == "dynamodb":
                return self.gateway.call(self.role, client.meta.region_name, service, operation, params)
            shape = client.meta.service_model.operation_model(operation).input_shape
            given = _to_service(params, shape)
            return _to_state(self.gateway.call(self.role, client.meta.region_name, service, operation, given))
        except Denied as denied:
            raise denied_error(operation, denied) from denied
        except ClientError as error:
            raise client.exceptions.from_code(error.response["Error"]["Code"])(error.response, operation) from error
        except NotThere as error:
            raise client.exceptions.from_code("ValidationException")(
                {
                    "Error": {"Code": "ValidationException", "Message": str(error)},
                    "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r"},
                },
                operation,
            ) from error
        except JourneyError as error:
            self.failure = error
            raise
