"""Scenes of a delivery that workflows of GitHub run. Each can also be played alone, in a delivery that is new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from deciders import APPROVED, REJECTED, Question
from facts import Group
from github_attacks import Table, conditions, expected, let_in
from github_roles import taken_roles
from hosted import REVIEWER, Hosted, HostedScene
from hosted_exchanges import change_exchanged, change_forged, exchanged
from hosted_infrastructure import change_refused, infrastructure_changed
from journey import expect
from moto_client import raw_client
from values import Denied


def built(h: Hosted, group: Group) -> None:
    """A push to the group's branch starts its build alone, with the rights to do what a build does."""
    h.begin(group)
    others = lambda: [len(h.builds(g)) for g in h.journey.facts.groups if g.branch != group.branch]
    before = others()
    for changed, wanted, what in (
        ({"model/train.py": "# first\n"}, 1, "a commit to the model"),
        ({"docs/index.md": "# words\n"}, 0, "a commit to the documents"),
    ):
        count = len(h.builds(group))
        pushed = h.push(group, changed)
        started = len(h.builds(group)) - count
        expect(started == wanted, f"{what} started {started} runs of {group.hosted.build}, not {wanted}")
        if wanted:
            h.succeed(h.builds(group)[-1])
            expect(f"built {pushed}" in h.builds(group)[-1].log, f"the build worked on another commit than {pushed}")
    expect(others() == before, f"a push to {group.branch} built another group")


def deployed(h: Hosted, group: Group) -> None:
    """An approved version reaches each environment after its reviewers let it in; then another one does."""
    h.begin(group)
    for _ in range(2):
        package = h.approve_version(group)
        run = h.deployment_of(group, package)
        asked: list[str] = []
        for environment in (e for e in group.environments if e.approval and not h.host.in_aws):
            expect(
                environment.host in [job.environment for job in run.questions],
                f"nobody is asked before {environment.name} gets {package}: {run.message or run.status}",
            )
            expect(h.journey.live(group)[environment.name] != package, f"{environment.name} did not wait")
            h.answer(run, environment)
            asked.append(environment.host)
        h.succeed(run)
        decided = [question.name for question in h.deciders.of(run.identity)] if h.deciders else []
        wanted = [e.name for e in group.environments if e.approval and h.host.in_aws]
        expect(sorted(decided) == sorted(wanted), f"people were asked about {decided}, not about {wanted}")
        h.expect_live(group, package)
        near = [e.name for e in group.environments if e.place.region == group.build.region]
        h.journey.was_tested(group, package, near)
        expect(h.asked(group, package)["status"]["S"] == "done", f"the request for {package} is not done")
        expect(not run.questions, f"asked beside {asked}: {[job.environment for job in run.questions]}")


def refused(h: Hosted, group: Group) -> None:
    """Somebody rejects: the environment keeps what it has, and the request has failed. Whoever changes his mind has the
    failed jobs run again, with the same version."""
    h.begin(group)
    guarded = [e for e in group.environments if e.approval]
    if not guarded:
        return
    package, before = h.approve_version(group), h.journey.live(group)[guarded[-1].name]
    if h.deciders:
        h.deciders.decide = lambda _: REJECTED
    run = h.deployment_of(group, package)
    if h.deciders:
        h.deciders.decide = lambda _: APPROVED
    while not h.deciders and run.questions and run.questions[0].environment != guarded[-1].host:
        h.github.answer(run, run.questions[0].environment, REVIEWER, True)
        h.settle()
    if not h.deciders:
        h.answer(run, guarded[-1], yes=False)
    h.fail(run, f"{guarded[0].name} was rejected by" if h.deciders else "rejected")
    expect(h.journey.live(group)[guarded[-1].name] == before, f"{guarded[-1].name} got what was rejected")
    expect(h.asked(group, package)["status"]["S"] == "failed", f"the request for {package} has not failed")
    if h.deciders:
        for question in h.deciders.of(run.identity):
            h.deciders.put(question, APPROVED)
    h.again(run)
    h.say_yes(run)
    h.succeed(run)
    h.expect_live(group, package)
    expect(h.asked(group, package)["status"]["S"] == "done", f"the request for {package} is not done")


def withdrawn(h: Hosted, group: Group) -> None:
    """A version that is rejected while it waits for its last approval is refused after that; the one before returns."""
    h.begin(group)
    last = next((e for e in reversed(group.environments) if e.approval), None)
    if last is None:
        return
    good, bad = h.roll_out(group), h.approve_version(group)
    withdraw = lambda: h.journey.world.set_approval(bad, "Rejected", group.approver, settle=False)

    def decide(question: Question) -> str:
        if question.name == last.name:
            withdraw()
        return APPROVED

    if h.deciders:
        h.deciders.decide = decide
    run = h.deployment_of(group, bad)
    while run.questions and not h.deciders:
        if run.questions[0].environment == last.host:
            withdraw()
        h.github.answer(run, run.questions[0].environment, REVIEWER, True)
        h.settle()
    if h.deciders:
        h.deciders.decide = lambda _: APPROVED
    serves = h.journey.live(group)[last.name]
    expect(serves != bad, f"{bad} serves in {last.name}; it was rejected before it was let in")
    h.fail(run, "is now Rejected")
    h.settle()
    if not h.host.app:
        h.look(group)
    for newer in h.deployments(group):
        h.say_yes(newer)
    h.expect_live(group, good)


