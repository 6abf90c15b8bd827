"""Archives in the form that SageMaker keeps models and sources in, with the same bytes for the same files."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import StepError

_EPOCH = 0
_LEVEL = 4
"""Compression: most of the gain at a fraction of the time of gzip's default."""


def make_archive(source: Path, target: Path) -> None:
    """Pack everything in the directory `source` as tar.gz: sorted, times and owners fixed, written in one
    go."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            with (
                gzip.GzipFile("", "wb", _LEVEL, file, mtime=_EPOCH) as packed,
                tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                for path in sorted(source.rglob("*")):
                    tar.add(path, path.relative_to(source).as_posix(), recursive=False, filter=_neutral)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _neutral(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime = _EPOCH
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def extract_archive(archive: Path, target: Path) -> None:
    """Unpack a tar archive into `target`; entries that would leave it are refused."""
    target.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(target, filter="data")
            else:
                tar.extractall(target, _checked(tar, target.resolve()))
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise StepError(f"{archive} cannot be unpacked as a tar.gz archive: {error}.") from None


def _checked(tar: tarfile.TarFile, target: Path) -> Iterator[tarfile.TarInfo]:
    """Make the directories and yield the files that are safe to extract; Python has no filters before 3.11.4.

    Stricter than the filter `data`: without any link, no entry can lead a later one out of `target`.
    """
    for entry in tar:
        name, place = PurePosixPath(entry.name), target.joinpath(entry.name).resolve()
        if name.is_absolute() or ".." in name.parts or not place.is_relative_to(target):
            raise tarfile.TarError(f"{entry.name!r} would be extracted outside the destination")
        if entry.isdir():
            place.mkdir(parents=True, exist_ok=True)
        elif entry.isreg():
            entry.mode = (entry.mode & (0o755 if entry.mode & 0o100 else 0o644)) | 0o600
            entry.uid = entry.gid = -1  # as they are, also for root
            entry.uname = entry.gname = ""
            yield entry
        else:
            link = entry.issym() or entry.islnk()
            what = "a link, which needs Python 3.11.4 or later" if link else "a special file"
            raise tarfile.TarError(f"{entry.name!r} is {what}")


def has_entry(archive: Path, name: str) -> bool:
    """Say whether a tar archive holds a file of this name; what cannot be read is told later."""
    try:
        with tarfile.open(archive) as tar:
            return any(PurePosixPath(entry.name) == PurePosixPath(name) for entry in tar)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile):
        return True


def read_json_entry(archive: Path, name: str) -> Any:
    """Return a JSON file of a tar archive; None where it has none that can be read."""
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                if PurePosixPath(entry.name) == PurePosixPath(name):
                    file = tar.extractfile(entry)
                    return None if file is None else json.loads(file.read())
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, ValueError):
        pass
    return None
