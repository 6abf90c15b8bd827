"""What was deployed to an environment, as its stack says; `live.py` compares it with the endpoint."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine_words import to_retry_all
from targets import NO_PACKAGE, Refused

MODEL_PACKAGE = "ModelPackageArn"
"""The approved package: what all decisions are about."""
SERVED_PACKAGE = "ServedModelPackageArn"
"""What the model is made from: the same, or its copy in the environment's region."""
STARTED_AT = "StartedAt"
EXECUTION = "PipelineExecutionId"
ATTEMPT = "Attempt"
"""Number of the attempt; a new number creates a new endpoint configuration."""
STACK = "AWS::CloudFormation::Stack"
"""Type of the stack itself among its resources."""

CONFIG = "EndpointConfigName"
"""Output: the configuration that the stack gave the endpoint."""
SCALING = "Autoscaling"
"""Output: how the endpoint is scaled; only where it is."""
MODEL = "ModelName"
"""Output: the model that the stack gave the score pipeline, which has no configuration beside it."""

RELEASE = "Release"
"""Parameter, where each package has an endpoint of its own: what the endpoint's name ends with."""
CONTRACT = "Contract"
"""Parameter, where there is an API: SHA-256 of what the handler checks requests with."""
VERSION = "FunctionVersion"
"""Output, where there is an API: the version of the handler that belongs to the package."""
ENDPOINT_NAME = "EndpointName"
"""Output: the endpoint that the stack made."""

NOT_THERE = ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
USABLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
FAILED_CREATION = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
"""Left over from a creation that came to nothing: CloudFormation takes no change set for the first two."""
STUCK = {
    "UPDATE_ROLLBACK_FAILED": "Continue its rollback in CloudFormation",
    "UPDATE_FAILED": "Roll it back in CloudFormation",
    "IMPORT_ROLLBACK_FAILED": "Fix it in CloudFormation",
}
"""Half-way between two states: the parameters are not what is live."""

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
"""How CloudFormation says that a change set is empty: there is no code for it (CDK, `deploy-stack.ts`)."""


class Unusable(Refused):
    """Nothing can be deployed to the endpoint stack as it is."""

    def __init__(self, stack: str, status: str, problem: str, remedy: str) -> None:
        # Failed actions alone would not do: once a change set failed it cannot be executed again.
        super().__init__(f"The stack {stack} is {problem}. {remedy}, then {to_retry_all()}.")
        self.stack = stack
        self.status = status
        self.problem = f"The stack {stack} is {problem}. {remedy}."


@dataclass(frozen=True)
class Deployed:
    """The last deployment that CloudFormation took for a good one."""

    package: str | None
    """The approved package."""
    served: str | None
    """What the model is made from: the same, or its copy in the environment's region."""
    started_at: str
    execution: str
    config: str | None = None
    """
    Name of the endpoint configuration, or of the model of a score pipeline; None where an older template made
    the stack.
    """
    attempt: int = 1
    scaling: str | None = None
    """How the endpoint is scaled; None where it is not."""
    service: str | None = None
    """What the stack serves models with, in words; None without a model, or from an older template."""
    release: str | None = None
    """What the endpoint's name ends with; None where the endpoint is updated in place."""
    version: str | None = None
    """The version of the handler that belongs to the package; None without an API."""
    endpoint: str | None = None
    """Name of the endpoint; None without a model, or from an older template."""
    contract: str | None = None
    """SHA-256 of what the handler checks requests with; None without an API, or without a schema."""

    @property
    def service_words(self) -> str:
        """The same with its article."""
        return "an endpoint" if self.service == "endpoint" else f"a {self.service}"


def stack_as_is(client: Any, name: str) -> dict[str, Any] | None:
    """The stack in any status, or None if there is none."""
    try:
        stacks: list[dict[str, Any]] = client.describe_stacks(StackName=name)["Stacks"]
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stacks[0] if stacks else None


def describe_stack(client: Any, name: str) -> dict[str, Any] | None:
    """The stack, or None if there is none or only a change set that was never executed."""
    stack = stack_as_is(client, name)
    return None if stack is None or stack["StackStatus"] in NOT_THERE else stack


def deployed(client: Any, name: str) -> Deployed | None:
    """What the stack deployed last; None where nothing ever was."""
    stack = describe_stack(client, name)
    if stack is None:
        return None
    status = stack["StackStatus"]
    if status in FAILED_CREATION:
        raise Unusable(name, status, f"{status}, its creation failed", "Delete it")
    if status in STUCK:
        reason = str(stack.get("StackStatusReason", "no reason")).rstrip(".")
        raise Unusable(name, status, f"{status}: {reason}", STUCK[status])
    values = {p["ParameterKey"]: p.get("ParameterValue", "") for p in stack.get("Parameters", [])}
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    package, served = (values.get(name, NO_PACKAGE) for name in (MODEL_PACKAGE, SERVED_PACKAGE))
    return Deployed(
        None if package == NO_PACKAGE else package,
        None if served == NO_PACKAGE else served,
        values.get(STARTED_AT, ""),
        values.get(EXECUTION, ""),
        outputs.get(CONFIG) or outputs.get(MODEL),
        int(values.get(ATTEMPT, "1")),
        outputs.get(SCALING),
        "endpoint" if CONFIG in outputs else "score pipeline" if MODEL in outputs else None,
        _unless_none(values.get(RELEASE)),
        outputs.get(VERSION),
        outputs.get(ENDPOINT_NAME),
        _unless_none(values.get(CONTRACT)),
    )


def _unless_none(value: str | None) -> str | None:
    return None if value == NO_PACKAGE else value


def wait_until_settled(
    client: Any,
    name: str,
    *,
    seconds: float = 3000,
    interval: float = 15,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Waits while another execution changes the stack; refuses when that takes longer than `seconds`."""
    waited = 0.0
    while True:
        stack = describe_stack(client, name)
        if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
        if waited >= seconds:
            status = stack["StackStatus"]
            raise Unusable(
                name, status, f"still {status} after {seconds:.0f} s", "Wait until it has finished"
            )
        print(f"{name} is {stack['StackStatus']}; waiting")
        sleep(interval)
        waited += interval


def last_change(client: Any, name: str) -> datetime | None:
    """When the stack began its last change, however that ended; None where its events do not say."""
    for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            begins = event["ResourceStatus"] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
            if begins and event["ResourceType"] == STACK:
                began: datetime = event["Timestamp"]
                return began
    return None


def failures(client: Any, name: str) -> list[dict[str, Any]]:
    """What failed in the stack's last change, the first one first: what follows comes from its rollback."""
    found: list[dict[str, Any]] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            status = event["ResourceStatus"]
            if event["ResourceType"] == STACK and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
                return found[::-1]
            if status.endswith("_FAILED"):
                found.append(event)
    return found[::-1]


def protect(client: Any, name: str) -> None:
    """Protects the stack from deletion, which CodePipeline's own actions cannot do."""
    stack = describe_stack(client, name)
    if stack is not None and not stack.get("EnableTerminationProtection"):
        client.update_termination_protection(StackName=name, EnableTerminationProtection=True)
        print(f"{name} is now protected from deletion")
