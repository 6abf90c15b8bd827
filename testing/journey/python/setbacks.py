"""The scenes in which something is taken back, fails or is gone around."""

from __future__ import annotations

from facts import Group
from journey import Journey, expect
from moto_client import raw_client


def roll_back(j: Journey, group: Group) -> None:
    """Rejecting what is live brings back the newest version that is still approved, past executions that wait."""
    good = j.settled(group)
    bad = j.roll_out(group)
    newer, waiting = j.approve(group)
    first = group.environments[0]
    if waiting.question is None:
        for rejected, back_to in ((newer, bad), (bad, good)):
            j.succeed(j.decide(group, rejected, "Rejected"))
            j.expect_live(group, **j.everywhere(group, back_to))
        return
    # The newest waits before an environment; where it is live already it is taken back at once.
    back = j.decide(group, newer, "Rejected")
    expect(
        back.done or back.question is not None,
        f"the rollback waits in front of {back.stage or 'its first stage'} behind another execution",
    )
    j.succeed(back)
    j.expect_live(group, **{first.name: bad})
    back = j.decide(group, bad, "Rejected")
    expect(
        back.done or back.question is not None,
        f"the rollback waits in front of {back.stage or 'its first stage'} behind another execution",
    )
    expect(waiting.question is not None, "the execution that waits for a person went on by itself")
    j.say_yes(group, back)
    j.succeed(back)
    j.expect_live(group, **j.everywhere(group, good))


def nothing_left(j: Journey, group: Group) -> None:
    """The live version is rejected and no other is approved: the endpoint stays, the execution says so and fails."""
    for package in j.packages[group.name]:
        if j.status_of(package) == "Approved" and package not in j.live(group).values():
            j.silently(group, package, "Rejected")
    last = j.roll_out(group)
    for package in j.packages[group.name][:-1]:
        j.silently(group, package, "Rejected")
    execution = j.decide(group, last, "Rejected")
    j.say_yes(group, execution)
    j.fail(execution, "no other version is approved")
    j.told(f"STILL LIVE: {last}")
    j.told(f"FAILED: pipeline {group.deploy_pipeline}")
    j.expect_live(group, **j.everywhere(group, last))


def by_hand(j: Journey, group: Group) -> None:
    """A person who starts the deploy pipeline cannot deploy what is not approved or not the group's."""
    live = j.settled(group)
    pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
    pending = j.register(group)
    other = f"{group.packages}-foreign"
    sagemaker = raw_client("sagemaker", group.build)
    sagemaker.create_model_package_group(ModelPackageGroupName=other)
    foreign = sagemaker.create_model_package(ModelPackageGroupName=other, ModelApprovalStatus="Approved")[
        "ModelPackageArn"
    ]
    for package, word in (
        (pending, "PendingManualApproval"),
        (foreign, f"this pipeline deploys only {group.packages}"),
    ):
        execution = j.world.pipelines.start(pipeline, {"ModelPackageArn": package})
        j.world.settle()
        j.say_yes(group, execution)
        j.expect_live(group, **j.everywhere(group, live))
        j.fail(execution, word)


def broken(j: Journey, group: Group) -> None:
    """A version that cannot be loaded is rolled back by CloudFormation; what was live stays."""
    live = j.settled(group)
    package = j.register(group)
    j.world.sagemaker.broken.add(package)
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    expect(execution.status == "Failed", f"a version that cannot be loaded was deployed: {execution.status}")
    j.expect_live(group, **j.everywhere(group, live))


def training_failed(j: Journey, group: Group) -> None:
    """An execution of the SageMaker pipeline fails in the build account, wholly or in part: people learn of it, though
    nothing of theirs is there."""
    pipeline = group.build.arn("sagemaker", f"pipeline/{group.sagemaker_pipeline}")
    for number, status in enumerate(("Failed", "CompletedWithFailures", "Stopped")):
        detail = {
            "pipelineArn": pipeline,
            "pipelineExecutionArn": f"{pipeline}/execution/{number}",
            "currentPipelineExecutionStatus": status,
        }
        kind = "SageMaker Model Building Pipeline Execution Status Change"
        j.world.happen(group.build, "aws.sagemaker", kind, [pipeline], detail)
        j.told(f"{status}: SageMaker pipeline {group.sagemaker_pipeline}")


def torn_down(j: Journey, group: Group) -> None:
    """Somebody deletes the endpoint stacks: the endpoints stay, with all that they run on."""
    package = j.settled(group)
    for environment in group.environments:
        stack = j.world.stacks.stacks[(environment.place, environment.stack)]
        expect(stack.protected, f"the stack {stack.name} is not protected from deletion")
        j.world.stacks.delete(environment.place, environment.stack)
    j.expect_live(group, **j.everywhere(group, package))
