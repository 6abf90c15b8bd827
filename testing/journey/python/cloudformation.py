"""CloudFormation for the endpoint stacks: change sets, replacement, policies and rollback, with the stack's own role.

moto's CloudFormation says CREATE_COMPLETE without making anything, so this is the journey's own. After the
CloudFormation user guide: "Update behaviors", "DeletionPolicy", "UpdateReplacePolicy", "Stack failure options".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from assembly import Resolver
from gateway import Gateway, client_error
from permissions import STACK_ID, Request
from providers import PROVIDERS, Administrator, Made, ProviderFailed, Work
from story import Story
from values import Denied, NotThere, Place

SERVICE = "cloudformation.amazonaws.com"


@dataclass
class ChangeSet:
    """A change that is prepared."""

    template: dict[str, Any]
    parameters: dict[str, str]
    role: str
    creates: bool
    arn: str


@dataclass
class StackState:
    """A stack as CloudFormation keeps it."""

    name: str
    place: Place
    status: str = "REVIEW_IN_PROGRESS"
    protected: bool = False
    reason: str = ""
    template: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    count: int = 0
    """How many change sets it has had."""
    executed: str = ""
    """The change set that was executed last."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What happened, the newest first."""

    @property
    def arn(self) -> str:
        """Its id."""
        return self.place.arn("cloudformation", f"stack/{self.name}/{STACK_ID}")


