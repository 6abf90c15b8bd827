"""The registry's side of the story: what became of the versions after they were registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import RunnerError
from ..registry import Registry
from .coerce import objects, optional, text
from .record import Run


@dataclass(frozen=True)
class Version:
    """A version as it is in the registry today, with the last decision on it."""

    arn: str
    group: str
    version: str
    status: str
    created: str | None = None
    by: str | None = None
    decided: str | None = None
    reason: str | None = None

    @property
    def order(self) -> tuple[int, str]:
        return (int(self.version) if self.version.isdecimal() else -1, self.version)


def versions(run: Run) -> list[Version]:
    """Return the registry's entries of the groups that the run registered in; empty where it knows none."""
    registry = Registry(run.work / "registry")
    wanted = {entry.group for entry in run.registered}
    found: list[Version] = []
    try:
        for group in registry.groups():
            if group in wanted:
                found += [_version(item) for item in registry.versions(group)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RunnerError):
        return []  # a registry that cannot be read: the run's own record still tells what was registered
    return found


def _version(item: dict[str, Any]) -> Version:
    decisions = [event for event in objects(item.get("History")) if event.get("from") is not None]
    last = decisions[-1] if decisions else {}
    return Version(
        arn=text(item.get("ModelPackageArn")),
        group=text(item.get("ModelPackageGroupName")),
        version=text(item.get("ModelPackageVersion")),
        status=text(item.get("ModelApprovalStatus")),
        created=optional(item.get("CreationTime")),
        by=optional(last.get("by")),
        decided=optional(last.get("time")),
        reason=optional(last.get("why")),
    )
