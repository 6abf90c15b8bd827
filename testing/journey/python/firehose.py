"""Firehose: records that wait in a stream's buffer until they are written to a bucket, with the stream's own role.

After the Firehose developer guide: "Understand buffering hints", "Understand custom prefixes for Amazon S3 objects".
"""

from __future__ import annotations

import gzip
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from clock import Clock
from cloud import Resource
from gateway import Gateway, client_error
from permissions import Request
from story import Story
from values import Denied, JourneyError, NotThere, Place

SERVICE = "firehose.amazonaws.com"
STREAM = "AWS::KinesisFirehose::DeliveryStream"
_PATTERNS = (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"))


@dataclass
class Firehose:
    """The streams of all accounts."""

    gateway: Gateway
    clock: Clock
    story: Story
    waiting: dict[str, list[bytes]] = field(default_factory=dict)
    written: list[tuple[Place, str, str]] = field(default_factory=list)
    """Place, bucket and key of each object."""
    undelivered: list[str] = field(default_factory=list)
    down: bool = False
    """Whether streams take nothing at the moment."""

    def install(self) -> None:
        """Answers the gateway's calls."""
        self.gateway.fakes[("firehose", "PutRecordBatch")] = self._put

    def _put(self, request: Request, place: Place) -> dict[str, Any]:
        if self.down:
            raise client_error("PutRecordBatch", "ServiceUnavailableException", "Slow down.", 503)
        stream = self.gateway.cloud.get(
            STREAM, place.arn("firehose", f"deliverystream/{request['DeliveryStreamName']}")
        )
        data = [bytes(record["Data"]) for record in request["Records"]]
        if len(data) > 500 or sum(map(len, data)) > 4 << 20 or any(len(d) > 1_024_000 for d in data):
            raise client_error("PutRecordBatch", "InvalidArgumentException", "the batch is too large")
        if stream.arn not in self.waiting:
            self.waiting[stream.arn] = []
            hints = destination(stream).get("BufferingHints", {})
            self.clock.after(int(hints.get("IntervalInSeconds", 300)), lambda: self._write(stream))
        self.waiting[stream.arn] += data
        return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": uuid.uuid4().hex} for _ in data]}

    def _write(self, stream: Resource) -> None:
        body = b"".join(self.waiting.pop(stream.arn))
        given = destination(stream)
        compression = given.get("CompressionFormat", "UNCOMPRESSED")
        if compression not in ("GZIP", "UNCOMPRESSED") or given.get("ProcessingConfiguration", {}).get("Enabled"):
            raise JourneyError(f"{stream.name} compresses or changes records in a way that is not known here")
        bucket = given["BucketARN"].rpartition(":")[2]
        # Whoever looks for what was written goes by his own clock, which only waits differ from.
        prefix = expand(given.get("Prefix", "!{timestamp:yyyy/MM/dd/HH}/"), datetime.now(UTC))
        key = f"{prefix}{stream.name}-{uuid.uuid4()}"
        ending = given.get("FileExtension") or (".gz" if compression == "GZIP" else "")
        data = gzip.compress(body) if compression == "GZIP" else body
        params = {"Bucket": bucket, "Key": key + ending, "Body": data}
        try:
            role = self.gateway.assume_as_service(SERVICE, given["RoleARN"], stream.arn).role
            self.gateway.call(role, stream.place.region, "s3", "PutObject", params)
        except (Denied, ClientError, NotThere) as error:
            self.undelivered.append(f"{stream.name}: {error}")
            self.story.tell(f"stream {stream.name}", f"could not deliver: {error}")
            return
        self.written.append((stream.place, bucket, params["Key"]))
        self.story.tell(f"stream {stream.name}", f"writes {params['Key']}")


def destination(stream: Resource) -> dict[str, Any]:
    """Where a stream writes."""
    return dict(stream.properties["ExtendedS3DestinationConfiguration"])


def expand(prefix: str, moment: datetime) -> str:
    """A prefix with its expressions filled in."""

    def value(match: re.Match[str]) -> str:
        kind, _, pattern = match.group(1).partition(":")
        if kind == "timestamp":
            for theirs, ours in _PATTERNS:
                pattern = pattern.replace(theirs, moment.strftime(ours))
            return pattern.replace("'", "")
        if kind == "firehose" and pattern == "random-string":
            return uuid.uuid4().hex[:11]
        raise JourneyError(f"the expression {match.group(0)} of a prefix is not known here")

    return re.sub(r"!\{([^}]+)\}", value, prefix)