@dataclass
class CloudFormation:
    """The stacks that pipelines deploy."""

    gateway: Gateway
    story: Story
    stacks: dict[tuple[Place, str], StackState] = field(default_factory=dict)

    def install(self) -> None:
        """Answers the gateway's calls."""
        operations = {
            "CreateChangeSet": self._create,
            "DescribeChangeSet": self._describe,
            "ExecuteChangeSet": self._execute,
            "DeleteChangeSet": self._delete,
            "DescribeStacks": self._stacks,
            "DescribeStackEvents": lambda request, place: {"StackEvents": self._stack(request, place).events},
            "UpdateTerminationProtection": self._protect,
        }
        for operation, fake in operations.items():
            self.gateway.fakes[("cloudformation", operation)] = fake

    def delete(self, place: Place, name: str) -> None:
        """Somebody with all rights takes the protection off a stack and deletes it; what is to be retained stays."""
        stack = self.stacks.pop((place, name))
        role = next(r.arn for r in self.gateway.cloud.all("AWS::IAM::Role") if r.place == place)
        self.story.tell("administrator", f"deletes the stack {name}")
        for made in reversed(list(stack.made.values())):
            if made.deletion_policy == "Delete":
                PROVIDERS[made.kind].delete(Administrator(self.gateway, role, place), made)
                self.story.tell(f"stack {name}", f"deletes {made.kind} {made.physical}")

    def _stack(self, request: Request, place: Place) -> StackState:
        name = request["StackName"]
        if (place, name) not in self.stacks:
            raise client_error(request.operation, "ValidationError", f"Stack with id {name} does not exist")
        return self.stacks[(place, name)]

    def _create(self, request: Request, place: Place) -> dict[str, Any]:
        name = request["StackName"]
        stack = self.stacks.setdefault((place, name), StackState(name, place))
        refuse = lambda text: client_error("CreateChangeSet", "ValidationError", text)
        if stack.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"):
            raise refuse(f"Stack {name} is in {stack.status} state and can not be updated.")
        template = json.loads(request["TemplateBody"])
        given = {p["ParameterKey"]: p["ParameterValue"] for p in request.params.get("Parameters", [])}
        declared = template.get("Parameters", {})
        missing = [n for n, p in declared.items() if n not in given and "Default" not in p]
        if missing:
            raise refuse(f"Parameters: {missing} must have values")
        if set(given) - set(declared):
            raise refuse(f"Parameters: {sorted(set(given) - set(declared))} do not exist in the template")
        for parameter, value in given.items():
            pattern = declared[parameter].get("AllowedPattern")
            if pattern and not re.fullmatch(pattern, value):
                raise refuse(f"Parameter {parameter}: {value!r} failed to satisfy constraint: {pattern}")
        creates = stack.status == "REVIEW_IN_PROGRESS"
        stack.count += 1
        arn = place.arn("cloudformation", f"changeSet/{request['ChangeSetName']}/{stack.count}")
        stack.change_sets[request["ChangeSetName"]] = ChangeSet(template, given, request["RoleARN"], creates, arn)
        return {"Id": arn, "StackId": stack.arn}

    def _change_set(self, request: Request, stack: StackState) -> ChangeSet:
        """By its name, or by its id."""
        name = request["ChangeSetName"]
        found = next((c for n, c in stack.change_sets.items() if name in (n, c.arn)), None)
        if found is None:
            raise client_error(request.operation, "ChangeSetNotFound", f"ChangeSet [{name}] does not exist")
        return found

    def _describe(self, request: Request, place: Place) -> dict[str, Any]:
        stack = self._stack(request, place)
        found = self._change_set(request, stack)
        return {"StackName": stack.name, "ChangeSetId": found.arn, "Status": "CREATE_COMPLETE",
                "ExecutionStatus": "AVAILABLE", "Changes": []}  # fmt: skip

    def _delete(self, request: Request, place: Place) -> dict[str, Any]:
        stack, name = self._stack(request, place), request["ChangeSetName"]
        stack.change_sets = {n: c for n, c in stack.change_sets.items() if name not in (n, c.arn)}
        return {}

    def _protect(self, request: Request, place: Place) -> dict[str, Any]:
        stack = self._stack(request, place)
        stack.protected = request["EnableTerminationProtection"]
        return {"StackId": stack.arn}

    def _stacks(self, request: Request, place: Place) -> dict[str, Any]:
        stack = self._stack(request, place)
        return {
            "Stacks": [
                {
                    "StackName": stack.name,
                    "StackId": stack.arn,
                    "CreationTime": 0,
                    "StackStatus": stack.status,
                    "EnableTerminationProtection": stack.protected,
                    "StackStatusReason": stack.reason,
                    **({"ChangeSetId": stack.executed} if stack.executed else {}),
                    "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in stack.parameters.items()],
                    "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in stack.outputs.items()],
                }
            ]
        }

    def _execute(self, request: Request, place: Place) -> dict[str, Any]:
        stack = self._stack(request, place)
        change = self._change_set(request, stack)
        # Executing one change set deletes all others of the stack.
        stack.change_sets.clear()
        stack.executed = change.arn
        self._apply(stack, change)
        return {}

    def _apply(self, stack: StackState, change: ChangeSet) -> None:
        work = Work(self.gateway, self.gateway.assume_as_service(SERVICE, change.role, stack.arn).role, stack.place)
        before = dict(stack.made)
        wanted, resolver = _wanted(stack, change)
        done: list[tuple[str, Made | None]] = []
        replaced: list[Made] = []
        self._happens(stack, "AWS::CloudFormation::Stack", "UPDATE_IN_PROGRESS", "User Initiated")
        kind = ""
        try:
            for identity, kind in wanted:
                self._converge(work, stack, identity, kind, resolver, done, replaced)
            for identity in [i for i in stack.made if i not in {w for w, _ in wanted}]:
                gone = stack.made.pop(identity)
                if gone.deletion_policy == "Delete":
                    PROVIDERS[gone.kind].delete(work, gone)
                    self.story.tell(f"stack {stack.name}", f"deletes {gone.kind} {gone.physical}")
        except (ProviderFailed, Denied, ClientError, NotThere) as error:
            self._happens(stack, kind, "UPDATE_FAILED", str(error))
            self._roll_back(work, stack, before, done, change, str(error))
            return
        for old in replaced:
            if old.replace_policy == "Delete":
                PROVIDERS[old.kind].delete(work, old)
        stack.template, stack.parameters = change.template, change.parameters
        stack.outputs = _outputs(change.template, resolver)
        stack.status, stack.reason = ("CREATE_COMPLETE" if change.creates else "UPDATE_COMPLETE"), ""

    def _happens(self, stack: StackState, kind: str, status: str, reason: str) -> None:
        common = {"StackId": stack.arn, "StackName": stack.name, "EventId": str(len(stack.events)), "Timestamp": 0}
        event = {"ResourceType": kind, "ResourceStatus": status, "ResourceStatusReason": reason}
        stack.events.insert(0, {**common, **event})

    def _converge(
        self, work: Work, stack: StackState, identity: str, kind: str, resolver: Resolver,
        done: list[tuple[str, Made | None]], replaced: list[Made],
    ) -> None:  # fmt: skip
        resource = resolver.template["Resources"][identity]
        provider = PROVIDERS[kind]
        properties = resolver.resolve(resource.get("Properties", {}))
        old = stack.made.get(identity)
        policies = (resource.get("DeletionPolicy", "Delete"), resource.get("UpdateReplacePolicy", "Delete"))
        if old and old.properties == properties:
            made = old.with_policies(*policies)
        elif old and provider.updates_in_place(old.properties, properties):
            done.append((identity, old))
            made = provider.update(work, old, properties).with_policies(*policies)
        else:
            physical = provider.name(stack.name, identity, properties, old)
            done.append((identity, old))
            made = provider.create(work, physical, properties).with_policies(*policies)
            if old:
                replaced.append(old)
        stack.made[identity] = made
        for attribute, value in provider.attributes(made, stack.place).items():
            resolver.references[f"{identity}.{attribute}" if attribute else identity] = value

    def _roll_back(
        self, work: Work, stack: StackState, before: dict[str, Made], done: list[tuple[str, Made | None]],
        change: ChangeSet, reason: str,
    ) -> None:  # fmt: skip
        for identity, old in reversed(done):
            new = stack.made.get(identity)
            if old and new and new.physical == old.physical and new is not old:
                PROVIDERS[old.kind].update(work, new, old.properties)
            elif new and new is not old and new.deletion_policy != "Retain":
                PROVIDERS[new.kind].delete(work, new)
        stack.made = before
        stack.status, stack.reason = ("ROLLBACK_COMPLETE" if change.creates else "UPDATE_ROLLBACK_COMPLETE"), reason
        if change.creates:
            stack.template, stack.parameters = change.template, change.parameters
        self.story.tell(f"stack {stack.name}", f"{stack.status}: {reason}")


