"""The rules on tampering, as synthesized, with events in their published shape; moto matches the patterns."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from trail_events import event, user

TEMPLATES = Path(os.environ["CLOUD_ASSEMBLY"]).parent / "gxp"
TRAIL = "arn:aws:cloudtrail:eu-west-1:999999999999:trail/churn-audit"
BUCKET = "churn-trail-999999999999-eu-west-1"
ARTIFACTS = "churn-main-artifacts-222222222222-eu-west-1"


def patterns(account: str) -> dict[str, Any]:
    """The patterns of the rules in an account's trail stack, and of those that tell people, by name."""
    found: dict[str, Any] = {}
    for file in TEMPLATES.glob("*.template.json"):
        if f"{account}trail" in file.name or "churninfrastructure1" in file.name:
            for resource in json.loads(file.read_text())["Resources"].values():
                if resource["Type"] == "AWS::Events::Rule":
                    found[resource["Properties"]["Name"]] = resource["Properties"]["EventPattern"]
    return found


def matched(account: str, call: dict[str, Any]) -> set[str]:
    """The rules that an event of EventBridge matches: the call is what CloudTrail wrote."""
    wrapped = {
        "version": "0",
        "id": "1",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{call['eventSource'].split('.')[0]}",
        "account": account,
        "time": call["eventTime"],
        "region": call["awsRegion"],
        "resources": [],
        "detail": call,
    }
    rules = {name: EventPattern.load(json.dumps(pattern)) for name, pattern in patterns(account).items()}
    return {name for name, pattern in rules.items() if pattern.matches_event(wrapped)}


def made(
    service: str, operation: str, parameters: dict[str, Any], account: str, **more: Any
) -> dict[str, Any]:
    who = user("eve", account=account)
    call = event(
        service, operation, parameters, time="2026-11-03T00:00:00Z", who=who, account=account, **more
    )
    if service == "s3":
        call["requestParameters"]["bucketName"] = call["requestParameters"].pop("bucket")
    return call


LOCK = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
LIFECYCLE = {"LifecycleConfiguration": {"Rules": [{"ID": "tidy", "Status": "Enabled", "Prefix": ""}]}}
CASES = [
    ("trail", "cloudtrail", "StopLogging", {"Name": "churn-audit"}, "444444444444"),
    ("trail", "cloudtrail", "StopLogging", {"Name": TRAIL}, "999999999999"),
    ("trail", "cloudtrail", "DeleteTrail", {"Name": TRAIL}, "222222222222"),
    ("trail", "cloudtrail", "UpdateTrail", {"Name": "churn-audit", "S3BucketName": "mine"}, "111111111111"),
    ("trail", "cloudtrail", "PutEventSelectors", {"TrailName": TRAIL}, "999999999999"),
    ("keys", "kms", "ScheduleKeyDeletion", {"KeyId": "1234"}, "222222222222"),
    ("keys", "kms", "DisableKey", {"KeyId": "1234"}, "999999999999"),
    ("keys", "kms", "PutKeyPolicy", {"KeyId": "1234", "Policy": "{}"}, "999999999999"),
    ("buckets", "s3", "PutBucketPolicy", {"Bucket": BUCKET, "Policy": "{}"}, "999999999999"),
    ("buckets", "s3", "PutObjectLockConfiguration", {"Bucket": BUCKET, **LOCK}, "999999999999"),
    ("buckets", "s3", "PutBucketLifecycleConfiguration", {"Bucket": BUCKET, **LIFECYCLE}, "999999999999"),
    ("buckets", "s3", "DeleteBucketPolicy", {"Bucket": ARTIFACTS}, "222222222222"),
    ("evidence", "s3", "DeleteObject", {"Bucket": BUCKET, "Key": "AWSLogs/1"}, "999999999999"),
    ("evidence", "s3", "PutObjectRetention", {"Bucket": BUCKET, "Key": "AWSLogs/1"}, "999999999999"),
]


@pytest.mark.parametrize(("kind", "service", "operation", "parameters", "account"), CASES)
def test_tampering_is_forwarded_where_it_happens_and_told_where_people_are(
    kind: str, service: str, operation: str, parameters: dict[str, Any], account: str
) -> None:
    """A call that was denied, too."""
    told = {f"churn-tampering-{kind}", f"churn-tamperingreports-{kind}"}
    assert matched(account, made(service, operation, parameters, account)) == told
    denied = made(service, operation, parameters, account, errorCode="AccessDenied")
    assert matched(account, denied) == told


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "account"),
    [
        ("cloudtrail", "StopLogging", {"Name": "of-somebody-else"}, "444444444444"),
        ("cloudtrail", "GetTrailStatus", {"Name": TRAIL}, "999999999999"),
        ("kms", "DescribeKey", {"KeyId": "1234"}, "222222222222"),
        ("s3", "PutBucketPolicy", {"Bucket": "of-somebody-else", "Policy": "{}"}, "999999999999"),
        ("s3", "PutObject", {"Bucket": BUCKET, "Key": "AWSLogs/1"}, "999999999999"),
    ],
)
def test_what_is_no_tampering_is_not_forwarded(
    service: str, operation: str, parameters: dict[str, Any], account: str
) -> None:
    rules = matched(account, made(service, operation, parameters, account))
    assert {name for name in rules if name.startswith("churn-tampering-")} == set()


def test_an_alarm_on_changed_roles_reaches_people() -> None:
    alarm = {
        "version": "0",
        "id": "1",
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "account": "222222222222",
        "region": "eu-west-1",
        "time": "2026-11-03T00:00:00Z",
        "resources": [],
        "detail": {"alarmName": "churn-tampering-roles", "state": {"value": "ALARM", "reason": "1 >= 1"}},
    }
    for name in ("churn-tampering-roles", "churn-tampering-elsewhere", "churn-tamperingundelivered"):
        alarm["detail"]["alarmName"] = name  # type: ignore[index]
        rules = {n: EventPattern.load(json.dumps(p)) for n, p in patterns("222222222222").items()}
        found = {n for n, pattern in rules.items() if pattern.matches_event(alarm)}
        assert found == {"churn-tampering-alarms", "churn-tamperingreports-alarms"}, name
