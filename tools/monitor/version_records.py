"""Which version answered at a time, by the records that deployments leave; which version a package is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from job_settings import JobError, iso, moment
from job_store import Store

FORMAT = 1
FOLDER = "deployments/"
UNKNOWN = 0
"""In place of a version: nobody can tell which one answered."""


@dataclass(frozen=True)
class Deployment:
    """A version that a deployment, or a return, put into place."""

    package: str
    version: int
    commit: str | None
    started: datetime
    """From when on it may have answered, and the one before it too."""
    proven: datetime
    """Since when only it answers."""

    @classmethod
    def of(cls, key: str, raw: Mapping[str, Any]) -> Deployment:
        """What a record says."""
        if raw.get("format") != FORMAT:
            raise JobError(f"{key} has format {raw.get('format')!r}, this job knows {FORMAT}")
        commit = raw.get("commit")
        return cls(
            str(raw["package"]), int(raw["version"]), None if commit is None else str(commit),
            moment(str(raw["from"])), moment(str(raw["proven"])),
        )  # fmt: skip


@dataclass
class Deployments:
    """The deployments of a model package group to an environment, in their order."""

    group: str
    known: list[Deployment] = field(default_factory=list)

    @classmethod
    def read(cls, store: Store, group: str) -> Deployments:
        """The records in the deployment bucket; those of other groups are of no interest."""
        found = []
        for one in store.listed(FOLDER):
            raw = store.read_json(one.key)
            if raw is not None and raw.get("group") == group:
                found.append(Deployment.of(one.key, raw))
        return cls(group, sorted(found, key=lambda record: record.proven))

    def at(self, time: datetime) -> Deployment | None:
        """What answered at a time; nothing while a deployment ran, and before the first one."""
        proven = [record for record in self.known if record.proven <= time]
        if not proven or any(record.started <= time < record.proven for record in self.known):
            return None
        return proven[-1]

    def read_by(self, time: datetime) -> list[Deployment]:
        """Whose request a row may be: of what had begun to answer, the newest first."""
        return sorted(
            (record for record in self.known if record.started <= time), key=lambda r: r.started, reverse=True
        )

    def versions_at(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """The version that answered at each time, in milliseconds."""
        found = np.full(len(times), UNKNOWN, np.int64)
        for record in self.known:
            found[times >= _milliseconds(record.proven)] = record.version
        for record in self.known:
            start, end = _milliseconds(record.started), _milliseconds(record.proven)
            found[(times >= start) & (times < end)] = UNKNOWN
        return found

    def in_doubt(self, since: datetime) -> Iterable[tuple[datetime, datetime]]:
        """When deployments ran that were proven since a time."""
        return [(record.started, record.proven) for record in self.known if record.proven >= since]

    def of_package(self, package: str | None) -> int | None:
        """The version that a package is: as a record says, else as its ARN ends."""
        if not package:
            return None
        for record in self.known:
            if record.package == package:
                return record.version
        last = package.rpartition("/")[2]
        return int(last) if last.isdigit() else None

    def of_version(self, version: int) -> Deployment | None:
        """The newest record of a version."""
        return next((record for record in reversed(self.known) if record.version == version), None)

    @property
    def live(self) -> Deployment | None:
        """What answers now."""
        return self.known[-1] if self.known else None

    def words(self) -> str:
        """What is known, for an error."""
        return ", ".join(f"{one.version} since {iso(one.proven)}" for one in self.known) or "none"


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
