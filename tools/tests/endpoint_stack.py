"""
CloudFormation as the steps of a deployment meet it: one endpoint stack, whose changes take time.

Calls and answers are checked by botocore's model, the states are those of the CloudFormation user guide
("Stack status codes"), and only what the environment's deploy role may do is answered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from account import REGION
from fakes import before_calls, service_error, validate
from stacks import UNCHANGED

ALLOWED = (
    "CreateChangeSet",
    "DeleteChangeSet",
    "DescribeChangeSet",
    "DescribeStackEvents",
    "DescribeStacks",
    "ExecuteChangeSet",
)
"""`src/plan/endpoint/roles.ts`, the role `deploy`."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The job ends in the middle of a step."""


@dataclass
class ChangeSet:
    """A change set, and how long it is still made or removed."""

    arn: str
    name: str
    content: tuple[str, str]
    left: int = 2
    removed: bool = False
    execution: str = "AVAILABLE"


@dataclass
class EndpointStack:
    """The stack; None as its status is none."""

    name: str
    status: str | None = None
    content: tuple[str, str] = ("", "")
    change_sets: list[ChangeSet] = field(default_factory=list)
    executed: ChangeSet | None = None
    shown: ChangeSet | None = None
    """The one that the stack is shown with."""
    shown_late: bool = True
    """Whether that comes with the first state, and not with the call."""
    states: list[str] = field(default_factory=list)
    """Those that come, one with each wait."""
    failing: bool = False
    updates: list[tuple[str, str]] = field(default_factory=list)
    """What was executed."""
    events: list[tuple[str, str, str, str]] = field(default_factory=list)
    calls: int = 0
    kill: tuple[int, bool] | None = None
    """The call that is the last one, and whether it was still made."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answers in place of CloudFormation."""
        before_calls(monkeypatch, "cloudformation", self._answer)

    def wait(self, _: float) -> None:
        """Time goes on."""
        for one in list(self.change_sets):
            one.left -= 1
            if one.removed and one.left <= 0:
                self.change_sets.remove(one)
        if self.states:
            self._enter(self.states.pop(0))

    def _enter(self, status: str) -> None:
        self.status = status
        kind = "AWS::CloudFormation::Stack"
        self.events.append((self.name, kind, status, ""))
        self.shown = self.executed
        if self.executed and not self.states:
            self.executed.execution = "EXECUTE_FAILED" if self.failing else "EXECUTE_COMPLETE"
        if status in ("UPDATE_COMPLETE", "CREATE_COMPLETE") and self.executed:
            self.content = self.executed.content
        if self.failing and status in ("UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS"):
            verb = status.split("_")[0]
            for resource, reason in (("Endpoint", "the alarm fired"), ("Alarm", "cancelled")):
                made = f"AWS::SageMaker::{resource}" if resource == "Endpoint" else "AWS::CloudWatch::Alarm"
                self.events.append((resource, made, f"{verb}_FAILED", reason))

    def _answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        assert operation in ALLOWED, operation
        self.calls += 1
        kill = self.kill if self.kill and self.kill[0] == self.calls else None
        if kill and not kill[1]:
            raise Killed
        try:
            answer = getattr(self, f"_{operation}")(arguments)
        finally:
            if kill:
                raise Killed
        shape = client.meta.service_model.operation_model(operation).output_shape
        if shape is not None:
            report = ParamValidator().validate(answer, shape)
            assert not report.has_errors(), report.generate_report()
        return answer

    def _gone(self, operation: str) -> Exception:
        return service_error(operation, "ValidationError", f"Stack with id {self.name} does not exist")

    def _CreateChangeSet(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(arguments)
        name, creates = arguments["ChangeSetName"], arguments["ChangeSetType"] == "CREATE"
        if creates != (self.status in (None, "REVIEW_IN_PROGRESS")):
            raise service_error("CreateChangeSet", "ValidationError", f"Stack is in state {self.status}")
        if self._found(name):
            raise service_error("CreateChangeSet", "AlreadyExistsException", f"ChangeSet {name} exists")
        self.status = self.status or "REVIEW_IN_PROGRESS"
        template = arguments.get("TemplateBody") or self._fetched(arguments["TemplateURL"])
        parameters = {one["ParameterKey"]: one["ParameterValue"] for one in arguments["Parameters"]}
        content = (json.dumps(json.loads(template)), json.dumps(parameters, sort_keys=True))
        self.made += 1
        arn = f"arn:aws:cloudformation:{REGION}:1:changeSet/{name}/{self.made}"
        self.change_sets.append(ChangeSet(arn, name, content))
        return {"Id": arn, "StackId": self.name}

    def _fetched(self, address: str) -> str:
        host, key = address.removeprefix("https://").split("/", 1)
        s3 = boto3.client("s3", region_name=REGION)
        return str(s3.get_object(Bucket=host.split(".")[0], Key=key)["Body"].read().decode())

    def _found(self, wanted: str) -> ChangeSet | None:
        return next((one for one in self.change_sets if wanted in (one.arn, one.name)), None)

    def _DeleteChangeSet(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.status is None:
            raise self._gone("DeleteChangeSet")
        found = self._found(arguments["ChangeSetName"])
        if found and found.left > 0:
            # CloudFormation API reference, "DeleteChangeSet".
            raise service_error("DeleteChangeSet", "InvalidChangeSetStatus", "is CREATE_IN_PROGRESS")
        if found:
            found.removed, found.left = True, 1
        return {}

    def _DescribeChangeSet(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = self._found(arguments["ChangeSetName"])
        if self.status is None or found is None:
            wanted = arguments["ChangeSetName"]
            raise service_error(
                "DescribeChangeSet", "ChangeSetNotFound", f"ChangeSet [{wanted}] does not exist"
            )
        answer = {"ChangeSetId": found.arn, "ChangeSetName": found.name, "StackName": self.name}
        if found.removed:
            return {**answer, "Status": "DELETE_IN_PROGRESS", "ExecutionStatus": "UNAVAILABLE"}
        if found.left > 0:
            return {**answer, "Status": "CREATE_IN_PROGRESS", "ExecutionStatus": "UNAVAILABLE"}
        if found.content == self.content and found is not self.executed:
            failed = {"Status": "FAILED", "StatusReason": UNCHANGED, "ExecutionStatus": "UNAVAILABLE"}
            return {**answer, **failed}
        return {**answer, "Status": "CREATE_COMPLETE", "ExecutionStatus": found.execution}

    def _ExecuteChangeSet(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = self._found(arguments["ChangeSetName"])
        assert found and found.execution == "AVAILABLE" and found.left <= 0
        self.begin(found)
        return {}

    def begin(self, found: ChangeSet) -> None:
        """Executing one removes all others (CloudFormation user guide, "Execute a change set")."""
        verb = "CREATE" if self.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        found.execution = "EXECUTE_IN_PROGRESS"
        if not self.shown_late:
            self.shown = found
        self.change_sets, self.executed = [found], found
        self.updates.append(found.content)
        begin = f"{verb}_IN_PROGRESS"
        if not self.failing:
            end = [f"{verb}_COMPLETE"]
        elif verb == "CREATE":
            end = ["ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"]
        else:
            end = ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
        # The first state comes with a delay.
        self.states = [begin, begin, *end]

    def _DescribeStacks(self, _: dict[str, Any]) -> dict[str, Any]:
        if self.status is None:
            raise self._gone("DescribeStacks")
        more = {"ChangeSetId": self.shown.arn} if self.shown else {}
        shown = {"StackName": self.name, "StackStatus": self.status, "CreationTime": NOW}
        return {"Stacks": [{**shown, **more}]}

    def _DescribeStackEvents(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "StackEvents": [
                {
                    "StackId": self.name,
                    "EventId": str(number),
                    "StackName": self.name,
                    "Timestamp": NOW,
                    "LogicalResourceId": resource,
                    "ResourceType": kind,
                    "ResourceStatus": status,
                    **({"ResourceStatusReason": reason} if reason else {}),
                }
                for number, (resource, kind, status, reason) in enumerate(self.events)
            ][::-1]
        }
