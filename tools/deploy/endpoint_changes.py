"""
The change set of an execution for an endpoint stack: made, executed, waited for.

What CodePipeline's actions CHANGE_SET_REPLACE and CHANGE_SET_EXECUTE do, for engines that have no such
actions. A step that was killed anywhere is simply run again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stack import FAILED_CREATION, NO_CHANGES, NOT_THERE, STUCK, failures, stack_as_is
from targets import Environment, Refused

AGAIN = "re-run the failed jobs"

DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")

GONE = ("ChangeSetNotFound", "ChangeSetNotFoundException")

UNDER_WAY = ("_PENDING", "_IN_PROGRESS")

SOON_SECONDS = 60.0
"""How long a stack may show its state of before, once a change set was executed."""

TOLD = 3
"""Failures that are told of; the first one is the cause of the others."""


@dataclass(frozen=True)
class Wait:
    """How long a stack is waited for: below the six hours that a job has."""

    interval: float = 10
    seconds: float = 5 * 3600
    sleep: Callable[[float], None] = time.sleep


class NotDeployed(Refused):
    """CloudFormation has tried the change set, and it failed."""


class EndpointChanges:
    """The change set of one execution."""

    def __init__(self, client: Any, environment: Environment, execution: str, wait: Wait) -> None:
        self._client, self._stack, self._wait = client, environment.stack, wait
        self._name = f"deploy-{execution}"

    def make(self, request: dict[str, Any]) -> str | None:
        """Makes the change set, in place of one that an earlier try has left; None if nothing changes."""
        self._settled_own()
        is_new = self._is_new()
        self._remove()
        arn: str = self._client.create_change_set(
            **request,
            StackName=self._stack,
            ChangeSetName=self._name,
            ChangeSetType="CREATE" if is_new else "UPDATE",
        )["Id"]
        found = self._settled(arn) or {}
        status, reason = found.get("Status", "gone"), str(found.get("StatusReason", "no reason"))
        if status == "FAILED" and any(words in reason for words in NO_CHANGES):
            self._remove()
            return None
        if status != "CREATE_COMPLETE":
            raise Refused(f"The change set of {self._stack} could not be made, it is {status}: {reason}")
        return arn

    def execute(self, arn: str) -> str:
        """Executes exactly this change set and waits for its end; raises NotDeployed for a bad one."""
        found = self._describe(arn)
        # A try that was killed may have begun it: then it is only waited for.
        if found is not None and found.get("ExecutionStatus") == "AVAILABLE":
            self._client.execute_change_set(StackName=self._stack, ChangeSetName=arn)
        elif not self._is_begun(found, arn):
            state = found.get("ExecutionStatus", found.get("Status")) if found else "gone"
            raise Refused(
                f"The change set {self._name} of {self._stack} cannot be executed, it is {state}: the stack "
                f"has changed since it was made. Look at what would change now: {AGAIN}."
            )
        return self._end(arn)

    def _is_begun(self, found: dict[str, Any] | None, arn: str) -> bool:
        if found is not None:
            return str(found.get("ExecutionStatus")).startswith("EXECUTE_")
        stack = stack_as_is(self._client, self._stack)
        return stack is not None and stack.get("ChangeSetId") == arn and stack["StackStatus"] not in NOT_THERE

    def _is_new(self) -> bool:
        """Whether the stack must be created; waits for changes that go on, refuses what failed half-way."""
        stack = self._until(lambda stack: not _changes(stack) or stack["StackStatus"] in NOT_THERE)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        if status in FAILED_CREATION:
            raise Refused(
                f"The stack {self._stack} is {status}, its creation failed. Delete it, then {AGAIN}."
            )
        if status in STUCK:
            reason = str((stack or {}).get("StackStatusReason", "no reason")).rstrip(".")
            raise Refused(f"The stack {self._stack} is {status}: {reason}. {STUCK[status]}, then {AGAIN}.")
        return status in NOT_THERE

    def _remove(self) -> None:
        """Removes a change set of this name, which takes a moment."""
        if self._settled_own() is None:
            return
        self._client.delete_change_set(StackName=self._stack, ChangeSetName=self._name)
        self._look(self._name, lambda found: found is None)

    def _settled_own(self) -> dict[str, Any] | None:
        """The change set of this name that an earlier try has left; where it was begun, after its end."""
        return None if stack_as_is(self._client, self._stack) is None else self._settled(self._name)

    def _settled(self, name: str) -> dict[str, Any] | None:
        def rests(found: dict[str, Any] | None) -> bool:
            states = [] if found is None else [found["Status"], found.get("ExecutionStatus", "")]
            return not any(state.endswith(UNDER_WAY) for state in states)

        return self._look(name, rests)

    def _look(self, name: str, rests: Callable[[dict[str, Any] | None], bool]) -> dict[str, Any] | None:
        waited, interval = 0.0, min(self._wait.interval, 2)
        while not rests(found := self._describe(name)):
            if waited >= self._wait.seconds:
                status = found["Status"] if found else "gone"
                raise Refused(
                    f"The change set {self._name} of {self._stack} is still {status}. "
                    f"Look in CloudFormation, then {AGAIN}."
                )
            self._wait.sleep(interval)
            waited += interval
        return found

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._client.describe_change_set(
                StackName=self._stack, ChangeSetName=name
            )
        except self._client.exceptions.ClientError as error:
            code, text = error.response["Error"]["Code"], str(error)
            if code in GONE or "does not exist" in text:
                return None
            raise
        # An executed change set stays to be looked at; one that is removed may for a moment.
        return None if found["Status"] == "DELETE_COMPLETE" else found

    def _end(self, arn: str) -> str:
        def is_own(stack: dict[str, Any]) -> bool:
            return bool(stack.get("ChangeSetId", arn) == arn)

        def is_over(stack: dict[str, Any]) -> bool:
            if _changes(stack) or not is_own(stack):
                return False
            found = self._describe(arn)
            return found is None or found.get("ExecutionStatus") != "EXECUTE_IN_PROGRESS"

        stack = self._until(is_over, until_changed=SOON_SECONDS)
        status = stack["StackStatus"] if stack else "gone"
        if stack is not None and not is_own(stack):
            raise Refused(
                f"The stack {self._stack} is {status} by the change set {stack['ChangeSetId']}: another "
                f"execution has been here since. To see what would change now, {AGAIN}."
            )
        if status not in DONE:
            raise NotDeployed(f"The stack {self._stack} is {status}: {self._reasons()}")
        return str(status)

    def _until(
        self, rests: Callable[[dict[str, Any]], bool], until_changed: float | None = None
    ) -> dict[str, Any] | None:
        """The stack once it rests; or in the state of another change that stays for `until_changed`."""
        waited = unchanged = 0.0
        while True:
            stack = stack_as_is(self._client, self._stack)
            if stack is None or rests(stack):
                return stack
            unchanged = 0.0 if _changes(stack) else unchanged
            if until_changed is not None and unchanged >= until_changed:
                return stack
            if waited >= self._wait.seconds:
                raise Refused(
                    f"The stack {self._stack} is still {stack['StackStatus']} after {waited:.0f} s. "
                    f"Wait until it has finished, then {AGAIN}."
                )
            self._wait.sleep(self._wait.interval)
            waited += self._wait.interval
            unchanged += self._wait.interval

    def _reasons(self) -> str:
        told = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
            for event in failures(self._client, self._stack)[:TOLD]
        ]
        return "; ".join(told) or "look at its events in CloudFormation"


def _changes(stack: dict[str, Any]) -> bool:
    return str(stack["StackStatus"]).endswith("_IN_PROGRESS")
