"""Whether there is room for a trail, and whether one that is there logs what is asked of it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from preflight_accounts import TOOLING, look

BUCKET = "trails"
MANAGEMENT = [{"Field": "eventCategory", "Equals": ["Management"]}]
ALL = {"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True, "EnableLogFileValidation": True}


def trails(*names: str, **more: Any) -> Any:
    """Trails as moto keeps them."""
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
    client = boto3.client("cloudtrail", region_name=TOOLING["region"])
    for name in names:
        client.create_trail(Name=name, S3BucketName=BUCKET, **more)
    return client


def arn(name: str) -> str:
    return f"arn:aws:cloudtrail:{TOOLING['region']}:{TOOLING['account']}:trail/{name}"


@pytest.mark.parametrize(("others", "status"), [(4, "ok"), (5, "missing")])
def test_a_trail_needs_room_among_those_there_are(aws: Any, others: int, status: str) -> None:
    trails(*[f"other-{i}" for i in range(others)])
    assert look(aws, "trail", name="churn-audit")[0] == status


def test_the_trail_of_an_earlier_deployment_is_not_counted(aws: Any) -> None:
    trails("churn-audit", *[f"other-{i}" for i in range(4)])
    assert look(aws, "trail", name="churn-audit") == ("ok", "4 other trails")


def test_an_existing_trail_must_be_there_and_log(aws: Any) -> None:
    assert look(aws, "trail", arn=arn("organization")) == ("missing", "there is no such trail")
    client = trails("organization", **ALL)
    assert look(aws, "trail", arn=arn("organization")) == ("missing", "it is stopped")
    client.start_logging(Name="organization")
    status, what = look(aws, "trail", arn=arn("organization"))
    assert (status, what) == ("warning", "it lacks a KMS key, all management events")


@pytest.mark.parametrize(
    "lacks", ["IsMultiRegionTrail", "IncludeGlobalServiceEvents", "EnableLogFileValidation", ""]
)
def test_what_an_existing_trail_lacks_is_told(aws: Any, lacks: str) -> None:
    asked = {**ALL, "KmsKeyId": "alias/trail"}
    if lacks:
        asked[lacks] = False
        if lacks == "IncludeGlobalServiceEvents":
            asked["IsMultiRegionTrail"] = False
    client = trails("organization", **asked)
    client.start_logging(Name="organization")
    client.put_event_selectors(
        TrailName="organization", AdvancedEventSelectors=[{"Name": "all", "FieldSelectors": MANAGEMENT}]
    )
    words = {
        "IsMultiRegionTrail": "all regions",
        "IncludeGlobalServiceEvents": "IAM",
        "EnableLogFileValidation": "validation",
    }
    status, what = look(aws, "trail", arn=arn("organization"))
    assert status == ("warning" if lacks else "ok")
    assert words.get(lacks, "") in what


@pytest.mark.parametrize(
    ("selectors", "is_whole"),
    [
        ({"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]}, True),
        ({"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "WriteOnly"}]}, False),
        ({"EventSelectors": [{"IncludeManagementEvents": False, "ReadWriteType": "All"}]}, False),
        (
            {
                "AdvancedEventSelectors": [
                    {
                        "Name": "writes",
                        "FieldSelectors": [*MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}],
                    }
                ]
            },
            False,
        ),
    ],
)
def test_a_part_of_the_management_events_is_not_enough(
    aws: Any, selectors: dict[str, Any], is_whole: bool
) -> None:
    client = trails("organization", **ALL, KmsKeyId="alias/trail")
    client.start_logging(Name="organization")
    client.put_event_selectors(TrailName="organization", **selectors)
    _, what = look(aws, "trail", arn=arn("organization"))
    assert ("all management events" in what) is not is_whole
