"""CloudFormation as the tools of the infrastructure meet it: their change sets and states.

moto's says that every change set has changes; this one compares templates. Calls are checked by botocore's
model, the states are those of the CloudFormation user guide ("Stack status codes").
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from fake_changes import changes_of
from fakes import before_calls, service_error, validate

UNCHANGED = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


@dataclass
class FakeStack:
    """A stack with its change sets by ARN."""

    name: str
    status: str = "REVIEW_IN_PROGRESS"
    template: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    change_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    executed: str | None = None
    protected: bool = False
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)


class FakeStacks:
    """Every stack by region and name; what was asked of it."""

    page = 2
    """Changes on a page."""

    def __init__(self) -> None:
        self.stacks: dict[tuple[str, str], FakeStack] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fails: set[str] = set()
        self.count = 0
        self.read: dict[str, str] = {}
        """What SSM holds, by name."""
        self.more: list[dict[str, Any]] = []
        """What is in every change set beside what the templates say."""
        self.made: list[Any] = []
        """Called whenever a change set was made."""

    def add(self, name: str, status: str, region: str = "eu-west-1", **template: Any) -> FakeStack:
        stack = FakeStack(name, status, template)
        self.stacks[region, name] = stack
        return stack

    def operations(self, *names: str) -> list[tuple[str, str]]:
        """What was done to which stack."""
        return [(operation, call["StackName"]) for operation, call in self.calls if operation in names]

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        validate(client, operation, arguments)
        self.calls.append((operation, arguments))
        region = client.meta.region_name
        name = (
            arguments["StackName"].split("/")[1] if ":" in arguments["StackName"] else arguments["StackName"]
        )
        stack = self.stacks.get((region, name))
        if operation == "CreateChangeSet":
            return self._create(region, name, stack, arguments)
        if stack is None:
            raise service_error(operation, "ValidationError", f"Stack with id {name} does not exist")
        if operation == "DescribeStacks":
            return {"Stacks": [self._shown(stack)]}
        if operation == "GetTemplate":
            return {"TemplateBody": _mangled(stack.template)}
        if operation == "DescribeStackEvents":
            return {"StackEvents": [
                _event("Later", "CREATE_FAILED", "canceled"), _event("Role", "CREATE_FAILED", "exists"),
                _event("Key", "CREATE_COMPLETE", "done"),
            ]}  # fmt: skip
        if operation == "DeleteStack":
            del self.stacks[region, name]
            return {}
        if operation == "UpdateTerminationProtection":
            stack.protected = arguments["EnableTerminationProtection"]
            return {}
        return self._change_set(stack, operation, arguments)

    def _create(
        self, region: str, name: str, stack: FakeStack | None, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        creates = arguments["ChangeSetType"] == "CREATE"
        if creates != (stack is None or stack.status == "REVIEW_IN_PROGRESS"):
            raise service_error("CreateChangeSet", "ValidationError", f"{name} is in another state")
        if stack is None:
            stack = self.stacks[region, name] = FakeStack(name)
        bucket, key = arguments["TemplateURL"].removeprefix("https://").split("/", 1)
        body = boto3.client("s3", region_name=region).get_object(Bucket=bucket.split(".")[0], Key=key)["Body"]
        template = json.loads(body.read())
        self.count += 1
        arn = f"arn:aws:cloudformation:{region}:1:changeSet/{arguments['ChangeSetName']}/{self.count}"
        parameters = self._parameters(template)
        same = (template, arguments["Tags"], parameters) == (stack.template, stack.tags, stack.parameters)
        stack.change_sets[arn] = {
            **arguments, "template": template, "Tags": arguments["Tags"], "same": same,
            "parameters": parameters,
        }  # fmt: skip
        for call in self.made:
            call(stack)
        return {"Id": arn, "StackId": name}

    def _change_set(self, stack: FakeStack, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        wanted = arguments["ChangeSetName"]
        found = [a for a, c in stack.change_sets.items() if wanted in (a, c["ChangeSetName"])]
        if operation == "DeleteChangeSet":
            for arn in found:
                del stack.change_sets[arn]
            return {}
        if not found:
            raise service_error(operation, "ChangeSetNotFound", f"ChangeSet [{wanted}] does not exist")
        change_set = stack.change_sets[found[0]]
        if operation == "ExecuteChangeSet":
            failed = stack.name in self.fails
            stack.status = (
                "ROLLBACK_COMPLETE" if failed else "UPDATE_COMPLETE" if stack.template else "CREATE_COMPLETE"
            )
            if not failed:
                stack.template, stack.tags = change_set["template"], change_set["Tags"]
                stack.parameters = change_set["parameters"]
            stack.executed = found[0]
            # Executing one removes all others (CloudFormation user guide, "Execute a change set").
            stack.change_sets.clear()
            return {}
        assert operation == "DescribeChangeSet", operation
        if change_set["same"]:
            return {"ChangeSetId": found[0], "Status": "FAILED", "StatusReason": UNCHANGED, "Changes": []}
        all_changes = changes_of(stack.template, change_set["template"]) + self.more
        begin = int(arguments.get("NextToken", 0))
        changes = all_changes[begin : begin + self.page]
        more = {"NextToken": str(begin + self.page)} if len(all_changes) > begin + self.page else {}
        return {"ChangeSetId": found[0], "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE",
                "Parameters": _listed(change_set["parameters"]), "Changes": changes, **more}  # fmt: skip

    def _parameters(self, template: dict[str, Any]) -> dict[str, dict[str, str]]:
        """The defaults: no request has others."""
        found = {}
        for name, parameter in template.get("Parameters", {}).items():
            value = "****" if parameter.get("NoEcho") else str(parameter["Default"])
            read = parameter["Type"].startswith("AWS::SSM::Parameter::Value")
            resolved = {"ResolvedValue": self.read.get(value, "30")} if read else {}
            found[name] = {"ParameterValue": value, **resolved}
        return found

    def _shown(self, stack: FakeStack) -> dict[str, Any]:
        more = {"ChangeSetId": stack.executed} if stack.executed else {}
        identity = f"arn:aws:cloudformation:eu-west-1:1:stack:/{stack.name}"
        return {"StackName": stack.name, "StackId": identity, "StackStatus": stack.status, "CreationTime": 0,
            "EnableTerminationProtection": stack.protected, "Parameters": _listed(stack.parameters),
            "Tags": [{**tag, "Value": _mangled(tag["Value"])} for tag in stack.tags], **more}  # fmt: skip


def _mangled(value: Any) -> Any:
    """As CloudFormation shows texts (aws-cloudformation/cloudformation-coverage-roadmap, issue 1220)."""
    return json.loads(re.sub(r"[^\x00-\x7f]", "?", json.dumps(value, ensure_ascii=False)))


def _listed(parameters: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    return [{"ParameterKey": name, **values} for name, values in parameters.items()]


def _event(resource: str, status: str, reason: str) -> dict[str, str]:
    return {"LogicalResourceId": resource, "ResourceStatus": status, "ResourceStatusReason": reason}


def install_stacks(monkeypatch: pytest.MonkeyPatch) -> FakeStacks:
    """Stacks in place of CloudFormation's."""
    fake = FakeStacks()
    before_calls(
        monkeypatch,
        "cloudformation",
        lambda _, client, operation, arguments: fake.call(client, operation, arguments),
    )
    return fake
