"""What runs of workflows have been through: their jobs, the questions to people, and the artifacts that they keep."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from github_repository import Repository
from workflow_events import Event
from workflows import Job, Workflow


class StepFailed(Exception):
    """A step failed, as it may."""


@dataclass(frozen=True)
class KeptArtifact:
    """What a job left; nobody can change it."""

    identity: int
    name: str
    attempt: int
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the archive."""
        return hashlib.sha256(self.data).hexdigest()

    @staticmethod
    def pack(files: dict[str, Path]) -> bytes:
        """The archive of files."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, file in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(name), file.read_bytes())
        return buffer.getvalue()


@dataclass
class Review:
    """A question to the reviewers of an environment."""

    environment: str
    reviewers: tuple[str, ...]
    answer: bool | None = None
    by: str = ""
    comment: str = ""


@dataclass(eq=False)
class JobRun:
    """One job of a run."""

    job: Job
    result: str = ""
    """`success`, `failure`, `cancelled` or `skipped`; empty while it is not over."""
    begun: bool = False
    """Whether its condition has held."""
    outputs: dict[str, str] = field(default_factory=dict)
    attempt: int = 1
    environment: str = ""
    review: Review | None = None
    group: str = ""
    """What must not run beside it."""
    log: str = ""
    output: Path | None = None
    """What the step that runs now prints."""
    summary: str = ""
    message: str = ""
    """Why it failed."""
    steps: list[tuple[str, str]] = field(default_factory=list)
    """Each step with its outcome."""

    @property
    def printed(self) -> str:
        """What people see while it runs."""
        return self.log + (self.output.read_text() if self.output else "")

    @property
    def waits(self) -> bool:
        """Whether it waits for a person."""
        return self.review is not None and self.review.answer is None and not self.result


@dataclass(eq=False)
class Run:
    """One run of a workflow."""

    identity: int
    number: int
    repository: Repository
    workflow: Workflow
    event: Event
    inputs: dict[str, object]
    starter: str
    """Who started it, or started it again."""
    attempt: int = 1
    status: str = "queued"
    conclusion: str = ""
    cancelled: bool = False
    group: str = ""
    jobs: dict[str, JobRun] = field(default_factory=dict)
    artifacts: list[KeptArtifact] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.status == "completed"

    @property
    def questions(self) -> list[JobRun]:
        """The jobs that wait for a person."""
        return [job for job in self.jobs.values() if job.waits]

    @property
    def log(self) -> str:
        """What all jobs printed."""
        return "".join(job.log for job in self.jobs.values())

    @property
    def message(self) -> str:
        """Why jobs failed."""
        return "; ".join(f"{name}: {job.message}" for name, job in self.jobs.items() if job.message)
