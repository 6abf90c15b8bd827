"""Files that are either whole or not there: written beside their place, then renamed into it."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def write_atomic(path: Path, text: str, durable: bool = False) -> None:
    """Write a text file in one go; `durable` also makes it survive a power failure."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any, durable: bool = False) -> None:
    """Write a JSON file in one go."""
    write_atomic(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n", durable)


def read_json(path: Path) -> Any:
    """Read a JSON file; None when there is none or it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def walk_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield (relative path with slashes, file) below `root` in a stable order; a file yields itself."""
    if not root.is_dir():
        yield root.name, root
        return
    for directory, folders, names in os.walk(root, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = Path(directory, name)
            yield path.relative_to(root).as_posix(), path


def holds_files(path: Path) -> bool:
    """Say whether a path is a file, or a directory with a file somewhere below it."""
    return path.is_file() or (path.is_dir() and any(walk_files(path)))


def copy_into(source: Path, target: Path) -> None:
    """Copy a file, or everything in a directory, into the directory `target`; symbolic links are followed."""
    target.mkdir(parents=True, exist_ok=True)
    for relative, file in walk_files(source):
        place = target / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)


def publish(source: Path, target: Path) -> None:
    """Move a finished directory to its final place; files that stand there already are replaced one by one.

    Both are on the same file system, so each file appears whole or not at all, and no bytes are copied.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        try:
            source.rename(target)
            return
        except FileExistsError:  # another run was faster
            pass
    for relative, file in list(walk_files(source)):
        place = target / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)


def tail(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log, without reading more than its last 64 KiB."""
    try:
        with path.open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - 65536)
            file.seek(start)
            data = file.read()
    except FileNotFoundError:
        return []
    return list(
        deque((line.rstrip() for line in data.decode(errors="replace").splitlines() if line.strip()), lines)
    )


def remove_tree(path: Path) -> None:
    """Remove a directory if it is there; what cannot be removed is left."""
    shutil.rmtree(path, ignore_errors=True)
