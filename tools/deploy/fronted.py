"""What is live behind an API, and whether that is about to change."""

from __future__ import annotations

import sys
import time
from typing import Any

from aliases import Alias, Handler, handler_at, read_alias
from aws import Aws
from serving import Unsettled
from targets import Api, Environment

UNDER_WAY = ("Created", "Queued", "InProgress", "Baking", "Ready")
"""Statuses of a deployment of CodeDeploy that moves requests, or is about to (its service model)."""

INTERVAL_SECONDS = 10.0


def functions_of(aws: Aws, environment: Environment, api: Api) -> Any:
    """Lambda's client, with the rights of the role that moves the alias."""
    return aws.client_of(api.role, "lambda", environment.region)


def shifts_of(aws: Aws, environment: Environment, api: Api) -> Any:
    """CodeDeploy's client, with the same rights."""
    return aws.client_of(api.role, "codedeploy", environment.region)


def live_alias(aws: Aws, environment: Environment) -> Alias | None:
    """The alias; None without an API, or before its first version got requests."""
    api = environment.api
    return read_alias(functions_of(aws, environment, api), api) if api else None


def live_handler(aws: Aws, environment: Environment) -> Handler | None:
    """The version of the handler that answers; None as above."""
    api, alias = environment.api, live_alias(aws, environment)
    return handler_at(functions_of(aws, environment, api), api, alias.version) if api and alias else None


def live_endpoint(aws: Aws, environment: Environment) -> str | None:
    """Name of the endpoint that gets the requests; None where each package has its own and none is live."""
    if not environment.is_per_release:
        return environment.endpoint
    handler = live_handler(aws, environment)
    return handler.endpoint if handler else None


def shift_under_way(client: Any, api: Api) -> str | None:
    """ID of the deployment that moves the alias at this moment: there is one at most."""
    pages = client.get_paginator("list_deployments").paginate(
        applicationName=api.application,
        deploymentGroupName=api.deployment_group,
        includeOnlyStatuses=list(UNDER_WAY),
    )
    return next((str(found) for page in pages for found in page.get("deployments", [])), None)


def wait_in_api(aws: Aws, environment: Environment, *, seconds: float) -> None:
    """
    Waits while a shift is under way, from its first test to its end; refuses after `seconds`. Before the
    first weights, what will be live is not known either. Weights that a shift has left over change no more:
    the version that the alias names counts, and the next shift removes them.
    """
    api, waited = environment.api, 0.0
    while api is not None:
        alias = live_alias(aws, environment)
        if alias is None:
            return
        deployment = shift_under_way(shifts_of(aws, environment, api), api)
        if deployment is None and not alias.weights:
            return
        if deployment is None:
            left = ", ".join(f"{share:.0%} to version {v}" for v, share in alias.weights.items())
            print(
                f"{environment.name}: {api.function}:{api.alias} still hands {left}, though no shift is "
                f"under way; version {alias.version} counts as live",
                file=sys.stderr,
            )
            return
        if waited >= seconds:
            name = f"{api.function}:{api.alias}"
            raise Unsettled(name, f"being shifted by {deployment}", seconds, "alias")
        print(f"{api.function}:{api.alias} is being shifted by {deployment}; waiting")
        time.sleep(INTERVAL_SECONDS)
        waited += INTERVAL_SECONDS
