"""The scenes of a delivery with an API in front of its endpoints: what callers get while it moves, or fails."""

from __future__ import annotations

import json
from dataclasses import replace

from api_gateway import Answer
from callers import strangers
from deployments import Deployment
from facts import Environment, Group
from fronted import (
    Front,
    behind,
    called,
    fits,
    fronts,
    good_in,
    is_bound,
    only_the_live_one,
    released,
    remember_versions,
    versions_of,
)  # fmt: skip
from fronted_setbacks import (
    alarm_during_the_bake,
    alarm_during_the_canary,
    hook_refuses,
    hook_refuses_in_place,
    returned_in_the_bake,
)  # fmt: skip
from journey import Journey, Scene, expect
from permissions import Call
from prediction_log import log_is_right
from values import Denied
from world import short


def first_release(j: Journey, group: Group) -> None:
    """A first version goes through: the aliases are made, and callers whom the APIs let in get its answers."""
    remember_versions(j)
    package = released(j, group)
    for front in fronts(j, group):
        fits(j, front.environment, front.callers.ask())
        strangers(front.callers)
        told_about_itself(j, front, package)
        reaches_no_more(j, front.environment)
        refused_by_field(front)


def reaches_no_more(j: Journey, environment: Environment) -> None:
    """API Gateway calls the alias and no version past it; the handler asks its own endpoint alone."""
    place, front = environment.place, environment.front
    version = place.arn("lambda", f"function:{front.function}:1")
    function = j.world.fronts.lambdas.version(place, front.function, "1")
    calls = (
        (front.gateway, Call("lambda:InvokeFunction", version)),
        (function.properties["Role"], Call("sagemaker:InvokeEndpoint", place.arn("sagemaker", "endpoint/other"))),
    )
    for role, call in calls:
        try:
            j.world.gateway.judge.ask(role, [call])
        except Denied:
            continue
        expect(j.world.settings.judge is None, f"{role} may {call.action} {call.resource}")


def told_about_itself(j: Journey, front: Front, package: str) -> None:
    """What the API says of its model."""
    version = front.callers.send("GET", "/version").json()
    expect(version.get("package") == package, f"/version in {front.environment.name} says {version}")
    schema = json.dumps(front.callers.send("GET", "/schema").json())
    expect("visits" in schema and "customer" in schema, f"/schema in {front.environment.name} says {schema[:200]}")
    document = front.callers.send("GET", "/openapi.json").json()
    path = f"/{front.environment.front.path}"
    expect(path in document.get("paths", {}), f"/openapi.json in {front.environment.name} has no {path}")
    expect(front.callers.send("GET", "/health").status == 200, "the API is not well")


def refused_by_field(front: Front) -> None:
    """A caller learns which field is wrong, and the model is not asked."""
    answer = front.callers.ask([[1, "many", "Ada", "c1"]])
    told = answer.json()
    fields = [e.get("field") for e in told.get("errors", [])]
    expect(answer.status == 400 and fields == ["visits"], f"a wrong field is answered with {answer.status} {told}")
    kind = answer.headers.get("content-type", "")
    expect(kind.startswith("application/problem+json"), f"a problem comes as {kind}")


def shifted(j: Journey, group: Group) -> None:
    """A second version, which takes other requests, comes to callers who call all the time: each gets the answer of one
    of both by its own contract; what was live before is removed after the bake, by the role for that alone."""
    per_release = behind(j, group, True).environment
    good_in(j, group, per_release)
    old = j.live(group)
    before = j.world.fronts.live_variables(per_release.place, per_release.front.function)
    until: list[float] = []
    names = endpoints_at_the_end_of_the_bake(j, per_release, until)
    answers = called(j, group, lambda: released(j, group, gaps=False))
    for environment in (f.environment for f in fronts(j, group)):
        packages = [j.bound_to[(environment.place, environment.front.function, v)]
                    for v in versions_of(answers[environment.name])]  # fmt: skip
        expect(
            packages == [old[environment.name], j.packages[group.name][-1]],
            f"callers of {environment.name} got answers of {', '.join(map(short, packages))}",
        )
    shared(j, per_release, answers[per_release.name])
    assert before
    expect(before["ENDPOINT_NAME"] in names, f"{before['ENDPOINT_NAME']} was gone before the bake was over: {names}")
    only_the_live_one(j, per_release)
    j.world.fronts.clock.advance(120)
    log_is_right(j, group)


