"""Follows the logs of running steps without reading anything twice."""

from __future__ import annotations

from pathlib import Path


class LogFollower:
    """Gives the lines that were added to a log since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._rest = b""

    def new_lines(self, final: bool = False) -> list[str]:
        """Return new whole lines; with `final` also a last line without an end."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._position)
                data = file.read(1 << 20)
        except FileNotFoundError:
            return []
        self._position += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if final and self._rest:
            lines.append(self._rest)
            self._rest = b""
        # A progress bar rewrites its line with carriage returns: its last state counts.
        return [line.rstrip(b"\r").rpartition(b"\r")[2].decode(errors="replace") for line in lines]
