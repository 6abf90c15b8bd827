"""The way of an API to one version of its handler, from the first test to the end of the bake."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aliases import Alias, create_alias, handler_at, move_alias, read_alias, version_alarms
from aws import Aws
from engine_words import retry, to_retry
from fronted import functions_of
from rollbacks import now as instant
from rollbacks import rollbacks_of
from serving import SERVES, look
from shifting import Outcome, Shifting
from targets import Api, Environment, Refused, Targets
from tell import FIRING, tell

_config: Any = importlib.import_module("botocore.config")

LOOK_SECONDS = 15.0
"""Between two looks at alarms during the bake."""

TRIES = 5
"""How often the alias is returned although somebody else changes it."""

# A hook takes up to 15 minutes, and is called once.
HOOK_CONFIG = _config.Config(
    read_timeout=960, tcp_keepalive=True, retries={"mode": "standard", "total_max_attempts": 1}
)


class NotProven(Refused):
    """The version failed, and the version before answers."""


class Withdrawn(Refused):
    """The package may not be served any more, for a reason that is known already: nothing is recorded."""


class Move:
    """The way of one API to one version of its handler."""

    def __init__(
        self,
        aws: Aws,
        targets: Targets,
        environment: Environment,
        api: Api,
        execution: str,
        target: str,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        problem: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`problem` says why what was deployed must not be served; None where it may."""
        self._problem = problem
        self._aws, self._targets, self._environment, self._api = aws, targets, environment, api
        self._execution, self._target, self._sleep, self._clock = execution, target, sleep, clock
        self._functions = functions_of(aws, environment, api)
        self._shifting = Shifting(aws, environment, api, sleep, clock)
        self._records = rollbacks_of(aws, targets)

    @property
    def _name(self) -> str:
        return f"{self._api.function}:{self._api.alias}"

    def carry_out(self) -> str:
        """Moves, or goes on with what an earlier attempt of this execution has begun."""
        name = self._environment.name
        alias = self._alias()
        begun = self._records.remembered(self._attempt())
        if "failed" in begun:
            # A retry of this step alone must not bring in what was refused.
            raise NotProven(str(begun["failed"]))
        if "withdrawn" in begun:
            raise Withdrawn(str(begun["withdrawn"]))
        if alias is None:
            return self._first()
        running = self._shifting.under_way()
        if running and not self._shifting.is_of(running, self._execution, self._target):
            print(f"{name}: {running} moves the API at this moment; waiting for its end")
            self._shifting.wait(running)
            self._shifting.wait_for_rollback(running)
            running, alias = None, self._alias_there()
        if not running and self._is_there(alias):
            if not begun:
                return f"{name}: {self._name} is at version {self._target} already"
            return self._bake(str(begun.get("from", "")), begun.get("moved"))
        if not running and "deployment" in begun:
            self._end_of(str(begun["from"]), str(begun["deployment"]))
        before = str(begun["from"]) if running and "from" in begun else alias.version
        if not running:
            before, running = self._start(alias)
        outcome = self._shifting.wait(running)
        if outcome:
            raise self._failed(before, outcome)
        if not self._is_there(self._alias_there()):
            raise Refused(
                f"{running} succeeded, and {self._name} is not at version {self._target} all the same: "
                f"somebody else moved it. Find out who, then {to_retry()}."
            )
        moved = instant()
        self._records.remember(self._attempt(), {"from": before, "moved": moved})
        return self._bake(before, moved)

    def _end_of(self, before: str, deployment: str) -> None:
        """An earlier attempt did not see the end of its shift: was the version refused meanwhile?"""
        outcome = self._shifting.wait(deployment)
        if outcome and outcome.of_version:
            raise self._failed(before, outcome)

    def _start(self, alias: Alias) -> tuple[str, str]:
        """Starts the shift; from which version, and its ID."""
        for _ in range(TRIES):
            self._refuse_withdrawn(lambda: "Nothing was moved.")
            if alias.weights:
                # A shift that died: CodeDeploy begins with one version that has all requests.
                print(f"{self._name} has weights left over; version {alias.version} gets all requests again")
                if not move_alias(self._functions, self._api, alias, alias.version):
                    alias = self._alias_there()
                    continue
            self._records.remember(self._attempt(), {"from": alias.version})
            running = self._shifting.start(
                alias.version, self._target, self.alarms(self._target), self._execution
            )
            if running:
                self._records.remember(self._attempt(), {"from": alias.version, "deployment": running})
                print(f"{self._environment.name}: {running} moves {self._name} to version {self._target}")
                return alias.version, running
            self._sleep(LOOK_SECONDS)
            alias = self._alias_there()
        raise Refused(f"{self._name} is being moved by others all the time. {retry()}")

    def _first(self) -> str:
        """CodeDeploy has nothing to shift from: what hooks do is done here."""
        self._refuse_withdrawn(lambda: "Nothing answers.")
        self._hook(self._api.before_traffic)
        self._refuse_withdrawn(lambda: "Nothing answers.")
        try:
            create_alias(self._functions, self._api, self._target)
        except self._functions.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ResourceConflictException":
                raise
            return self.carry_out()
        try:
            self._hook(self._api.after_traffic)
        except Refused:
            # A retry tests again. Nothing was live before, so nobody is worse off without it.
            self._functions.delete_alias(FunctionName=self._api.function, Name=self._api.alias)
            raise
        return f"{self._environment.name}: the API is at version {self._target}, its first one"

    def _hook(self, function: str) -> None:
        config_of = self._aws.client_of(self._api.role, "lambda", self._environment.region, HOOK_CONFIG)
        answer = config_of.invoke(
            FunctionName=function, Payload=json.dumps({"direct": {"version": self._target}}).encode()
        )
        content = answer["Payload"].read().decode()
        if answer.get("FunctionError"):
            raise Refused(f"{function} failed: {content[:500]}. {retry()}")
        word = json.loads(content)
        if word["status"] == "Succeeded":
            print(f"{self._environment.name}: {word['reason']}")
            return
        problem = f"Version {self._target} of {self._api.function} was not taken: {word['reason']}"
        if not word["tested"]:
            raise Refused(f"{problem}. Nothing is recorded; {to_retry()}.")
        raise NotProven(f"{problem}.")

    def _failed(self, before: str, outcome: Outcome) -> Refused:
        """Sees to it that the version before has all requests again; what went wrong."""
        self._shifting.wait_for_rollback(outcome.deployment)
        returned = self._give_back(before)
        problem = (
            f"{outcome.deployment} did not move {self._name} to version {self._target}: {outcome.reason}. "
            f"{returned}"
        )
        if outcome.of_version:
            return NotProven(problem)
        # A retry begins anew.
        self._records.remember(self._attempt(), {})
        return Refused(f"{problem} {retry()}")

    def _give_back(self, before: str) -> str:
        """The version before gets all requests, unless somebody else decided otherwise; in words."""
        for _ in range(TRIES):
            alias = self._alias_there()
            if self._target not in alias.versions:
                if not alias.weights:
                    return f"Version {alias.version} answers."
            elif not handler_at(self._functions, self._api, before):
                return f"Version {before} is gone, so {self._target} stays."
            back = before if self._target in alias.versions else alias.version
            if move_alias(self._functions, self._api, alias, back):
                return f"Version {back} answers."
        raise Refused(f"{self._name} is moved by others all the time; version {before} should answer.")

    def _refuse_withdrawn(self, give_back: Callable[[], str]) -> None:
        """Between its check and this moment a version may have lost its approval, or been rolled back."""
        problem = self._problem()
        if problem is None:
            return
        told = f"{self._name} must not lead to version {self._target}: {problem}. {give_back()}"
        self._records.remember(
            self._attempt(), {**self._records.remembered(self._attempt()), "withdrawn": told}
        )
        raise Withdrawn(told)

    def _without(self, before: str) -> str:
        """Takes the requests from the version again, where the one before can answer; in words."""
        why_not = self._no_way_back(before)
        return f"It stays, because {why_not}." if why_not else self._give_back(before)

    def _bake(self, before: str, moved: str | None) -> str:
        """Looks at the version's alarms while what was live before is still there."""
        self._refuse_withdrawn(lambda: self._without(before))
        since = datetime.fromisoformat((moved or instant()).replace("Z", "+00:00"))
        over = (datetime.now(UTC) - since).total_seconds()
        until = self._clock() + max(0.0, self._api.bake_seconds - over)
        names = self.alarms(self._target)
        while True:
            firing = self._firing(names)
            if firing:
                raise self._return(before, firing)
            if not self._is_there(self._alias_there()):
                raise Refused(
                    f"{self._name} has left version {self._target} during the bake: it was returned, or "
                    "another execution moved it on."
                )
            left = until - self._clock()
            if left <= 0:
                break
            self._sleep(min(LOOK_SECONDS, left))
        told = f"; no alarm for {self._api.bake_seconds:.0f} s" if self._api.bake_seconds else ""
        return f"{self._environment.name}: {self._name} moved to version {self._target}{told}"

    def _return(self, before: str, firing: str) -> Refused:
        problem = f"The alarm {firing} fired after {self._name} had moved to version {self._target}."
        why_not = self._no_way_back(before)
        if why_not:
            about = {"alarm": firing, "version": self._target, "reason": why_not}
            tell(self._aws, self._targets, FIRING, {self._environment.name: about})
            return NotProven(f"{problem} It stays, because {why_not}.")
        return NotProven(f"{problem} {self._give_back(before)}")

    def _no_way_back(self, before: str) -> str | None:
        """Why the version before cannot answer."""
        handler = handler_at(self._functions, self._api, before) if before else None
        if handler is None:
            return "there is no version before"
        if not self._environment.is_per_release:
            return None
        serving = look(self._aws.client("sagemaker", self._environment), handler.endpoint)
        if serving is None or serving.status not in SERVES:
            state = serving.status if serving else "gone"
            return f"the endpoint {handler.endpoint} of version {before} is {state}"
        return None

    def remember_failure(self, reason: str) -> None:
        """What was refused once is refused in a retry of this step too."""
        begun = self._records.remembered(self._attempt())
        self._records.remember(self._attempt(), {**begun, "failed": reason})

    def alarms(self, version: str) -> list[str]:
        """Names of a version's alarms."""
        return version_alarms(self._environment.endpoint, version)

    def _firing(self, names: list[str]) -> str | None:
        client = self._aws.client_of(self._api.role, "cloudwatch", self._environment.region)
        found = client.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm"])["MetricAlarms"]
        return next((alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"), None)

    def _is_there(self, alias: Alias) -> bool:
        return alias.version == self._target and not alias.weights

    def _alias(self) -> Alias | None:
        return read_alias(self._functions, self._api)

    def _alias_there(self) -> Alias:
        alias = self._alias()
        if alias is None:
            raise Refused(f"{self._name} was deleted meanwhile. {retry()} It is created again.")
        return alias

    def _attempt(self) -> str:
        return f"{self._execution}-{self._environment.name}-shift"
