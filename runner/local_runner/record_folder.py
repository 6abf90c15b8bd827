"""Records of decisions in a directory: a folder for each group, a file for each record.

The tools take this file along, like `records.py`; it imports nothing of the runner.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

_NAME = re.compile(r"(\d{8})\.json")


def file_name(number: int) -> str:
    """The name of a record's file or of the end of its key."""
    return f"{number:08d}.json"


def number_of(name: str) -> int | None:
    """The number of a record from the name of its file; None when it is none."""
    found = _NAME.fullmatch(name)
    return int(found[1]) or None if found else None


class Folder:
    """Records in a directory: a folder for each group."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def groups(self) -> list[str]:
        """Every group that has a chain here."""
        if not self.path.is_dir():
            return []
        return sorted(p.name for p in self.path.iterdir() if p.is_dir() and not p.name.startswith("."))

    def latest(self, group: str) -> int:
        """The highest number in use; 0 when there is none."""
        return max((number_of(p.name) or 0 for p in self._files(group)), default=0)

    def read(self, group: str, number: int) -> bytes | None:
        """The record as it was written; None when there is none."""
        try:
            return (self.path / group / file_name(number)).read_bytes()
        except FileNotFoundError:
            return None

    def create(self, group: str, number: int, body: bytes) -> bool:
        """Write a record, as a whole; False when the number is in use."""
        folder = self.path / group
        folder.mkdir(parents=True, exist_ok=True)
        # A link appears with all of its content, or not at all; and never where there is a file already.
        made = folder / f".{file_name(number)}-{secrets.token_hex(8)}"
        try:
            with made.open("xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.link(made, folder / file_name(number))
        except FileExistsError:
            return False
        finally:
            with contextlib.suppress(FileNotFoundError):
                made.unlink()
        return True

    def oddities(self, group: str) -> list[str]:
        """Files that are no record; an interrupted writer leaves one that begins with a dot."""
        names = sorted(p.name for p in self._files(group) if not p.name.startswith("."))
        return [f"{group}: {name} is not a record." for name in names if number_of(name) is None]

    def _files(self, group: str) -> list[Path]:
        folder = self.path / group
        return list(folder.iterdir()) if folder.is_dir() else []
