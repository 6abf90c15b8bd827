"""What the steps of one run share, and what one step is given and gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .expressions import Scope
from .hashing import Hasher
from .opt_ml.place import Place
from .pipeline import Step
from .process import Processes
from .registry import Registry
from .slots import Slots
from .store import LocalStore

ACCOUNT = "arn:local:sagemaker:local:000000000000"
"""Prefix of the ARN-like names of everything local."""


@dataclass
class Context:
    """The surroundings of one run."""

    execution_id: str
    pipeline_name: str
    directory: Path
    store: LocalStore
    hasher: Hasher
    registry: Registry
    processes: Processes
    slots: Slots
    scope: Scope
    python: str
    user: Callable[[], str]
    cores: int
    opt_ml: Place
    time_limit: float | None = None
    registers: bool = True
    """Whether RegisterModel steps put a version into the registry."""
    manifest: dict[str, Any] = field(default_factory=dict)
    readers: dict[tuple[str, str], str] = field(default_factory=dict)

    def reader(self, step: str, output: str) -> str | None:
        """Return the name of a step that reads an output of a step."""
        return self.readers.get((step, output))


@dataclass
class Result:
    """What a step leaves: properties for expressions, outputs by name and uri, and what the record shows."""

    properties: dict[str, Any] = field(default_factory=dict)
    outputs: list[tuple[str, str]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)
    trials: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Job:
    """One step being run: its resolved arguments, its log, and a way to note what was done differently."""

    step: Step
    arguments: dict[str, Any]
    context: Context
    log: Path
    note: Callable[[str], None]

    @property
    def place(self) -> str:
        """Return where the arguments are in the definition, for messages."""
        return f"{self.step.place}.Arguments"

    @property
    def name(self) -> str:
        """Return the name of the job, made as SageMaker Pipelines does."""
        return f"pipelines-{self.context.execution_id}-{self.step.name}"

    def arn(self, kind: str) -> str:
        """Return the ARN-like name of the job."""
        return f"{ACCOUNT}:{kind}/{self.name.lower()}"
