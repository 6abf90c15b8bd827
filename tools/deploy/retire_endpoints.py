"""
Endpoints and versions of the handler that nobody is led to any more, where each package has an endpoint of
its own.

CloudFormation keeps an endpoint that was replaced, because it is live until requests have moved. Whatever the
API's alias leads to, by a weight too, is never removed.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aliases import handler_at, handlers, read_alias, version_alarms
from aws import Aws
from fronted import functions_of
from owned import ENVIRONMENT_TAG
from serving import MISSING, Serving, describe_endpoint
from stack import deployed, wait_until_settled
from targets import Environment, Refused

_exceptions: Any = importlib.import_module("botocore.exceptions")

SUFFIX = re.compile(r"-r[a-z0-9]{8}")
"""What follows the environment's own name (`src/plan/endpoint/served-names.ts`)."""

SETTLE_SECONDS = 1500
"""How long to wait until the stack has gone back; below the hour that the build has."""

DRAIN_SECONDS = 90.0
"""
How long requests that were sent before the alias moved may still wait for an answer: SageMaker's 60 seconds,
and what Lambda takes to notice.
"""

KEPT_VERSIONS = 2
"""Versions of the handler that stay: the live one, and the one before."""


@dataclass(frozen=True)
class Released:
    """An endpoint of one release."""

    name: str
    arn: str
    made: datetime
    config: str
    pending: str | None


def own_endpoints(aws: Aws, environment: Environment) -> list[Released]:
    """The environment's own, by name and tag, the oldest first."""
    client, found = _changes(aws, environment), []
    for page in client.get_paginator("list_endpoints").paginate(NameContains=f"{environment.endpoint}-r"):
        for item in page["Endpoints"]:
            name, arn = item["EndpointName"], item["EndpointArn"]
            if not SUFFIX.fullmatch(name.removeprefix(environment.endpoint)):
                continue
            tags = {t["Key"]: t["Value"] for t in client.list_tags(ResourceArn=arn)["Tags"]}
            more = describe_endpoint(aws.client("sagemaker", environment), name)
            if tags.get(ENVIRONMENT_TAG) != environment.endpoint or more is None:
                continue
            pending = more.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
            config = more.get("EndpointConfigName", "")
            found.append(Released(name, arn, item["CreationTime"], config, pending))
    return sorted(found, key=lambda endpoint: endpoint.made)


def led_to(aws: Aws, environment: Environment) -> set[str]:
    """Names of the endpoints that the API's alias leads to."""
    api = environment.api
    if api is None:
        return {environment.endpoint}
    client = functions_of(aws, environment, api)
    alias = read_alias(client, api)
    found = [handler_at(client, api, version) for version in alias.versions] if alias else []
    return {handler.endpoint for handler in found if handler}


def remove_endpoint(aws: Aws, environment: Environment, name: str, drain: float = DRAIN_SECONDS) -> str:
    """
    Removes an endpoint that nobody is led to, when those who were have their answers; in words. Its
    configuration and model stay.
    """
    client = _changes(aws, environment)
    if drain and name not in led_to(aws, environment):
        time.sleep(drain)
    # At the last moment: requests may have moved since somebody decided.
    if name in led_to(aws, environment):
        raise Refused(f"The endpoint {name} is live, and stays.")
    there = describe_endpoint(aws.client("sagemaker", environment), name)
    if there is None:
        return f"The endpoint {name} is gone."
    try:
        _stop_scaling(aws, environment, there)
        client.delete_endpoint(EndpointName=name)
    except client.exceptions.ClientError as error:
        if MISSING not in str(error).lower():
            raise Refused(
                f"The endpoint {name} was not removed: {error}. The next proven deployment removes it."
            ) from error
    return f"The endpoint {name} was removed."


def retire_endpoints(aws: Aws, environment: Environment, proven: Serving, problems: list[str]) -> None:
    """Removes endpoints that are older than the proven one, which is live."""
    found = own_endpoints(aws, environment)
    current = next((endpoint for endpoint in found if endpoint.name == proven.name), None)
    if current is None or current.name not in led_to(aws, environment):
        # Requests have moved since the proof: what they left is the next proof's to remove.
        return
    # Another execution may have made a newer one, which its requests are about to move to.
    older = [endpoint for endpoint in found if endpoint.made < current.made]
    if older:
        time.sleep(DRAIN_SECONDS)
    for endpoint in older:
        try:
            print(f"{environment.name}: {remove_endpoint(aws, environment, endpoint.name, drain=0)}")
        except (_exceptions.ClientError, Refused) as error:
            problems.append(str(error))


