"""A model's artifact: unpacked safely, with what training recorded about it."""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from job import UserError


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """A temporary directory with the files of an artifact."""
    if not archive.is_file():
        raise UserError(f"the model input ({archive.parent}) has no {archive.name}: train first")
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(archive) as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(directory, filter="data")
            else:
                tar.extractall(directory, checked(tar, Path(directory).resolve()))
        yield Path(directory)


def summary(directory: Path) -> dict[str, Any]:
    """What training recorded."""
    content: dict[str, Any] = json.loads((directory / "training.json").read_text(encoding="utf-8"))
    return content


def checked(tar: tarfile.TarFile, target: Path) -> Iterator[tarfile.TarInfo]:
    """The files that are safe to extract, their directories made; for a Python without tar filters.

    Stricter than the filter `data`: without any link, no entry can lead a later one out of `target`.
    """
    for entry in tar:
        name, place = PurePosixPath(entry.name), target.joinpath(entry.name).resolve()
        outside = target not in (place, *place.parents)
        if name.is_absolute() or ".." in name.parts or outside:
            raise tarfile.TarError(f"{entry.name!r} would be extracted outside the destination")
        if entry.isdir():
            place.mkdir(parents=True, exist_ok=True)
        elif entry.isreg():
            entry.mode = (entry.mode & (0o755 if entry.mode & 0o100 else 0o644)) | 0o600
            entry.uid = entry.gid = -1  # as they are, also for root
            entry.uname = entry.gname = ""
            yield entry
        else:
            raise tarfile.TarError(f"{entry.name!r} is neither a file nor a directory")