def raced(h: Hosted, group: Group) -> None:
    """Of two runs that see a request at the same moment one takes it."""
    h.begin(group)
    package = h.approve_version(group) if not h.host.app else ""
    gateway, other = h.journey.world.gateway, "gh-1"
    call = gateway.call

    def late(principal: str, region: str, service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if (service, operation) == ("dynamodb", "UpdateItem") and params["Key"]["kind"]["S"] == "deploy":
            gateway.call = call  # type: ignore[method-assign]
            values = {":s": {"S": "taken"}, ":r": {"S": other}, ":t": {"S": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}}
            raw_client("dynamodb", group.tooling).update_item(
                TableName=params["TableName"], Key=params["Key"], ExpressionAttributeValues=values,
                UpdateExpression="SET #s = :s, #r = :r, #t = :t",
                ExpressionAttributeNames={"#s": "status", "#r": "run", "#t": "taken"},
            )  # fmt: skip
        return call(principal, region, service, operation, params)

    gateway.call = late  # type: ignore[method-assign]
    package = package or h.approve_version(group)
    run = h.deployments(group)[-1] if h.host.app else h.look(group)
    has = h.asked(group, package)["run"]["S"]
    expect(has == other, f"{has} has the request for {package}, which {other} had taken at the same moment")
    h.succeed(run)
    expect(run.jobs["prepare"].result == "skipped", f"{run.workflow.file} went on without a request")


def host_was_down(h: Hosted, group: Group) -> None:
    """While GitHub is out of order nothing is lost: the scheduled run takes what waits."""
    h.begin(group)
    h.github.api.out_of_order = True
    package = h.approve_version(group)
    expect(h.asked(group, package)["status"]["S"] == "waiting", f"the request for {package} does not wait")
    h.github.api.out_of_order = False
    h.look(group)
    request = h.asked(group, package)
    expect(request["status"]["S"] != "waiting", f"the scheduled run left {package}: {h.deployments(group)[-1].message}")
    run = next(r for r in h.deployments(group) if f"gh-{r.identity}" == request["run"]["S"])
    h.say_yes(run)
    h.succeed(run)
    h.expect_live(group, package)


def attacked(h: Hosted, group: Group) -> None:
    """Each role of a job is for that job: nobody else's token gets it, whatever it says."""
    h.begin(group)
    taken = taken_roles(h.github.language, h.repository)
    cloud, table = h.journey.world.cloud, Table(h.github.web, h.github.issuer)
    trusting = {r.arn: r.properties["AssumeRolePolicyDocument"] for r in cloud.all("AWS::IAM::Role")
                if "oidc-provider/" in str(r.properties["AssumeRolePolicyDocument"])}  # fmt: skip
    unknown, idle = set(taken) - set(trusting), set(trusting) - set(taken)
    expect(not unknown, f"jobs take on {sorted(unknown)}, which trust no job")
    expect(not idle, f"no job takes on {sorted(idle)}")
    for role, origins in taken.items():
        for origin in origins:
            refusals = table.legitimate(role, origin)
            expect(not refusals, f"the job itself does not get {role}: {refusals}")
            inside = let_in(table.play(role, origin, sorted({*expected(origin), *conditions(trusting[role])})))
            expect(not inside, f"{role} lets in: {', '.join(inside)}")


def keys_stay_inside(h: Hosted, group: Group) -> None:
    """Roles of jobs do not take each other on, and none of them approves a version."""
    h.begin(group)
    j, taken = h.journey, sorted(taken_roles(h.github.language, h.repository))
    version = j.world.register(j.registry(group), group.role, j.artifact(group), h.repository.branches[group.branch])
    approval = {"ModelPackageArn": version, "ModelApprovalStatus": "Approved"}
    gateway, region = j.world.gateway, group.build.region
    for role in taken:
        for other in taken:
            expect(not _may(gateway.assume, role, other), f"{role} may assume {other}")
        approves = _may(gateway.call, role, region, "sagemaker", "UpdateModelPackage", approval)
        expect(not approves, f"{role} may approve {version}")


def _may(attempt: Callable[..., object], *arguments: object) -> bool:
    try:
        attempt(*arguments)
    except Denied:
        return False
    return True


HOSTED: dict[str, HostedScene] = {
    scene.__name__: scene
    for scene in (
        built, deployed, refused, withdrawn, exchanged, raced, infrastructure_changed, change_refused,
        change_exchanged, change_forged, host_was_down, attacked, keys_stay_inside,
    )
}  # fmt: skip
