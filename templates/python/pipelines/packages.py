"""Your own Python packages in the containers: the dependency group `model` of pyproject.toml.

`fetch_packages` brings what uv.lock has of it, and the image does not, into `.local/packages/`: a list and an
archive, which go into the code, where `model/vendored.py` opens them. A compile only finds them; it fetches
nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from pipelines.errors import PipelineError
from pipelines.manifests import FRAMEWORKS
from pipelines.settings import Settings

GROUP = "model"
PROJECT, LOCK = Path("pyproject.toml"), Path("uv.lock")
CACHE = Path(".local/packages")
LIST, ARCHIVE = "packages.json", "packages.tar"
FETCH = "the task pipeline:packages, which needs the package index"
LAYOUT = 1
"""Part of the key, so that a changed form of the files is fetched again."""


def requirements(root: Path) -> list[str]:
    """The requirements of the group, also those of groups that it includes; empty without the group."""
    try:
        content = tomllib.loads((root / PROJECT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PipelineError(f"{PROJECT} is not TOML: {error}") from None
    return _of_group(content.get("dependency-groups") or {}, GROUP, ())


def _of_group(groups: dict[str, Any], name: str, within: tuple[str, ...]) -> list[str]:
    by_name = {_normal(key): entries for key, entries in groups.items()}
    if _normal(name) in within:
        raise PipelineError(f"{PROJECT}: dependency group {name!r} includes itself")
    found: list[str] = []
    for entry in by_name.get(_normal(name), []):
        if isinstance(entry, str):
            found.append(entry)
        else:
            found += _of_group(groups, str(entry["include-group"]), (*within, _normal(name)))
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def image(settings: Settings) -> dict[str, Any]:
    """What is known of the image: its Python, its platform and its packages."""
    model = settings.model
    manifest = FRAMEWORKS[model.framework]
    if model.framework_version != manifest["containerVersion"]:
        raise PipelineError(
            f"{PROJECT}, group {GROUP}: which packages the image {model.framework} "
            f"{model.framework_version} has is not known, only those of {manifest['containerVersion']}: set "
            "model.frameworkVersion in config/parameters.json to that, or empty the group"
        )
    known: dict[str, Any] = manifest["image"]
    return known


def key(root: Path, settings: Settings, wanted: list[str]) -> str:
    """Names what is fetched: another lock, other requirements or another image make another key."""
    lock = root / LOCK
    if not lock.is_file():
        raise PipelineError(f"there is no {LOCK}: run the task python:lock, and commit what it writes")
    known = image(settings)
    parts = {
        "layout": LAYOUT,
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest(),
        "requirements": wanted,
        "image": [known["python"], known["platform"], known["packages"]],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def contents(root: Path, settings: Settings) -> dict[str, bytes]:
    """The files that go into the code, by name; none if the group is empty or the image has all of it.

    Raises `PipelineError` if they have not been fetched.
    """
    wanted = requirements(root)
    if not wanted:
        return {}
    place = root / CACHE / key(root, settings, wanted)
    if not is_whole(place):
        raise PipelineError(
            f"{PROJECT}, group {GROUP}: {', '.join(wanted[:5])}: not fetched for the containers as {LOCK} "
            f"has them now: run {FETCH}"
        )
    if not (place / ARCHIVE).is_file():
        return {}
    return {name: (place / name).read_bytes() for name in (LIST, ARCHIVE)}


def is_whole(place: Path) -> bool:
    """Whether everything was fetched into a directory; the list is written last."""
    return (place / LIST).is_file()
