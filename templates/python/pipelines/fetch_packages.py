"""Fetches the packages of the group `model` for the containers: wheels of the image's platform, as locked.

What the image has is left out, and must be good for what is fetched. Needs uv and the package index; which
index, and with which credentials, uv's own settings say.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from pipelines import packages
from pipelines.errors import PipelineError
from pipelines.package_archive import write
from pipelines.package_image import Image
from pipelines.packages import ARCHIVE, GROUP, LIST, LOCK, PROJECT
from pipelines.settings import Settings

OWN_IMAGE = "use another version, or build your own image"


def fetch(root: Path, settings: Settings) -> str:
    """Bring `.local/packages/` in line with the lock; what to tell, empty if there is nothing to do.

    Raises `PipelineError` for packages that the containers cannot take.
    """
    wanted = packages.requirements(root)
    if not wanted:
        return ""
    place = root / packages.CACHE / packages.key(root, settings, wanted)
    if packages.is_whole(place):
        return ""
    image = Image.of(settings)
    locked = [entry for entry in _locked(root, image) if _holds(entry, image)]
    versions = {_name(entry["name"]): str(entry.get("version", "")) for entry in locked}
    direct = _direct(wanted, image, versions)
    chosen = {name: entry for entry in locked if (name := _name(entry["name"])) not in image.packages}
    lines = _wheels(root, chosen, image)
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "target"
        if lines:
            _install(root, lines, target, image)
        _check_closure(direct, {name: versions[name] for name in chosen}, target, image)
        _keep(place, target, {name: versions[name] for name in sorted(chosen)}, image)
    return _told(place, chosen, versions, image)


def _uv(root: Path, arguments: Sequence[str], purpose: str) -> str:
    """What uv prints; raises `PipelineError` with what it says if it fails."""
    program = os.environ.get("UV") or shutil.which("uv")
    if not program:
        raise PipelineError(f"uv is not on the PATH, and {purpose} needs it: run the task pipeline:packages")
    environment = {**os.environ, "UV_COMPILE_BYTECODE": "0"}
    done = subprocess.run([program, *arguments], cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip() or f"exit code {done.returncode}"
        raise PipelineError(f"{PROJECT}, group {GROUP}: uv could not {purpose}:\n{said}")
    return done.stdout


def _locked(root: Path, image: Image) -> list[dict[str, Any]]:
    """What the lock has of the group, for every platform."""
    export = [
        "export",
        "--frozen",
        "--only-group",
        GROUP,
        "--format",
        "pylock.toml",
        "--no-header",
        "--quiet",
    ]
    content = tomllib.loads(_uv(root, export, f"read {LOCK}"))
    range_ = content.get("requires-python")
    if range_ and not Requirement(f"python{range_}").specifier.contains(
        f"{image.python}.0", prereleases=True
    ):
        raise PipelineError(
            f"{PROJECT}: requires-python is {range_}, and the image {image.name} has Python {image.python}: "
            f"{LOCK} has no packages for it; set requires-python to a range with {image.python}"
        )
    found: list[dict[str, Any]] = content.get("packages", [])
    return found


def _name(text: str) -> str:
    return str(canonicalize_name(text))


def _holds(entry: dict[str, Any], image: Image) -> bool:
    marker = entry.get("marker")
    return not marker or image.takes(Requirement(f"{entry['name']}; {marker}"))


def _direct(wanted: Sequence[str], image: Image, versions: dict[str, str]) -> list[Requirement]:
    """The group's requirements for the image; raises `PipelineError` for those that it cannot meet."""
    found, wrong = [], []
    for text in wanted:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise PipelineError(f"{PROJECT}, group {GROUP}: {text!r} is no requirement: {error}") from None
        if not image.takes(requirement):
            continue
        name = _name(requirement.name)
        if name not in versions:
            raise PipelineError(
                f"{LOCK} does not have {text!r} of group {GROUP} in {PROJECT}: run the task python:lock"
            )
        there = image.packages.get(name)
        if there and versions[name] != there:
            wrong.append(
                f"{LOCK} has {name} {versions[name]}, the image {image.name} has {there}, which is what the "
                f"containers import: uv add --group {GROUP} {name}=={there}, or build your own image"
            )
        found.append(requirement)
    _refuse(wrong)
    return found


def _refuse(wrong: Sequence[str]) -> None:
    if wrong:
        raise PipelineError("\n".join(f"{PROJECT}, group {GROUP}: {line}" for line in wrong))


