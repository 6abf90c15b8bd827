"""The scenes of the journey, in order. Each can also be played alone, in a delivery that is new."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from answers import changed_rows, other_answers
from endpoints import maintained, replaced, went_back
from facts import Group
from infrastructure_scenes import first_deployment, unseen
from journey import Journey, Scene, expect, repository_files
from moto_client import raw_client
from permissions import Call, Context
from promotion import promoted, promoted_changed, promoted_replaced, promoted_unsealed
from rollback_scenes import alarmed, recorded, returned, went_back_later
from sealing import sealed, unsealed
from setbacks import broken, by_hand, nothing_left, roll_back, torn_down, training_failed
from values import Place
from world import short

NOBODY = "999999999999"
"""An account that has nothing to do with the delivery."""


def created(j: Journey, group: Group) -> None:
    """Creating the pipelines starts them: without a package nothing is deployed, and nothing fails."""
    pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
    execution = j.world.pipelines.start(pipeline, {})
    j.world.settle()
    expect(execution.question is None, "somebody is asked to approve a deployment of nothing")
    j.succeed(execution)
    j.expect_live(group, **j.everywhere(group, None))
    own = {e.place.arn("sagemaker", f"endpoint/{e.endpoint}") for e in group.environments}
    expect(
        not own & {s.endpoint for s in j.world.sagemaker.invocations}, "an endpoint was invoked though there is none"
    )


def commit(j: Journey, group: Group) -> None:
    """A commit to the group's branch starts its build, with the rights to do what a build does."""
    repository = group.tooling.arn("codecommit", j.facts.repository)
    builds = lambda: j.world.pipelines.of(group.build_pipeline)
    others = lambda: [len(j.world.pipelines.of(g.build_pipeline)) for g in j.facts.groups if g.branch != group.branch]
    before = others()
    pushes = (
        ({**repository_files(), "model/train.py": "# first\n"}, 1, "a new branch"),
        ({"model/train.py": "# second\n"}, 1, "a commit to the model"),
        ({"docs/index.md": "# words\n"}, 0, "a commit to the documents"),
    )
    for changed, wanted, what in pushes:
        count = len(builds())
        pushed = j.world.push(repository, group.branch, changed)
        started = len(builds()) - count
        expect(
            started == wanted, f"{what} started {started} builds of {group.build_pipeline}, not {wanted}{j.why_not()}"
        )
        if wanted:
            j.succeed(builds()[-1])
            expect(f"built {pushed}" in builds()[-1].log, f"the build worked on another commit than {pushed}")
    expect(others() == before, f"a commit to {group.branch} built another group")
    j.settle_infrastructure()
    pipelines = raw_client("sagemaker", group.build).list_pipelines()["PipelineSummaries"]
    expect(len(pipelines) >= 1, "the build has made no SageMaker pipeline")


def model_build(j: Journey, group: Group) -> None:
    """The build of a generated repository really runs; what it gave SageMaker registers a version as its last step
    says."""
    generated = j.world.settings.generated
    if generated is None:
        return
    repository = group.tooling.arn("codecommit", j.facts.repository)
    pushed = j.world.push(repository, group.branch, text_files(generated))
    build = j.world.pipelines.of(group.build_pipeline)[-1]
    j.succeed(build)
    expect(
        "build/pipeline: compiled" in build.log and "uploaded" in build.log,
        f"the build did not compile and upload: {build.log}",
    )
    found = raw_client("sagemaker", group.build).describe_pipeline(PipelineName=group.sagemaker_pipeline)
    definition = json.loads(found["PipelineDefinition"])
    steps = list(steps_of(definition["Steps"]))
    for step in steps:
        role = step.get("Arguments", {}).get("RoleArn")
        if role:
            passed: Context = {"iam:PassedToService": "sagemaker.amazonaws.com"}
            j.world.cloud.get("AWS::IAM::Role", role)
            j.world.gateway.judge.ask(group.role, [Call("iam:PassRole", role, passed)])
    register = next(s["Arguments"] for s in steps if s["Type"] == "RegisterModel")
    defaults = {f"Parameters.{p['Name']}": p.get("DefaultValue") for p in definition["Parameters"]}
    status = register["ModelApprovalStatus"]
    status = defaults[status["Get"]] if isinstance(status, dict) else status
    expect(
        register["ModelPackageGroupName"] == group.packages,
        f"models are registered in {register['ModelPackageGroupName']}",
    )
    package = j.world.register(j.registry(group), group.role, j.artifact(group), pushed, status)
    j.packages[group.name].append(package)
    expect(j.status_of(package) == "PendingManualApproval", f"the definition registers a version that is {status}")
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **j.everywhere(group, package))
    expect(pushed[:7] in execution.log, "the approver does not see the commit")


