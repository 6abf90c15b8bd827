"""Why a model is to be trained again, read from an event, which is believed only what fits its sender."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry import version_in
from retrain_settings import Settings
from targets import Refused

MONITORING = ("sagemaker-cicd.monitoring", "Monitor Run Completed")
NEW_DATA = ("aws.s3", "Object Created")
SCHEDULE = ("aws.events", "Scheduled Event")

REASON_LIMIT = 256
"""Characters of a value of a package's customer metadata (SageMaker API reference, RegisterModelPackage)."""

NOT_TAKEN = re.compile(r"[^\w .:/=+\-@]")
"""What customer metadata does not take; neither JSON nor a shell sees anything in the rest."""


@dataclass(frozen=True)
class Cause:
    """Something that asks for a retraining."""

    id: str
    """Of the event: one that arrives twice starts one retraining."""
    what: str
    """What is told once while nothing starts: the same finding each hour is one thing."""
    at: float
    """When it was found, in seconds since 1970."""
    reason: str
    """What stands in the execution and in the package, in the letters that both take."""
    package: str | None = None
    """The version that it was found in; None where no version is concerned."""


def cause_of(settings: Settings, event: Mapping[str, Any]) -> Cause:
    """What an event asks for. Raises `Refused` for one that asks for nothing, or is of somebody else."""
    readers = {MONITORING: _of_monitor, NEW_DATA: _of_new_data, SCHEDULE: _of_schedule}
    kind = (str(event.get("source")), str(event.get("detail-type")))
    if kind not in readers:
        raise Refused(f"Events of {kind[0]}, {kind[1]}, start no retraining.")
    return readers[kind](settings, event)


def _of_monitor(settings: Settings, event: Mapping[str, Any]) -> Cause:
    detail = event["detail"]
    if (detail.get("project"), detail.get("group")) != (settings.project, settings.group):
        raise Refused(f"The run is of {detail.get('project')}, group {detail.get('group')}.")
    name = str(detail.get("environment"))
    environment = settings.environments.get(name)
    if environment is None:
        raise Refused(f"Monitors of {name} start no retraining.")
    # EventBridge says the account, nobody who sends an event does.
    _from(event, environment.account, environment.region, f"the environment {name}")
    if detail.get("retrain") is not True or detail.get("outcome") != "violations":
        raise Refused(f"The run ended with {detail.get('outcome')}, which asks for no retraining.")
    reason, kind = str(detail.get("reason")), str(detail.get("kind"))
    if environment.reasons.get(reason) != kind:
        raise Refused(f"{reason} of {kind} starts no retraining in {name}.")
    package = str(detail.get("package"))
    version = version_in(package, settings.registry)
    if version is None:
        raise Refused(f"{package} is not a version of {settings.registry}.")
    count, until = int(detail["violationCount"]), detail["window"]["until"]
    violations = "1 violation" if count == 1 else f"{count} violations"
    return Cause(
        id=str(event["id"]),
        what=f"{reason} in {name}",
        at=_time(event),
        reason=_fit(f"{reason} in {name}: {violations} by {kind}: version {version}: rows until {until}"),
        package=package,
    )


def _of_new_data(settings: Settings, event: Mapping[str, Any]) -> Cause:
    place = settings.new_data
    if place is None:
        raise Refused("New data starts no retraining.")
    _from(event, place.account, place.region, "the build account")
    bucket, key = str(event["detail"]["bucket"]["name"]), str(event["detail"]["object"]["key"])
    if bucket != place.bucket or not key.startswith(place.prefix):
        raise Refused(f"s3://{bucket}/{key} is not below s3://{place.bucket}/{place.prefix}.")
    if key.endswith("/") and int(event["detail"]["object"].get("size", 0)) == 0:
        raise Refused(f"s3://{bucket}/{key} is a folder that a console has made.")
    return Cause(str(event["id"]), "new data", _time(event), _fit(f"new data: s3://{bucket}/{key}"))


def _of_schedule(settings: Settings, event: Mapping[str, Any]) -> Cause:
    if settings.schedule_rule is None or list(event.get("resources", [])) != [settings.schedule_rule]:
        raise Refused(f"{event.get('resources')} is not the schedule of this retraining.")
    return Cause(str(event["id"]), "schedule", _time(event), _fit(f"schedule: {event['time']}"))


def _from(event: Mapping[str, Any], account: str, region: str, what: str) -> None:
    if (event.get("account"), event.get("region")) != (account, region):
        raise Refused(
            f"The event comes from {event.get('account')}, {event.get('region')}; {what} is in "
            f"{account}, {region}."
        )


def _time(event: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(str(event["time"]).replace("Z", "+00:00")).timestamp()


def _fit(text: str) -> str:
    fitting = NOT_TAKEN.sub("-", text)
    return fitting if len(fitting) <= REASON_LIMIT else fitting[: REASON_LIMIT - 3] + "..."
