"""Archives in the form that SageMaker keeps models and sources in, with the same bytes for the same files."""

from __future__ import annotations

import gzip
import os
import tarfile
from pathlib import Path

from .errors import RunnerError, StepError

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
    if not hasattr(tarfile, "data_filter"):
        raise RunnerError("Unpacking archives safely needs Python 3.11.4 or later; install a newer Python.")
    target.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise StepError(f"{archive} cannot be unpacked as a tar.gz archive: {error}.") from None
