"""Scenes of a delivery that workflows of GitHub run. Each can also be played alone, in a delivery that is new."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from facts import Group
from github_attacks import Table, conditions, let_in
from github_roles import taken_roles
from hosted import Hosted
from journey import expect
from values import Denied

HostedScene = Callable[[Hosted, Group], None]


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
        decided = [entry for entry in h.answered if entry.startswith(f"gh-{run.identity}#")]
        wanted = [e.name for e in group.environments if e.approval and h.host.in_aws]
        expect(sorted(e.partition("#")[2] for e in decided) == sorted(wanted), f"people were asked about {decided}")
        h.expect_live(group, package)
        near = [e.name for e in group.environments if e.place.region == group.build.region]
        h.journey.was_tested(group, package, near)
        expect(h.asked(group, package)["status"]["S"] == "done", f"the request for {package} is not done")
        expect(not run.questions, f"asked beside {asked}: {[job.environment for job in run.questions]}")


def refused(h: Hosted, group: Group) -> None:
    """A reviewer rejects: the environment keeps what it has, and the request has failed."""
    h.begin(group)
    guarded = [e for e in group.environments if e.approval]
    if h.host.in_aws or not guarded:
        return
    package = h.approve_version(group)
    run = h.deployment_of(group, package)
    before = h.journey.live(group)[guarded[-1].name]
    while run.questions and run.questions[0].environment != guarded[-1].host:
        h.github.answer(run, run.questions[0].environment, "reviewer", True)
        h.settle()
    h.answer(run, guarded[-1], yes=False)
    h.fail(run, "rejected")
    expect(h.journey.live(group)[guarded[-1].name] == before, f"{guarded[-1].name} got what was rejected")
    expect(h.asked(group, package)["status"]["S"] == "failed", f"the request for {package} has not failed")


def infrastructure_changed(h: Hosted, group: Group) -> None:
    """A commit to the infrastructure is shown, let in stage by stage, and deployed as it was shown."""
    h.begin(group)
    before = len(h.changes())
    h.github.push(h.repository, h.host.infrastructure_branch, {"infra/app.ts": f"// {uuid.uuid4()}\n"}, "developer")
    h.settle()
    expect(len(h.changes()) == before + 1, f"the commit started {len(h.changes()) - before} runs")
    run = h.changes()[-1]
    executed = len(h.journey.world.infrastructure.executed)
    asked = [job.environment for job in run.questions]
    expect(
        executed == 0 or not asked or len(h.journey.world.infrastructure.executed) == executed,
        "a change was executed before somebody let it in",
    )
    h.say_yes(run)
    h.succeed(run)


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
            inside = let_in(table.play(role, origin, conditions(trusting[role])))
            expect(not inside, f"{role} lets in: {', '.join(inside)}")


def keys_stay_inside(h: Hosted, group: Group) -> None:
    """Roles of jobs do not take each other on, and none of them approves a version."""
    taken = sorted(taken_roles(h.github.language, h.repository))
    for role in taken:
        for other in taken:
            try:
                h.github.gateway.assume(role, other)
            except Denied:
                continue
            expect(False, f"{role} may assume {other}")


HOSTED: dict[str, HostedScene] = {
    scene.__name__: scene
    for scene in (built, deployed, refused, infrastructure_changed, host_was_down, attacked, keys_stay_inside)
}
