"""Trails of CloudTrail: room for one more, or one that is there and logs what is asked of it."""

from __future__ import annotations

from typing import Any

from preflight_aws import Aws, Place, code_of, errors
from preflight_result import MISSING, OK, WARNING, Result

TRAILS = 5
"""In each region, those of all regions too; it cannot be raised (CloudTrail user guide, "Quotas")."""


def trail(aws: Aws, place: Place, wants: dict[str, Any]) -> Result:
    """A trail that is made, or one that there is already."""
    return (
        _existing(aws, place, str(wants["arn"])) if "arn" in wants else _room(aws, place, str(wants["name"]))
    )


def _room(aws: Aws, place: Place, name: str) -> Result:
    found = aws.client("cloudtrail", place).describe_trails(includeShadowTrails=True)["trailList"]
    others = sorted(one["Name"] for one in found if one["Name"] != name)
    if len(others) < TRAILS:
        return Result(OK, f"{len(others)} other trails")
    return Result(
        MISSING, f"there are {len(others)} trails already, and at most {TRAILS}: {', '.join(others)}"
    )


def _existing(aws: Aws, place: Place, arn: str) -> Result:
    client = aws.client("cloudtrail", place)
    try:
        found = client.get_trail(Name=arn)["Trail"]
        is_logging = client.get_trail_status(Name=arn)["IsLogging"]
    except errors.ClientError as error:
        if code_of(error) == "TrailNotFoundException":
            return Result(MISSING, "there is no such trail")
        raise
    if not is_logging:
        return Result(MISSING, "it is stopped")
    lacking = [
        what
        for what, has in (
            ("all regions", found.get("IsMultiRegionTrail")),
            ("global services, such as IAM", found.get("IncludeGlobalServiceEvents")),
            ("the validation of log files", found.get("LogFileValidationEnabled")),
            ("a KMS key", found.get("KmsKeyId")),
        )
        if not has
    ]
    if not _logs_management(client.get_event_selectors(TrailName=arn)):
        lacking.append("all management events")
    return Result(WARNING, f"it lacks {', '.join(lacking)}") if lacking else Result(OK)


def _logs_management(selectors: dict[str, Any]) -> bool:
    """Reads and writes; one of both kinds of selectors is there."""
    basic = selectors.get("EventSelectors") or []
    if any(s.get("IncludeManagementEvents") and s.get("ReadWriteType", "All") == "All" for s in basic):
        return True
    return any(
        [f["Field"] for f in selector["FieldSelectors"]] == ["eventCategory"]
        and selector["FieldSelectors"][0].get("Equals") == ["Management"]
        for selector in selectors.get("AdvancedEventSelectors") or []
    )
