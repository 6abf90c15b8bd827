"""
Trains a group's model again: starts its build with the reason, at most as often as the options say.

What asks for it is an event of a monitor, of new data or of the schedule. What comes too early is held
back, kept with the reason and told once. Nobody approves anything here: what is trained is a version like
any other.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from approval_aws import own
from approval_queue import Later, work
from registry import describe, newest_approved
from retrain_cause import Cause, cause_of
from retrain_engine import builds_of
from retrain_limits import Held, State, held_by_limits, started, told
from retrain_memory import Memory
from retrain_settings import Settings, read_settings
from retrain_waiting import waiting
from targets import Refused

SOURCE = "sagemaker-cicd.retraining"
STARTED = "Retraining Started"
HELD = "Retraining Held Back"

COMMIT = "GitCommit"
"""Customer metadata of a package: the commit that it was built from."""
COMMIT_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")

LONGEST_DELAY = 900
TRIES = 20
"""How often the state is read again because somebody else changed it."""


class Retraining:
    """Decides about one event after the other."""

    def __init__(
        self, settings: Settings, memory: Memory, now: Callable[[], float], client: Callable[..., Any]
    ) -> None:
        self._settings, self._memory, self._now, self._client = settings, memory, now, client
        self._builds = builds_of(settings, client, now)

    def handle(self, event: Mapping[str, Any]) -> None:
        """Starts a retraining for an event, or holds it back; twice the same event does it once."""
        cause = cause_of(self._settings, event)
        if (outcome := self._memory.outcome(cause.id)) is not None:
            print(f"{cause.reason}: {outcome} before")
            return
        taken = self._take(cause)
        if isinstance(taken, Held):
            self._hold(cause, taken)
        else:
            self._start(cause, taken)

    def _commit(self, cause: Cause) -> str | Held:
        """
        The commit that is built; empty for the newest of the branch.

        It is read from the package in the registry, never from an event: whoever could send one must not
        have a commit built that nobody approved a version of.
        """
        settings = self._settings
        if not settings.live_commit:
            return ""
        registry = self._client("sagemaker", settings.registry.split(":")[3])
        if cause.package is None:
            package = newest_approved(registry, settings.registry)
            if package is None:
                return Held("version", "no version is approved yet, so there is none to train again")
        else:
            try:
                package = describe(registry, cause.package, settings.registry)
            except Refused as refusal:
                return Held("version", str(refusal))
            if not package.approved:
                return Held("version", f"version {package.version} is {package.approval}")
        commit = package.metadata.get(COMMIT, "")
        if not COMMIT_ID.fullmatch(commit):
            named = f"version {package.version} names {commit or 'no commit'} as its commit"
            return Held("commit", f"{named}, which no pipeline can build")
        return commit

    def _take(self, cause: Cause) -> str | Held:
        """Takes the retraining on for this cause, unless something holds it back; the commit to build."""
        for _ in range(TRIES):
            state, number = self._memory.state()
            if state.holder == cause.id:
                # It was taken on before, and the start was not kept: the pipeline takes the same token once.
                return state.commit
            held = self._held(state, cause)
            if held is not None:
                return held
            commit = self._commit(cause)
            if isinstance(commit, Held):
                return commit
            if self._memory.change(started(state, cause, commit, self._now()), number):
                return commit
        raise Later("others change the state all the time")

    def _held(self, state: State, cause: Cause) -> Held | None:
        held = held_by_limits(self._settings, state, cause, self._now()) or self._under_way(state)
        if held is not None or cause.package is None:
            # Other data makes another model, and a schedule asks in any case.
            return held
        group = self._settings.registry
        return waiting(self._client("sagemaker", group.split(":")[3]), group)

    def _under_way(self, state: State) -> Held | None:
        if not state.execution or not self._builds.is_under_way(state.execution):
            return None
        return Held("running", f"the build {state.execution} of the last one is running")

    def _start(self, cause: Cause, commit: str) -> None:
        execution = self._builds.start(cause.reason, commit, cause.id)

        def begun(state: State) -> State | None:
            return replace(state, execution=execution) if state.holder == cause.id else None

        self._note(cause, begun)
        built = commit or "the newest of the branch"
        self._tell(STARTED, cause, execution=execution, commit=built)
        self._memory.keep(cause.id, "started", reason=cause.reason, execution=execution, commit=built)
        print(f"{cause.reason}: started {execution}")

    def _hold(self, cause: Cause, held: Held) -> None:
        is_new = self._note(cause, lambda state: told(state, cause, held, self._now()))
        if is_new:
            self._tell(HELD, cause, why=held.why)
        self._memory.keep(cause.id, "held back", reason=cause.reason, rule=held.rule, why=held.why)
        print(f"{cause.reason}: held back, {held.why}")

    def _note(self, cause: Cause, change: Callable[[State], State | None]) -> bool:
        """Changes the state, and says whether there was anything to change."""
        for _ in range(TRIES):
            state, number = self._memory.state()
            changed = change(state)
            if changed is None:
                return False
            if self._memory.change(changed, number):
                return True
        raise Later(f"others change the state all the time; {cause.reason} is not kept")

    def _tell(self, kind: str, cause: Cause, **more: str) -> None:
        settings = self._settings
        detail = {
            "project": settings.project,
            "group": settings.group,
            "pipeline": settings.pipeline,
            "reason": cause.reason,
            **{name: value.replace('"', "'").replace("\\", "/") for name, value in more.items()},
        }
        answer = self._client("events", settings.bus.split(":")[3]).put_events(
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": kind,
                    "Detail": json.dumps(detail),
                    "EventBusName": settings.bus,
                }
            ]
        )
        if answer.get("FailedEntryCount"):
            raise RuntimeError(f"EventBridge did not accept the event: {answer['Entries']}")


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry: messages of a queue, each an event."""
    settings = read_settings(context.invoked_function_arn)
    memory = Memory(own("dynamodb"), os.environ["TABLE"])
    return work(event, Retraining(settings, memory, time.time, own).handle, LONGEST_DELAY)
