"""What nobody may do in a delivery with every control, and what decides nothing a second time."""

from __future__ import annotations

from typing import Any

from facts import Group
from governed import WHY, ana, auditor, ben, governance
from journey import Journey, expect
from values import Denied, parse_arn
from world import short


def repeated(j: Journey, group: Group) -> None:
    """An event that comes once more decides nothing."""
    before = len(auditor(j).records(group.name))
    [rule] = [r for r in j.world.cloud.all("AWS::Events::Rule") if r.name.endswith("-decisions")]
    seen = [event for arn, event in j.world.events.matched if arn == rule.arn]
    j.world.events.put(seen[0], rule.place.arn("events", f"event-bus/{rule.properties['EventBusName']}"))
    j.world.settle()
    made = len(auditor(j).records(group.name)) - before
    expect(made == 0, f"an event that came twice made {made} further records")


def no_way_round(j: Journey, group: Group, package: str) -> None:
    """Stages that nobody may set by hand, and a version in production that nobody may delete."""
    if j.world.settings.judge is None or not governance(j).stages:
        return
    people = (ana(j, group).principal, ben(j, group).principal)
    moved = {"ModelPackageArn": package, "ModelLifeCycle": {"Stage": "Development", "StageStatus": "InProgress"}}
    refuser = j.world.cloud.named("AWS::IAM::Role", f"{group.packages}-refuser").arn
    approved_again = {"ModelPackageArn": package, "ModelApprovalStatus": "Approved", "ApprovalDescription": WHY}
    denied(j, group, refuser, "UpdateModelPackage", approved_again, "approve")
    forged(j, group)
    for who in (*people, group.role, group.build_role, group.sealer, refuser):
        denied(j, group, who, "UpdateModelPackage", moved, f"take {short(package)} out of production")
        denied(j, group, who, "DeleteModelPackage", {"ModelPackageName": package}, "delete what is in production")


def forged(j: Journey, group: Group) -> None:
    """Records that nobody but the recorder may write, and that the recorder itself may not replace."""
    kept = governance(j)
    first = {"Bucket": kept.evidence, "Key": f"records/{group.name}/00000001.json", "Body": b"{}"}
    new = {**first, "Key": f"records/{group.name}/99999999.json", "IfNoneMatch": "*"}
    recorder = next(f for f in j.world.cloud.all("AWS::Lambda::Function") if f.name.endswith("-recorder"))
    gate = next(r for r in j.world.cloud.all("AWS::IAM::Role") if r.name.endswith("-commitgate"))
    attempts = [(recorder.properties["Role"], first), (gate.arn, new), (group.releaser, new), (group.approver, new)]
    for who, params in attempts:
        try:
            j.world.gateway.call(who, kept.place.region, "s3", "PutObject", params)
        except Denied:
            continue
        expect(False, f"{parse_arn(who).name} may write {params['Key']}")


def denied(j: Journey, group: Group, who: str, operation: str, params: dict[str, Any], what: str) -> None:
    """A call of the registry that the judge must refuse."""
    try:
        j.world.gateway.call(who, group.build.region, "sagemaker", operation, params)
    except Denied:
        return
    expect(False, f"{parse_arn(who).name} may {what}")
