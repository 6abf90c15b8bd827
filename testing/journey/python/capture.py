"""Data capture: what an endpoint was asked and what it answered, in the files that SageMaker writes.

After the SageMaker developer guide: "Capture data from real-time endpoint" (form and names of the files).
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway import Gateway
from permissions import Request
from values import Place, in_bucket


@dataclass(frozen=True)
class Captured:
    """A request and its answer."""

    request: Request
    place: Place
    answer: str
    at: datetime


def capture(gateway: Gateway, role: str, config: dict[str, Any] | None, captured: Captured) -> None:
    """Writes a file with the endpoint's role, where the configuration says so."""
    if not config or not config.get("EnableCapture"):
        return
    request, at = captured.request, captured.at
    sent = {"INPUT": (request.params.get("ContentType", ""), bytes(request["Body"]).decode()),
            "OUTPUT": (request.params.get("Accept", "application/json"), captured.answer)}  # fmt: skip
    kinds = config.get("CaptureContentTypeHeader", {})
    found = {}
    for option in config["CaptureOptions"]:
        kind, data = sent[option["CaptureMode"].upper()]
        encoding = "CSV" if kind in kinds.get("CsvContentTypes", []) else "JSON"
        name = f"endpoint{option['CaptureMode'].title()}"
        found[name] = {"observedContentType": kind, "mode": option["CaptureMode"].upper(), "data": data,
                       "encoding": encoding}  # fmt: skip
    line = {
        "captureData": found,
        "eventMetadata": {"eventId": str(uuid.uuid4()), "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
        "eventVersion": "0",
    }
    bucket, prefix = in_bucket(config["DestinationS3Uri"])
    name = request["EndpointName"]
    key = f"{prefix.rstrip('/')}/{name}/AllTraffic/{at:%Y/%m/%d/%H/%M-%S}-{at.microsecond // 1000:03d}-{uuid.uuid4()}"
    params: dict[str, Any] = {"Bucket": bucket, "Key": f"{key}.jsonl", "Body": f"{json.dumps(line)}\n".encode()}
    if "KmsKeyId" in config:
        params |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": config["KmsKeyId"]}
    gateway.call(role, captured.place.region, "s3", "PutObject", params)
