"""Scenes of a delivery that pipelines of GitLab run."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable
from typing import Any

from facts import Group
from gitlab import Gitlab, Job, Pipeline
from journey import Journey, expect
from moto_client import raw_client

GitlabScene = Callable[["AtGitlab", Group], None]


class AtGitlab:
    """The journey of such a delivery; people decide in AWS while a job waits for them."""

    def __init__(self, journey: Journey, gitlab: Gitlab) -> None:
        self.journey, self.gitlab = journey, gitlab
        self.decision = "Approved"
        self.answered: list[str] = []
        passed = journey.world.server.slept

        def slept(seconds: float) -> None:
            passed(seconds)
            self._decide()

        journey.world.server.slept = slept

    def approve_version(self, group: Group) -> str:
        """A new version that its approver has approved; somebody asks for its deployment."""
        journey, before = self.journey, len(self.requests(group))
        package = journey.world.register(journey.registry(group), group.role, journey.artifact(group), "0" * 40)
        journey.packages[group.name].append(package)
        journey.world.set_approval(package, "Approved", group.approver)
        journey.world.settle()
        expect(len(self.requests(group)) == before + 1, f"the approval of {package} asks for no deployment")
        return package

    def sweep(self, group: Group) -> Pipeline:
        """The time of the schedule has come; the newest pipeline that deploys the group."""
        swept = self.gitlab.start("schedule", self.journey.facts.at_gitlab.default_branch)
        expect(swept.status == "success", f"the schedule failed: {swept.message}")
        self.journey.world.settle()
        found = [p for p in self.gitlab.pipelines if p.run == part(group)]
        expect(bool(found), f"the schedule started nothing: {[job.log for job in swept.jobs.values()]}")
        return found[-1]

    def status(self, group: Group, package: str) -> str:
        """What became of the request for a version."""
        named = lambda request: request["variables"]["M"].get("MODEL_PACKAGE", {}).get("S")
        [found] = [request for request in self.requests(group) if named(request) == package]
        return str(found["status"]["S"])

    def requests(self, group: Group) -> list[dict[str, Any]]:
        """The deployments that were asked for."""
        items = raw_client("dynamodb", group.tooling).scan(TableName=group.hosted.requests)["Items"]
        return [item for item in items if item["kind"]["S"] == "deploy" and "status" in item]

    def _decide(self) -> None:
        """While a job waits for a decision, somebody with the releaser role writes one down, once."""
        pipeline, job = self.gitlab.working or (None, None)
        if pipeline is None or job is None or "environment" not in job.text:
            return
        host = job.text["environment"]["name"]
        if job.name.startswith("infrastructure:"):
            self._decide_change(pipeline, job)
        for group in self.journey.facts.groups:
            for environment in (e for e in group.environments if e.host == host and e.approval):
                entry = f"gl-{pipeline.identity}#{environment.name}"
                if entry in self.answered:
                    continue
                self.answered.append(entry)
                self._write(group.releaser, group.tooling.region, group.hosted.requests, entry)

    def _decide_change(self, pipeline: Pipeline, job: Job) -> None:
        """The same for exactly what was shown of a stage."""
        stage = job.name.removeprefix("infrastructure:deploy-")
        [left] = pipeline.jobs[f"infrastructure:diff-{stage}"].artifacts.values()
        with tarfile.open(fileobj=io.BytesIO(left)) as archive:
            values = archive.extractfile(".handed-on.sh")
            text = values.read().decode() if values else ""
        found = re.search(r"^export DIGEST=(\w{12})", text, re.MULTILINE)
        entry = f"gl-{pipeline.identity}#{stage}-{found[1] if found else 'nothing'}"
        if entry not in self.answered:
            self.answered.append(entry)
            host = self.journey.facts.at_gitlab
            self._write(host.approver, self.journey.facts.groups[0].tooling.region, host.approvals, entry)

    def _write(self, by: str, region: str, table: str, entry: str) -> None:
        told = {"decision": self.decision, "by": by, "at": "2026-01-01T00:00:00Z", "reason": "looked"}
        item = {name: {"S": value} for name, value in {"kind": "approval", "id": entry, **told}.items()}
        params = {"TableName": table, "Item": {**item, "expires": {"N": "1893456000"}}}
        self.journey.world.gateway.call(by, region, "dynamodb", "PutItem", params)


def part(group: Group) -> str:
    """What a pipeline that deploys a group is started as."""
    return group.hosted.deploy.removesuffix(".yml")


def built(g: AtGitlab, group: Group) -> None:
    """A push starts the build of its commit alone, with the rights to do what a build does."""
    pipeline = g.gitlab.start("push", group.branch, changed="model/train.py")
    expect(pipeline.status == "success", pipeline.message)
    expect(len(pipeline.jobs) == 1, f"a push started {list(pipeline.jobs)}")
    [job] = pipeline.jobs.values()
    expect(f"built {'1' * 40}" in job.log, f"it built another commit: {job.log[-500:]}")


def changed(g: AtGitlab, group: Group) -> None:
    """A push to the infrastructure is shown, approved and deployed, stage by stage."""
    pipeline = g.gitlab.start("push", group.branch, changed="infra/app.ts")
    expect(pipeline.status == "success", pipeline.message)
    shown = [name for name in pipeline.jobs if name.startswith("infrastructure:diff-")]
    expect(bool(shown), f"a push to the infrastructure started {list(pipeline.jobs)}")
    asked = [entry for entry in g.answered if entry.startswith(f"gl-{pipeline.identity}#")]
    expect(bool(asked), "nobody was asked about a change of the infrastructure")


def swept_in_vain(g: AtGitlab, group: Group) -> None:
    """Where nothing waits the schedule starts nothing, and a pipeline by hand does nothing."""
    branch = g.journey.facts.at_gitlab.default_branch
    before = len(g.gitlab.pipelines)
    swept = g.gitlab.start("schedule", branch)
    expect(swept.status == "success", swept.message)
    expect(len(g.gitlab.pipelines) == before + 1, "the schedule started something")
    idle = g.gitlab.start("web", branch, part(group))
    expect(idle.status == "success", idle.message)


def deployed(g: AtGitlab, group: Group) -> None:
    """An approved version reaches each environment, those that ask after somebody has approved it in AWS."""
    for _ in range(2):
        package = g.approve_version(group)
        pipeline = g.sweep(group)
        expect(pipeline.status == "success", f"pipeline {pipeline.identity}: {pipeline.message}")
        asked = [f"gl-{pipeline.identity}#{e.name}" for e in group.environments if e.approval]
        own = [entry for entry in g.answered if entry.startswith(f"gl-{pipeline.identity}#")]
        expect(sorted(own) == sorted(asked), f"people were asked about {own}, not {asked}")
        g.journey.expect_live(group, **{e.name: package for e in group.environments})
        expect(g.status(group, package) == "done", f"the request for {package} is not done")


def rejected(g: AtGitlab, group: Group) -> None:
    """What somebody rejects in AWS is not deployed; the request has failed."""
    guarded = [e.name for e in group.environments if e.approval]
    before = {name: g.journey.live(group)[name] for name in guarded}
    g.decision = "Rejected"
    package = g.approve_version(group)
    pipeline = g.sweep(group)
    g.decision = "Approved"
    expect(pipeline.status == "failed", f"pipeline {pipeline.identity} went through")
    expect({name: g.journey.live(group)[name] for name in guarded} == before, "it was deployed all the same")
    expect(g.status(group, package) == "failed", "the request has not failed")


def pushed_in_vain(g: AtGitlab, group: Group) -> None:
    """A push is no start of a deployment: its token gets no role of one."""
    before = len(g.answered)
    pipeline = g.gitlab.start("push", g.journey.facts.at_gitlab.default_branch, part(group))
    expect(pipeline.status == "failed", f"pipeline {pipeline.identity} of a push went through")
    expect("AccessDenied" in pipeline.message or "not allowed" in pipeline.message, pipeline.message)
    expect(len(g.answered) == before, "somebody was asked")


AT_GITLAB: dict[str, GitlabScene] = {
    scene.__name__: scene for scene in (built, changed, swept_in_vain, deployed, rejected, pushed_in_vain)
}
