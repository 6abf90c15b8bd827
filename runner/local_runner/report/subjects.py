"""What is compared: runs and registered versions, by what a person calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RunnerError
from ..registry import Registry
from .cli import LATEST, find
from .coerce import mapping, text
from .comparison import content
from .evaluation import Evaluation, evaluations
from .history import versions
from .overview import lineage
from .record import ReportError, Run, load

APPROVED = "approved"
MOST = 5
"""As many as curves that can be told apart."""
_NUMBER = re.compile(r"\d{1,7}")


@dataclass(frozen=True)
class Subject:
    """One of the compared; `package` is `group/version` of what it registered, `arn` its name there."""

    title: str
    run: Run
    evaluation: Evaluation | None
    package: str
    approval: str
    arn: str
    metadata: dict[str, str]
    lineage: dict[str, Any]


def subjects(work: Path, references: Sequence[str]) -> list[Subject]:
    """Return what is named. Raises RunnerError for what there is not, is named twice, or is too much."""
    if not 2 <= len(references) <= MOST:
        raise RunnerError(f"compare takes 2 to {MOST} runs or versions, not {len(references)}.")
    found: dict[str, str] = {}
    chosen = []
    for reference in references:
        one = subject(work, reference)
        if one.run.id in found:
            raise RunnerError(
                f"{found[one.run.id]} and {reference} are the same run, {one.run.id}: name another."
            )
        found[one.run.id] = reference
        chosen.append(one)
    return chosen


def subject(work: Path, reference: str, title: str = "") -> Subject:
    """Return what one reference names; its title is that of its version, or its id, unless one is given."""
    execution_id, package = _resolved(work, reference)
    try:
        run = load(work, execution_id)
    except ReportError:
        raise RunnerError(
            f"{reference} was registered by run {execution_id}, which is no longer in {work / 'runs'}:"
            " nothing else has its evaluation."
        ) from None
    measured = evaluations(run)
    entry = next((item for item in run.registered if package in ("", f"{item.group}/{item.version}")), None)
    states = {version.arn: version.status for version in versions(run)}
    name = f"{entry.group}/{entry.version}" if entry else ""
    return Subject(
        title=title or name or run.id,
        run=run,
        evaluation=measured[-1] if measured else None,
        package=name,
        approval=states.get(entry.arn, entry.status) if entry else "",
        arn=entry.arn if entry else "",
        metadata=entry.metadata if entry and entry.metadata else _constants(run),
        lineage=lineage(run),
    )


def _resolved(work: Path, reference: str) -> tuple[str, str]:
    """Return the id of a run, and the version that was named, if it was one."""
    registry = Registry(work / "registry")
    if reference == APPROVED:
        known = [package for group in registry.groups() for package in registry.versions(group)]
        approved = [package for package in known if package["ModelApprovalStatus"] == "Approved"]
        if not approved:
            raise RunnerError(
                "There is no approved version in the local registry: approve one with the registry command."
            )
        return _of(max(approved, key=lambda package: str(package["CreationTime"])))
    if "/" in reference or reference in registry.groups() or _NUMBER.fullmatch(reference):
        return _of(registry.find(reference))
    try:
        return find(work, reference), ""
    except ReportError as error:
        words = str(error).removeprefix("--run ")
        raise RunnerError(
            f"{words}. Name a run, a version such as 3 or churn/3, {LATEST} or {APPROVED}."
        ) from None


def _of(package: dict[str, Any]) -> tuple[str, str]:
    return str(package["ExecutionId"]), f"{package['ModelPackageGroupName']}/{package['ModelPackageVersion']}"


def _constants(run: Run) -> dict[str, str]:
    """Return what a registration would have recorded, as far as the definition says it without a run."""
    for step in _steps(content(run.directory / "definition.json").get("Steps")):
        if step.get("Type") == "RegisterModel":
            metadata = mapping(mapping(step.get("Arguments")).get("CustomerMetadataProperties"))
            return {name: value for name, value in metadata.items() if isinstance(value, str)}
    return {}


def _steps(items: Any) -> Iterator[dict[str, Any]]:
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield item
            arguments = mapping(item.get("Arguments"))
            for branch in ("IfSteps", "ElseSteps"):
                yield from _steps(arguments.get(branch))


def other_rows(chosen: Sequence[Subject]) -> str:
    """Say why the subjects were not measured on the same test rows; nothing if they were."""
    for one in chosen:
        if not one.lineage.get("data_version") or not one.lineage.get("split"):
            return f"it is not known whether the test rows are the same: {one.title} does not say its data"
    first = chosen[0]
    for other in chosen[1:]:
        if other.lineage["data_version"] != first.lineage["data_version"]:
            return f"not the same test rows: the data of {first.title} and {other.title} differ"
        if _split(other) != _split(first):
            return (
                f"not the same test rows: the data of {first.title} and {other.title} were split differently"
            )
    return ""


def _split(one: Subject) -> str:
    return json.dumps([one.lineage["split"], text(_target(one))], sort_keys=True)


def _target(one: Subject) -> Any:
    return next((item.value for item in one.run.parameters if item.name == "TargetColumn"), None)
