"""Installed packages as one archive: the same wheels give the same bytes, on every machine."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import PipelineError

MEGABYTE = 1024 * 1024
LIMIT = 200 * MEGABYTE
"""Of the files: each artifact has them, and each container unpacks them before it starts."""

PROGRAMS = "bin"
WRITTEN_HERE = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
"""What an installer writes beside a package's metadata; it names this machine or what was left out."""


def files(target: Path) -> Iterator[Path]:
    """The files of the packages in the order of their paths; no programs, caches, notes of the installer."""
    for file in sorted(target.rglob("*")):
        parts = file.relative_to(target).parts
        if not file.is_file() or "__pycache__" in parts or file.suffix == ".pyc":
            continue
        if parts[0] == PROGRAMS or parts == (".lock",):
            continue
        if parts[0].endswith(".dist-info") and len(parts) == 2 and parts[1] in WRITTEN_HERE:
            continue
        yield file


def write(target: Path, archive: Path) -> None:
    """Write the packages in a directory as a tar; raises `PipelineError` if they are too large.

    It is not compressed: the bytes of a compressed one depend on the library that compresses.
    """
    found = list(files(target))
    sizes: dict[str, int] = {}
    for file in found:
        top = file.relative_to(target).parts[0]
        sizes[top] = sizes.get(top, 0) + file.stat().st_size
    if (total := sum(sizes.values())) > LIMIT:
        largest = sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
        shown = ", ".join(f"{name} {size // MEGABYTE} MB" for name, size in largest)
        raise PipelineError(
            f"pyproject.toml, group model: its packages have {total // MEGABYTE} MB ({shown}); at most "
            f"{LIMIT // MEGABYTE} MB go into each artifact, and are unpacked at each start: leave some "
            "out, or build your own image"
        )
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        for file in found:
            entry = tarfile.TarInfo(file.relative_to(target).as_posix())
            content = file.read_bytes()
            mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
            entry.size, entry.mode, entry.mtime = len(content), mode, 0
            tar.addfile(entry, io.BytesIO(content))