def steps_of(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All steps, those behind conditions too."""
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps"):
            yield from steps_of(step.get("Arguments", {}).get(branch, []))


def text_files(folder: Path) -> dict[str, str]:
    """The files of a repository."""
    files = (p for p in folder.rglob("*") if p.is_file() and ".git" not in p.relative_to(folder).parts)
    return {p.relative_to(folder).as_posix(): p.read_bytes().decode("utf-8", "replace") for p in files}


def approve(j: Journey, group: Group) -> None:
    """A version is registered, approved and deployed, environment by environment, with the approvals that the options
    want."""
    j.others_may_not(group)
    j.roll_out(group)
    j.roll_out(group)


def repeated(j: Journey, group: Group) -> None:
    """Events that come twice, late or from elsewhere start nothing."""
    package = j.settled(group)
    count = len(j.executions(group))
    nothing = lambda what: expect(len(j.executions(group)) == count, f"{what} started a deployment")
    j.world.announce(package)
    j.world.settle()
    nothing("an event that came twice")
    late = j.register(group)
    j.silently(group, late, "Approved")
    j.silently(group, late, "Rejected")
    j.world.announce(late, ModelApprovalStatus="Approved")
    j.world.settle()
    nothing("an event that is not true any more")
    nothing_of_others(j, group)
    nothing("another group, account or region")
    j.expect_live(group, **j.everywhere(group, package))


def nothing_of_others(j: Journey, group: Group) -> None:
    """Another group in the build account; the same group's name in another account or region."""
    other = f"{group.packages}-other"
    place = group.build
    sagemaker = raw_client("sagemaker", place)
    sagemaker.create_model_package_group(ModelPackageGroupName=other)
    package = sagemaker.create_model_package(ModelPackageGroupName=other, ModelApprovalStatus="Approved")[
        "ModelPackageArn"
    ]
    before = len(j.world.events.matched)
    j.world.announce(package)
    j.world.settle()
    expect(len(j.world.events.matched) == before, f"an event of the group {other} is let in")
    own = j.packages[group.name][0]
    foreign = Place(NOBODY, place.region)
    event = {
        "version": "0", "id": str(uuid.uuid4()), "detail-type": "SageMaker Model Package State Change",
        "source": "aws.sagemaker",
        "account": NOBODY, "region": place.region, "time": "2026-01-01T00:00:00Z", "resources": [own],
        "detail": {"ModelPackageGroupName": group.packages, "ModelPackageArn": own, "ModelApprovalStatus": "Approved"},
    }  # fmt: skip
    for bus in buses(j, group):
        before = len(j.world.events.matched)
        j.world.events.put(event, bus)
        j.world.settle()
        expect(len(j.world.events.matched) == before, f"an event of the account {foreign.account} is let in at {bus}")


def buses(j: Journey, group: Group) -> list[str]:
    """Every bus that the group's events could come by."""
    made = [b.arn for b in j.world.cloud.all("AWS::Events::EventBus")]
    return sorted(
        {group.build.arn("events", "event-bus/default"), group.tooling.arn("events", "event-bus/default"), *made}
    )


def rejected_while_waiting(j: Journey, group: Group) -> None:
    """A version is rejected while it waits for a manual approval: the check after the approval refuses it."""
    good = j.settled(group)
    bad, waiting = j.approve(group)
    if waiting.question is None:
        return
    j.decide(group, bad, "Rejected")
    j.say_yes(group, j.newest(group))
    j.say_yes(group, waiting)
    j.fail(waiting, "is now Rejected")
    for environment, package in j.live(group).items():
        expect(
            package == good,
            f"{short(package or '-/nothing')} serves in {environment}; it was rejected before it was let in",
        )


def infrastructure(j: Journey, group: Group) -> None:
    """An infrastructure commit redeploys what is live in each environment, also when a newer version waits."""
    j.settle_infrastructure()
    old = j.settled(group)
    new, waiting = j.approve(group)
    before = j.live(group)
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    for environment in group.environments:
        now = j.live(group)[environment.name]
        expect(
            now == before[environment.name],
            f"an infrastructure commit put {short(now or '-/nothing')} into {environment.name}",
        )
        j.was_tested(group, before[environment.name] or "", [environment.name])
    if waiting.question is not None:
        expect(old in before.values(), f"{short(new)} did not wait for its approval")
        j.say_yes(group, waiting)
        j.fail(waiting, "newer execution")


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        first_deployment, created, commit, model_build, approve, repeated, sealed, unsealed, rejected_while_waiting,
        infrastructure, unseen, roll_back, by_hand, broken, other_answers, changed_rows, went_back, maintained,
        replaced, recorded, returned, went_back_later, alarmed, training_failed, nothing_left, torn_down,
    )
}  # fmt: skip
PROMOTIONS = (promoted, promoted_unsealed, promoted_changed, promoted_replaced)
