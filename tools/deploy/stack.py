"""What is live in an environment: read from its endpoint stack, whose parameters cannot drift from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from targets import NO_PACKAGE, Refused

MODEL_PACKAGE = "ModelPackageArn"
"""The approved package: what all decisions are about."""
SERVED_PACKAGE = "ServedModelPackageArn"
"""What the model is made from: the same, or its copy in the environment's region."""
STARTED_AT = "StartedAt"
EXECUTION = "PipelineExecutionId"

AGAIN = "retry this stage from its first action (all actions)"
"""Its failed actions alone would not do: once a change set failed it cannot be executed again."""

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
    "IMPORT_ROLLBACK_FAILED": "Mend it in CloudFormation",
}
"""Half-way between two states: the parameters are not what is live."""


class Unusable(Refused):
    """Nothing can be deployed to the endpoint stack as it is."""

    def __init__(self, stack: str, status: str, problem: str, remedy: str) -> None:
        super().__init__(f"The stack {stack} is {problem}. {remedy}, then {AGAIN}.")
        self.stack = stack
        self.status = status
        self.problem = f"The stack {stack} is {problem}. {remedy}."


@dataclass(frozen=True)
class Live:
    """The last successful deployment to an environment."""

    package: str | None
    started_at: str
    execution: str


def describe_stack(client: Any, name: str) -> dict[str, Any] | None:
    """The stack, or None where there is none or only a change set that was never executed."""
    try:
        stacks: list[dict[str, Any]] = client.describe_stacks(StackName=name)["Stacks"]
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return (
        None
        if not stacks or stacks[0]["StackStatus"] in NOT_THERE
        else stacks[0]
    )


def live(client: Any, name: str) -> Live | None:
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
    package = values.get(MODEL_PACKAGE, NO_PACKAGE)
    return Live(
        None if package == NO_PACKAGE else package, values.get(STARTED_AT, ""), values.get(EXECUTION, "")
    )


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
            raise Unusable(name, status, f"still {status} after {seconds:.0f} s", "Wait until it is done")
        print(f"{name} is {stack['StackStatus']}; waiting")
        sleep(interval)
        waited += interval


def protect(client: Any, name: str) -> None:
    """Protects the stack from deletion, which CodePipeline's own actions cannot do."""
    stack = describe_stack(client, name)
    if stack is not None and not stack.get("EnableTerminationProtection"):
        client.update_termination_protection(StackName=name, EnableTerminationProtection=True)
        print(f"{name} is protected from deletion now")
