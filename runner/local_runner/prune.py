"""Removes old runs with what only they have made.

What a run that stays or a registered version names is never removed: not by its own run's removal, nor
because another run made it and it was taken from the cache. Nor is an output whose address does not name the
run that made it: others may have put something there too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import RunnerError
from .files import read_json, remove_tree
from .locks import is_held
from .registry import Registry
from .runs import load_all

STORE = "s3"
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{4}")


def prune(work: Path, keep: int, force: bool = False, as_json: bool = False) -> int:
    """Remove all runs but the newest `keep`; says what was removed and how much space that gave."""
    records = load_all(work)
    busy = [record["executionId"] for record in records if is_held(_lock(work, record))]
    if busy:
        raise RunnerError(
            f"run {busy[0]} is going on, and may use what earlier ones have made: prune when it has ended."
        )
    packages = _packages(work)
    registered: dict[str, list[str]] = {}
    for package in packages:
        title = f"{package['ModelPackageGroupName']}/{package['ModelPackageVersion']}"
        registered.setdefault(str(package["ExecutionId"]), []).append(title)
    old = records[: max(0, len(records) - keep)]
    spared = [] if force else [record for record in old if record["executionId"] in registered]
    gone = [record for record in old if record not in spared]
    stays = [record for record in records if record not in gone]
    needed = [path for record in stays for path in _outputs(record)]
    needed += [_store_path(uri) for package in packages for uri in _uris(package)]
    needed += [
        _store_path(uri) for model in (work / "models").glob("*.json") for uri in _uris(read_json(model))
    ]
    removed = [_remove(work, record, needed, registered) for record in gone]
    _tell(removed, [(str(one["executionId"]), registered[one["executionId"]]) for one in spared], as_json)
    return 0


def _lock(work: Path, record: dict[str, Any]) -> Path:
    return work / "runs" / str(record["executionId"]) / ".lock"


def _packages(work: Path) -> list[dict[str, Any]]:
    registry = Registry(work / "registry")
    return [package for group in registry.groups() for package in registry.versions(group)]


def _remove(
    work: Path, record: dict[str, Any], needed: list[PurePosixPath], registered: dict[str, list[str]]
) -> dict[str, Any]:
    directory, size = work / "runs" / str(record["executionId"]), 0
    for path in _outputs(record):
        if _of_a_run(path) and not any(_touch(path, other) for other in needed):
            size += _removed(work / path)
            _remove_empty(work / STORE, (work / path).parent)
    size += _removed(directory)
    if directory.exists():
        raise RunnerError(f"{directory} cannot be removed: see who may write there, and prune again.")
    return {
        "executionId": record["executionId"],
        "bytes": size,
        "registered": registered.get(record["executionId"], []),
    }


def _outputs(record: dict[str, Any]) -> Iterator[PurePosixPath]:
    """Yield where the outputs of a run are, relative to the work directory."""
    for step in record["steps"]:
        for output in step.get("outputs") or ():
            path = PurePosixPath(str(output.get("path") or ""))
            if path.parts and not path.is_absolute() and ".." not in path.parts:
                yield path


def _of_a_run(path: PurePosixPath) -> bool:
    """Say whether a path is in the store, in a folder that is named after a run."""
    return path.parts[0] == STORE and any(map(_ID.search, path.parts[2:]))


def _uris(value: Any) -> Iterator[str]:
    """Yield every S3 address below a JSON value."""
    if isinstance(value, str):
        if value.startswith("s3://"):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _uris(item)
    elif isinstance(value, list):
        for item in value:
            yield from _uris(item)


def _store_path(uri: str) -> PurePosixPath:
    return PurePosixPath(STORE, uri.removeprefix("s3://"))


def _touch(one: PurePosixPath, other: PurePosixPath) -> bool:
    """Say whether one of two paths is the other, or is below it."""
    return one == other or one in other.parents or other in one.parents


def _removed(path: Path) -> int:
    """Remove a file or a directory; returns the bytes that it took."""
    if path.is_symlink() or path.is_file():
        size = path.lstat().st_size
        path.unlink()
        return size
    size = sum(item.lstat().st_size for item in path.rglob("*") if not item.is_dir())
    remove_tree(path)
    return size


def _remove_empty(root: Path, folder: Path) -> None:
    """Remove folders that hold nothing any more, up to the root."""
    while folder != root and folder.is_relative_to(root) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _tell(removed: list[dict[str, Any]], spared: list[tuple[str, Iterable[str]]], as_json: bool) -> None:
    from .report.text import plural, size

    total = sum(one["bytes"] for one in removed)
    if as_json:
        kept = [{"executionId": name, "registered": list(versions)} for name, versions in spared]
        print(json.dumps({"removed": removed, "kept": kept, "bytes": total}, indent=1))
        return
    for one in removed:
        version = f"  (its version {', '.join(one['registered'])} is kept)" if one["registered"] else ""
        print(f"removed {one['executionId']}  {size(one['bytes'])}{version}")
    for name, versions in spared:
        print(f"kept    {name}: it registered {', '.join(versions)}; --force removes it too")
    print(f"{plural(len(removed), 'run')} removed, {size(total)}")
