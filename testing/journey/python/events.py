"""EventBridge: rules of the synthesized templates, matched and carried out; buses hand events on across accounts."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from moto.events.models import EventPattern

from cloud import Resource
from gateway import Gateway
from moto_client import raw_client
from permissions import Call, Context, queue_calls, topic_calls
from story import Story
from values import Denied, JourneyError, NotThere, Place, parse_arn

SERVICE = "events.amazonaws.com"
ALL_CALLS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
Event = dict[str, Any]


@dataclass
class Undelivered:
    """An event that a target did not take."""

    rule: str
    target: str
    reason: str
    kept: bool
    """Whether it is in a dead-letter queue."""


@dataclass
class EventBridge:
    """Every bus of every account."""

    gateway: Gateway
    story: Story
    pending: deque[tuple[str, Event, tuple[str, ...]]] = field(default_factory=deque)
    undelivered: list[Undelivered] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    """What was published: topic and text."""
    invoke: Callable[[str, Event], None] = lambda *_: None
    """Hands an event to a function."""
    matched: list[tuple[str, Event]] = field(default_factory=list)
    """ARN of each rule that matched, with the event."""

    def put(self, event: Event, bus: str | None = None, only_all: bool = False) -> None:
        """An event reaches a bus: by default that of its own account and region; one about a call that only reads
        reaches those rules alone that want all of them."""
        place = Place(event["account"], event["region"])
        states = (ALL_CALLS,) if only_all else ("ENABLED", ALL_CALLS)
        self.pending.append((bus or place.arn("events", "event-bus/default"), event, states))

    def deliver_next(self) -> None:
        """Matches the oldest event that waits with the rules of its bus."""
        bus, event, states = self.pending.popleft()
        for rule in list(self.gateway.cloud.all("AWS::Events::Rule")):
            if _bus_of(rule) == bus and rule.properties.get("State", "ENABLED") in states and _matches(rule, event):
                self.matched.append((rule.arn, event))
                for target in rule.properties.get("Targets", []):
                    self._send(rule, target, event)

    def _send(self, rule: Resource, target: dict[str, Any], event: Event) -> None:
        where = parse_arn(target["Arn"])
        try:
            self._invoke(rule, target, event)
            self.story.tell(
                f"rule {rule.name}", f"{event['detail-type']} -> {where.service} {where.name} ({where.account})"
            )
        except (Denied, ClientError, NotThere) as error:
            self._dead_letter(rule, target, event, str(error))

    def _invoke(self, rule: Resource, target: dict[str, Any], event: Event) -> None:
        arn = target["Arn"]
        kind = parse_arn(arn).service
        if kind == "sns":
            self._publish(rule, target, _input(rule, target, event))
            return
        if kind == "sqs":
            self._queue(rule, target, _input(rule, target, event))
            return
        if kind == "lambda":
            self.gateway.judge.ask(SERVICE, [Call("lambda:InvokeFunction", arn, {"aws:SourceArn": rule.arn})])
            self.invoke(arn, json.loads(_input(rule, target, event)))
            return
        if "RoleArn" not in target:
            raise JourneyError(f"{rule.name}: a target of the service {kind} without a role is not known here")
        role = self.gateway.assume_as_service(SERVICE, target["RoleArn"], rule.arn).role
        place = parse_arn(arn).place
        if kind == "states":
            params: dict[str, Any] = {"stateMachineArn": arn, "input": _input(rule, target, event)}
            self.gateway.call(role, place.region, "stepfunctions", "StartExecution", params)
        elif kind == "codepipeline":
            self.gateway.call(
                role, place.region, "codepipeline", "StartPipelineExecution", {"name": parse_arn(arn).resource}
            )
        elif kind == "codebuild":
            given = json.loads(_input(rule, target, event)) if "InputTransformer" in target else {}
            params = {"projectName": parse_arn(arn).name, **given}
            self.gateway.call(role, place.region, "codebuild", "StartBuild", params)
        elif kind == "events":
            self._forward(role, rule, arn, event)
        else:
            raise JourneyError(f"{rule.name}: targets of the service {kind} are not known here")

    def _forward(self, role: str, rule: Resource, bus: str, event: Event) -> None:
        if not bus.endswith("/default") and self.gateway.cloud.find("AWS::Events::EventBus", bus) is None:
            raise NotThere(f"there is no event bus {bus}")
        context: Context = {
            "aws:SourceArn": rule.arn,
            "events:source": event["source"],
            "events:detail-type": event["detail-type"],
        }
        self.gateway.judge.ask(role, [Call("events:PutEvents", bus, context)])
        self.put(event, bus)

    def _queue(self, rule: Resource, target: dict[str, Any], text: str) -> None:
        arn = target["Arn"]
        self.gateway.judge.ask(SERVICE, queue_calls(self.gateway.cloud, arn, {"aws:SourceArn": rule.arn}))
        client = raw_client("sqs", parse_arn(arn).place)
        url = client.get_queue_url(QueueName=parse_arn(arn).resource)["QueueUrl"]
        group = target.get("SqsParameters", {})
        client.send_message(QueueUrl=url, MessageBody=text, **group)

    def _publish(self, rule: Resource, target: dict[str, Any], text: str) -> None:
        cloud, arn = self.gateway.cloud, target["Arn"]
        # SNS is told neither rule nor account (EventBridge guide, "Using resource-based policies", Amazon SNS).
        self.gateway.judge.ask(SERVICE, topic_calls(cloud, arn, {}))
        raw_client("sns", parse_arn(arn).place).publish(TopicArn=arn, Message=text)
        self.messages.append((parse_arn(arn).resource, text))
        self.story.tell(f"topic {parse_arn(arn).resource}", text)

    def _dead_letter(self, rule: Resource, target: dict[str, Any], event: Event, reason: str) -> None:
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        kept = False
        if queue:
            context: Context = {"aws:SourceArn": rule.arn}
            try:
                self.gateway.judge.ask(SERVICE, queue_calls(self.gateway.cloud, queue, context))
                client = raw_client("sqs", parse_arn(queue).place)
                url = client.get_queue_url(QueueName=parse_arn(queue).resource)["QueueUrl"]
                client.send_message(QueueUrl=url, MessageBody=json.dumps(event))
                kept = True
            except Denied as denied:
                reason += f"; nor is it kept: {denied}"
        self.story.tell(f"rule {rule.name}", f"NOT DELIVERED ({'dead letter' if kept else 'lost'}): {reason}")
        self.undelivered.append(Undelivered(rule.arn, target["Arn"], reason, kept))


def _bus_of(rule: Resource) -> str:
    bus: str = rule.properties.get("EventBusName", "default")
    return bus if bus.startswith("arn:") else rule.place.arn("events", f"event-bus/{bus}")


def _matches(rule: Resource, event: Event) -> bool:
    pattern: Event = rule.properties.get("EventPattern") or {}
    return bool(pattern) and any(EventPattern.load(json.dumps(p)).matches_event(event) for p in _alternatives(pattern))


def _alternatives(pattern: Event) -> list[Event]:
    """moto's matcher knows no `$or`: the patterns without it, any of which may match (EventBridge guide, "$or")."""
    for key, value in pattern.items():
        if key == "$or":
            rest = {k: v for k, v in pattern.items() if k != "$or"}
            return [found for choice in value for found in _alternatives({**rest, **choice})]
        if isinstance(value, dict):
            inner = _alternatives(value)
            if inner != [value]:
                return [found for choice in inner for found in _alternatives({**pattern, key: choice})]
    return [pattern]


def _path(event: Event, path: str) -> Any:
    value: Any = event
    for part in path.removeprefix("$").strip(".").split("."):
        if part:
            name, *indexes = re.split(r"[\[\]]+", part.rstrip("]"))
            value = value.get(name) if isinstance(value, dict) else None
            for index in indexes:
                value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
    return value


def _input(rule: Resource, target: dict[str, Any], event: Event) -> str:
    """What a target is given: the event, a part of it, a constant, or a text made from it."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_path(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    values = {name: _path(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    values |= {"aws.events.rule-arn": rule.arn, "aws.events.rule-name": rule.name, "aws.events.event": event,
               "aws.events.event.json": event}  # fmt: skip

    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise JourneyError(f"{rule.name}: the input template names <{match.group(1)}>, which it has no path for")
        found = values[match.group(1)]
        # A text gets its quotation marks, unless it is part of one.
        inside = transformer["InputTemplate"][: match.start()].count('"') % 2 == 1
        return found if isinstance(found, str) and inside else json.dumps(found)

    text = re.sub(r"<([A-Za-z0-9_.-]+)>", value, transformer["InputTemplate"])
    return json.loads(text) if re.fullmatch(r'"[^"]*"', text) else text
