"""What belongs to a job's process: its group, and descendants that left the group."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path


def kill_family(leader: int) -> None:
    """Kill a process group, and what its leader started that left the group."""
    kill_all(leader, descendants(leader))


def kill_all(group: int, strays: Iterable[int]) -> None:
    """Kill a process group, and processes that are in none of ours."""
    signal_group(group, signal.SIGKILL)
    for pid in strays:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def signal_group(group: int, number: int) -> None:
    """Send a signal to a process group, if it is still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def descendants(pid: int) -> list[int]:
    """Return descendants that left the process group; only where the system has /proc."""
    parents: dict[int, list[int]] = {}
    try:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    parents.setdefault(int(fields[1]), []).append(int(entry.name))
    except OSError:
        return []
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
