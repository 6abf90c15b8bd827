"""What a pipeline has been through: its executions, the artifacts they keep and the questions they ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from cloud import Resource


@dataclass(frozen=True)
class Artifact:
    """Where an artifact of an execution is kept."""

    bucket: str
    key: str


@dataclass
class Approval:
    """A question to a person."""

    stage: str
    action: str
    message: str
    token: str = ""
    """What says that an answer is meant for this question."""
    answer: bool | None = None
    by: str = ""
    """ARN of whoever answered."""
    asked: datetime = field(default_factory=lambda: datetime.now(UTC))
    answered: datetime | None = None


@dataclass(frozen=True)
class Acted:
    """An action that has come to its end."""

    stage: str
    action: str
    succeeded: bool
    begun: datetime
    ended: datetime


@dataclass
class Execution:
    """One run of a pipeline."""

    identity: str
    pipeline: Resource
    variables: dict[str, str]
    revisions: dict[str, str]
    """Commit that each source action must fetch, where the starter said so."""
    starter: str = ""
    """ARN of the role that started it; empty where CodePipeline did by itself."""
    role: str = ""
    status: str = "InProgress"
    message: str = ""
    stage: str = ""
    in_front_of: str = ""
    """The stage that it waits for because another execution is in it."""
    skipped: list[str] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    """What the programs of its actions printed."""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    fetched: dict[str, str] = field(default_factory=dict)
    """Revision that each source action has fetched."""
    acted: list[Acted] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.status in ("Succeeded", "Failed", "Superseded")

    @property
    def question(self) -> Approval | None:
        """The question it waits for, if any."""
        return next((a for a in self.approvals if a.answer is None), None)
