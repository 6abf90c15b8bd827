"""Quotas of SageMaker, and what endpoints of others take of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from preflight_aws import Aws, Place, errors
from preflight_result import MISSING, OK, UNKNOWN, Result

SERVERLESS = "serverless"
"""In place of an instance type."""


@dataclass(frozen=True)
class Fleet:
    """
    Instances of one variant of an endpoint, or its concurrency where it is serverless; without a type where
    its configuration is gone.
    """

    endpoint: str
    type: str
    count: int


def quota(aws: Aws, place: Place, wants: dict[str, Any]) -> Result:
    """A quota by its name: applied to the account, or else the service's default.

    Quotas of endpoints must hold what others run, too. That is read from SageMaker's own lists, which the
    bootstrap's lookup role may read (its policy ReadOnlyAccess has sagemaker:List* and sagemaker:Describe*):
    the usage metric of Service Quotas would count the delivery's own endpoints, which are counted already.
    """
    limit = _limit(aws, place, str(wants["name"]), str(wants.get("service", "sagemaker")))
    if limit is None:
        if wants.get("total"):
            return Result(OK, "Service Quotas does not list it here")
        hint = "" if "service" in wants else "; the instance type may not exist in this region"
        return Result(UNKNOWN, f"Service Quotas does not list it{hint}")
    found = f"it is {limit:g}"
    if limit < wants["value"] or "endpoints" not in wants:
        return Result(OK if limit >= wants["value"] else MISSING, found)
    # Each package may have an endpoint of its own, so the delivery's may be given as patterns.
    own = [str(pattern) for pattern in wants["endpoints"]]
    others = [f for f in fleets(aws, place) if not any(fnmatchcase(f.endpoint, name) for name in own)]
    counted = [f for f in others if (f.type == wants["type"] if "type" in wants else f.type != SERVERLESS)]
    used = sum(fleet.count for fleet in counted)
    if used:
        found += f", and other endpoints run {used}: {', '.join(sorted({f.endpoint for f in counted}))}"
    if limit < wants["value"] + used:
        return Result(MISSING, found)
    # What has no known type has instances.
    is_hidden = wants.get("type", SERVERLESS) != SERVERLESS
    hidden = sorted({fleet.endpoint for fleet in others if not fleet.type}) if is_hidden else []
    if hidden:
        return Result(UNKNOWN, f"{found}; the instance type of {', '.join(hidden)} is no longer known")
    return Result(OK, found)


def _limit(aws: Aws, place: Place, name: str, service: str) -> float | None:
    for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
        value = aws.quotas(place, operation, service).get(name)
        if value is not None:
            return value
    return None


def fleets(aws: Aws, place: Place) -> list[Fleet]:
    """The instances of all endpoints of a place, those of updates that are under way included."""
    return aws.once(("fleets", place), lambda: list(_fleets(aws.client("sagemaker", place))))


def _fleets(client: Any) -> Iterator[Fleet]:
    for page in client.get_paginator("list_endpoints").paginate():
        for endpoint in page["Endpoints"]:
            name = endpoint["EndpointName"]
            # Endpoints and configurations may be gone by now: SageMaker says so with a ValidationException.
            found = _described(client.describe_endpoint, EndpointName=name)
            for deployment in (found, found.get("PendingDeploymentSummary", {})):
                yield from _variants(client, name, deployment)


def _variants(client: Any, endpoint: str, deployment: dict[str, Any]) -> Iterator[Fleet]:
    keys = ("ProductionVariants", "ShadowProductionVariants")
    variants = [variant for key in keys for variant in deployment.get(key, [])]
    if not variants:
        return
    config = _described(client.describe_endpoint_config, EndpointConfigName=deployment["EndpointConfigName"])
    types = {v["VariantName"]: v.get("InstanceType", "") for key in keys for v in config.get(key, [])}
    for variant in variants:
        count = max(variant.get("CurrentInstanceCount", 0), variant.get("DesiredInstanceCount", 0))
        configs = (variant.get(f"{which}ServerlessConfig", {}) for which in ("Current", "Desired"))
        concurrency = max(config.get("MaxConcurrency", 0) for config in configs)
        if concurrency:
            yield Fleet(endpoint, SERVERLESS, concurrency)
        elif count:
            yield Fleet(endpoint, types.get(variant["VariantName"], ""), count)


def _described(describe: Any, **name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = describe(**name)
        return found
    except errors.ClientError as error:
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return {}
        raise
