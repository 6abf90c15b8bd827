"""Step caching as the definition declares it: the result of an earlier, equal step is used again.

SageMaker compares arguments. Here contents are compared as well: the key holds the hash of every input and
of the code,
and an entry counts only while its outputs are unchanged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .context import Job, Result
from .files import read_json, walk_files, write_json
from .hashing import digest_text
from .store import LocalStore

_VERSION = 1


class StepCache:
    """Results of successful steps by key, below `<work>/cache/steps`."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self._root = store.work / "cache" / "steps"

    def key(self, job: Job, parts: dict[str, Any]) -> str:
        """Return the key of a step: its name, what it depends on, and the packages it runs with."""
        whole = [
            _VERSION,
            job.context.pipeline_name,
            job.step.name,
            job.step.type,
            parts,
            packages(job.context.python),
        ]
        files = [[file.name, file.output, file.path] for file in job.step.property_files]
        return digest_text(json.dumps([whole, files], sort_keys=True))

    def find(self, key: str, expire_after: float | None) -> dict[str, Any] | None:
        """Return the entry of an earlier result that is young enough and whole."""
        entry = read_json(self._root / f"{key}.json")
        if not isinstance(entry, dict):
            return None
        if expire_after is not None and time.time() - entry["created"] > expire_after:
            return None
        try:
            same = all(self._stamps(uri) == stamps for uri, stamps in entry["files"].items())
        except OSError:
            return None
        return entry if same else None

    def keep(self, key: str, execution_id: str, result: Result) -> None:
        """Keep the result of a step; called only after its outputs are in the store."""
        self._root.mkdir(parents=True, exist_ok=True)
        entry = {
            "created": time.time(), "executionId": execution_id, "properties": result.properties,
            "outputs": result.outputs, "metrics": result.metrics, "trials": result.trials,
            "files": {uri: self._stamps(uri) for _, uri in result.outputs},
        }  # fmt: skip
        write_json(self._root / f"{key}.json", entry, durable=True)

    def _stamps(self, uri: str) -> list[list[object]]:
        path = self._store.locate(uri)
        infos = ((name, file.stat()) for name, file in walk_files(path))
        return [[name, info.st_size, info.st_mtime_ns] for name, info in infos]


def as_result(entry: dict[str, Any]) -> Result:
    """Return the result that a cache entry or a kept step result holds."""
    outputs = [(str(name), str(uri)) for name, uri in entry["outputs"]]
    return Result(entry["properties"], outputs, entry["metrics"], entry["trials"])


def packages(python: str) -> list[str]:
    """Return the interpreter and the installed packages with their versions, as far as they can be listed
    fast."""
    root = Path(python).absolute().parent.parent
    folders: Iterable[Path] = [
        *root.glob("lib/python3*/site-packages"),
        *root.glob("lib/python3/dist-packages"),
    ]
    names = sorted({item.name for folder in folders for item in folder.glob("*.dist-info")})
    return [str(Path(python).resolve()), *names]
