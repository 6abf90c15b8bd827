"""The scenes in which another account and region takes a version over."""

from __future__ import annotations

import uuid
from typing import Any

from executions import Execution
from facts import Group, Promotion
from journey import Journey, expect
from moto_client import described, raw_client
from permissions import Call
from values import Denied, JourneyError, in_bucket
from world import short

COMMIT = "c0ffee"


def promoted(j: Journey, group: Group) -> None:
    """A sealed version that is approved becomes the newest approved one of the other account, with its own bytes; when
    it is rejected its copy is rejected too."""
    target = target_of(j)
    first = sealed_version(j, group)
    expect(not executions(j), f"{short(first)} is promoted though nobody has approved it")
    # Not what was measured: nobody may promote it.
    url = described(first)["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    overwrite(group, url)
    copy = promote(j, group, first)
    known = copy["CustomerMetadataProperties"]
    expect(known.get("sourceModelPackageArn") == first, f"the copy names {known.get('sourceModelPackageArn')}")
    seal = described(first)["CustomerMetadataProperties"]["ArtifactSha256"]
    expect(known.get("ArtifactSha256") == seal, "the copy records another SHA-256 than its original")
    container = copy["InferenceSpecification"]["Containers"][0]
    found = content(target, container["ModelDataUrl"])
    expect(found == b"model", f"the copy has the bytes {found!r}, which nobody has measured")
    expect(f".{target.place.region}." in container["Image"], f"the copy runs in {container['Image']}")
    replacing_is_denied(j, target, container["ModelDataUrl"])
    again = len(copies(target))
    j.world.announce(first)
    j.world.settle()
    j.succeed(executions(j)[-1])
    expect(len(copies(target)) == again, "an event that came twice made a second copy")
    second = promote(j, group, sealed_version(j, group))
    decide(j, group, second["CustomerMetadataProperties"]["sourceModelPackageArn"], "Rejected")
    statuses = [c["ModelApprovalStatus"] for c in copies(target)]
    expect(statuses.count("Approved") == 1 and "Rejected" in statuses, f"the copies are {', '.join(statuses)}")
    newest = next(c for c in reversed(copies(target)) if c["ModelApprovalStatus"] == "Approved")
    expect(newest["CustomerMetadataProperties"]["sourceModelPackageArn"] == first, "another version is the newest one")


def promoted_unsealed(j: Journey, group: Group) -> None:
    """A version that could not be sealed is not promoted."""
    package = unsealed_version(j, group)
    refused(j, group, package, "is not sealed")


def promoted_changed(j: Journey, group: Group) -> None:
    """A version whose sealed artifact somebody has changed since is not promoted."""
    package = sealed_version(j, group)
    overwrite(group, described(package)["CustomerMetadataProperties"]["SealedArtifact"])
    refused(j, group, package, "is not what")


def promoted_replaced(j: Journey, group: Group) -> None:
    """A copy that somebody has replaced in the target is noticed at the next run."""
    target = target_of(j)
    package = sealed_version(j, group)
    copy = promote(j, group, package)
    bucket, key = in_bucket(copy["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])
    raw_client("s3", target.place).put_object(Bucket=bucket, Key=key, Body=b"other")
    count = len(copies(target))
    pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", target.pipeline)
    execution = j.world.pipelines.start(pipeline, {})
    j.world.settle()
    j.fail(execution, "is not what")
    expect(len(copies(target)) == count, "a copy was made though one is there that differs")


def target_of(j: Journey) -> Promotion:
    """Where it is promoted to."""
    if j.facts.promotion is None:
        raise JourneyError("the delivery is not promoted")
    return j.facts.promotion


def version(j: Journey, group: Group, at: tuple[str, str, str], settle: bool = True) -> str:
    """A version that waits for its approval."""
    return j.world.register(j.registry(group), group.role, at, COMMIT, settle=settle)


def sealed_version(j: Journey, group: Group) -> str:
    """A version that is registered and sealed."""
    package = version(j, group, j.artifact(group))
    known = described(package).get("CustomerMetadataProperties") or {}
    expect("ArtifactSha256" in known, f"{short(package)} is not sealed: {j.world.started.failures}{j.why_not()}")
    return package


def unsealed_version(j: Journey, group: Group) -> str:
    """A version whose artifact was written twice before it was sealed, so that it never is."""
    made = j.artifact(group)
    package = version(j, group, made, settle=False)
    j.world.train(group.training, made[:2], uuid.uuid4().bytes)
    j.world.settle()
    known = described(package).get("CustomerMetadataProperties") or {}
    expect("ArtifactSha256" not in known, f"{short(package)} was sealed though its artifact was written twice")
    return package


def promote(j: Journey, group: Group, package: str) -> dict[str, Any]:
    """A version is approved, and promoted at once; its copy."""
    before = len(copies(target_of(j)))
    j.succeed(decide(j, group, package, "Approved"))
    found = copies(target_of(j))
    expect(len(found) == before + 1, f"{len(found) - before} copies were made of {short(package)}{j.why_not()}")
    expect(found[-1]["ModelApprovalStatus"] == "Approved", f"the copy is {found[-1]['ModelApprovalStatus']}")
    return found[-1]


def refused(j: Journey, group: Group, package: str, word: str) -> None:
    """A version is approved, and not promoted."""
    before = len(copies(target_of(j)))
    j.fail(decide(j, group, package, "Approved"), word)
    expect(len(copies(target_of(j))) == before, f"{short(package)} was promoted")


def decide(j: Journey, group: Group, package: str, status: str) -> Execution:
    """A status is set; the newest execution of the promotion that this starts."""
    count = len(executions(j))
    j.world.set_approval(package, status, group.approver)
    started = len(executions(j)) - count
    expect(started > 0, f"{status} of {short(package)} started no promotion{j.why_not()}")
    return executions(j)[-1]


def executions(j: Journey) -> list[Execution]:
    """Of the promotion."""
    return j.world.pipelines.of(target_of(j).pipeline)


def copies(target: Promotion) -> list[dict[str, Any]]:
    """The versions of the target group, the oldest first."""
    client = raw_client("sagemaker", target.place)
    found = client.list_model_packages(ModelPackageGroupName=target.group)["ModelPackageSummaryList"]
    arns = sorted((s["ModelPackageVersion"], s["ModelPackageArn"]) for s in found)
    return [described(arn) for _, arn in arns]


def content(target: Promotion, url: str) -> bytes:
    """What is at an address of the target."""
    bucket, key = in_bucket(url)
    body: bytes = raw_client("s3", target.place).get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def overwrite(group: Group, url: str) -> None:
    """An administrator of the source, who may do everything, writes over an object."""
    bucket, key = in_bucket(url)
    raw_client("s3", group.build).put_object(Bucket=bucket, Key=key, Body=b"changed by somebody")


def replacing_is_denied(j: Journey, target: Promotion, url: str) -> None:
    """Not even the promoter may write over a copy, nor decide about versions of the source."""
    bucket, key = in_bucket(url)
    write = Call("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", {"s3:ObjectCreationOperation": "true"})
    try:
        j.world.gateway.judge.ask(target.role, [write])
    except Denied as refusal:
        j.world.story.tell("judge", str(refusal))
        return
    expect(j.world.settings.judge is None, f"{target.role} may s3:PutObject over what was promoted")
