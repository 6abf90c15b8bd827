"""
A rollback alarm fires soon after a deployment was proven: the endpoint returns to the version before.

SageMaker looks at alarms until its bake is over, and no longer. The alarm's event starts this; the deploy
pipeline carries the return out, as it does for a person.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aliases import ALARMS
from aws import Aws
from decide import Decision
from executions import executions_of
from fronted import live_alias, live_endpoint
from owned import PROVEN_TAG, Made, own
from registry import version_in
from return_api import ReturnApi
from rollbacks import note, rollbacks_of
from serving import IN_SERVICE, Serving, look, wait_until_steady
from stack import deployed
from targets import Environment, Refused, Targets
from tell import FIRING, tell
from way_back import WayBack

SETTLE_SECONDS = 1500
"""How long to wait for instances of a fleet that is scaled or updated; below the hour that the build has."""

AGAIN_SECONDS = 120.0
"""After this time the alarm must fire still: one failed request of a few is no reason to return a version."""

AROUND = "it was live before the deployment, which changed something around it: instances, network or options"
NO_WAY_BACK = "no earlier proven version, still approved, is left to return to"


@dataclass(frozen=True)
class Alarm:
    """An alarm that fired, where and when."""

    name: str
    account: str
    region: str
    at: datetime

    @classmethod
    def of_event(cls, name: str, account: str, region: str, at: str) -> Alarm:
        """From the parts of its event."""
        return cls(name, account, region, _instant(at))


def after_alarm(aws: Aws, targets: Targets, alarm: Alarm, sleep: Callable[[float], None] = time.sleep) -> str:
    """Has the endpoint that an alarm is about returned, if its deployment is not long ago; what was done."""
    found = [
        e
        for e in targets.environments
        if (e.account, e.region) == (alarm.account, alarm.region)
        and (e.watch_seconds or e.api)
        and (alarm.name.startswith(f"{e.endpoint}/") or alarm.name in e.own_alarms)
    ]
    if not found:
        raise Refused(
            f"{targets.pipeline} does not watch the alarm {alarm.name} of {alarm.account} in {alarm.region}."
        )
    return "\n".join(Watch(aws, targets, environment, alarm, sleep).carry_out() for environment in found)


class Watch:
    """The look at one endpoint when an alarm fires."""

    def __init__(
        self,
        aws: Aws,
        targets: Targets,
        environment: Environment,
        alarm: Alarm,
        sleep: Callable[[float], None],
    ) -> None:
        self._aws, self._targets, self._environment, self._alarm = aws, targets, environment, alarm
        self._sleep = sleep
        self._look = aws.client("sagemaker", environment)
        self._records = rollbacks_of(aws, targets)
        self._way = WayBack(aws, targets, environment)

    def carry_out(self) -> str:
        """Returns the endpoint or says why not."""
        name = self._environment.name
        serving = self._served()
        if isinstance(serving, str):
            return f"{name}: {serving}"
        package = self._way.origin(serving.package)
        version = version_in(package or "", self._targets.registry)
        if package is None or version is None:
            return f"{name}: {self._environment.endpoint} serves what is not of this group"
        if self._records.active(name, version):
            return f"{name}: version {version} is recorded as rolled back already"
        if self._is_of_api() and not self._is_proven(serving):
            return f"{name}: version {version} bakes; the step that moved the API looks at its alarms"
        minutes = (self._alarm.at - self._proven(serving)).total_seconds() / 60
        if minutes < 0 and self._is_own():
            return f"{name}: {self._alarm.name} fired before version {version} was deployed"
        # What an API with endpoints of its own could return to is gone after the bake: people hear of it.
        is_watched = self._is_of_api() and self._environment.is_per_release
        if minutes * 60 > self._environment.watch_seconds and not is_watched:
            return (
                f"{name}: version {version} was deployed {minutes:.0f} minutes ago and is no longer watched"
            )
        if not self._fires_still():
            return f"{name}: {self._alarm.name} fires no more, and nothing is returned"
        why_not = self._why_not(serving, package)
        if why_not:
            # In messages it is within quotation marks.
            alarm = self._alarm.name.replace("\\", "/").replace('"', "'")
            about = {"alarm": alarm, "version": version, "reason": why_not}
            tell(self._aws, self._targets, FIRING, {name: about})
            return f"{name}: version {version} stays, because {why_not}"
        return self._returned(serving, package, max(0.0, minutes))

    def _served(self) -> Serving | str:
        """
        What serves when nothing changes any more, or why the alarm says nothing about it. During an update
        SageMaker looks at alarms itself, but neither while an endpoint is scaled or maintained, nor while old
        instances are removed after the bake; and an alarm that goes on tells of itself only once.
        """
        endpoint = live_endpoint(self._aws, self._environment) or self._environment.endpoint
        seconds = SETTLE_SECONDS + self._environment.update_seconds
        wait_until_steady(self._look, endpoint, seconds=seconds, sleep=self._sleep)
        serving = look(self._look, endpoint)
        if serving is None or serving.status != IN_SERVICE:
            return f"{endpoint} is {serving.status if serving else 'not there'}"
        alias = live_alias(self._aws, self._environment) if self._is_of_api() else None
        watched = alias.version if alias else serving.config
        if not self._is_own() and not self._alarm.name.endswith(f"/{watched}"):
            return f"{self._alarm.name} is not an alarm of {watched}, which serves"
        return serving

    def _is_of_api(self) -> bool:
        """Whether it looks at a version of the API's handler."""
        parts = self._alarm.name.removeprefix(self._environment.endpoint).split("/")
        return self._environment.api is not None and len(parts) == 3 and parts[1] in ALARMS

    def _is_own(self) -> bool:
        """Whether it is the user's: then its name says nothing of a configuration."""
        return self._alarm.name in self._environment.own_alarms

    def _fires_still(self) -> bool:
        self._sleep(AGAIN_SECONDS)
        client = self._aws.client("cloudwatch", self._environment)
        found = client.describe_alarms(AlarmNames=[self._alarm.name], AlarmTypes=["MetricAlarm"])
        return any(alarm["StateValue"] == "ALARM" for alarm in found["MetricAlarms"])

    def _config(self, serving: Serving) -> Made | None:
        client = self._aws.client_of(self._environment.retire_role, "sagemaker", self._environment.region)
        configs = own(client, self._environment, "EndpointConfig", serving.config)
        return next((c for c in configs if c.name == serving.config), None)

    def _is_proven(self, serving: Serving) -> bool:
        config = self._config(serving)
        return config is not None and PROVEN_TAG in config.tags

    def _proven(self, serving: Serving) -> datetime:
        """When the deployment was proven; without its proof, when its update should have been over."""
        config = self._config(serving)
        if config is None:
            return datetime.min.replace(tzinfo=UTC)
        if PROVEN_TAG in config.tags:
            return _instant(config.tags[PROVEN_TAG])
        return config.made + timedelta(seconds=self._environment.update_seconds)

    def _why_not(self, serving: Serving, package: str) -> str | None:
        """Why an alarm is no reason to return the version, or why there is no way."""
        stack = deployed(self._aws.client("cloudformation", self._environment), self._environment.stack)
        found = self._records.remembered(stack.execution if stack else "").get(self._environment.name)
        decision = Decision(**found) if found else None
        if decision is None or decision.package != package or not decision.is_new:
            return AROUND
        try:
            api = self._environment.api
            if api and api.is_per_release:
                ReturnApi(self._aws, self._targets, self._environment, api, "").way()
            else:
                self._way.newest(serving)
        except Refused as refusal:
            print(refusal)
            return NO_WAY_BACK
        return None

    def _returned(self, serving: Serving, package: str, minutes: float) -> str:
        reason = f"the alarm {self._alarm.name} fired {minutes:.0f} minutes after the deployment"
        execution = self._start(serving)
        by = f"the alarm {self._alarm.name}"
        told = note(self._aws, self._targets, self._environment, package, reason, execution, by=by)
        endpoint, pipeline = self._environment.endpoint, self._targets.pipeline
        return f"{told} The execution {execution} of {pipeline} returns {endpoint}."

    def _start(self, serving: Serving) -> str:
        """
        Starts the return; the execution's id. Several alarms of one deployment fire in the same minute, and a
        second execution would return one version too far: the same token gives the same execution.
        """
        executions = executions_of(self._aws, self._targets)
        return executions.start_return(self._environment, f"watch-{serving.config}")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
