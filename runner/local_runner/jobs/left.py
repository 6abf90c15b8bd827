"""What a job left behind, compared with what it said it would leave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..container import JobDirectory
from ..context import Job
from ..errors import StepError, nearest
from ..files import holds_files, walk_files

_SHOWN = 6


class Left:
    """The files of a job's directory before and after it ran."""

    def __init__(self, job: Job, directory: JobDirectory) -> None:
        self._job = job
        self._root = directory.opt_ml
        mark = directory.root / "started"
        mark.touch()  # the clock of the file system is not that of the process
        self._started = mark.stat().st_ctime_ns

    def check_outputs(self, folders: Mapping[str, Path]) -> None:
        """Raise StepError for an empty output that another step reads; others are noted."""
        for name, folder in folders.items():
            if holds_files(folder):
                continue
            reader = self._job.context.reader(self._job.step.name, name)
            what = f"output {name!r} is empty: the script left no file in {self._inside(folder)}"
            if reader:
                raise StepError(f"{what}, and step {reader} reads it.{self._instead()}")
            self._job.note(f"{what[0].upper()}{what[1:]}.")

    def check_property_files(self, folders: Mapping[str, Path]) -> None:
        """Raise StepError for a property file that is not there."""
        for file in self._job.step.property_files:
            folder = folders[file.output]
            if (folder / file.path).is_file():
                continue
            names = [name for name, _ in walk_files(folder)] if folder.is_dir() else []
            there = f"It has: {', '.join(names[:_SHOWN])}." if names else f"It is empty.{self._instead()}"
            raise StepError(
                f"the script left no {file.path!r} in output {file.output!r} ({self._inside(folder)}), which"
                f" is the property file {file.name!r}.{nearest(file.path, names)} {there}"
            )

    def _instead(self) -> str:
        found = (path for _, path in walk_files(self._root))
        new = sorted(self._inside(path) for path in found if path.lstat().st_ctime_ns > self._started)
        more = f" and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
        return (
            f" It left: {', '.join(new[:_SHOWN])}{more}." if new else " It left no file below /opt/ml at all."
        )

    def _inside(self, path: Path) -> str:
        return f"/opt/ml/{path.relative_to(self._root).as_posix()}"


def note_siblings(job: Job, uri: str) -> None:
    """Report what an input brings besides what its uri names."""
    if siblings := job.context.store.siblings(uri):
        names = ", ".join(path.name for path in siblings)
        job.note(
            f"{uri} is a prefix, so it brought {names} as well, as on SageMaker: end it with a slash to leave"
            " them out."
        )
