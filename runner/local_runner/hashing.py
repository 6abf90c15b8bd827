"""Content hashes of files and directories; those of big files are remembered."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from pathlib import Path

from .files import read_json, walk_files, write_atomic

_BIG = 1 << 20
"""Files from this size on, in bytes, are worth remembering."""
_SETTLED = 2.0
"""Seconds after which a file's time stamp tells changes apart."""


def digest_text(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


class Hasher:
    """Hashes contents; remembers big files by path, inode, size and time of change."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._known: dict[str, list[object]] | None = None
        self._changed = False

    def digest(self, path: Path) -> str:
        """Return the hash of a file, or of a directory's relative names and contents."""
        total = hashlib.sha256()
        for relative, file in walk_files(path):
            total.update(f"{relative}\0{self._file(file)}\n".encode())
        return total.hexdigest()

    def save(self) -> None:
        """Keep what was learned for the next run."""
        with self._lock:
            if self._changed and self._known is not None:
                self._memory.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(self._memory, json.dumps(self._known))
                self._changed = False

    def _file(self, path: Path) -> str:
        info = path.stat()
        if info.st_size < _BIG:
            return _hash(path)
        key, stamp = str(path.absolute()), [info.st_size, info.st_mtime_ns, info.st_ino]
        with self._lock:
            if self._known is None:
                self._known = read_json(self._memory) or {}
            known = self._known.get(key)
        if known and known[:3] == stamp:
            return str(known[3])
        digest = _hash(path)
        if time.time() - info.st_mtime > _SETTLED:
            with self._lock:
                self._known[key] = [*stamp, digest]
                self._changed = True
        return digest


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
