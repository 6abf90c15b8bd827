"""Change sets of one stack: made, looked at, executed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine_words import to_change_again
from stack import FAILED_CREATION, NO_CHANGES, NOT_THERE, STUCK, stack_as_is
from targets import Refused

LEFT_OVER = "ROLLBACK_COMPLETE"
"""A creation that came to nothing: CloudFormation takes no change set, and nothing is in the stack."""

BROKEN = (*(status for status in FAILED_CREATION if status != LEFT_OVER), *STUCK)
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


@dataclass(frozen=True)
class Wait:
    """How long a stack is waited for."""

    interval: float = 10
    seconds: float = 9000
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Stacks:
    """The stacks of an account and region."""

    client: Any
    wait: Wait

    def is_new(self, name: str) -> bool:
        """Whether the stack must be created; waits for changes that go on, removes what failed."""
        stack = self.settled(name)
        if stack and stack["StackStatus"] == LEFT_OVER:
            self.client.delete_stack(StackName=stack["StackId"])
            stack = self.settled(stack["StackId"])
            if stack and stack["StackStatus"] == LEFT_OVER:
                raise _broken(name, LEFT_OVER)
        return self.deployed(name) is None

    def deployed(self, name: str) -> dict[str, Any] | None:
        """The stack once nothing changes it any more; None where nothing is deployed."""
        stack = self.settled(name)
        if stack is None or stack["StackStatus"] in (*NOT_THERE, LEFT_OVER):
            return None
        if stack["StackStatus"] in BROKEN:
            raise _broken(name, stack["StackStatus"])
        return stack

    def settled(self, name: str) -> dict[str, Any] | None:
        """The stack once nothing changes it any more."""
        return self._until(name, lambda status: status == "REVIEW_IN_PROGRESS")

    def _until(self, name: str, rests: Callable[[str], bool]) -> dict[str, Any] | None:
        waited = 0.0
        while True:
            stack = stack_as_is(self.client, name)
            if (
                stack is None
                or not stack["StackStatus"].endswith("_IN_PROGRESS")
                or rests(stack["StackStatus"])
            ):
                return stack
            if waited >= self.wait.seconds:
                raise Refused(
                    f"The stack {name} is still {stack['StackStatus']}. "
                    f"Wait until it has finished, then {to_change_again()}."
                )
            self.wait.sleep(self.wait.interval)
            waited += self.wait.interval

    def create(self, request: dict[str, Any]) -> str:
        """Begins a change set; its ARN. One of this name that an earlier try has left goes first."""
        name, change_set = request["StackName"], request["ChangeSetName"]
        if stack_as_is(self.client, name) is not None:
            self.client.delete_change_set(StackName=name, ChangeSetName=change_set)
        arn: str = self.client.create_change_set(**request)["Id"]
        return arn

    def changes(self, name: str, arn: str) -> list[dict[str, Any]] | None:
        """All changes of a change set once it is made; None where nothing would change."""
        waited = 0.0
        while True:
            page = self.client.describe_change_set(
                StackName=name, ChangeSetName=arn, IncludePropertyValues=True
            )
            status, reason = page["Status"], str(page.get("StatusReason", ""))
            if status == "FAILED" and any(words in reason for words in NO_CHANGES):
                return None
            if status == "FAILED":
                raise Refused(f"The change set of {name} could not be made: {reason}")
            if status == "CREATE_COMPLETE":
                break
            if waited >= self.wait.seconds:
                raise Refused(
                    f"The change set of {name} is still {status}. "
                    f"Look in CloudFormation, then {to_change_again()}."
                )
            self.wait.sleep(min(self.wait.interval, 2))
            waited += min(self.wait.interval, 2)
        found: list[dict[str, Any]] = list(page.get("Changes", []))
        while page.get("NextToken"):
            page = self.client.describe_change_set(
                StackName=name, ChangeSetName=arn, IncludePropertyValues=True, NextToken=page["NextToken"]
            )
            found += page.get("Changes", [])
        return found

    def resolved(self, name: str, arn: str) -> dict[str, str]:
        """The values that a change set has read for parameters from elsewhere, by parameter."""
        page = self.client.describe_change_set(StackName=name, ChangeSetName=arn)
        return {
            p["ParameterKey"]: p["ResolvedValue"] for p in page.get("Parameters", []) if "ResolvedValue" in p
        }

    def forget(self, name: str, arn: str) -> None:
        """Removes a change set that nobody will execute."""
        self.client.delete_change_set(StackName=name, ChangeSetName=arn)

    def execute(self, name: str, arn: str) -> None:
        """Begins to execute exactly this change set."""
        stack = stack_as_is(self.client, name)
        if stack is not None and stack.get("ChangeSetId") == arn and stack["StackStatus"] not in NOT_THERE:
            print(f"{name}: this change set has already been executed")
            return
        try:
            found = self.client.describe_change_set(StackName=name, ChangeSetName=arn)
        except self.client.exceptions.ClientError as error:
            if "does not exist" not in str(error) and "NotFound" not in error.response["Error"]["Code"]:
                raise
            found = {}
        status, usable = found.get("Status", "gone"), found.get("ExecutionStatus", "gone")
        if found.get("ChangeSetId") != arn or status != "CREATE_COMPLETE" or usable != "AVAILABLE":
            raise Refused(
                f"The approved change set of {name} can no longer be executed (status {status}, {usable}): "
                f"the stack has changed since. Look at what would change now: {to_change_again()}."
            )
        self.client.execute_change_set(StackName=name, ChangeSetName=arn)

    def finish(self, name: str, protected: bool) -> None:
        """Waits for the end of an execution, which must be a good one."""
        stack = self._until(name, lambda _: False)
        status = stack["StackStatus"] if stack else "gone"
        if status not in DONE:
            raise Refused(f"The stack {name} is {status}: {self._reasons(name)}")
        if protected and stack and not stack.get("EnableTerminationProtection"):
            self.protect(name)
        print(f"{name} is {status}")

    def protect(self, name: str) -> None:
        """Protects the stack from being deleted."""
        self.client.update_termination_protection(StackName=name, EnableTerminationProtection=True)

    def _reasons(self, name: str) -> str:
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        failed = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
            for event in events
            if event.get("ResourceStatus", "").endswith("_FAILED")
        ]
        # The newest event comes first, and the first failure is the cause of the others.
        return "; ".join(reversed(failed[-3:])) or "look at its events in CloudFormation"


def _broken(name: str, status: str) -> Refused:
    return Refused(
        f"The stack {name} is {status}. Fix or delete it in CloudFormation, then {to_change_again()}."
    )
