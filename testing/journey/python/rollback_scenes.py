"""The scenes in which a version fails in an environment, and is not deployed there again by itself."""

from __future__ import annotations

from endpoints import by_hand, started
from facts import Environment, Group
from journey import Journey, expect
from moto_client import raw_client
from world import short


def recorded(j: Journey, group: Group) -> None:
    """A version whose endpoint does not come up goes back, is recorded, and is deployed there no more; a fixed one
    goes through."""
    j.settle_infrastructure()
    before = j.settled(group)
    good = j.roll_out(group)
    first = group.environments[0]
    bad = j.register(group)
    j.world.sagemaker.broken.add(bad)
    execution = j.decide(group, bad, "Approved")
    j.say_yes(group, execution)
    expect(execution.status == "Failed", f"a version that cannot be loaded was deployed: {execution.status}")
    j.expect_live(group, **j.everywhere(group, good))
    j.told(f"ROLLED BACK: version {bad.rsplit('/', 1)[-1]} in {first.name}")
    j.told("Why: The change set failed:")
    j.told(f"{first.name} serves: {good}")
    # The container would come up now, but nobody has said that it may be tried again.
    j.world.sagemaker.broken.discard(bad)
    j.fail(by_hand(j, group, bad), f"was rolled back in {first.name}")
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **j.everywhere(group, good))
    j.say_yes(group, j.decide(group, good, "Rejected"))
    # The version did not fail where it was not tried, beside the first environment.
    beside = [e for e in group.environments if e is not first and e.wave == first.wave]
    j.expect_live(group, **{e.name: bad if e in beside else before for e in group.environments})
    j.roll_out(group)


def went_back_later(j: Journey, group: Group) -> None:
    """Long after a good deployment an endpoint goes back to its old configuration: people learn of it, and the version
    is deployed there no more."""
    j.settle_infrastructure()
    good = j.settled(group)
    bad = j.roll_out(group)
    last = group.environments[-1]
    told = len(j.world.events.messages)
    config = j.world.sagemaker.configs(last.place, last.endpoint)[0]
    expect(j.world.sagemaker.package_of(last.place, config) == good, "what an endpoint can go back to is gone")
    j.world.sagemaker.returns(last.place, last.endpoint, config)
    j.world.settle()
    messages = [text for _, text in j.world.events.messages[told:]]
    version = bad.rsplit("/", 1)[-1]
    expect(
        any(f"ROLLED BACK: version {version} in {last.name}" in text for text in messages),
        f"nobody was told that {last.endpoint} went back later{j.why_not()}",
    )
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **{e.name: good if e is last else bad for e in group.environments})
    j.fail(by_hand(j, group, bad), f"was rolled back in {last.name}")


def returned(j: Journey, group: Group) -> None:
    """A person returns an environment to the version before at once; the stack follows, other environments stay, and
    the version that was left comes back only when a person says so."""
    j.settle_infrastructure()
    good = j.settled(group)
    bad = j.roll_out(group)
    last = group.environments[-1]
    pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
    execution = j.world.start(pipeline, {"RollBackIn": last.name}, group.releaser)
    serves = j.world.live(last.place, last.endpoint)
    expect(serves == good, f"{short(serves or '')} serves in {last.name}, not {short(good)}, which is proven")
    if last.approval:
        expect(execution.question is not None, f"the stack of {last.name} changes without an approval")
    j.say_yes(group, execution)
    j.succeed(execution)
    expected = {e.name: good if e is last else bad for e in group.environments}
    j.expect_live(group, **expected)
    for environment in group.environments:
        stack = j.world.stacks.stacks[(environment.place, environment.stack)].parameters
        package, by = stack["ModelPackageArn"], stack["PipelineExecutionId"]
        wanted = good if environment is last else bad
        expect(package == wanted, f"the stack of {environment.name} says that {short(package)} is live")
        expect(
            (by == execution.identity) == (environment is last or environment.wave == last.wave),
            f"the return of {last.name} deployed to {environment.name}",
        )
    j.told(f"ROLLED BACK: version {bad.rsplit('/', 1)[-1]} in {last.name}")
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **expected)
    j.fail(by_hand(j, group, bad), f"was rolled back in {last.name}")
    j.fail(started(j, group, RollBackIn=last.name), "no configuration of an earlier proven version is left")
    j.succeed(by_hand(j, group, bad, RetryIn=last.name))
    j.expect_live(group, **j.everywhere(group, bad))


def alarmed(j: Journey, group: Group) -> None:
    """Two rollback alarms fire soon after a good deployment, when SageMaker looks at them no more: the endpoint
    returns, once; people learn why, and the version is deployed there no more."""
    j.settle_infrastructure()
    good = j.settled(group)
    bad = j.roll_out(group)
    last = group.environments[-1]
    config = j.world.sagemaker.configs(last.place, last.endpoint)[-1]
    began = len(j.executions(group))
    fires(j, last, f"{last.endpoint}/server-errors/{config}")
    expect(len(j.executions(group)) == began + 1, f"no alarm has {last.endpoint} returned{j.why_not()}")
    fires(j, last, f"{last.endpoint}/latency-p99/{config}")
    expect(len(j.executions(group)) == began + 1, "a second alarm has the endpoint returned once more")
    serves = j.world.live(last.place, last.endpoint)
    expect(serves == good, f"{short(serves or '')} serves in {last.name}, not {short(good)}, which is proven")
    execution = j.newest(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **{e.name: good if e is last else bad for e in group.environments})
    j.told(f"ROLLED BACK: version {bad.rsplit('/', 1)[-1]} in {last.name}")
    j.told(f"Why: the alarm {last.endpoint}/server-errors/{config} fired")
    j.fail(by_hand(j, group, bad), f"was rolled back in {last.name}")
    unblamed(j, group, last, good)


def unblamed(j: Journey, group: Group, last: Environment, serves: str) -> None:
    """An alarm after a deployment that only changed something around the version returns nothing: people are told."""
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    config = j.world.sagemaker.configs(last.place, last.endpoint)[-1]
    began = len(j.executions(group))
    fires(j, last, f"{last.endpoint}/server-errors/{config}")
    expect(len(j.executions(group)) == began, f"{short(serves)}, which was live before, is returned")
    j.told(f"ALARM: {last.endpoint}/server-errors/{config} fires in {last.name}")
    j.told(f"Version {serves.rsplit('/', 1)[-1]} stays: it was live before the deployment")


def fires(j: Journey, environment: Environment, alarm: str) -> None:
    """An alarm of an environment's account fires."""
    place = environment.place
    j.world.story.tell(f"alarm {alarm}", "fires")
    state = {"StateValue": "ALARM", "StateReason": "Threshold Crossed: 1 datapoint was greater than the threshold"}
    cloudwatch = raw_client("cloudwatch", place)
    cloudwatch.put_metric_alarm(
        AlarmName=alarm, Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors", Statistic="Average", Period=60,
        EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=alarm, **state)
    detail = {
        "alarmName": alarm,
        "state": {"value": state["StateValue"], "reason": state["StateReason"]},
        "previousState": {"value": "OK"},
    }
    j.world.happen(
        place, "aws.cloudwatch", "CloudWatch Alarm State Change", [place.arn("cloudwatch", f"alarm:{alarm}")], detail
    )
