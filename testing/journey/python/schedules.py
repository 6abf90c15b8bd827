"""EventBridge Scheduler: the synthesized schedules, started at the minutes that their expressions name.

After the EventBridge Scheduler user guide: "Schedule types", "Adding context attributes", "Set up the execution role",
"Confused deputy prevention" (the source is the schedule's group), "Configuring a dead-letter queue" (the schedule's own
role writes into it).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from cloud import Resource
from gateway import Gateway
from moto_client import raw_client
from permissions import Call, queue_calls
from story import Story
from values import Denied, JourneyError, NotThere, parse_arn

SERVICE = "scheduler.amazonaws.com"
SCHEDULE = "AWS::Scheduler::Schedule"
_DAYS = {name: str(number) for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}


@dataclass
class Scheduler:
    """The schedules of all accounts; nothing starts until somebody lets time pass."""

    gateway: Gateway
    story: Story
    invoke: Callable[[str, Any], None]
    """Hands an event to a function that nobody waits for."""
    undelivered: list[str] = field(default_factory=list)
    """What could not be started, and why."""

    def between(self, begin: datetime, end: datetime) -> list[tuple[datetime, Resource]]:
        """What is due from a minute on, until before another one, in order; only schedules with a calendar."""
        minutes = (begin + timedelta(minutes=n) for n in range(int((end - begin).total_seconds() // 60)))
        found = list(self.gateway.cloud.all(SCHEDULE))
        return [(minute, schedule) for minute in minutes for schedule in found if is_due(schedule, minute)]

    def fire(self, schedule: Resource, moment: datetime) -> None:
        """A schedule starts its target, with its own role."""
        target = schedule.properties["Target"]
        arn = target["Arn"]
        text = _input(schedule, target, moment)
        self.story.tell(f"schedule {schedule.name}", f"{moment:%Y-%m-%d %H:%M} -> {parse_arn(arn).name} {text}")
        try:
            group = schedule.place.arn("scheduler", f"schedule-group/{schedule.properties.get('GroupName', 'default')}")
            role = self.gateway.assume_as_service(SERVICE, target["RoleArn"], group).role
            self._start(role, target, text)
        except (Denied, ClientError, NotThere) as error:
            self._dead_letter(schedule, target, text, str(error))

    def _start(self, role: str, target: dict[str, Any], text: str) -> None:
        arn = target["Arn"]
        where = parse_arn(arn)
        call = lambda service, operation, params: self.gateway.call(role, where.region, service, operation, params)
        if where.service == "states":
            call("stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": text})
        elif where.service == "lambda":
            self.gateway.judge.ask(role, [Call("lambda:InvokeFunction", arn)])
            self.invoke(arn, json.loads(text))
        elif where.service == "events":
            given = target["EventBridgeParameters"]
            entry = {"EventBusName": arn, "Source": given["Source"], "DetailType": given["DetailType"], "Detail": text}
            call("events", "PutEvents", {"Entries": [entry]})
        elif where.service == "codepipeline":
            call("codepipeline", "StartPipelineExecution", {"name": where.resource})
        elif where.service == "sqs":
            self.gateway.judge.ask(role, queue_calls(self.gateway.cloud, arn, {}))
            _send(arn, text)
        else:
            raise JourneyError(f"schedules that start {arn} are not known here")

    def _dead_letter(self, schedule: Resource, target: dict[str, Any], text: str, reason: str) -> None:
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        kept = False
        if queue:
            try:
                self.gateway.judge.ask(target["RoleArn"], queue_calls(self.gateway.cloud, queue, {}))
                _send(queue, text)
                kept = True
            except Denied as denied:
                reason += f"; nor is it kept: {denied}"
        self.story.tell(f"schedule {schedule.name}", f"NOT STARTED ({'dead letter' if kept else 'lost'}): {reason}")
        self.undelivered.append(f"{schedule.name} ({'kept' if kept else 'lost'}): {reason}")


def _send(queue: str, text: str) -> None:
    where = parse_arn(queue)
    client = raw_client("sqs", where.place)
    client.send_message(QueueUrl=client.get_queue_url(QueueName=where.resource)["QueueUrl"], MessageBody=text)


def _input(schedule: Resource, target: dict[str, Any], moment: datetime) -> str:
    values = {
        "schedule-arn": schedule.arn, "scheduled-time": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": uuid.uuid4().hex, "attempt-number": "1",
    }  # fmt: skip

    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise JourneyError(f"{schedule.name}: schedules have no {match.group(0)}")
        return values[match.group(1)]

    # Without an input the target gets what a rule of a schedule would give it (user guide, "Templated targets").
    return re.sub(r"<aws\.scheduler\.([a-z-]+)>", value, target.get("Input", "{}"))


def is_due(schedule: Resource, minute: datetime) -> bool:
    """Whether a schedule with a calendar (cron) starts at a minute; one that is switched off never does."""
    given = schedule.properties
    found = re.fullmatch(r"cron\((.+)\)", given["ScheduleExpression"])
    if found is None or given.get("State", "ENABLED") != "ENABLED":
        return False
    if given.get("ScheduleExpressionTimezone", "UTC") not in ("UTC", "Etc/UTC"):
        raise JourneyError(f"{schedule.name}: the time zone {given['ScheduleExpressionTimezone']} is not known here")
    fields = found.group(1).upper().split()
    if len(fields) != 6:
        raise JourneyError(f"{schedule.name}: {found.group(0)} has {len(fields)} fields")
    for name, number in _DAYS.items():
        fields[4] = fields[4].replace(name, number)
    # Days of the week are counted from Sunday, 1.
    values = (minute.minute, minute.hour, minute.day, minute.month, minute.isoweekday() % 7 + 1, minute.year)
    return all(_admits(text, value) for text, value in zip(fields, values, strict=True))


def _admits(text: str, value: int) -> bool:
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first in ("*", "?"):
            low, high = 0, 9999
        elif first.isdigit() and (last.isdigit() or not last):
            low, high = int(first), int(last or (9999 if step else first))
        else:
            raise JourneyError(f"{part} of a schedule is not known here")
        if low <= value <= high and (value - low) % int(step or 1) == 0:
            return True
    return False