def _wheels(root: Path, chosen: dict[str, dict[str, Any]], image: Image) -> list[str]:
    """A line of a requirements file for each package: the wheel that fits the image best, and its hash."""
    rank = {tag: place for place, tag in reversed(list(enumerate(image.tags())))}
    lines, wrong = [], []
    for name, entry in sorted(chosen.items()):
        shown = f"{name} {entry.get('version', '')}".strip()
        if source := next((kind for kind in ("vcs", "directory", "archive") if kind in entry), None):
            where = "a repository" if source == "vcs" else f"a {source}"
            wrong.append(
                f"{shown} comes from {where}, not as a wheel from an index: put pure Python into model/, or "
                "build your own image"
            )
            continue
        fitting = [
            (best, wheel) for wheel in entry.get("wheels", []) if (best := _rank(wheel, rank)) is not None
        ]
        if not fitting:
            there = sorted(_file(wheel) for wheel in entry.get("wheels", []))
            what = (
                f"has wheels, but none for it: {', '.join(there[:5])}"
                if there
                else "has no wheel, only its source"
            )
            wrong.append(
                f"{shown} does not fit the image {image.name} (Python {image.python}, {image.platform}): it "
                f"{what}; the containers cannot build it: {OWN_IMAGE}"
            )
            continue
        wheel = min(fitting, key=lambda pair: pair[0])[1]
        url = wheel.get("url") or (root / wheel["path"]).resolve().as_uri()
        hashes = wheel.get("hashes") or {}
        if not hashes:
            wrong.append(
                f"{LOCK} has no hash of {_file(wheel)}: its index gives none, so it cannot be checked"
            )
        lines.append(
            " ".join([f"{name} @ {url}", *(f"--hash={kind}:{hex_}" for kind, hex_ in hashes.items())])
        )
    _refuse(wrong)
    return lines


def _file(wheel: dict[str, Any]) -> str:
    return str(
        wheel.get("name") or unquote(urlsplit(wheel.get("url") or wheel["path"]).path).rpartition("/")[2]
    )


def _rank(wheel: dict[str, Any], rank: dict[Tag, int]) -> int | None:
    try:
        tags = parse_wheel_filename(_file(wheel))[3]
    except InvalidWheelFilename:
        return None
    return min((rank[tag] for tag in tags if tag in rank), default=None)


def _install(root: Path, lines: Sequence[str], target: Path, image: Image) -> None:
    """Unpack the wheels, under their hashes; nothing is built, and nothing of them is run."""
    file = target.parent / "requirements.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"fetching {len(lines)} package(s) for the image {image.name} ...", file=sys.stderr, flush=True)
    platform = ["--python-version", image.python, "--python-platform", image.platform]
    safe = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--link-mode", "copy", "--no-progress"]
    install = ["pip", "install", "--quiet", "--python", sys.executable, "--target", str(target)]
    _uv(root, [*install, *platform, *safe, "--requirement", str(file)], "fetch the packages from the index")


def _check_closure(direct: Sequence[Requirement], chosen: dict[str, str], target: Path, image: Image) -> None:
    """Raises `PipelineError` unless each package finds what it needs, among the others or in the image."""
    there = {_name(d.metadata["Name"]): d for d in distributions(path=[str(target)])}
    open_ = [("the group", requirement) for requirement in direct]
    seen: set[tuple[str, str]] = set()
    wrong: list[str] = []
    while open_:
        by, requirement = open_.pop()
        name = _name(requirement.name)
        if version := image.packages.get(name):
            if not requirement.specifier.contains(version, prereleases=True):
                wrong.append(
                    f"{by} needs {name}{requirement.specifier}, and the image {image.name} has {name} "
                    f"{version}: {OWN_IMAGE}"
                )
            continue
        if name not in there:
            wrong.append(
                f"{by} needs {name}, which neither {LOCK} nor the image {image.name} has: {OWN_IMAGE}"
            )
            continue
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                open_ += [(f"{name} {chosen[name]}", needed) for needed in _needs(there[name], extra, image)]
    _refuse(sorted(set(wrong)))


def _needs(distribution: Distribution, extra: str, image: Image) -> list[Requirement]:
    needed = [Requirement(text) for text in distribution.requires or []]
    return [requirement for requirement in needed if image.takes(requirement, (extra,))]


def _keep(place: Path, target: Path, versions: dict[str, str], image: Image) -> None:
    """Replace what was fetched before, with the list last."""
    shutil.rmtree(place.parent, ignore_errors=True)
    place.mkdir(parents=True)
    content: dict[str, Any] = {"python": image.python, "platform": image.platform, "packages": versions}
    if versions:
        write(target, place / ARCHIVE)
        content["sha256"] = hashlib.sha256((place / ARCHIVE).read_bytes()).hexdigest()
    part = place / f"{LIST}.part"
    part.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(place / LIST)


def _told(place: Path, chosen: dict[str, Any], versions: dict[str, str], image: Image) -> str:
    """What was fetched, and where the image's version is another than the one that is installed here."""
    names = (
        ", ".join(f"{name} {versions[name]}" for name in sorted(chosen)) or "nothing: the image has all of it"
    )
    other = [
        f"{name} {image.packages[name]} (here {version})"
        for name, version in sorted(versions.items())
        if name in image.packages and image.packages[name] != version
    ]
    left = f"\nthe image's versions are used of {', '.join(other)}" if other else ""
    return f"{packages.CACHE / place.name}: {names}{left}"
