"""The scenes in which SageMaker does something with an endpoint that nobody asked for, and what deployments leave."""

from __future__ import annotations

from executions import Execution
from facts import Environment, Group
from journey import Journey, expect
from world import short


def went_back(j: Journey, group: Group) -> None:
    """SageMaker returns an endpoint to its old configuration without an error: the deployment fails, what is served
    counts as live, and the same version is tried again when a person says so."""
    j.settle_infrastructure()
    old = j.settled(group)
    first = group.environments[0]
    earlier = [p for p in kept(j, first) if p != old][-1:]
    j.world.sagemaker.goes_back.add((first.place, first.endpoint))
    new, execution = j.approve(group)
    j.say_yes(group, execution)
    j.fail(execution, "SageMaker rolled back to it")
    serves(j, group, first, old)
    j.told(f"FAILED: pipeline {group.deploy_pipeline}")
    before = j.live(group)
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **before)
    j.told(f"ASTRAY: endpoint {first.endpoint} serves {old}; {new} was deployed")
    left(j, first, *earlier, old, old)
    j.fail(by_hand(j, group, new), f"was rolled back in {first.name}")
    j.world.sagemaker.goes_back.add((first.place, first.endpoint))
    execution = by_hand(j, group, new, RetryIn=first.name)
    j.fail(execution, "SageMaker rolled back to it")
    serves(j, group, first, old)
    j.succeed(by_hand(j, group, new, RetryIn=first.name))
    j.expect_live(group, **j.everywhere(group, new))


def serves(j: Journey, group: Group, environment: Environment, package: str) -> None:
    """What an endpoint goes back to is still there."""
    place, endpoint = environment.place, environment.endpoint
    found = j.world.live(place, endpoint)
    expect(found is not None, f"the configuration or the model that {endpoint} serves is gone")
    expect(found == package, f"{short(found or '')} serves in {environment.name} of {group.name}")


def by_hand(j: Journey, group: Group, package: str, **variables: str) -> Execution:
    """A person with the role for it starts the deploy pipeline with a version."""
    return started(j, group, ModelPackageArn=package, **variables)


def started(j: Journey, group: Group, **variables: str) -> Execution:
    """A person with the role for it starts the deploy pipeline, and approves whatever it asks for."""
    pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
    execution = j.world.start(pipeline, variables, group.releaser)
    j.say_yes(group, execution)
    return execution


def maintained(j: Journey, group: Group) -> None:
    """SageMaker maintains an endpoint while a version is approved: the deployment waits until that is over."""
    j.settled(group)
    first = group.environments[0]
    j.world.sagemaker.maintained[(first.place, first.endpoint)] = 12
    j.roll_out(group)


def replaced(j: Journey, group: Group) -> None:
    """After each proven deployment one model and configuration before the served ones are left: the last proven."""
    before = j.settled(group)
    for _ in range(2):
        package = j.roll_out(group)
        for environment in group.environments:
            left(j, environment, before, package)
        before = package


def left(j: Journey, environment: Environment, *packages: str) -> None:
    """These and no others have a model and a configuration, in the order in which they were made."""
    place, endpoint = environment.place, environment.endpoint
    configs, models = j.world.sagemaker.configs(place, endpoint), j.world.sagemaker.models(place, endpoint)
    expect(
        len(configs) == len(models) == len(packages),
        f"{len(configs)} configurations and {len(models)} models are left in {environment.name}, not {len(packages)} "
        f"of each{problems(j)}",
    )
    found = kept(j, environment)
    expect(found == list(packages), f"configurations of {', '.join(map(short, found))} are left in {environment.name}")


def kept(j: Journey, environment: Environment) -> list[str]:
    """Packages behind the configurations that are there, in the order in which these were made."""
    place = environment.place
    return [j.world.sagemaker.package_of(place, c) for c in j.world.sagemaker.configs(place, environment.endpoint)]


def problems(j: Journey) -> str:
    """What people were told about it."""
    told = [text for _, text in j.world.events.messages if "LEFT OVER" in text]
    return f"; people were notified: {told[-1].splitlines()[0]}" if told else "; nobody was notified"
