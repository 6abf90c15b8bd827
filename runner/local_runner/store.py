"""The local S3: objects are files below `<work>/s3/<bucket>/`, or below mounts that are read in place."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from .errors import RunnerError, StepError
from .files import copy_into, holds_files, publish, remove_tree

LOCAL_FILES = "s3://local-files/"
"""Uris under which files of this machine are seen by the pipeline, by their absolute path."""


class LocalStore:
    """Finds, copies and publishes objects by their `s3://` uri."""

    def __init__(self, work: Path, mounts: Mapping[str, Path] | None = None, run: str = "none") -> None:
        self.work = work
        self.root = work / "s3"
        self.temporary = work / "tmp" / run
        self._mounts = {_folder(prefix): path for prefix, path in (mounts or {}).items()}
        self._mounts.setdefault(LOCAL_FILES, Path("/"))
        self._claims: dict[str, str] = {}

    def claim(self, uri: object, step: str) -> None:
        """Note that `step` makes what is at and below `uri`: it is never fetched from anywhere else."""
        if isinstance(uri, str) and uri.startswith("s3://"):
            self._claims[uri.rstrip("/")] = step

    def maker(self, uri: str) -> str | None:
        """Return the step that makes `uri`."""
        parts = uri.rstrip("/").split("/")
        prefixes = ("/".join(parts[:count]) for count in range(len(parts), 2, -1))
        return next((self._claims[prefix] for prefix in prefixes if prefix in self._claims), None)

    def locate(self, uri: str, place: str = "uri") -> Path:
        """Return where `uri` is on this machine, whether or not something is there."""
        mount, key = self._mount(uri)
        if mount is not None:
            return mount / key
        bucket, key = split_uri(uri, place)
        return self.root / bucket / key

    def in_place(self, uri: str) -> Path | None:
        """Return where `uri` is read in place; None for what is kept below `<work>/s3`."""
        mount, key = self._mount(uri)
        return mount and mount / key

    def target(self, uri: str, place: str) -> Path:
        """Return where to write `uri`; mounts are never written."""
        if self._mount(uri)[0] is not None:
            raise StepError(
                f"{place}: {uri} is mounted from the repository and cannot be written; choose another."
            )
        return self.locate(uri, place)

    def sources(self, uri: str, place: str) -> list[Path]:
        """Return the file or directory at `uri`, or the files whose names begin with it, as S3 prefixes
        do."""
        path = self.locate(uri, place)
        if holds_files(path):  # there are no empty directories in S3
            return [path]
        if not uri.endswith("/") and path.parent.is_dir():
            names = (item for item in path.parent.iterdir() if item.name.startswith(path.name))
            matches = sorted(filter(holds_files, names))
            if matches:
                return matches
        if step := self.maker(uri):
            raise StepError(
                f"{place}: there is nothing at {uri}, which step {step} makes: it left no such file."
                f"{_beside(path)} What a step of this run makes is never fetched from anywhere."
            )
        self._fetch(uri, path, place)
        return [path]

    def siblings(self, uri: str) -> list[Path]:
        """Return what else begins with `uri` beside the file or directory that it names."""
        path = self.locate(uri)
        if uri.endswith("/") or not path.exists() or not path.name:
            return []
        names = (item for item in path.parent.iterdir() if item.name.startswith(path.name) and item != path)
        return sorted(filter(holds_files, names))

    def file(self, uri: str, place: str) -> Path:
        """Return the file at `uri`; raises StepError when there is none."""
        (path, *_) = self.sources(uri, place)
        if not path.is_file():
            raise StepError(f"{place}: {uri} is a prefix, not one object.")
        return path

    def prefix(self, uri: str, place: str) -> list[Path]:
        """Return everything whose name begins with `uri`, as an input of type S3Prefix brings it."""
        return [*self.sources(uri, place), *self.siblings(uri)]

    def download(self, uri: str, target: Path, place: str) -> None:
        """Copy everything whose name begins with `uri` into the directory `target`."""
        for source in self.prefix(uri, place):
            if source.is_dir() and source != self.locate(uri, place):
                copy_into(source, target / source.name)
            else:
                copy_into(source, target)

    def relative(self, path: Path) -> str:
        """Return a path below the work directory as the run record writes it."""
        return path.relative_to(self.work).as_posix() if path.is_relative_to(self.work) else str(path)

    def _mount(self, uri: str) -> tuple[Path | None, str]:
        for prefix in sorted(self._mounts, key=len, reverse=True):
            if _folder(uri) == prefix:
                return self._mounts[prefix], ""
            if uri.startswith(prefix):
                return self._mounts[prefix], _safe(uri.removeprefix(prefix), uri, "uri")
        return None, ""

    def _fetch(self, uri: str, path: Path, place: str) -> None:
        mount, _ = self._mount(uri)
        aws = None if mount is not None else shutil.which("aws")
        if aws is None:
            hint = "" if mount is not None else (
                f" There is no aws command to fetch it with either: put the data into {path},"
                " or give the parameter that names it a local path with --set."
            )  # fmt: skip
            raise StepError(f"{place}: there is nothing at {uri} (looked in {path}).{hint}")
        download = self.temporary / f"download-{uuid.uuid4().hex[:8]}"
        try:
            for recursive in (False, True):
                target = download / "tree" if recursive else download / path.name
                command = [
                    aws,
                    "s3",
                    "cp",
                    uri,
                    str(target),
                    "--only-show-errors",
                    *(["--recursive"] * recursive),
                ]
                download.mkdir(parents=True, exist_ok=True)
                done = subprocess.run(
                    command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
                )
                if done.returncode == 0 and target.exists():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    publish(target, path) if recursive else target.replace(path)
                    return
            raise StepError(
                f"{place}: {uri} cannot be fetched with the aws command: {done.stderr.strip()[-300:]}."
                " Sign in to the account that may read it (aws sts get-caller-identity says whether you are),"
                " or give the parameter that names it a path on this machine with --set."
            )
        finally:
            remove_tree(download)


def _beside(path: Path) -> str:
    """Say what is where something was looked for."""
    folder = next((parent for parent in path.parents if parent.is_dir()), None)
    names = sorted(item.name for item in folder.iterdir()) if folder else []
    return f" {folder} has: {', '.join(names[:8]) or 'nothing'}." if folder else ""


def split_uri(uri: object, place: str) -> tuple[str, str]:
    """Return bucket and key of an `s3://` uri."""
    if not isinstance(uri, str) or not uri.startswith("s3://") or not uri[5:].partition("/")[0]:
        raise StepError(f"{place}: {uri!r} is not an s3:// uri.")
    bucket, _, key = uri[5:].partition("/")
    return _safe(bucket, uri, place), _safe(key, uri, place)


def read_mounts(manifest: object, folder: Path) -> dict[str, Path]:
    """Return the mounts of a compile manifest; their paths are relative to `folder`."""
    mounts = manifest.get("mounts", {}) if isinstance(manifest, dict) else None
    if not isinstance(mounts, dict) or not all(isinstance(path, str) for path in mounts.values()):
        raise RunnerError(
            f"{folder / 'manifest.json'}: mounts must be an object of uris and paths; compile again."
        )
    return {uri: (folder / path).resolve() for uri, path in mounts.items()}


def _folder(uri: str) -> str:
    return uri if uri.endswith("/") else f"{uri}/"


def _safe(key: str, uri: str, place: str) -> str:
    if ".." in PurePosixPath(key).parts or key.startswith("/") or "\0" in key:
        raise StepError(f"{place}: {uri} has a part that leaves its bucket.")
    return key