def endpoints_at_the_end_of_the_bake(j: Journey, environment: Environment, until: list[float]) -> list[str]:
    """Fills the list with the endpoints that are there shortly before a bake is over."""
    names: list[str] = []
    codedeploy, clock = j.world.fronts.codedeploy, j.world.fronts.clock

    def look() -> None:
        names.extend(j.world.sagemaker.endpoints(environment.place, environment.endpoint))

    def ended(deployment: Deployment) -> None:
        if deployment.place == environment.place and deployment.status == "Succeeded":
            clock.after(environment.front.bake_seconds - 20, look)

    codedeploy.ended = ended
    return names


def shared(j: Journey, environment: Environment, answers: list[Answer]) -> None:
    """A part of the requests first, for two minutes, then all of them."""
    versions = versions_of(answers)
    new = [i for i, a in enumerate(answers) if a.version == versions[-1]]
    last_old = max(i for i, a in enumerate(answers) if a.version == versions[0])
    between = answers[new[0] : last_old + 1]
    share = sum(a.version == versions[-1] for a in between) / max(1, len(between))
    took = answers[last_old].at - answers[new[0]].at
    expect(new[0] < last_old, f"all requests of {environment.name} moved at the same moment")
    expect(0.1 <= share <= 0.5 and 40 <= took <= 140, f"{share:.0%} of the requests moved first, for {took:.0f} s")


def memory(j: Journey, group: Group) -> None:
    """An infrastructure commit gives handlers more memory: a release like any other, which shifts."""
    if j.world.settings.changed is None:
        return
    found = fronts(j, group)
    good_in(j, group, found[-1].environment)
    live = j.live(group)
    before = {f.environment.name: j.world.fronts.live_version(f.environment.place, f.environment.front.function)
              for f in found}  # fmt: skip
    j.settle_infrastructure()
    deployments = len(j.world.fronts.codedeploy.deployments)
    j.world.builds.programs = replace(j.world.builds.programs, assembly=j.world.settings.changed)

    def change() -> None:
        execution = j.change_infrastructure(group)
        j.say_yes(group, execution)
        j.succeed(execution)

    called(j, group, change)
    for e in (f.environment for f in found):
        version = j.world.fronts.live_version(e.place, e.front.function) or ""
        expect(version != before[e.name], f"the API of {e.name} still calls version {version}")
        size = j.world.fronts.lambdas.version(e.place, e.front.function, version).properties.get("MemorySize")
        expect(size == 1024, f"version {version} in {e.name} has {size} MB")
    shifts = len(j.world.fronts.codedeploy.deployments) - deployments
    expect(shifts == len(found), f"{shifts} shifts were started")
    j.expect_live(group, **live)
    is_bound(j, group)


def unchanged(j: Journey, group: Group) -> None:
    """An infrastructure commit that changes nothing of a release shifts nothing: version and endpoint stay."""
    found = [f.environment for f in fronts(j, group)]
    good_in(j, group, found[-1])
    j.settle_infrastructure()
    live = j.live(group)
    before = [j.world.fronts.live_variables(e.place, e.front.function) for e in found]
    deployments = len(j.world.fronts.codedeploy.deployments)
    execution = j.change_infrastructure(group)
    j.say_yes(group, execution)
    j.succeed(execution)
    now = [j.world.fronts.live_variables(e.place, e.front.function) for e in found]
    expect(now == before, f"a deployment of the same binds the API to {now}, not to {before}")
    expect(len(j.world.fronts.codedeploy.deployments) == deployments, "a deployment of the same is shifted")
    j.expect_live(group, **live)


def log_never_in_the_way(j: Journey, group: Group) -> None:
    """The stream of predictions takes nothing: callers get their answers all the same."""
    place = behind(j, group, True)
    good_in(j, group, place.environment)
    j.world.fronts.firehose.down = True
    answer = place.callers.ask([[1, 2, "Ada", "c1"]])
    j.world.fronts.firehose.down = False
    expect(answer.status == 200, f"a request fails with the log of predictions: {answer.status} {answer.body!r}")


FRONTED: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        first_release, hook_refuses, alarm_during_the_canary, alarm_during_the_bake, shifted, returned_in_the_bake,
        hook_refuses_in_place, unchanged, memory, log_never_in_the_way,
    )
}  # fmt: skip
