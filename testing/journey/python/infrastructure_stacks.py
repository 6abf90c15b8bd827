"""CloudFormation for the stacks of the infrastructure: they are there already, and change sets change their templates.

What is in them comes about when everything was deployed by hand; here only whether a template changes counts, and which
change set is executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assembly import Stack
from gateway import client_error
from moto_client import raw_client
from permissions import STACK_ID, Request
from values import Place

UNCHANGED = "The submitted information didn't contain changes. Submit different information to create a change set."


@dataclass
class _Deployed:
    stack: Stack
    template: dict[str, Any]
    change_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    executed: str | None = None


class InfrastructureStacks:
    """The stacks that the bootstraps' deploy roles work with."""

    def __init__(self, stacks: list[Stack], changed: Callable[[str], None]) -> None:
        self._stacks = {(s.place, s.name): _Deployed(s, s.template) for s in stacks}
        self._changed = changed
        self._count = 0
        self.executed: list[str] = []
        """Change sets in the order of their execution."""

    def change_by_hand(self, place: Place, name: str) -> None:
        """Somebody deploys another template over a stack."""
        deployed = self._stacks[(place, name)]
        extra = {f"ByHand{self._count}": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
        deployed.template = {**deployed.template, "Resources": {**deployed.template["Resources"], **extra}}
        self._count += 1

    def answer(self, request: Request, place: Place) -> dict[str, Any]:
        """Answers one call."""
        name = str(request["StackName"])
        deployed = self._stacks.get((place, name))
        if deployed is None:
            raise client_error(request.operation, "ValidationError", f"Stack with id {name} does not exist")
        answers: dict[str, Callable[[Request, _Deployed], dict[str, Any]]] = {
            "CreateChangeSet": self._create,
            "DescribeChangeSet": self._describe,
            "ExecuteChangeSet": self._execute,
            "DeleteChangeSet": self._delete,
            "DescribeStacks": self._shown,
            "GetTemplate": lambda _, found: {"TemplateBody": json.dumps(found.template)},
            "UpdateTerminationProtection": lambda *_: {"StackId": name},
        }
        return answers[request.operation](request, deployed)

    def _create(self, request: Request, deployed: _Deployed) -> dict[str, Any]:
        host, key = request["TemplateURL"].removeprefix("https://").split("/", 1)
        s3 = raw_client("s3", deployed.stack.place)
        template = json.loads(s3.get_object(Bucket=host.split(".")[0], Key=key)["Body"].read())
        self._count += 1
        arn = deployed.stack.place.arn("cloudformation", f"changeSet/{request['ChangeSetName']}/{self._count}")
        deployed.change_sets[arn] = template
        return {"Id": arn, "StackId": _identity(deployed)}

    def _find(self, request: Request, deployed: _Deployed) -> str:
        wanted = request["ChangeSetName"]
        for arn in deployed.change_sets:
            if wanted == arn or f":changeSet/{wanted}/" in arn:
                return arn
        raise client_error(request.operation, "ChangeSetNotFound", f"ChangeSet [{wanted}] does not exist")

    def _describe(self, request: Request, deployed: _Deployed) -> dict[str, Any]:
        arn = self._find(request, deployed)
        if deployed.change_sets[arn] == deployed.template:
            return {"ChangeSetId": arn, "Status": "FAILED", "StatusReason": UNCHANGED, "Changes": []}
        changes = _changes(deployed.template["Resources"], deployed.change_sets[arn]["Resources"])
        return {"ChangeSetId": arn, "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE",
                "Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes]}  # fmt: skip

    def _execute(self, request: Request, deployed: _Deployed) -> dict[str, Any]:
        arn = self._find(request, deployed)
        deployed.template, deployed.executed = deployed.change_sets[arn], arn
        # Executing one change set deletes all others of the stack.
        deployed.change_sets.clear()
        self.executed.append(arn)
        self._changed(deployed.stack.name)
        return {}

    def _delete(self, request: Request, deployed: _Deployed) -> dict[str, Any]:
        try:
            del deployed.change_sets[self._find(request, deployed)]
        except Exception:
            return {}
        return {}

    def _shown(self, _: Request, deployed: _Deployed) -> dict[str, Any]:
        executed = {"ChangeSetId": deployed.executed} if deployed.executed else {}
        shown = {
            "StackName": deployed.stack.name, "StackId": _identity(deployed), "CreationTime": 0,
            "StackStatus": "UPDATE_COMPLETE", "EnableTerminationProtection": True, **executed,
        }  # fmt: skip
        return {"Stacks": [shown]}


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """What becomes of each resource that differs."""
    found = []
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            action = "Add" if name not in old else "Remove" if name not in new else "Modify"
            kind = (new.get(name) or old[name])["Type"]
            more = {"Replacement": "False", "Scope": ["Properties"], "Details": []} if action == "Modify" else {}
            found.append({"Action": action, "LogicalResourceId": name, "ResourceType": kind, **more})
    return found


def _identity(deployed: _Deployed) -> str:
    return deployed.stack.place.arn("cloudformation", f"stack/{deployed.stack.name}/{STACK_ID}")
