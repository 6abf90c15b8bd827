"""The record of a run (`runs/<id>/run.json`) as typed values; what is wrong or missing becomes a default."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..locks import is_held
from ..runs import INTERRUPTED
from .coerce import mapping, number, objects, optional, text

DONE = frozenset({"Succeeded", "Failed", "Stopped", "Skipped", "NotEmulated"})


class ReportError(Exception):
    """A report that cannot be written, with what to do about it."""


@dataclass(frozen=True)
class Condition:
    type: str
    left: Any
    left_expression: str
    right: Any
    right_expression: str
    result: bool | None


@dataclass(frozen=True)
class Output:
    name: str
    uri: str
    path: str | None


@dataclass(frozen=True)
class Step:
    name: str
    type: str
    title: str
    status: str
    depends_on: tuple[str, ...]
    parent: str | None
    branch: str | None
    start: str | None
    end: str | None
    seconds: float | None
    attempts: int
    cached: bool
    cached_from: str | None
    failure: str | None
    log: str | None
    rerun: str | None
    outcome: str | None
    conditions: tuple[Condition, ...]
    outputs: tuple[Output, ...]
    metrics: tuple[tuple[str, float | None], ...]
    trials: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    value: Any
    default: Any
    origin: str


@dataclass(frozen=True)
class Registered:
    step: str
    arn: str
    group: str
    version: str
    status: str
    model_data: str
    metadata: dict[str, str]
    created: str | None


@dataclass(frozen=True)
class Run:
    id: str
    directory: Path
    work: Path
    arn: str
    pipeline: str
    status: str
    failure: str | None
    start: str | None
    end: str | None
    seconds: float | None
    cores: int | None
    command: str
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    registered: tuple[Registered, ...]
    sample: dict[str, Any] | None
    environment: dict[str, Any] = field(default_factory=dict)
    registers: bool = True
    """Whether the run was to register its model; an experiment is not."""

    def step(self, name: str | None) -> Step | None:
        """Return the step of that name, if the run has one."""
        return next((step for step in self.steps if step.name == name), None)


def load(work: Path, execution_id: str) -> Run:
    """Read one run's record; ReportError where there is none that can be read."""
    directory = work / "runs" / execution_id
    path = directory / "run.json"
    try:
        raw = json.loads(path.read_text("utf-8", errors="replace"))
    except FileNotFoundError:
        raise ReportError(
            f"run {execution_id}: {path} does not exist; list the runs with the `runs` command"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ReportError(
            f"run {execution_id}: {path} cannot be read ({error}); run the pipeline again"
        ) from None
    if not isinstance(raw, dict):
        raise ReportError(
            f"run {execution_id}: {path} is not a run record (a JSON object); run the pipeline again"
        )
    if raw.get("version", 1) != 1:
        raise ReportError(
            f"run {execution_id}: {path} has version {raw['version']!r}, this report reads version 1"
        )
    if raw.get("status") == "Executing" and not _alive(directory):
        _end(raw)
    sample = raw.get("sampleAnswer")
    registered = raw.get("registered")
    return Run(
        id=execution_id,
        directory=directory,
        work=work,
        arn=text(raw.get("executionArn")),
        pipeline=text(raw.get("pipelineName")) or "pipeline",
        status=text(raw.get("status")) or "Unknown",
        failure=optional(raw.get("failureReason")),
        start=optional(raw.get("startTime")),
        end=optional(raw.get("endTime")),
        seconds=number(raw.get("seconds")),
        cores=int(cores)
        if (cores := number(raw.get("cores"))) is not None and math.isfinite(cores)
        else None,
        command=text(raw.get("command")),
        parameters=tuple(_parameter(item) for item in objects(raw.get("parameters"))),
        steps=_steps(objects(raw.get("steps"))),
        registered=tuple(
            _registered(item)
            for item in objects([registered] if isinstance(registered, dict) else registered)
        ),
        sample=sample if isinstance(sample, dict) else None,
        environment=mapping(raw.get("environment")),
        registers=raw.get("registers") is not False,
    )


def _alive(directory: Path) -> bool:
    try:
        return is_held(directory / ".lock")
    except OSError:
        return False


def _end(raw: dict[str, Any]) -> None:
    """Tell a run whose runner died as what it is; the file stays as it was found."""
    for item in (*objects(raw.get("steps")), raw):
        if item.get("status") == "Executing":
            item.update(status="Stopped", failureReason=INTERRUPTED)


def _steps(items: list[dict[str, Any]]) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for item in items:
        step = _step(item)
        steps.setdefault(step.name, step)
    return tuple(steps.values())


def _step(item: dict[str, Any]) -> Step:
    hit = item.get("cacheHit")
    depends = item.get("dependsOn")
    attempts, notes = number(item.get("attempts")), item.get("notes")
    return Step(
        name=text(item.get("name")) or "(unnamed)",
        type=text(item.get("type")),
        title=text(item.get("displayName")) or text(item.get("name")) or "(unnamed)",
        status=text(item.get("status")) or "Unknown",
        depends_on=tuple(text(name) for name in depends) if isinstance(depends, list) else (),
        parent=optional(item.get("parent")),
        branch=optional(item.get("branch")),
        start=optional(item.get("startTime")),
        end=optional(item.get("endTime")),
        seconds=number(item.get("seconds")),
        attempts=int(attempts) if attempts is not None and 0 < attempts < 1e6 else 1,
        cached=bool(hit),
        cached_from=optional(mapping(hit).get("executionId")),
        failure=optional(item.get("failureReason")),
        log=optional(item.get("log")),
        rerun=optional(item.get("rerunCommand")),
        outcome=optional(item.get("outcome")),
        conditions=tuple(_condition(each) for each in objects(item.get("conditions"))),
        outputs=tuple(
            Output(text(each.get("name")), text(each.get("uri")), optional(each.get("path")))
            for each in objects(item.get("outputs"))
        ),
        metrics=tuple(
            (text(each.get("name")), number(each.get("value"))) for each in objects(item.get("metrics"))
        ),
        trials=tuple(objects(item.get("trials"))),
        notes=tuple(text(note) for note in notes) if isinstance(notes, list) else (),
    )


def _condition(item: dict[str, Any]) -> Condition:
    result = item.get("result")
    return Condition(
        type=text(item.get("type")),
        left=item.get("left"),
        left_expression=text(item.get("leftExpression")),
        right=item.get("right"),
        right_expression=text(item.get("rightExpression")),
        result=result if isinstance(result, bool) else None,
    )


def _parameter(item: dict[str, Any]) -> Parameter:
    return Parameter(
        name=text(item.get("name")),
        type=text(item.get("type")),
        value=item.get("value"),
        default=item.get("default"),
        origin=text(item.get("origin")) or "default",
    )


def _registered(item: dict[str, Any]) -> Registered:
    return Registered(
        step=text(item.get("step")),
        arn=text(item.get("modelPackageArn")),
        group=text(item.get("modelPackageGroupName")),
        version=text(item.get("modelPackageVersion")),
        status=text(item.get("approvalStatus")),
        model_data=text(item.get("modelDataUrl")),
        metadata={text(key): text(value) for key, value in mapping(item.get("metadata")).items()},
        created=optional(item.get("creationTime")),
    )
