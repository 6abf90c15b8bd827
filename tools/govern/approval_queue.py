"""Work that waits in a queue: what fails is tried again after a delay that grows, and nothing is lost."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from approval_aws import own
from targets import Refused

FIRST_DELAY = 30

LONGEST = 11 * 3600
"""Below the twelve hours that a message may be away (SQS API reference, ChangeMessageVisibility)."""


class Later(Exception):
    """What the work needs is not there yet; the message says what."""

    def __init__(self, text: str, seconds: int | None = None) -> None:
        super().__init__(text)
        self.seconds = seconds
        """When at the earliest to come again, where somebody says so."""


def work(
    event: Mapping[str, Any], handle: Callable[[Mapping[str, Any]], None], longest: int
) -> dict[str, list[dict[str, str]]]:
    """
    Handles each message, and names those that must come again (Lambda guide, "Implementing partial batch
    responses"). `longest` is the longest delay in seconds; after the queue's number of attempts a message
    goes to the dead letters.
    """
    failed = []
    for record in event["Records"]:
        try:
            handle(json.loads(record["body"]))
        except Refused as refusal:
            # It will not get better by itself, and whoever refused it has told.
            print(f"Refused: {refusal}")
        except Exception as error:
            known = isinstance(error, Later)
            print(f"Later: {error}" if known else traceback.format_exc())
            if isinstance(error, Later) and error.seconds is not None:
                _put_off(record, min(error.seconds, LONGEST))
            else:
                _delay(record, longest)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def delay(attempt: int, longest: int) -> int:
    """Seconds until the next attempt."""
    return min(longest, FIRST_DELAY << min(attempt - 1, 20))


def _delay(record: Mapping[str, Any], longest: int) -> None:
    _put_off(record, delay(int(record["attributes"]["ApproximateReceiveCount"]), longest))


def _put_off(record: Mapping[str, Any], seconds: int) -> None:
    try:
        own("sqs").change_message_visibility(
            QueueUrl=os.environ["QUEUE_URL"],
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=seconds,
        )
    except Exception as error:
        # It comes again after the queue's own time.
        print(f"The delay could not be set: {error}")
