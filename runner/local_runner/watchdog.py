"""A helper process that outlives the runner by a moment, to end its jobs when the runner itself is killed."""

from __future__ import annotations

import os
import signal

from .family import kill_family


class Watchdog:
    """Knows the process groups of running jobs; a pipe that closes tells it that the runner is gone."""

    def __init__(self) -> None:
        read, self._write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.close(self._write)
                _watch(read)
            finally:
                os._exit(0)
        os.close(read)

    def guard(self, group: int) -> None:
        """Have a process group killed should the runner die."""
        os.write(self._write, b"+%d\n" % group)

    def release(self, group: int) -> None:
        """Forget a process group that has ended."""
        os.write(self._write, b"-%d\n" % group)

    def close(self) -> None:
        """End the helper; to be called when no job is running."""
        os.close(self._write)
        os.waitpid(self._pid, 0)


def _watch(read: int) -> None:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    # Files that were open in the runner, a lock above all, must not stay open here.
    os.closerange(3, read)
    os.closerange(read + 1, 256)
    groups: set[int] = set()
    rest = b""
    while data := os.read(read, 4096):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            (groups.add if line[:1] == b"+" else groups.discard)(int(line[1:]))
    for group in groups:
        kill_family(group)
