"""The machine's own /opt/ml, used by one job after the other: where namespaces are not allowed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StepStopped
from ..locks import release, try_directory

OPT_ML = Path("/opt/ml")
MARKER = ".in-use-by-the-local-runner"
"""A file beside the job's own: what a runner that was killed left behind is known by it."""


def reason_against(place: Path | None = None) -> str | None:
    """Say why the machine's /opt/ml cannot be used; None when it can."""
    place = place or OPT_ML
    if not place.exists():
        if os.access(place.parent, os.W_OK | os.X_OK):
            return None
        return f"there is no {place}, and you may not create it"
    if not place.is_dir() or place.stat().st_uid != os.geteuid() or not os.access(place, os.W_OK):
        return f"{place} is not a directory of yours"
    names = [item.name for item in place.iterdir()]
    if names and MARKER not in names:
        return f"{place} is not empty ({', '.join(sorted(names)[:3])}), and files of others are not touched"
    return None


@contextmanager
def lent(directory: Path, stopping: Callable[[], bool], place: Path | None = None) -> Iterator[None]:
    """Have what is in `directory` at `place`, alone on this machine; afterwards it is moved back.

    The lock is the directory itself, so that it is the same one for every user and every repository.
    """
    place = place or OPT_ML
    made = not place.exists()
    while (lock := _try(place)) is None:
        if stopping():
            raise StepStopped
        time.sleep(0.1)
    try:
        _clear(place)
        (place / MARKER).touch()
        try:
            _move(directory, place)
            yield
        finally:
            _move(place, directory)
            (place / MARKER).unlink(missing_ok=True)
            if made:
                place.rmdir()
    finally:
        release(lock)


def _try(place: Path) -> int | None:
    """Take the lock of the directory; another runner that made it may remove it at any moment."""
    place.mkdir(exist_ok=True)
    try:
        lock = try_directory(place)
        if lock is None or os.path.samestat(os.fstat(lock), place.stat()):
            return lock
        release(lock)
    except FileNotFoundError:
        pass
    return None


def _move(source: Path, target: Path) -> None:
    for item in source.iterdir():
        if item.name != MARKER:
            shutil.move(item, target / item.name)


def _clear(place: Path) -> None:
    """Remove what a runner left here that was killed."""
    for item in place.iterdir():
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item)
        else:
            item.unlink()
