"""What the functions that decide tell: rules on the delivery's bus turn the events into messages."""

from __future__ import annotations

import json
from typing import Any

from approval_aws import own
from approval_settings import Settings

SOURCE = "sagemaker-cicd.governance"
RULES_CHECKED = "Model Package Rules Checked"
JIRA_REFUSED = "Jira Request Refused"


def tell(settings: Settings, kind: str, detail: dict[str, Any]) -> None:
    """Puts an event on the delivery's bus; raises when it is not taken, so that it is tried again."""
    answer = own("events", settings.bus.split(":")[3]).put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": kind,
                "Detail": json.dumps({"project": settings.project, **_plain(detail)}),
                "EventBusName": settings.bus,
            }
        ]
    )
    if answer.get("FailedEntryCount"):
        raise RuntimeError(f"EventBridge did not accept the event: {answer['Entries']}")


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """Texts without what would end the text of a message that they are put into."""
    return {k: v.replace('"', "'").replace("\\", "/") if isinstance(v, str) else v for k, v in detail.items()}
