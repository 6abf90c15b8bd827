"""A delivery that workflows of GitHub run: the repository on GitHub, what waits for its workflows, and who approves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deciders import Deciders
from facts import Environment, Facts, Group, Host
from github import Github
from github_repository import Account, GithubEnvironment, Repository
from golden_rows import PLAIN
from journey import Journey, expect, repository_files
from moto_client import raw_client
from runner_programs import runner_environment
from values import JourneyError
from workflow_runs import Run
from world import World

REVIEWER = "reviewer"
DEVELOPER = "developer"


def attach(world: World, facts: Facts) -> Github:
    """GitHub beside the accounts, with the delivery's repository and its environments."""
    environment = runner_environment(world.builds.programs, world.server)
    judge = world.gateway.judge
    github = Github(world.gateway, world.server, world.story, environment, judge.claims)
    github.language.start()
    host = _host(facts)
    repository = github.add(_repository(host, facts))
    if host.app:
        github.install_app(repository)
        world.functions.addresses["JOURNEY_GITHUB"] = github.api.url
    github.machines.replaced, github.machines.commands = world.builds.replaced, world.builds.commands
    return github


def _host(facts: Facts) -> Host:
    if facts.host is None:
        raise JourneyError("no workflow runs this delivery")
    return facts.host


def _repository(host: Host, facts: Facts) -> Repository:
    owner, name = host.repository.split("/")
    found = Repository(Account(owner, host.owner_id), name, host.repository_id, host.default_branch)
    asked = [e.host for g in facts.groups for e in g.environments if e.approval and not host.in_aws]
    silent = [e.host for g in facts.groups for e in g.environments if e.host not in asked]
    shown = host.infrastructure_environments if not host.in_aws else ()
    for environment in [*asked, *silent, *host.infrastructure_environments]:
        reviewers = (REVIEWER,) if environment in (*asked, *shown) else ()
        branches = (host.infrastructure_branch if environment in host.infrastructure_environments
                    else host.default_branch,)  # fmt: skip
        found.environments[environment] = GithubEnvironment(environment, reviewers, branches)
    return found


