"""The registry's side of the story: what became of the versions after they were registered."""

from __future__ import annotations

from dataclasses import dataclass

from .record import Run


@dataclass(frozen=True)
class Version:
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
    """Return the registry's entries of the groups that the run registered in; empty where there is no registry."""
    return []