def retire_orphans(aws: Aws, environment: Environment) -> None:
    """
    After a change set failed: removes what CloudFormation could not, endpoints newer than the live one that
    the stack does not have. What was live before stays for its bake.
    """
    client = aws.client("cloudformation", environment)
    try:
        wait_until_settled(client, environment.stack, seconds=SETTLE_SECONDS)
        stack = deployed(client, environment.stack)
        found, live = own_endpoints(aws, environment), led_to(aws, environment)
        since = max((endpoint.made for endpoint in found if endpoint.name in live), default=None)
        for endpoint in found:
            is_stacks = stack is not None and endpoint.name == stack.endpoint
            if not is_stacks and (since is None or endpoint.made > since) and endpoint.name not in live:
                # It never got a request.
                print(f"{environment.name}: {remove_endpoint(aws, environment, endpoint.name, drain=0)}")
    except (_exceptions.ClientError, Refused) as error:
        print(f"{environment.name}: what is left over stays for now: {error}", file=sys.stderr)


def retire_versions(aws: Aws, environment: Environment, problems: list[str]) -> None:
    """Removes versions of the handler that are older than the one before the live one."""
    api = environment.api
    alias = read_alias(functions_of(aws, environment, api), api) if api else None
    if api is None or alias is None:
        return
    functions = functions_of(aws, environment, api)
    found = handlers(functions, api)
    live = next((handler for handler in found if handler.version == alias.version), None)
    if live is None:
        return
    older = [handler for handler in found if int(handler.version) <= int(live.version)]
    # What an endpoint that is updated in place can return to has a version of the handler too.
    another = next((handler for handler in older if handler.package != live.package), None)
    stay = {*(handler.version for handler in older[:KEPT_VERSIONS]), *alias.versions}
    stay |= {another.version} if another else set()
    client = aws.client_of(environment.retire_role, "lambda", environment.region)
    for handler in older:
        if handler.version in stay:
            continue
        try:
            client.delete_function(FunctionName=api.function, Qualifier=handler.version)
        except client.exceptions.ClientError as error:
            # Lambda itself keeps what an alias refers to (Lambda API reference, DeleteFunction).
            problems.append(f"Version {handler.version} of {api.function} was not removed: {error}")
            continue
        print(f"{environment.name}: removed version {handler.version} of {api.function}")
        _remove_alarms(aws, environment, handler.version, problems)


def _remove_alarms(aws: Aws, environment: Environment, version: str, problems: list[str]) -> None:
    """CloudFormation keeps them, because a version that was replaced may be the one that stays live."""
    names = version_alarms(environment.endpoint, version)
    client = aws.client_of(environment.retire_role, "cloudwatch", environment.region)
    try:
        client.delete_alarms(AlarmNames=names)
    except client.exceptions.ClientError as error:
        # Of several names those that exist are deleted (CloudWatch API reference, DeleteAlarms).
        if error.response["Error"]["Code"] != "ResourceNotFound":
            problems.append(f"Nobody needs the alarms {' and '.join(names)}; they were not removed: {error}")


def _stop_scaling(aws: Aws, environment: Environment, endpoint: dict[str, Any]) -> None:
    """Scaling outlives its endpoint, and a new one of the name would have it."""
    variants = [v["VariantName"] for v in endpoint.get("ProductionVariants", [])]
    ids = [f"endpoint/{endpoint['EndpointName']}/variant/{variant}" for variant in variants]
    if not ids:
        return
    client = aws.client_of(environment.retire_role, "application-autoscaling", environment.region)
    found = client.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=ids)
    for target in found["ScalableTargets"]:
        client.deregister_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=target["ResourceId"],
            ScalableDimension=target["ScalableDimension"],
        )


def _changes(aws: Aws, environment: Environment) -> Any:
    return aws.client_of(environment.retire_role, "sagemaker", environment.region)
