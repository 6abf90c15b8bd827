"""The deploy tools' own events: rules on the delivery's bus turn them into messages and alarms."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from aws import Aws
from targets import Targets

EVENT_SOURCE = "sagemaker-cicd-projen"
STILL_LIVE = "Rejected Model Package Still Live"
BROKEN = "Endpoint Stack Broken"
ASTRAY = "Endpoint Not As Deployed"
LEFT_OVER = "Replaced Models Not Removed"
ROLLED_BACK = "Version Rolled Back"
FIRING = "Rollback Alarm After Deployment"
UNRECORDED = "Deployment Not Recorded"
AWAITED = "Deployment Awaits Approval"


def address_of_run() -> str:
    """
    Where the run is (GitHub docs, "Variables reference", default environment variables; GitLab docs,
    "Predefined CI/CD variables reference").
    """
    if "CI_PIPELINE_URL" in os.environ:
        return os.environ["CI_PIPELINE_URL"]
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}", "?") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return f"{server}/{repository}/actions/runs/{run}"


def number_of_run() -> str:
    """The number that its address ends with, from the same variables."""
    return os.environ.get("CI_PIPELINE_ID") or os.environ.get("GITHUB_RUN_ID", "?")


def put(client: Any, bus: str, kind: str, detail: Mapping[str, Any]) -> object | None:
    """Puts an event on the bus; why it was not accepted, if it was not."""
    entry = {
        "Source": EVENT_SOURCE,
        "DetailType": kind,
        "Detail": json.dumps(detail),
        "EventBusName": bus,
    }
    # What this execution does, or why it fails, must not be lost with an event that is not accepted.
    try:
        answer = client.put_events(Entries=[entry])
    except client.exceptions.ClientError as error:
        return str(error)
    return answer["Entries"] if answer.get("FailedEntryCount") else None


def tell(aws: Aws, targets: Targets, kind: str, details: Mapping[str, Mapping[str, Any]]) -> None:
    """Puts an event on the delivery's bus for each of these environments."""
    client = aws.own("events", targets.bus.split(":")[3])
    for environment, more in details.items():
        detail = {"project": targets.project, "group": targets.group, "environment": environment, **more}
        problem = put(client, targets.bus, kind, detail)
        if problem:
            print(f"EventBridge did not accept the event about {environment}: {problem}", file=sys.stderr)
