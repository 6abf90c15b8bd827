"""
CodeDeploy moves the requests of an API from one version of its handler to the next.

Not CloudFormation has it do so: the alias is in no template, so neither the rollback of a stack nor its next
update moves requests back to a version that somebody, or an alarm, has left.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws import Aws
from engine_words import retry, to_retry
from fronted import INTERVAL_SECONDS, UNDER_WAY, shift_under_way, shifts_of
from targets import Api, Environment, Refused

SPARE_SECONDS = 2700.0
"""
How much longer than its steps a shift is waited for: two hooks of at most 15 minutes each, and CodeDeploy's
own.
"""

ROLL_BACK_ON = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]

OF_VERSION = ("ALARM_ACTIVE", "HOOK_EXECUTION_FAILURE", "MANUAL_STOP")
"""
Codes of failures that say something about the version (CodeDeploy API reference, ErrorInformation); with
others CodeDeploy lacked a right, or was throttled.
"""

LIMIT = "DeploymentLimitExceededException"
"""Another deployment of the group is under way (CodeDeploy API reference, CreateDeployment)."""


@dataclass(frozen=True)
class Outcome:
    """How a shift ended that did not come to its end."""

    deployment: str
    reason: str
    of_version: bool
    """Whether the version is at fault, or a person who stopped it."""


class Shifting:
    """Shifts of one environment's API."""

    def __init__(
        self,
        aws: Aws,
        environment: Environment,
        api: Api,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment, self._api, self._sleep, self._clock = environment, api, sleep, clock
        self._client = shifts_of(aws, environment, api)
        self._logs = aws.client_of(api.role, "logs", environment.region)

    def under_way(self) -> str | None:
        """ID of the shift that moves the alias at this moment."""
        return shift_under_way(self._client, self._api)

    def is_of(self, deployment: str, execution: str, version: str) -> bool:
        """Whether a shift was started by this execution, towards this version."""
        found = self._describe(deployment)
        return str(found.get("description", "")) == _description(execution, version)

    def target_of(self, deployment: str) -> str:
        """The version that a shift moves to."""
        return str(self._properties(deployment)["TargetVersion"])

    def source_of(self, deployment: str) -> str:
        """The version that a shift moves from."""
        return str(self._properties(deployment)["CurrentVersion"])

    def _properties(self, deployment: str) -> dict[str, Any]:
        revision = self._describe(deployment)["revision"]
        # An AppSpec comes back in the older form too (CodeDeploy API reference, RevisionLocation).
        content = (revision.get("appSpecContent") or revision.get("string") or {}).get("content", "")
        [resource] = json.loads(content)["Resources"]
        [properties] = [part["Properties"] for part in resource.values()]
        found: dict[str, Any] = properties
        return found

    def start(self, current: str, target: str, alarms: list[str], execution: str) -> str | None:
        """Starts a shift; None where another one is under way."""
        api = self._api
        content = json.dumps(app_spec(api, current, target), sort_keys=True)
        try:
            made = self._client.create_deployment(
                applicationName=api.application,
                deploymentGroupName=api.deployment_group,
                revision={
                    "revisionType": "AppSpecContent",
                    "appSpecContent": {
                        "content": content,
                        "sha256": hashlib.sha256(content.encode()).hexdigest(),
                    },
                },
                description=_description(execution, target),
                autoRollbackConfiguration={"enabled": True, "events": ROLL_BACK_ON},
                # Those of exactly this version: what it replaces may well be what fires.
                overrideAlarmConfiguration={
                    "enabled": True,
                    "ignorePollAlarmFailure": False,
                    "alarms": [{"name": name} for name in alarms],
                },
            )
        except self._client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == LIMIT and self.under_way():
                return None
            raise Refused(
                f"CodeDeploy does not move {api.function}:{api.alias} to version {target}: {error}. {retry()}"
            ) from error
        return str(made["deploymentId"])

    def wait(self, deployment: str) -> Outcome | None:
        """Waits for the end of a shift; None where all requests have moved."""
        until = self._clock() + self._api.shift_seconds + SPARE_SECONDS
        stopped = False
        while True:
            found = self._describe(deployment)
            status = found["status"]
            if status == "Succeeded":
                return None
            if status not in UNDER_WAY:
                return self._outcome(deployment, found, stopped)
            if self._clock() >= until:
                if stopped:
                    raise Refused(
                        f"{deployment} is still {status}, though it was stopped. Look at it in CodeDeploy, "
                        f"then {to_retry()}."
                    )
                print(f"{deployment} takes too long; it is stopped", file=sys.stderr)
                self.stop(deployment)
                stopped, until = True, self._clock() + SPARE_SECONDS
            self._sleep(INTERVAL_SECONDS)

    def stop(self, deployment: str) -> None:
        """Ends a shift: CodeDeploy moves all requests back to the version before."""
        try:
            self._client.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
        except self._client.exceptions.ClientError as error:
            # It came to its end in the same moment.
            if error.response["Error"]["Code"] != "DeploymentAlreadyCompletedException":
                raise Refused(f"{deployment} cannot be stopped: {error}. {retry()}") from error

    def end(self, deployment: str) -> None:
        """Ends a shift and waits until requests have moved back."""
        self.stop(deployment)
        self.wait(deployment)
        self.wait_for_rollback(deployment)

    def wait_for_rollback(self, deployment: str) -> None:
        """Waits for what moves requests back, where CodeDeploy started that."""
        until = self._clock() + SPARE_SECONDS
        while self._clock() < until:
            found = self._describe(deployment)
            back = found.get("rollbackInfo", {}).get("rollbackDeploymentId")
            if found["status"] not in UNDER_WAY and (
                not back or self._describe(back)["status"] not in UNDER_WAY
            ):
                return
            self._sleep(INTERVAL_SECONDS)

    def _describe(self, deployment: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.get_deployment(deploymentId=deployment)["deploymentInfo"]
        return found

    def _outcome(self, deployment: str, found: dict[str, Any], hung: bool) -> Outcome:
        error = found.get("errorInformation", {})
        code, message = error.get("code", ""), str(error.get("message", "no reason")).rstrip(".")
        if hung:
            return Outcome(deployment, "it came to no end and was stopped", False)
        word = self._word_of_hook(deployment, found) if code == "HOOK_EXECUTION_FAILURE" else None
        if word:
            return Outcome(deployment, f"{message}: {word['reason']}", bool(word.get("tested", True)))
        # A status without a code: a person stopped it.
        by_hand = found["status"] == "Stopped" and not code
        return Outcome(deployment, f"{message} ({code or found['status']})", by_hand or code in OF_VERSION)

    def _word_of_hook(self, deployment: str, found: dict[str, Any]) -> dict[str, Any] | None:
        """What a hook has to say of its failure; None where that cannot be read."""
        begin = int(found["createTime"].timestamp() * 1000)
        for function in (self._api.before_traffic, self._api.after_traffic):
            try:
                events = self._logs.filter_log_events(
                    logGroupName=f"/aws/lambda/{function}",
                    startTime=begin,
                    filterPattern=f'"{deployment}"',
                ).get("events", [])
            except self._logs.exceptions.ClientError as error:
                print(f"The log of {function} cannot be read: {error}", file=sys.stderr)
                continue
            for event in events:
                word = _parsed(event.get("message", ""))
                if word and word.get("deployment") == deployment and word.get("status") == "Failed":
                    return word
        return None


def app_spec(api: Api, current: str, target: str) -> dict[str, Any]:
    """What moves from which version to which (CodeDeploy user guide, AppSpec for Lambda)."""
    properties = {
        "Name": api.function,
        "Alias": api.alias,
        "CurrentVersion": current,
        "TargetVersion": target,
    }
    return {
        "version": 0.0,
        "Resources": [{"handler": {"Type": "AWS::Lambda::Function", "Properties": properties}}],
        "Hooks": [{"BeforeAllowTraffic": api.before_traffic}, {"AfterAllowTraffic": api.after_traffic}],
    }


def _description(execution: str, version: str) -> str:
    """A retry of the step recognises its shift by this; CodeDeploy takes no token."""
    return f"{execution} to version {version}"


def _parsed(message: str) -> dict[str, Any] | None:
    """A line of a hook's log; Lambda may have put it into a line of its own form."""
    try:
        found = json.loads(message)
        if isinstance(found, dict) and isinstance(found.get("message"), str):
            found = json.loads(found["message"])
        elif isinstance(found, dict) and isinstance(found.get("message"), dict):
            found = found["message"]
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
