"""The journey of a delivery: from a commit to production and back, scene by scene, with what must be true after
each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from baselines import Baseline
from cloud import Resource
from executions import Execution
from facts import Environment, Facts, Group, Infrastructure
from moto_client import described
from values import Denied, JourneyError, Place
from world import World, short


def repository_files() -> dict[str, str]:
    """A repository in which the model's build is stood in for."""
    files = {f.name: f.read_text() for f in (Path(__file__).parent / "stand_in").iterdir() if f.is_file()}
    return {**files, "package.json": "{}\n", "package-lock.json": "{}\n"}


def expect(true: bool, message: str) -> None:
    """What must be true."""
    if not true:
        raise JourneyError(message)


class Journey:
    """One delivery on its way; scenes use only what is here."""

    def __init__(self, world: World, facts: Facts) -> None:
        self.world = world
        self.facts = facts
        self.packages: dict[str, list[str]] = {g.name: [] for g in facts.groups}
        self.was_live: set[tuple[Place, str]] = set()
        self.callers: dict[str, Any] = {}
        """Callers of each environment's API."""
        self.bound_to: dict[tuple[Place, str, str], str] = {}
        """The package that each version of a handler is for."""
        self.gaps: dict[str, bool] = {}
        """Whether a version takes rows in which `visits` is missing."""
        self.failing: set[str] = set()
        """Versions that answer callers with errors, as they are meant to."""
        self.baseline: Baseline | None = None
        """What monitors compare the versions with."""
        self.commits: dict[str, str] = {}
        """Commit of each version that was built from one."""
        # From four in the morning on, so that no daily or weekly monitor is due before a scene means it to be.
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.hour = now + timedelta(hours=(4 - now.hour) % 24 or 24)
        """The last hour in which monitored endpoints were asked."""

    # Looking

    def live(self, group: Group) -> dict[str, str | None]:
        """What serves in each environment, in words."""
        found = {e.name: self.world.live_in(e) for e in group.environments}
        # Where each package has an endpoint of its own, one is removed when nobody can return to it any more.
        lasting = [e for e in group.environments if not (e.api and e.api.per_release)]
        self.was_live |= {(e.place, e.endpoint) for e in lasting if found[e.name]}
        return found

    def expect_live(self, group: Group, **wanted: str | None) -> None:
        """Exactly these packages serve."""
        found = self.live(group)
        for name, package in wanted.items():
            shown = short(found[name] or "nothing/-") if found[name] else "nothing"
            expect(
                found[name] == package,
                f"{shown} serves in {name} of {group.name}, not {short(package) if package else 'nothing'}",
            )

    def everywhere(self, group: Group, package: str | None) -> dict[str, str | None]:
        """The same package in each environment."""
        return {e.name: package for e in group.environments}

    def executions(self, group: Group) -> list[Execution]:
        """Of the deploy pipeline."""
        return self.world.pipelines.of(group.deploy_pipeline)

    def newest(self, group: Group) -> Execution:
        """Newest execution of the deploy pipeline."""
        expect(bool(self.executions(group)), f"{group.deploy_pipeline} was never started")
        return self.executions(group)[-1]

    # Acting

    def registry(self, group: Group) -> Resource:
        """The group's model package group."""
        return self.world.cloud.get(
            "AWS::SageMaker::ModelPackageGroup", group.build.arn("sagemaker", f"model-package-group/{group.packages}")
        )

    def artifact(self, group: Group) -> tuple[str, str, str]:
        """Bucket and key of a new training job's artifact, and the job's role."""
        job = f"pipelines-{uuid.uuid4().hex[:12]}-Train"
        return group.artifacts, f"{group.sagemaker_pipeline}/models/{job}/output/model.tar.gz", group.training

    def register(self, group: Group) -> str:
        """A new version that waits for its approval."""
        count = len(self.executions(group))
        package = self.world.register(self.registry(group), group.role, self.artifact(group), uuid.uuid4().hex)
        self.packages[group.name].append(package)
        expect(len(self.executions(group)) == count, f"{short(package)} is deployed though nobody has approved it")
        return package

    def approve(self, group: Group) -> tuple[str, Execution]:
        """A new version is registered and approved; the execution that this starts, at its first question or its
        end."""
        package = self.register(group)
        return package, self.decide(group, package, "Approved")

    def decide(self, group: Group, package: str, status: str) -> Execution:
        """A status is set; exactly one execution starts."""
        count = len(self.executions(group))
        self.world.set_approval(package, status, group.approver)
        started = len(self.executions(group)) - count
        expect(
            started == 1,
            f"{status} of {short(package)} started {started} executions of {group.deploy_pipeline}{self.why_not()}",
        )
        expect(
            self.newest(group).variables.get("ModelPackageArn") == package,
            f"the execution was started for {self.newest(group).variables}, not for {short(package)}",
        )
        return self.newest(group)

    def silently(self, group: Group, package: str, status: str) -> None:
        """A status is set, and the event about it is lost."""
        self.world.set_approval(package, status, group.approver, settle=False)
        self.world.events.pending.clear()

    def say_yes(self, group: Group, execution: Execution) -> None:
        """Every question of an execution is answered with yes."""
        while execution.question is not None:
            self.world.answer(execution, True, group.releaser)

    def succeed(self, execution: Execution) -> None:
        """The execution has come to a good end."""
        expect(
            execution.status == "Succeeded",
            f"{execution.pipeline.name}: {execution.status}: {execution.message or execution.stage}",
        )

    def fail(self, execution: Execution, word: str) -> None:
        """The execution has failed, and said why."""
        said = execution.message + execution.log
        expect(
            execution.status == "Failed",
            f"{execution.pipeline.name} is {execution.status}; it was to fail with: {word}",
        )
        expect(word in said, f"{execution.pipeline.name} failed with {execution.message!r}, not with: {word}")

    def roll_out(self, group: Group) -> str:
        """A version goes through to the last environment; a manual approval is asked for just where the options
        say so."""
        package, execution = self.approve(group)
        asked: list[str] = []
        while execution.question is not None:
            serves = {e.name for e in group.environments if self.world.live_in(e) == package}
            waiting = [e for e in group.environments if e.approval and e.name not in serves and e.name not in asked]
            expect(bool(waiting), f"{execution.question.stage} asks for an approval that no environment wants")
            early = [e.name for e in group.environments if e.wave < waiting[0].wave and e.name not in serves]
            expect(
                not early, f"{execution.question.stage} asks for an approval before {', '.join(early)} has the version"
            )
            asked.append(waiting[0].name)
            self.world.answer(execution, True, group.releaser)
        self.succeed(execution)
        wanted = [e.name for e in group.environments if e.approval]
        expect(asked == wanted, f"asked for approval before {asked or 'nothing'}; the options want it before {wanted}")
        self.expect_live(group, **self.everywhere(group, package))
        self.was_tested(group, package, [e.name for e in group.environments])
        return package

    def settled(self, group: Group) -> str:
        """The approved version that serves everywhere and that nothing newer waits behind; one is rolled out if there
        is none."""
        found = set(self.live(group).values())
        package = found.pop() if len(found) == 1 else None
        if package is None or self.status_of(package) != "Approved" or package != self.newest_approved(group):
            return self.roll_out(group)
        return package

    def newest_approved(self, group: Group) -> str | None:
        """The last of the group's own versions that is approved."""
        return next((p for p in reversed(self.packages[group.name]) if self.status_of(p) == "Approved"), None)

    def was_tested(self, group: Group, package: str, names: list[str]) -> None:
        """The endpoints answered a request since the package is live there."""
        asked = {(s.endpoint, s.package) for s in self.world.sagemaker.invocations}
        for environment in group.environments:
            if environment.name in names:
                arn = environment.place.arn("sagemaker", f"endpoint/{environment.endpoint}")
                mine = {served for endpoint, served in asked if endpoint == arn or endpoint.startswith(f"{arn}-r")}
                expect(
                    package in mine,
                    f"nobody invoked {environment.endpoint} after {short(package)} was deployed there",
                )

    def change_infrastructure(self, group: Group) -> Execution:
        """The infrastructure's code is changed and deployed; the execution of the deploy pipeline that this starts."""
        count = len(self.executions(group))
        if self.facts.infrastructure:
            self._by_pipeline(group, self.facts.infrastructure)
        else:
            pipeline = self.world.cloud.named("AWS::CodePipeline::Pipeline", group.deploy_pipeline)
            self.world.builds.deployed.append(pipeline.stack)
            self.world.settle()
        started = len(self.executions(group)) - count
        expect(
            started == 1,
            f"an infrastructure commit started {started} executions of {group.deploy_pipeline}{self.why_not()}",
        )
        return self.newest(group)

    def settle_infrastructure(self) -> None:
        """Whatever the infrastructure's repository has is deployed everywhere, so that a change of it is the only
        one."""
        infrastructure, group = self.facts.infrastructure, self.facts.groups[0]
        if infrastructure is None:
            return
        if not self.world.pipelines.of(infrastructure.pipeline):
            repository = group.tooling.arn("codecommit", infrastructure.repository)
            self.world.push(repository, infrastructure.branch, repository_files())
        for execution in self.world.pipelines.of(infrastructure.pipeline):
            while execution.question is not None:
                self.world.answer(execution, True, None)
        for each in self.facts.groups:
            for execution in self.executions(each):
                if execution.variables.get("ModelPackageArn") == "keep-live":
                    self.say_yes(each, execution)

    def _by_pipeline(self, group: Group, infrastructure: Infrastructure) -> None:
        repository = group.tooling.arn("codecommit", infrastructure.repository)
        count = len(self.world.pipelines.of(infrastructure.pipeline))
        builds = len(self.world.pipelines.of(group.build_pipeline))
        self.world.push(repository, infrastructure.branch, {"infra/app.ts": f"// {uuid.uuid4()}\n"})
        started = len(self.world.pipelines.of(infrastructure.pipeline)) - count
        expect(
            started == 1,
            f"a commit to the infrastructure started {started} executions of {infrastructure.pipeline}{self.why_not()}",
        )
        expect(
            len(self.world.pipelines.of(group.build_pipeline)) == builds,
            "a commit to the infrastructure alone built a model",
        )
        asked = self.release(infrastructure)
        expect(
            asked == list(infrastructure.approvals),
            f"asked for approval in {asked}; the options want it in {infrastructure.approvals}",
        )

    def release(self, infrastructure: Infrastructure) -> list[str]:
        """The newest execution of the infrastructure pipeline is approved wherever it asks; the stages where it did."""
        execution, asked = self.world.pipelines.of(infrastructure.pipeline)[-1], []
        while execution.question is not None:
            asked.append(execution.question.stage)
            self.world.answer(execution, True, None)
        self.succeed(execution)
        return asked

    def why_not(self) -> str:
        """What kept events from arriving."""
        lost = [u.reason for u in self.world.events.undelivered]
        failed = [f"{f.machine}: {f.cause}" for f in self.world.machines.finished if f.status != "SUCCEEDED"]
        return "".join(f"; {reason}" for reason in lost + failed)

    def told(self, words: str) -> None:
        """People got a message with these words."""
        expect(
            any(words in text for _, text in self.world.events.messages),
            f"nobody was notified: {words}{self.why_not()}",
        )

    def others_may_not(self, group: Group) -> None:
        """Whoever builds may not approve."""
        try:
            made = self.artifact(group)
            self.world.register(self.registry(group), group.role, made, "0" * 40, approval="Approved")
        except Denied as denied:
            expect(
                self.world.settings.judge is None or "NeverApprove" in str(denied),
                f"approving is refused by chance: {denied}",
            )
            self.world.story.tell("judge", str(denied))
            return
        expect(
            self.world.settings.judge is None,
            "the SageMaker pipeline's role may register a package that is approved already",
        )

    def invariants(self) -> None:
        """What is true after every scene."""
        expect(not self.world.events.undelivered, f"an event was not delivered{self.why_not()}")
        own = tuple(
            e.place.arn("sagemaker", f"endpoint/{e.endpoint}-r")
            for g in self.facts.groups for e in g.environments if e.api and e.api.per_release
        )  # fmt: skip
        deleted = [arn for arn in self.world.sagemaker.deleted if not arn.startswith(own)]
        expect(not deleted, f"an endpoint was deleted: {deleted}")
        for place, endpoint in self.was_live:
            expect(self.world.live(place, endpoint) is not None, f"the endpoint {endpoint} is gone")
        expect(not self.world.functions.lost, f"{self.world.functions.lost}{self.why_not()}")
        failed = [f for f in self.world.machines.finished if f.status != "SUCCEEDED"]
        expect(not failed, f"a state machine failed{self.why_not()}")

    def answered(self, environment: Environment) -> list[Any]:
        """Everything that callers of an API were answered."""
        return self.world.fronts.apis.answers_of(environment.place, environment.front.name)

    def status_of(self, package: str) -> str:
        """What the registry says."""
        return str(described(package)["ModelApprovalStatus"])


Scene = Callable[[Journey, Group], None]
