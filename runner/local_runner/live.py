"""The live view: one line per step, redrawn in place."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .live_trials import trial_lines
from .logs import LogFollower
from .record import RunRecord
from .view import Following, View

_HIDE, _SHOW, _CLEAR = "\x1b[?25l", "\x1b[?25h", "\x1b[J"
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class LiveView(View):
    """Redraws the table of steps ten times a second; nothing else prints while it runs."""

    _thread: Following | None = None

    def start(self, record: Any) -> None:
        """Begin to draw."""
        self._record: RunRecord = record
        self._drawn = 0
        self._started: dict[str, float] = {}
        self._followers: dict[str, LogFollower] = {}
        self._last_line: dict[str, str] = {}
        self._output.write(_HIDE)
        self._thread = Following(self._draw)
        self._draw()
        self._thread.start()

    def stop(self) -> None:
        """Draw once more and give the terminal back."""
        if self._thread:
            self._thread.stop()
            self._thread = None
            self._draw()
            self._output.write(_SHOW)
            self._output.flush()

    def step_ended(self, step: Mapping[str, Any]) -> None:
        """Leave it to the next drawing."""

    def _draw(self) -> None:
        width, height = _size(self._output.fileno())
        steps = self._record.data["steps"]
        shown = _fitting(steps, max(1, height - 2))
        room = height - 2 - len(shown)
        lines = []
        for step in shown:
            lines.append(self._table_line(step, width))
            if step["status"] == "Executing":
                below = trial_lines(step["trials"], self.paint, room)
                room -= len(below)
                lines += [_cut(line, width) for line in below]
        up = f"\x1b[{self._drawn}F" if self._drawn else ""
        with self._lock:
            self._output.write(up + "".join(f"{line}\x1b[K\n" for line in lines) + _CLEAR)
            self._output.flush()
        self._drawn = len(lines)

    def _table_line(self, step: Mapping[str, Any], width: int) -> str:
        name = step["name"]
        if step["status"] != "Executing":
            return _cut(self.describe(step), width)
        started = self._started.setdefault(name, time.monotonic())
        elapsed = time.monotonic() - started
        spinner = _SPINNER[int(elapsed * 10) % len(_SPINNER)]
        # Trials have a table of their own below the line.
        last = "" if step["trials"] else self._last(step)
        line = f"{self.describe({**step, 'seconds': elapsed})}  {spinner}"
        return _cut(f"{line}  {last}", width) if last else _cut(line, width)

    def _last(self, step: Mapping[str, Any]) -> str:
        if not step["log"]:
            return ""
        name, path = step["name"], Path(self._record.path.parent, step["log"])
        lines = self._followers.setdefault(name, LogFollower(path)).new_lines()
        for line in lines:
            if line.strip():
                self._last_line[name] = "".join(c for c in line.strip() if c.isprintable())
        return self._last_line.get(name, "")


def _fitting(steps: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return the steps that fit on the screen: running ones before those that ended or have not begun."""
    if len(steps) <= count:
        return steps
    order = {
        "Executing": 0,
        "Failed": 0,
        "NotStarted": 1,
        "Succeeded": 2,
        "Stopped": 2,
        "NotEmulated": 2,
        "Skipped": 3,
    }
    chosen = sorted(steps, key=lambda step: order[step["status"]])[:count]
    return [step for step in steps if step in chosen]


def _cut(text: str, width: int) -> str:
    """Cut a line to the width of the terminal; colors take no room."""
    shown, position = 0, 0
    while position < len(text):
        if text[position] == "\x1b":
            position = text.index("m", position) + 1
            continue
        if shown >= width - 1:
            return text[:position] + ("\x1b[0m" if "\x1b" in text else "")
        shown += 1
        position += 1
    return text


def _size(descriptor: int) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(descriptor)
    except OSError:
        return 80, 24
    return size.columns or 80, size.lines or 24
