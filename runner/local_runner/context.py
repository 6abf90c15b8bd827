"""What the steps of one run share, and what one step is given and gives back."""

from __future__ import annotations

import hashlib
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

_LONGEST_TUNING_NAME = 32


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
    """One step being run: its resolved arguments, its log, a way to note what was done differently, and one
    to show trials while they run."""

    step: Step
    arguments: dict[str, Any]
    context: Context
    log: Path
    note: Callable[[str], None]
    show_trials: Callable[[list[dict[str, Any]]], None] = lambda trials: None

    @property
    def place(self) -> str:
        """Return where the arguments are in the definition, for messages."""
        return f"{self.step.place}.Arguments"

    @property
    def name(self) -> str:
        """Return the name of the job, made as SageMaker Pipelines does; that of a tuning job is shorter."""
        execution, step = self.context.execution_id, self.step.name
        if self.step.type != "Tuning":
            return f"pipelines-{execution}-{step}"
        room = _LONGEST_TUNING_NAME - len(execution) - 1
        if len(step) > room:
            step = f"{step[: room - 7]}-{hashlib.sha256(step.encode()).hexdigest()[:6]}"
        return f"{execution}-{step}"

    def arn(self, kind: str) -> str:
        """Return the ARN-like name of the job."""
        return f"{ACCOUNT}:{kind}/{self.name.lower()}"
