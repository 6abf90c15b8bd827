"""The deploy tools' own events: rules on the delivery's bus turn them into messages and alarms."""

from __future__ import annotations

import json
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


def tell(aws: Aws, targets: Targets, kind: str, details: Mapping[str, Mapping[str, Any]]) -> None:
    """Puts an event on the delivery's bus for each of these environments."""
    client = aws.own("events", targets.bus.split(":")[3])
    for environment, more in details.items():
        detail = {"project": targets.project, "group": targets.group, "environment": environment, **more}
        entry = {
            "Source": EVENT_SOURCE,
            "DetailType": kind,
            "Detail": json.dumps(detail),
            "EventBusName": targets.bus,
        }
        # What this execution does, or why it fails, must not be lost with an event that is not accepted.
        try:
            answer = client.put_events(Entries=[entry])
            problem = answer["Entries"] if answer.get("FailedEntryCount") else None
        except client.exceptions.ClientError as error:
            problem = error
        if problem:
            print(f"EventBridge did not accept the event about {environment}: {problem}", file=sys.stderr)
