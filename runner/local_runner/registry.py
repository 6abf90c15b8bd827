"""The local model registry: one append-only history per model package group."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from .errors import RunnerError, nearest
from .locks import exclusive
from .record import now

STATES = ("PendingManualApproval", "Approved", "Rejected")
_ARN = "arn:local:sagemaker:local:000000000000:model-package"
_GROUP = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})")


class Registry:
    """Model packages with their approval states, and who changed them when and why.

    Every event is one line that is on the disk before the call returns; nothing is ever changed or removed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def register(self, group: str, package: dict[str, Any], by: str, execution_id: str) -> dict[str, Any]:
        """Add the next version of a group; returns its description."""
        if not isinstance(group, str) or not _GROUP.fullmatch(group):
            raise RunnerError(
                f"{group!r} is not a valid model package group name: up to 63 letters, digits and hyphens."
            )
        with exclusive(self._lock(group)):
            version = 1 + max((item["ModelPackageVersion"] for item in self.versions(group)), default=0)
            status = package.get("ModelApprovalStatus") or STATES[0]
            event = {
                "event": "Registered", "version": version, "time": now(), "by": by, "why": None, "from": None,
                "to": status, "executionId": execution_id, "package": package,
            }  # fmt: skip
            self._append(group, event)
        return self.describe(group, version)

    def set_status(
        self, group: str, version: int, status: str, by: str, why: str, record: str | None = None
    ) -> dict[str, Any]:
        """Approve or reject a version; returns its description. `record` names the decision's record."""
        with exclusive(self._lock(group)):
            before = self.describe(group, version)["ModelApprovalStatus"]
            event = {"event": "StatusChanged", "version": version, "time": now(), "by": by, "why": why,
                     "from": before, "to": status}  # fmt: skip
            # By its number and hash: the end of the chain can then not go unnoticed.
            self._append(group, event | ({"record": record} if record else {}))
        return self.describe(group, version)

    def groups(self) -> list[str]:
        """Return the names of all groups."""
        return sorted(path.parent.name for path in self._root.glob("*/history.jsonl"))

    def versions(self, group: str) -> list[dict[str, Any]]:
        """Return the descriptions of a group's versions, the oldest first."""
        found: dict[int, dict[str, Any]] = {}
        for event in self._events(group):
            if event["event"] == "Registered":
                found[event["version"]] = _description(group, event)
            item = found[event["version"]]
            item["ModelApprovalStatus"] = event["to"]
            item["History"].append({key: event[key] for key in ("time", "by", "why", "from", "to")})
        return list(found.values())

    def describe(self, group: str, version: int) -> dict[str, Any]:
        """Return the description of one version, with its whole history."""
        versions = self.versions(group)
        for item in versions:
            if item["ModelPackageVersion"] == version:
                return item
        if not versions:
            groups = self.groups()
            raise RunnerError(
                f"There is no model package group {group!r}.{nearest(group, groups)}"
                f" Groups: {', '.join(groups) or 'none yet, run the pipeline first'}."
            )
        raise RunnerError(f"{group!r} has no version {version}; its versions are 1 to {len(versions)}.")

    def find(self, reference: str) -> dict[str, Any]:
        """Return a version by ARN, `group/version`, `group` (its newest) or, with one group, `version`."""
        name = reference.removeprefix(f"{_ARN}/")
        group, _, version = name.partition("/")
        if name.isdigit() and len(self.groups()) == 1:
            group, version = self.groups()[0], name
        if version in ("", "latest"):
            versions = self.versions(group)
            return versions[-1] if versions else self.describe(group, 0)
        if not version.isdigit():
            raise RunnerError(
                f"{reference!r} is not a model package: give its ARN, GROUP/VERSION, or GROUP for the newest."
            )
        return self.describe(group, int(version))

    def choose(self, reference: str | None, purpose: str) -> dict[str, Any]:
        """Return the version that a reference names, or the newest of all groups; `purpose` is for the
        message when there is none."""
        if reference is not None:
            return self.find(reference)
        versions = [package for group in self.groups() for package in self.versions(group)]
        if not versions:
            raise RunnerError(
                f"There is no model {purpose}: the local registry is empty. Run the pipeline first; it"
                " registers a model that passes its quality gate."
            )
        return max(versions, key=lambda package: str(package["CreationTime"]))

    def _lock(self, group: str) -> Path:
        return self._root / group / ".lock"

    def _events(self, group: str) -> list[dict[str, Any]]:
        try:
            data = (self._root / group / "history.jsonl").read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return []
        # A line without an end was being written when its writer died: nobody was told that it counts.
        return [json.loads(line) for line in data.split(b"\n")[:-1]]

    def _append(self, group: str, event: dict[str, Any]) -> None:
        path = self._root / group / "history.jsonl"
        line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
        with path.open("ab+", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(0)
            whole = file.read().rfind(b"\n") + 1
            if whole != end:
                file.truncate(whole)
            try:
                file.write(line)
                os.fsync(file.fileno())
            except OSError:
                os.truncate(path, whole)
                raise


def _description(group: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        **event["package"],
        "ModelPackageGroupName": group,
        "ModelPackageVersion": event["version"],
        "ModelPackageArn": f"{_ARN}/{group}/{event['version']}",
        "ModelPackageStatus": "Completed",
        "CreationTime": event["time"],
        "CreatedBy": event["by"],
        "ExecutionId": event["executionId"],
        "History": [],
    }
