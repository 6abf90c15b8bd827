"""The scenes in which somebody wants other bytes to serve than those that were measured and approved."""

from __future__ import annotations

import uuid
from typing import Any

from botocore.exceptions import ClientError

from facts import Group
from journey import Journey, expect
from moto_client import described
from values import Denied, in_bucket, parse_arn
from world import short


def sealed(j: Journey, group: Group) -> None:
    """What is written over an artifact once it is registered does not serve, and what is sealed nobody replaces."""
    package = j.register(group)
    found = described(package)
    known = found.get("CustomerMetadataProperties") or {}
    expect("ArtifactSha256" in known, f"{short(package)} is not sealed: {j.world.started.failures}{j.why_not()}")
    expect(found["ModelApprovalStatus"] == "PendingManualApproval", "sealing changed the approval status")
    url = found["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    j.world.train(group.training, in_bucket(url), b"replaced")
    attacks(j, group, known["SealedArtifact"], package)
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **j.everywhere(group, package))
    served = j.world.sagemaker.loaded[package]
    expect(served == b"model", f"{short(package)} serves {served!r}, which nobody has measured")


def attacks(j: Journey, group: Group, address: str, package: str) -> None:
    """Writes to the sealed object, and a status set by the sealer: each must be denied."""
    if j.world.settings.judge is None:
        return
    bucket, key = in_bucket(address)
    write = {"Bucket": bucket, "Key": key, "Body": b"replaced"}
    for role in (group.training, group.processing, group.build_role, group.role):
        denied(j, group, role, "s3", "PutObject", {**write, "IfNoneMatch": "*"})
    denied(j, group, group.sealer, "s3", "PutObject", write)
    status = {"ModelPackageArn": package, "ModelApprovalStatus": "Approved"}
    denied(j, group, group.sealer, "sagemaker", "UpdateModelPackage", status)


def denied(j: Journey, group: Group, role: str, service: str, operation: str, params: dict[str, Any]) -> None:
    """A call that the judge must refuse."""
    try:
        j.world.gateway.call(role, group.build.region, service, operation, params)
    except Denied as refusal:
        j.world.story.tell("judge", str(refusal))
        return
    except ClientError:
        # The call was let through; that something is there already is another matter.
        pass
    expect(False, f"{parse_arn(role).name} may {service}:{operation} what is sealed")


def unsealed(j: Journey, group: Group) -> None:
    """An artifact that was replaced before it was sealed is told, and never deployed, approved or not."""
    live = j.settled(group)
    made = j.artifact(group)
    package = j.world.register(j.registry(group), group.role, made, uuid.uuid4().hex, settle=False)
    j.world.train(group.training, made[:2], b"replaced")
    j.world.settle()
    j.told(f"a version of {group.packages} was not sealed")
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    j.expect_live(group, **j.everywhere(group, live))
    j.fail(execution, "is not sealed")
    j.silently(group, package, "Rejected")
