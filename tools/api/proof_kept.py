"""Whether a prediction has arrived where predictions are kept."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from proof import NotTested

PREFIX = "predictions/"
INTERVAL_SECONDS = 10.0
PATIENCE_SECONDS = 300.0
"""Firehose writes after its buffer's time, of a minute; the rest is for its retries."""

LIMIT = 16 * 1024 * 1024
"""Bytes of an object that are looked through."""

GZIP = b"\x1f\x8b"


def wait_until_kept(
    s3: Any,
    bucket: str,
    account: str,
    inference_id: str,
    seconds: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """Waits for the record of a request that was just answered; that it is there, in words."""
    since, waited, seen = clock(), 0.0, set[str]()
    while True:
        # The hour of an object is that of its first record (Firehose guide, "Amazon S3 object name format").
        for hour in dict.fromkeys(
            at.strftime("%Y/%m/%d/%H/") for at in (since - timedelta(minutes=5), clock())
        ):
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{PREFIX}{hour}", ExpectedBucketOwner=account
            )
            for item in (item for page in pages for item in page.get("Contents", [])):
                # Written before the request, it cannot have it.
                if item["Key"] in seen or item["LastModified"] < since - timedelta(seconds=30):
                    continue
                seen.add(item["Key"])
                if inference_id.encode() in _content(s3, bucket, account, item["Key"]):
                    return f", and its predictions are kept in {item['Key']}"
        if waited >= PATIENCE_SECONDS or seconds() <= INTERVAL_SECONDS:
            # The stream's matter, and not that of a version that has just answered as it should.
            raise NotTested(
                f"no prediction of it has arrived in s3://{bucket}/{PREFIX} after {waited:.0f} s; look at "
                "the delivery stream"
            )
        sleep(INTERVAL_SECONDS)
        waited += INTERVAL_SECONDS


def _content(s3: Any, bucket: str, account: str, key: str) -> bytes:
    found: bytes = s3.get_object(
        Bucket=bucket, Key=key, ExpectedBucketOwner=account, Range=f"bytes=0-{LIMIT - 1}"
    )["Body"].read()
    return gzip.decompress(found) if found.startswith(GZIP) else found
