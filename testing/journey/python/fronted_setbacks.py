"""The scenes in which a version fails behind an API, or is returned: before requests move, while they do, and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api_gateway import Answer
from deployments import Deployment
from endpoints import by_hand
from executions import Execution
from facts import Environment, Group
from fronted import (
    approved,
    behind,
    called,
    fits,
    good_in,
    is_bound,
    new_version,
    only_the_live_one,
)  # fmt: skip
from journey import Journey, expect
from values import parse_arn
from world import short


def hook_refuses(j: Journey, group: Group) -> None:
    """A version answers in production otherwise than when it was measured: no request moves, people learn why, its
    endpoint is removed, and it is deployed there no more."""
    place = behind(j, group, True).environment
    good = good_in(j, group, place)
    bad = new_version(j, group)
    j.world.sagemaker.answers_in[(place.place, bad)] = {"label": 0, "probability": 0.9}
    answers = called(j, group, lambda: refused(j, group, approved(j, group, bad), "golden rows differ"))
    stayed(j, group, place, answers, good, bad)
    only_the_live_one(j, place)


def stayed(
    j: Journey, group: Group, environment: Environment, answers: dict[str, list[Answer]], good: str, bad: str
) -> None:
    """Callers of an environment had nothing of the bad version; it is recorded, and people were told."""
    packages = {j.bound_to[(environment.place, environment.front.function, a.version)]
                for a in answers[environment.name]}  # fmt: skip
    expect(packages == {good}, f"callers of {environment.name} got answers of {', '.join(map(short, packages))}")
    returned_to(j, group, environment, good, bad)


def returned_to(j: Journey, group: Group, environment: Environment, good: str, bad: str) -> None:
    """An environment is at a version again; another one is recorded as failed there, and people were told."""
    live = j.live(group)[environment.name]
    expect(live == good, f"{short(live or '-/nothing')} is live in {environment.name}, not {short(good)}")
    is_bound(j, group)
    j.told(f"ROLLED BACK: version {bad.rsplit('/', 1)[-1]} in {environment.name}")
    j.fail(by_hand(j, group, bad), f"was rolled back in {environment.name}")


def refused(j: Journey, group: Group, execution: Execution, word: str) -> None:
    """A deployment fails."""
    j.fail(execution, word)
    j.told(f"FAILED: pipeline {group.deploy_pipeline}")


def alarm_during_the_canary(j: Journey, group: Group) -> None:
    """A version fails as soon as callers reach it: its own alarm has CodeDeploy return all requests, and it is recorded
    as any other failure."""
    place = behind(j, group, True).environment
    good = good_in(j, group, place)
    bad = new_version(j, group)
    j.failing.add(bad)
    reached = when_moved(j, place, bad, lambda: j.world.sagemaker.erring.add(bad))
    answers = called(j, group, lambda: refused(j, group, approved(j, group, bad), "ALARM_ACTIVE"))
    j.world.sagemaker.erring.discard(bad)
    expect(bool(reached), f"no request reached {short(bad)}, so no alarm could fire")
    late = [a for a in answers[place.name] if a.at > j.world.fronts.clock.now - 60]
    expect(
        bool(late) and all(a.status == 200 for a in late),
        f"callers of {place.name} still get {[(a.version, a.status) for a in late]}",
    )
    returned_to(j, group, place, good, bad)
    only_the_live_one(j, place)


def alarm_during_the_bake(j: Journey, group: Group) -> None:
    """A version fails after all requests have moved to it: they return within the bake, and it is recorded."""
    place = behind(j, group, True).environment
    good = good_in(j, group, place)
    bad = new_version(j, group)
    j.failing.add(bad)
    clock = j.world.fronts.clock
    when_ended(j, place, lambda: clock.after(60, lambda: j.world.sagemaker.erring.add(bad)))
    answers = called(j, group, lambda: refused(j, group, approved(j, group, bad), "fired after"))
    j.world.sagemaker.erring.discard(bad)
    expect(answers[place.name][-1].status == 200, f"callers of {place.name} still get errors")
    returned_to(j, group, place, good, bad)
    only_the_live_one(j, place)


def when_moved(j: Journey, environment: Environment, package: str, then: Callable[[], None]) -> list[float]:
    """Something happens when a version of a package gets its first share of the requests; when that was."""
    moments: list[float] = []

    def moved(arn: str, _: str, alias: Any) -> None:
        where = parse_arn(arn)
        mine = [v for v in alias.weights if j.bound_to[(where.place, where.name, v)] == package]
        if where.place == environment.place and mine and not moments:
            moments.append(j.world.fronts.clock.now)
            then()

    j.world.fronts.lambdas.moved = moved
    return moments


def when_ended(j: Journey, environment: Environment, then: Callable[[], None]) -> None:
    """Something happens when the next shift of an environment has come to a good end."""

    def ended(deployment: Deployment) -> None:
        if deployment.place == environment.place and deployment.status == "Succeeded":
            j.world.fronts.codedeploy.ended = lambda _: None
            then()

    j.world.fronts.codedeploy.ended = ended


def returned_in_the_bake(j: Journey, group: Group) -> None:
    """A person returns production during the bake: the alias moves at once, and the version that was left is deployed
    there no more."""
    place = behind(j, group, True).environment
    good = good_in(j, group, place)
    bad = new_version(j, group)
    clock, alias = j.world.fronts.clock, []

    def person() -> None:
        pipeline = j.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
        j.world.start(pipeline, {"RollBackIn": place.name}, group.releaser)
        alias.append(j.world.live_in(place))

    when_ended(j, place, lambda: clock.after(60, person))
    execution: list[Execution] = []
    called(j, group, lambda: execution.append(approved(j, group, bad)))
    expect(alias == [good], f"{[short(a or '-/nothing') for a in alias]} was live in {place.name} after the return")
    for each in j.executions(group):
        j.say_yes(group, each)
    expect(execution[0].status == "Failed", f"the deployment that was returned is {execution[0].status}")
    returned_to(j, group, place, good, bad)


def hook_refuses_in_place(j: Journey, group: Group) -> None:
    """Behind a fixed endpoint, which serves the new model already, the new handler is refused: no request moves to it,
    the endpoint returns, and the version is recorded."""
    place = behind(j, group, False).environment
    good = good_in(j, group, place)
    bad = new_version(j, group)

    def begun(deployment: Deployment) -> None:
        if deployment.place == place.place:
            j.world.sagemaker.answers_in[(place.place, bad)] = {"label": 0, "probability": 0.9}

    j.failing.add(bad)
    j.world.fronts.codedeploy.begun = begun
    refused(j, group, approved(j, group, bad), "golden rows differ")
    j.world.fronts.codedeploy.begun = lambda _: None
    fits(j, place, behind(j, group, False).callers.ask())
    returned_to(j, group, place, good, bad)
