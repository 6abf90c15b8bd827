"""Plain lines for logs and pipes: every step's start and end, and its output with the step's name before
it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .logs import LogFollower
from .record import RunRecord
from .view import Following, View


class PlainView(View):
    """Prints lines only; nothing is ever rewritten."""

    _thread: Following | None = None

    def start(self, record: Any) -> None:
        """Begin to follow a run."""
        self._record: RunRecord = record
        self._followers: dict[str, LogFollower] = {}
        self._told: set[str] = set()
        self._thread = Following(self._tick)
        self._thread.start()

    def stop(self) -> None:
        """Stop following it."""
        if self._thread:
            self._thread.stop()
            self._thread = None

    def step_ended(self, step: Mapping[str, Any]) -> None:
        """Print the rest of a step's log, then how it ended."""
        with self._lock:
            self._follow(step, final=True)
            super().step_ended(step)

    def _tick(self) -> None:
        for step in self._record.data["steps"]:
            if step["status"] == "Executing" and step["log"]:
                with self._lock:
                    if step["name"] not in self._told:
                        self._told.add(step["name"])
                        self._line(self.describe(step))
                    self._follow(step)

    def _follow(self, step: Mapping[str, Any], final: bool = False) -> None:
        if not step["log"]:
            return
        path = Path(self._record.path.parent, step["log"])
        follower = self._followers.setdefault(step["name"], LogFollower(path))
        for line in follower.new_lines(final):
            self._line(f"  {self.paint(step['name'], '2')} | {line}")