class Hosted:
    """The journey of such a delivery; its scenes use only what is here and what is in the journey."""

    def __init__(self, journey: Journey, github: Github, files: Path) -> None:
        self.journey = journey
        self.github = github
        self.host = _host(journey.facts)
        self.repository = github.repositories[self.host.repository]
        self._files = {str(f.relative_to(files)): f.read_text() for f in sorted(files.rglob("*"))
                       if f.is_file() and (f.relative_to(files).parts[0] == ".github")}  # fmt: skip
        self.deciders = Deciders(journey, github, self.host) if self.host.in_aws else None
        """People who approve in AWS."""

    def begin(self, group: Group) -> None:
        """The repository is there, with the workflows on every branch that somebody builds from."""
        branches = {self.host.default_branch, self.host.infrastructure_branch, group.branch}
        for branch in sorted(branches - set(self.repository.branches)):
            self.repository.commit(branch, {**repository_files(), **self._files})

    def push(self, group: Group, files: dict[str, str]) -> str:
        """Somebody pushes to the group's branch."""
        pushed = self.github.push(self.repository, group.branch, {**files}, DEVELOPER)
        self.settle()
        return pushed

    def builds(self, group: Group) -> list[Run]:
        """Runs of the workflow that builds."""
        return self.github.runs(self.repository, group.hosted.build)

    def deployments(self, group: Group) -> list[Run]:
        """Runs of the workflow that deploys."""
        return self.github.runs(self.repository, group.hosted.deploy)

    def changes(self) -> list[Run]:
        """Runs of the workflow that deploys the infrastructure."""
        return self.github.runs(self.repository, self.host.infrastructure)

    def requests(self, group: Group, kind: str = "deploy") -> list[dict[str, Any]]:
        """What was asked for, the oldest first."""
        client = raw_client("dynamodb", group.tooling)
        items = client.scan(TableName=group.hosted.requests)["Items"]
        found = [item for item in items if item["kind"]["S"] == kind and "status" in item]
        return sorted(found, key=lambda item: str(item["id"]["S"]))

    def asked(self, group: Group, package: str) -> dict[str, Any]:
        """The newest request for a version."""
        found = [r for r in self.requests(group) if r["variables"]["M"].get("MODEL_PACKAGE", {}).get("S") == package]
        expect(bool(found), f"nobody asked for a deployment of {package}{self.journey.why_not()}")
        return found[-1]

    def approve_version(self, group: Group) -> str:
        """A new version that its approver has approved; somebody asks for its deployment."""
        self.journey.world.measured = PLAIN
        journey, count = self.journey, len(self.requests(group))
        package = journey.world.register(
            journey.registry(group), group.role, journey.artifact(group), self.repository.branches[group.branch]
        )
        journey.packages[group.name].append(package)
        expect(len(self.requests(group)) == count, f"a deployment of {package} is asked for before its approval")
        journey.world.set_approval(package, "Approved", group.approver)
        self.settle()
        expect(len(self.requests(group)) == count + 1, f"the approval of {package} asks for no deployment")
        return package

    def look(self, group: Group) -> Run:
        """The time has come for the scheduled run, which takes what waits."""
        run = self.github.tick(self.repository, group.hosted.deploy)
        self.settle()
        return run

    def deployment_of(self, group: Group, package: str) -> Run:
        """The run that works on a version: started by the App, or else on its schedule."""
        wanted = self.asked(group, package)["id"]
        if not self.host.app:
            self.look(group)
        # A decision that comes meanwhile asks for the same version once more.
        request = next(request for request in self.requests(group) if request["id"] == wanted)
        runs = self.deployments(group)
        said = (runs[-1].message or runs[-1].log[-300:]) if runs else "none was started"
        expect(request["status"]["S"] != "waiting", f"no run takes the request for {package}: {said}")
        number = int(request["run"]["S"].removeprefix("gh-"))
        return next(r for r in self.deployments(group) if r.identity == number)

    def answer(self, run: Run, environment: Environment, yes: bool = True) -> None:
        """A reviewer answers for an environment."""
        expect(not run.done, f"{run.workflow.file} ended before {environment.name}: {run.message}")
        self.github.answer(run, environment.host, REVIEWER, yes)
        self.settle()

    def expect_live(self, group: Group, package: str) -> None:
        """A version serves everywhere; in another region it is a copy in a group of that region."""
        copies = [e for e in group.environments if e.place.region != group.build.region]
        own = {e.name: package for e in group.environments if e not in copies}
        self.journey.expect_live(group, **own)
        live = self.journey.live(group)
        for environment in copies:
            found = live[environment.name] or "nothing"
            mine = f"{environment.place.arn('sagemaker', 'model-package')}/{group.packages}-"
            expect(found.startswith(mine), f"{found} serves in {environment.name}")

    def change(self) -> Run:
        """A commit to the infrastructure; the run that it starts."""
        before = len(self.changes())
        code = f"// {uuid.uuid4()}\n"
        self.github.push(self.repository, self.host.infrastructure_branch, {"infra/app.ts": code}, DEVELOPER)
        self.settle()
        expect(len(self.changes()) == before + 1, f"the commit started {len(self.changes()) - before} runs")
        return self.changes()[-1]

    def roll_out(self, group: Group) -> str:
        """A version that is everywhere, whoever must be asked."""
        package = self.approve_version(group)
        run = self.deployment_of(group, package)
        self.say_yes(run)
        self.succeed(run)
        self.expect_live(group, package)
        return package

    def again(self, run: Run, everything: bool = False) -> None:
        """Somebody runs what has failed once more, or all of it."""
        self.github.again(run, DEVELOPER, everything)
        self.settle()

    def say_yes(self, run: Run) -> list[str]:
        """Every question of a run is answered with yes; the environments that asked."""
        asked = []
        while run.questions:
            asked.append(run.questions[0].environment)
            self.github.answer(run, asked[-1], REVIEWER, True)
            self.settle()
        return asked

    def settle(self) -> None:
        """Until nothing moves by itself any more, neither in AWS nor on GitHub."""
        for _ in range(100):
            self.journey.world.settle()
            if not self.github.advance():
                return
        raise JourneyError("the delivery never comes to rest")

    def succeed(self, run: Run) -> None:
        """The run has come to a good end."""
        expect(run.conclusion == "success", f"{run.workflow.file}: {run.conclusion or run.status}: {run.message}")

    def fail(self, run: Run, word: str) -> None:
        """The run has failed, and said why."""
        expect(run.conclusion == "failure", f"{run.workflow.file} is {run.conclusion}; it was to fail with: {word}")
        expect(word in run.message + run.log, f"{run.workflow.file} failed with {run.message!r}, not with: {word}")


HostedScene = Callable[[Hosted, Group], None]
