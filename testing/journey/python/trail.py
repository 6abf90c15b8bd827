"""CloudTrail: a record of each call in the published form, on the bus of its account where a trail logs there.

After the CloudTrail user guide ("CloudTrail record contents", "Logging management events") and the EventBridge user
guide ("Events delivered via CloudTrail"): calls that only read reach no rule unless it asks for them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from cloud import Cloud, Resource
from events import EventBridge
from gateway import Called
from moto_client import raw_client
from values import Denied, Place

Record = dict[str, Any]

SOURCES = {
    "sagemaker": "sagemaker", "codepipeline": "codepipeline", "codebuild": "codebuild", "sts": "sts",
    "cloudformation": "cloudformation", "stepfunctions": "states", "kms": "kms", "secretsmanager": "secretsmanager",
    "cloudtrail": "cloudtrail", "iam": "iam", "s3": "s3", "codecommit": "codecommit",
}  # fmt: skip
"""Services whose calls are management events, as their event sources name them."""
DECISIONS = ("UpdateModelPackage", "PutApprovalResult")
S3_CONTROL = ("PutBucket", "DeleteBucket", "PutObjectLockConfiguration", "PutPublicAccessBlock")
"""Calls of S3 that are no data events."""
READS = ("Get", "List", "Describe", "Batch", "AssumeRole", "Decrypt", "Head", "Search")


@dataclass
class CloudTrail:
    """The trails of all accounts."""

    cloud: Cloud
    events: EventBridge
    existing: bool = False
    """Whether the accounts have a trail that is no part of the delivery."""
    records: list[Record] = field(default_factory=list)
    begun: str = field(default_factory=lambda: told(datetime.now(UTC)))
    decided: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the last decision was taken; people take them in different seconds."""

    def watch(self, called: Called) -> None:
        """A call was made, or refused."""
        request = called.request
        if request.service not in SOURCES or not _is_management(request.service, request.operation):
            return
        record = self._record(called)
        places = [Place(request.place.account, called.place.region or request.place.region)]
        if request.service == "sts" and called.place.account not in ("", places[0].account):
            # Both accounts get a record, which share an id.
            record["sharedEventID"] = str(uuid.uuid4())
            places.append(Place(called.place.account, places[0].region))
        for place in places:
            self._deliver({**record, "eventID": str(uuid.uuid4()), "recipientAccountId": place.account}, place)

    def write(self, file: Path) -> None:
        """The records as a trail delivers them to its bucket."""
        file.write_text(json.dumps({"Records": self.records}))

    def logs(self, place: Place, read_only: bool, source: str) -> bool:
        """Whether a trail logs management events of a place."""
        return self.existing or any(
            _covers(trail, place) and _selects(trail, read_only, source)
            for trail in self.cloud.all("AWS::CloudTrail::Trail")
        )

    def _deliver(self, record: Record, place: Place) -> None:
        if not self.logs(place, record["readOnly"], record["eventSource"]):
            return
        self.records.append(record)
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "AWS API Call via CloudTrail",
            "source": f"aws.{record['eventSource'].split('.')[0]}",
            "account": place.account,
            "time": record["eventTime"],
            "region": place.region,
            "resources": [],
            "detail": record,
        }
        self.events.put(event, only_all=record["readOnly"])

    def _time(self, operation: str) -> datetime:
        now = datetime.now(UTC)
        if operation in DECISIONS:
            now = self.decided = max(now, self.decided + timedelta(seconds=1))
        return now

    def _record(self, called: Called) -> Record:
        request = called.request
        model = raw_client(request.service, request.place).meta.service_model.operation_model(request.operation)
        writes = not request.operation.startswith(READS)
        answer = called.answer if writes or request.service == "sts" else None
        record = {
            "eventVersion": "1.11",
            "userIdentity": called.identity.recorded("ASIAEXAMPLE", self.begun),
            "eventTime": told(self._time(request.operation)),
            "eventSource": f"{SOURCES[request.service]}.amazonaws.com",
            "eventName": request.operation,
            "awsRegion": request.place.region,
            "sourceIPAddress": "192.0.2.1",
            "userAgent": "Boto3",
            "requestParameters": _lowered(_plain(request.params), model.input_shape),
            "responseElements": _lowered(_plain(answer), model.output_shape) if answer else None,
            "requestID": str(uuid.uuid4()),
            "readOnly": not writes,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "eventCategory": "Management",
        }
        return {**record, **_error(called.error)} if called.error else record


def told(time: datetime) -> str:
    """A time as records have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _error(error: Exception) -> Record:
    if isinstance(error, Denied):
        return {"errorCode": "AccessDenied", "errorMessage": str(error)}
    assert isinstance(error, ClientError)
    found = error.response["Error"]
    return {"errorCode": found["Code"], "errorMessage": found["Message"]}


def _is_management(service: str, operation: str) -> bool:
    return service != "s3" or operation.startswith(S3_CONTROL)


def _plain(value: Any) -> Any:
    """What a record can hold: no credentials, no bodies."""
    if isinstance(value, dict):
        hidden = ("SecretAccessKey", "Body", "ResponseMetadata")
        return {k: _plain(v) for k, v in value.items() if k not in hidden}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _lowered(value: Any, shape: Any) -> Any:
    """The names of members begin with a small letter; keys of maps stay as they are."""
    if shape is None or value is None:
        return None
    if shape.type_name == "structure" and isinstance(value, dict):
        return {k[0].lower() + k[1:]: _lowered(v, shape.members.get(k)) for k, v in value.items() if k in shape.members}
    if shape.type_name == "list" and isinstance(value, list):
        return [_lowered(v, shape.member) for v in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {k: _lowered(v, shape.value) for k, v in value.items()}
    return value


def _covers(trail: Resource, place: Place) -> bool:
    given = trail.properties
    here = given.get("IsOrganizationTrail") or trail.place.account == place.account
    return bool(given.get("IsLogging") and here and (given.get("IsMultiRegionTrail") or trail.place == place))


def _selects(trail: Resource, read_only: bool, source: str) -> bool:
    given = trail.properties
    if "AdvancedEventSelectors" in given:
        known = {"eventCategory": "Management", "readOnly": str(read_only).lower(), "eventSource": source}
        return any(_matches(selector["FieldSelectors"], known) for selector in given["AdvancedEventSelectors"])
    selectors = given.get("EventSelectors", [{}])
    kinds = ("All", "ReadOnly" if read_only else "WriteOnly")
    return any(
        s.get("IncludeManagementEvents", True) and s.get("ReadWriteType", "All") in kinds
        and source not in s.get("ExcludeManagementEventSources", [])
        for s in selectors
    )  # fmt: skip


def _matches(fields: list[Record], known: dict[str, str]) -> bool:
    tests: dict[str, Callable[[str, list[str]], bool]] = {
        "Equals": lambda value, given: value in given,
        "NotEquals": lambda value, given: value not in given,
        "StartsWith": lambda value, given: value.startswith(tuple(given)),
        "NotStartsWith": lambda value, given: not value.startswith(tuple(given)),
    }
    # What a selector asks of another field than these a management event does not have.
    return all(f["Field"] in known for f in fields) and all(
        tests[operator](known[f["Field"]], given)
        for f in fields for operator, given in f.items() if operator != "Field"
    )  # fmt: skip
