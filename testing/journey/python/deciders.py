"""People who decide in AWS about what jobs wait for: they type the command that a waiting job prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from facts import Host
from github import Github
from journey import Journey
from values import JourneyError, Place, parse_arn

APPROVED, REJECTED = "Approved", "Rejected"
_COMMAND = re.compile(
    r"npx projen deployment:approve -- (?:--environment (?P<environment>[\w-]+)|"
    r"--infrastructure (?P<stage>\w+) --digest (?P<digest>\w*)) --run (?P<run>\d+)(?: --group (?P<group>[\w-]+))?"
)


@dataclass(frozen=True)
class Question:
    """What is decided about, and where the decision stands."""

    run: int
    name: str
    table: str
    role: str
    """Whose members may decide."""
    place: Place

    @property
    def entry(self) -> str:
        """The decision's id in the table."""
        return f"gh-{self.run}#{self.name}"


@dataclass
class Deciders:
    """They look whenever a job waits; without anything to read there they do nothing."""

    journey: Journey
    github: Github
    host: Host
    decide: Callable[[Question], str] = lambda _: APPROVED
    asked: dict[str, Question] = field(default_factory=dict)
    """What they were asked about, each once, by its entry."""

    def __post_init__(self) -> None:
        server = self.journey.world.server
        passed = server.slept

        def slept(seconds: float) -> None:
            passed(seconds)
            self._look()

        server.slept = slept

    def of(self, run: int) -> list[Question]:
        """What a run has asked."""
        return [question for question in self.asked.values() if question.run == run]

    def put(self, question: Question, decision: str) -> None:
        """Somebody who may writes a decision down; the last one counts."""
        told = {"decision": decision, "by": question.role, "at": "2026-01-01T00:00:00Z", "reason": "looked"}
        item = {name: {"S": value} for name, value in {"kind": "approval", "id": question.entry, **told}.items()}
        params = {"TableName": question.table, "Item": {**item, "expires": {"N": "1893456000"}}}
        self.journey.world.gateway.call(question.role, question.place.region, "dynamodb", "PutItem", params)
        who = parse_arn(question.role).name
        self.journey.world.story.tell(f"person as {who}", f"{decision}: {question.name} of the run {question.run}")

    def _look(self) -> None:
        run, job = self.github.working or (None, None)
        said = list(_COMMAND.finditer(job.printed)) if job else []
        if run is None or not said:
            return
        question = self._question(said[-1])
        if question.run != run.identity:
            raise JourneyError(f"{run.workflow.file} asks about the run {question.run}, and is {run.identity}")
        if question.entry not in self.asked:
            self.asked[question.entry] = question
            self.put(question, self.decide(question))

    def _question(self, said: re.Match[str]) -> Question:
        groups = self.journey.facts.groups
        if said["stage"]:
            name = f"{said['stage']}-{said['digest']}"
            return Question(int(said["run"]), name, self.host.approvals, self.host.approver, groups[0].tooling)
        group = next(g for g in groups if g.name == said["group"])
        environment = said["environment"]
        return Question(int(said["run"]), environment, group.hosted.requests, group.releaser, group.tooling)
