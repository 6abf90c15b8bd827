"""Your own packages in a container: those of `packages.tar`, which lies beside the scripts.

Every script that a container starts imports this first. The archive is there if the dependency group `model`
of pyproject.toml has packages that the image lacks; they go to the end of Python's path, so that the image's
own are found first. On your machine they are installed, and the archive stays closed.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import site
import stat
import sys
import tarfile
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIST, ARCHIVE = "packages.json", "packages.tar"


def add(code: Path) -> None:
    """Make the packages that lie beside the code importable."""
    if not (code / LIST).is_file():
        return
    content = json.loads((code / LIST).read_text(encoding="utf-8"))
    place = Path(tempfile.gettempdir()) / f"packages-{content['sha256'][:16]}"
    # The process that starts a server's workers hands them its path, and there it is in front.
    sys.path[:] = [path for path in sys.path if path != str(place)]
    there = {name: _installed(name) for name in content["packages"]}
    for name, wanted in content["packages"].items():
        if there[name] not in (None, wanted):
            print(f"packages: {name} {there[name]} of the image is used, not {wanted}", file=sys.stderr)
    if None in there.values() and _fits(content["python"], content["platform"]):
        site.addsitedir(str(_unpacked(code / ARCHIVE, place)))


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _fits(python: str, target: str) -> bool:
    """Whether the archive's packages are for this Python; elsewhere their native parts would not load."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (here, sys.platform, platform.machine()) == (python, "linux", target.partition("-")[0])


def _unpacked(archive: Path, place: Path) -> Path:
    """The directory with the archive's files, unpacked once for all processes of a container."""
    if _own(place):
        return place
    part = Path(tempfile.mkdtemp(prefix="packages-"))
    with tarfile.open(archive) as tar:
        tar.extractall(part, filter="data")
    try:
        part.rename(place)
    except OSError:
        # Another process was faster, or the name is someone else's.
        if not _own(place):
            return part
        shutil.rmtree(part, ignore_errors=True)
    return place


def _own(place: Path) -> bool:
    """Whether a directory is this user's and nobody else can write to it."""
    try:
        found = place.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


add(Path(__file__).parent)
