"""Child processes of jobs: each leads its own process group, so that nothing of it stays behind."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import StepStopped
from .family import descendants, kill_all, kill_family, signal_group
from .watchdog import Watchdog

GRACE_SECONDS = 3.0
"""How long a job may take to end by itself once it was asked to."""


@dataclass(frozen=True)
class Exit:
    """How a job's process ended; `code` is negative for a signal, as in `subprocess`."""

    code: int
    timed_out: bool
    seconds: float


class Processes:
    """Starts job processes and ends all of them when asked."""

    def __init__(self, watchdog: Watchdog | None = None) -> None:
        self._watchdog = watchdog
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()

    @property
    def stopping(self) -> bool:
        """Say whether everything is being ended."""
        return self._stopping.is_set()

    def run(
        self, command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path, limit: float | None = None
    ) -> Exit:
        """Run a command to its end with its output in `log`; `limit` is in seconds.

        Raises StepStopped when the run is being stopped.
        """
        started = time.monotonic()
        with log.open("ab") as output:
            process = self.start(command, env, cwd, subprocess.DEVNULL, output, output)
        timed_out = threading.Event()

        def expire() -> None:
            timed_out.set()
            end_group(process)

        timer = threading.Timer(limit, expire) if limit else None
        if timer:
            timer.daemon = True
            timer.start()
        try:
            code = process.wait()
        finally:
            if timer:
                timer.cancel()
            self.finish(process)
        if self.stopping and not timed_out.is_set():
            raise StepStopped
        return Exit(code, timed_out.is_set(), time.monotonic() - started)

    def start(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        stdin: int,
        stdout: object,
        stderr: object,
    ) -> subprocess.Popen[bytes]:
        """Start a process of its own group; the caller waits for it and then calls `finish`."""
        with self._lock:
            if self.stopping:
                raise StepStopped
            process = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=env,
                cwd=cwd,
                start_new_session=True,  # type: ignore[call-overload]
            )
            self._running[process.pid] = process
            if self._watchdog:
                self._watchdog.guard(process.pid)
        return process  # type: ignore[no-any-return]

    def finish(self, process: subprocess.Popen[bytes]) -> None:
        """Kill what a process left running in its group, and forget it."""
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        with self._lock:
            if self._running.pop(process.pid, None) and self._watchdog:
                self._watchdog.release(process.pid)

    def stop_all(self, kill: bool = False) -> None:
        """End every job, at once with `kill`; no new one starts after this."""
        self._stopping.set()
        with self._lock:
            running = list(self._running.values())
        for process in running:
            if kill:
                kill_family(process.pid)
            else:
                threading.Thread(target=end_group, args=(process,), daemon=True).start()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ask a process group to end, and kill it after a grace time."""
    strays = descendants(process.pid)
    signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    kill_all(process.pid, strays)
