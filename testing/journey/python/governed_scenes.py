"""The scenes of a delivery with every control: who decides, who may not, and what is kept of it."""

from __future__ import annotations

import uuid

from facts import Group
from governed import (
    OTHER,
    PUSHER,
    RELEASE,
    RELEASER,
    REVIEW,
    WHY,
    ana,
    approved,
    auditor,
    ben,
    built,
    eve,
    expect_stage,
    refused,
    through_identity_center,
    why_not,
)  # fmt: skip
from governed_attacks import denied, no_way_round, repeated
from governed_audit import audited
from journey import Journey, Scene, expect
from moto_client import raw_client
from people import federated, iam_user, of_identity_center


def own_approval(j: Journey, group: Group) -> None:
    """Whoever pushed a change cannot approve it; nor can anybody without a reason."""
    commit, package = built(j, group)
    kept = [push["detail"]["callerUserArn"] for push in auditor(j).pushes(commit)]
    expect(len(kept) == 1, f"who pushed {commit[:8]} was kept {len(kept)} times{why_not(j)}")
    expect(kept[0].endswith(f":user/{PUSHER}"), f"the push of {PUSHER} is kept as one by {kept[0]}")
    refused(j, group, ana(j, group), package, WHY, "somebody else must")
    refused(j, group, ben(j, group), package, None, "no reason")
    refused(j, group, through_identity_center(j, group, "zoe"), package, WHY, "zoe is not in governance.identities")
    repeated(j, group)
    record = auditor(j).records(group.name)[0]
    signer = (record["signer"]["name"], record["method"], record["meaning"])
    expect(signer == ("Ana Almeida", "person", "approval"), f"the record names {signer}")


def signed_in(j: Journey, group: Group) -> None:
    """Each takes the role on under his own name, however he signs in, and nobody under another's."""
    ana(j, group), ben(j, group), eve(j, group)
    if j.world.settings.judge is None:
        return
    account, region = group.build.account, group.build.region
    user, center = iam_user(PUSHER, account), of_identity_center(OTHER, account, "ModelOwner", region)
    releasers = f"arn:aws:iam::{group.tooling.account}:role/people/releaser"
    attempts = (
        ("an IAM user without a second factor", iam_user(PUSHER, account, False), group.approver, PUSHER, PUSHER),
        ("an IAM user under another name", user, group.approver, OTHER, PUSHER),
        ("an IAM user as somebody else", user, group.approver, PUSHER, OTHER),
        ("an IAM user without saying who he is", user, group.approver, PUSHER, None),
        ("somebody whom nobody named", iam_user("mallory", account), group.approver, "mallory", "mallory"),
        ("a user of Identity Center under another name", center, group.approver, PUSHER, PUSHER),
        ("a user of Identity Center as somebody else", center, group.approver, OTHER, PUSHER),
        ("a federated session under another name", federated(RELEASER, releasers), group.releaser, OTHER, None),
        ("a federated session that says itself who it is", federated(RELEASER, releasers, ""), group.releaser,
         RELEASER, RELEASER),
    )  # fmt: skip
    for what, person, role, name, source in attempts:
        expect(j.world.people.may_not_take(person, role, name, source), f"{what} may take on {role}")


def decided(j: Journey, group: Group) -> None:
    """Another person approves; the version goes through the environments, and its stages move with it. A release
    without a reason is held back."""
    _, hasty = built(j, group)
    execution = approved(j, group, hasty)
    question = execution.question
    expect(question is not None, f"nobody is asked for the release: {execution.status} {execution.message}")
    expect_stage(j, hasty, "PreProduction", "it waits for its release")
    j.world.answer(execution, True, eve(j, group).principal, "")
    j.fail(execution, "was refused")
    expect_stage(j, hasty, "PreProduction", "its release was refused")
    _, package = built(j, group)
    expect_stage(j, package, "Development", "it was registered")
    execution = approved(j, group, package)
    while execution.question is not None:
        j.world.answer(execution, True, eve(j, group).principal, f"[responsibility] {RELEASE}")
    j.succeed(execution)
    j.expect_live(group, **j.everywhere(group, package))
    expect_stage(j, package, "Production", "it serves in production")
    released = auditor(j).records(group.name)[-1]
    found = [released[k] for k in ("subject", "outcome", "method", "meaning", "reason")]
    expect(
        found == ["deployment", "accepted", "pipeline", "responsibility", RELEASE],
        f"the release is recorded as {found}",
    )
    expect(released["bound"]["package"] == package, f"the release is recorded for {released['bound']}")
    no_way_round(j, group, package)


def unrecorded(j: Journey, group: Group) -> None:
    """A status that no record stands behind deploys nothing: not by the registry's event, not by hand."""
    _, package = built(j, group)
    before, count = len(auditor(j).records(group.name)), len(j.executions(group))
    status = {"ModelPackageArn": package, "ModelApprovalStatus": "Approved"}
    for who in (group.role, group.build_role, group.sealer, group.training):
        denied(j, group, who, "UpdateModelPackage", {**status, "ApprovalDescription": WHY}, "approve")
    j.world.settle()
    expect(len(auditor(j).records(group.name)) == before, f"a call that was denied is recorded{why_not(j)}")
    # Somebody changes the registry past all of it.
    raw_client("sagemaker", group.build).update_model_package(**status)
    j.world.announce(package)
    j.world.settle()
    expect(len(j.executions(group)) == count, "the registry's own event started a deployment")
    pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
    execution = j.world.start(pipeline, {"ModelPackageArn": package}, eve(j, group).principal)
    j.fail(execution, "approved without an accepted record")
    raw_client("sagemaker", group.build).update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="PendingManualApproval"
    )


def infrastructure_decided(j: Journey, group: Group) -> None:
    """What changes in the infrastructure is approved by somebody else, with a reason, and recorded in its own chain."""
    infrastructure = j.facts.infrastructure
    if infrastructure is None:
        return
    j.settle_infrastructure()
    repository = group.tooling.arn("codecommit", infrastructure.repository)
    before = len(auditor(j).records("infrastructure"))
    j.world.push(repository, infrastructure.branch, {"infra/app.ts": f"// {uuid.uuid4()}\n"}, PUSHER)
    execution = j.world.pipelines.of(infrastructure.pipeline)[-1]
    asked = 0
    while execution.question is not None:
        person = of_identity_center(OTHER, group.tooling.account, "Platform", group.tooling.region)
        who = j.world.people.take(person, infrastructure.approver, source=OTHER)
        j.world.answer(execution, True, who.principal, f"[review] {REVIEW}")
        asked += 1
    j.succeed(execution)
    made = auditor(j).records("infrastructure")[before:]
    found = [(r["outcome"], r["signer"]["name"], r["meaning"], r["reason"]) for r in made]
    expect(asked > 0, f"{infrastructure.pipeline} asked nobody")
    expect(found == [("accepted", "Ben Bauer", "review", REVIEW)] * asked, f"{asked} approvals are recorded as {found}")
    commit = execution.fetched["Source"]
    expect(all(r["bound"]["code"] == commit for r in made), f"the records do not name the commit {commit}: {made}")


GOVERNED: dict[str, Scene] = {
    scene.__name__: scene for scene in (signed_in, own_approval, decided, unrecorded, infrastructure_decided, audited)
}
