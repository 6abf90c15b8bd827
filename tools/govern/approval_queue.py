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


class Later(Exception):
    """What the work needs is not there yet; the message says what."""


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
            _delay(record, longest)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def delay(attempt: int, longest: int) -> int:
    """Seconds until the next attempt."""
    return min(longest, FIRST_DELAY << min(attempt - 1, 20))


def _delay(record: Mapping[str, Any], longest: int) -> None:
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        own("sqs").change_message_visibility(
            QueueUrl=os.environ["QUEUE_URL"],
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=delay(attempt, longest),
        )
    except Exception as error:
        # It comes again after the queue's own time.
        print(f"The delay could not be set: {error}")
