"""Permissions: what a call needs, and what all services have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cloud import Cloud
from values import Place, parse_arn

Context = dict[str, str | list[str]]


@dataclass(frozen=True)
class Call:
    """One question to the judge."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A call of the API by somebody."""

    principal: str
    place: Place
    """Account of whoever calls, region of the endpoint that is called."""
    service: str
    operation: str
    params: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.params[name]


@dataclass(frozen=True)
class Needed:
    """What a call needs, and where the thing is that it works on."""

    calls: list[Call]
    place: Place


Rule = Callable[[Cloud, Request], Needed]


def key_call(cloud: Cloud, action: str, key: str, via: str | None, place: Place) -> Call:
    """Use of a key by a service in somebody's name, or by somebody without one."""
    aliases = cloud.key_aliases(key)
    context: Context = {
        **({"kms:ViaService": f"{via}.{place.region}.amazonaws.com"} if via else {}),
        "kms:CallerAccount": place.account,
        **({"kms:ResourceAliases": aliases} if aliases else {}),
    }
    return Call(f"kms:{action}", key, context)


def tag_context(tags: list[dict[str, str]] | None) -> Context:
    """`aws:RequestTag` and `aws:TagKeys` of a call that brings tags."""
    if not tags:
        return {}
    return {**{f"aws:RequestTag/{t['Key']}": t["Value"] for t in tags}, "aws:TagKeys": [t["Key"] for t in tags]}


def here(action: str, resource: Callable[[Request], str]) -> Rule:
    """A call on something in the caller's own account, in the region that is called."""
    service = action.split(":")[0]
    return lambda _, request: Needed([Call(action, request.place.arn(service, resource(request)))], request.place)


def by_arn(action: str, parameter: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request[parameter]
        return Needed([Call(action, arn)], parse_arn(arn).place)

    return rule


def pass_role(role: str, service: str) -> Call:
    return Call("iam:PassRole", role, {"iam:PassedToService": service})


STACK_ID = "0f1e2d3c-0000-4000-8000-000000000000"
"""What CloudFormation appends to a stack's name."""


def queue_calls(cloud: Cloud, arn: str, context: Context) -> list[Call]:
    """What writing into a queue needs; the judge adds its key."""
    return [Call("sqs:SendMessage", cloud.get("AWS::SQS::Queue", arn).arn, context)]


def topic_calls(cloud: Cloud, arn: str, context: Context) -> list[Call]:
    """What publishing to a topic needs; the judge adds its key."""
    return [Call("sns:Publish", cloud.get("AWS::SNS::Topic", arn).arn, context)]
