"""The run record, `run.json`: written in one go at every change, so that it can be read at any moment."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .files import write_json
from .pipeline import Step

VERSION = 1
FINAL = {"Succeeded", "Failed", "Stopped", "Skipped", "NotEmulated"}


def now() -> str:
    """Return the time now, in UTC, as the record writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two times of the record."""
    if not start or not end:
        return None
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds(), 3)


def new_step(step: Step, depends_on: list[str]) -> dict[str, Any]:
    """Return the record of a step that has not started."""
    return {
        "name": step.name, "type": step.type, "displayName": step.display_name, "status": "NotStarted",
        "dependsOn": depends_on, "parent": step.parent, "branch": step.branch,
        "startTime": None, "endTime": None, "seconds": None, "attempts": 0, "cacheHit": None,
        "failureReason": None, "log": None, "rerunCommand": None, "outcome": None, "conditions": [],
        "outputs": [], "metrics": [], "trials": [], "notes": [],
    }  # fmt: skip


class RunRecord:
    """The record of one run; safe to change from several threads."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path = path
        self.data = data
        self._steps: dict[str, dict[str, Any]] = {step["name"]: step for step in data["steps"]}
        self._lock = threading.RLock()

    def step(self, name: str) -> dict[str, Any]:
        """Return the record of one step."""
        return self._steps[name]

    def add(self, step: dict[str, Any]) -> None:
        """Add a step that became known while the run is going on."""
        with self._lock:
            self._steps[step["name"]] = step
            self.change(steps=[*self.data["steps"], step])

    def change(self, name: str | None = None, **fields: Any) -> None:
        """Change fields of a step, or of the run itself, and write the record."""
        with self._lock:
            (self.data if name is None else self._steps[name]).update(fields)
            write_json(self.path, self.data)

    def start_step(self, name: str) -> None:
        """Mark a step as running."""
        self.change(name, status="Executing", startTime=now())

    def end_step(self, name: str, status: str, **fields: Any) -> None:
        """Mark a step as ended with `status`."""
        end = now() if self._steps[name]["startTime"] else None
        seconds = seconds_between(self._steps[name]["startTime"], end)
        self.change(name, status=status, endTime=end, seconds=seconds, **fields)

    def note(self, name: str, text: str) -> None:
        """Add a remark to a step: what was done in another way than on SageMaker."""
        with self._lock:
            if text not in self._steps[name]["notes"]:
                self.change(name, notes=[*self._steps[name]["notes"], text])

    def end(self, status: str, reason: str | None, failed_step: str | None = None) -> None:
        """Mark the run as ended, by the step that failed first."""
        end = now()
        self.change(
            status=status,
            failureReason=reason,
            failedStep=failed_step,
            endTime=end,
            seconds=seconds_between(self.data["startTime"], end),
        )