def _wanted(stack: StackState, change: ChangeSet) -> tuple[list[tuple[str, str]], Resolver]:
    """The resources whose condition holds, each after those it refers to."""
    # A number comes as text and is what the property wants (user guide, "Parameters": "Number").
    declared = change.template.get("Parameters", {})
    given = {n: int(v) if declared[n]["Type"] == "Number" else v for n, v in change.parameters.items()}
    resolver = Resolver(stack.name, stack.place, change.template, given)
    resources = change.template["Resources"]
    present = {i: r for i, r in resources.items() if "Condition" not in r or resolver.condition(r["Condition"])}
    order: list[str] = []

    def visit(identity: str) -> None:
        if identity in order or identity not in present:
            return
        for other in _references(present[identity]):
            visit(other)
        order.append(identity)

    for identity in present:
        visit(identity)
    unknown = {present[i]["Type"] for i in order} - set(PROVIDERS)
    if unknown:
        raise ProviderFailed(f"nothing here makes {', '.join(sorted(unknown))}")
    return [(i, present[i]["Type"]) for i in order], resolver


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {r for v in value for r in _references(v)}
    if not isinstance(value, dict):
        return set()
    found = {r for v in value.values() for r in _references(v)}
    if isinstance(value.get("Ref"), str):
        found.add(value["Ref"])
    attribute = value.get("Fn::GetAtt")
    if attribute:
        found.add(attribute[0] if isinstance(attribute, list) else attribute.split(".")[0])
    depends = value.get("DependsOn", [])
    return found | set([depends] if isinstance(depends, str) else depends)


def _outputs(template: dict[str, Any], resolver: Resolver) -> dict[str, str]:
    return {
        name: str(resolver.resolve(output["Value"]))
        for name, output in template.get("Outputs", {}).items()
        if "Condition" not in output or resolver.condition(output["Condition"])
    }
