"""What scenes of a delivery with an API have in common: its callers, its versions, and what an answer must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api_gateway import Answer
from callers import Callers
from executions import Execution
from facts import Environment, Group
from fronts import LIVE
from golden_rows import Evaluated
from journey import Journey, expect
from values import parse_arn
from world import short

ROW = [1, None, "Ada", "c1"]
"""What callers ask about: without `visits`, which only some of the models need."""
GOLDEN = ["1,2,Ada,c1", "3,4,Bea,c2"]


@dataclass(frozen=True)
class Front:
    """An environment and its callers."""

    environment: Environment
    callers: Callers


def fronts(j: Journey, group: Group) -> list[Front]:
    """The environments of a group with an API."""
    known: dict[str, Callers] = j.callers
    for e in group.environments:
        if e.api and e.name not in known:
            known[e.name] = Callers(j.world.fronts, e, [ROW])
    return [Front(e, known[e.name]) for e in group.environments if e.api]


def behind(j: Journey, group: Group, per_release: bool) -> Front:
    """The environment of one way of release."""
    return next(f for f in fronts(j, group) if f.environment.front.per_release is per_release)


def measured(probability: float, gaps: bool) -> Evaluated:
    """A model of its own: what it answers, and whether it takes rows without `visits`."""
    columns = [
        {"name": "age", "kind": "number", "missing": False}, {"name": "visits", "kind": "number", "missing": gaps},
        {"name": "name", "kind": "category", "missing": True, "categories": ["Ada", "Bea"]},
        {"name": "customer", "kind": "id"},
    ]  # fmt: skip
    schema = {
        "version": 2, "problem_type": "binary", "labels": [0, 1], "missing_tokens": None, "target": "left",
        "columns": columns,
    }  # fmt: skip
    return Evaluated(GOLDEN, {"label": 1, "probability": probability}, schema)


def new_version(j: Journey, group: Group, gaps: bool = True) -> str:
    """A version that waits for its approval, whose answers no other version gives."""
    number = len(j.packages[group.name]) + 1
    j.world.measured = measured(number / 100, gaps)
    package = j.register(group)
    j.world.sagemaker.answers[package] = j.world.measured.answer
    j.gaps[package] = gaps
    return package


def good_in(j: Journey, group: Group, environment: Environment) -> str:
    """The version that is live in an environment; a first one is released where there is none."""
    remember_versions(j)
    return j.live(group)[environment.name] or released(j, group)


def approved(j: Journey, group: Group, package: str) -> Execution:
    """It is approved, and whatever is asked is answered with yes."""
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    return execution


def released(j: Journey, group: Group, gaps: bool = True) -> str:
    """A version goes through to the last environment."""
    package = new_version(j, group, gaps)
    j.succeed(approved(j, group, package))
    j.expect_live(group, **j.everywhere(group, package))
    is_bound(j, group)
    return package


def is_bound(j: Journey, group: Group) -> None:
    """What the API calls is bound to what its endpoint serves, all requests go there, and nothing else is left."""
    for e in (f.environment for f in fronts(j, group)):
        alias = j.world.fronts.lambdas.alias(e.place, e.front.function, LIVE)
        expect(alias is not None and not alias.weights, f"requests of {e.name} are still shared: {alias}")
        variables = j.world.fronts.live_variables(e.place, e.front.function) or {}
        served = j.world.live(e.place, variables["ENDPOINT_NAME"])
        expect(
            variables["PACKAGE"] == served == j.world.live_in(e),
            f"the handler in {e.name} says {short(variables['PACKAGE'])}, its endpoint serves {short(served or '-/-')}",
        )


def called(j: Journey, group: Group, during: Callable[[], Any]) -> dict[str, list[Answer]]:
    """Callers call all the time while something happens, and for a minute after it; what they got, by environment."""
    found = fronts(j, group)
    for front in found:
        front.callers.begin()
    during()
    j.world.fronts.clock.advance(60)
    answers = {f.environment.name: f.callers.end() for f in found}
    for front in found:
        for answer in answers[front.environment.name]:
            fits(j, front.environment, answer)
    return answers


def fits(j: Journey, environment: Environment, answer: Answer) -> None:
    """An answer is that of the package which its version is for, by the contract of that package."""
    place, function = environment.place, environment.front.function
    expect(bool(answer.version), f"API Gateway itself answers in {environment.name}: {answer.status} {answer.body!r}")
    package = j.bound_to[(place, function, answer.version)]
    if package in j.failing:
        return
    if not j.gaps[package]:
        told = answer.json()
        fields = [e.get("field") for e in told.get("errors", [])]
        expect(
            answer.status == 400 and fields == ["visits"],
            f"{short(package)} needs visits; {environment.name} answers {answer.status} {told}",
        )
        return
    expect(answer.status == 200, f"{environment.name} answers {answer.status}: {answer.body!r}")
    wanted = [j.world.sagemaker.answers[package]]
    found = answer.json().get("predictions")
    expect(found == wanted, f"version {answer.version} in {environment.name} gives {found}; {short(package)}: {wanted}")


def remember_versions(j: Journey) -> None:
    """Which package each version is for, also when it is gone."""
    lambdas = j.world.fronts.lambdas

    def published(arn: str, number: str) -> None:
        where = parse_arn(arn)
        variables = lambdas.variables(where.place, where.name, number)
        j.bound_to[(where.place, where.name, number)] = variables.get("PACKAGE", "")

    lambdas.published = published


def versions_of(answers: list[Answer]) -> list[str]:
    """The versions that have answered, each once, in the order in which they began to."""
    return list(dict.fromkeys(a.version for a in answers))


def only_the_live_one(j: Journey, environment: Environment) -> None:
    """No endpoint of another release is left, and the role that retires removed them."""
    variables = j.world.fronts.live_variables(environment.place, environment.front.function) or {}
    left = j.world.sagemaker.endpoints(environment.place, environment.endpoint)
    expect(left == [variables.get("ENDPOINT_NAME")], f"{left} are left, {variables.get('ENDPOINT_NAME')} is live")
    for arn, who in j.world.sagemaker.deleters.items():
        expect("retire" in who, f"{who} removed {arn}")
    scaled = [name for place, name in j.world.fronts.scaling.targets if place == environment.place]
    expect(
        scaled == [f"endpoint/{left[0]}/variant/AllTraffic"] or not environment.front.scaled,
        f"{scaled} are scaled; {left[0]} is live",
    )
