"""A registered version loaded through its own inference code, in a directory that goes with it."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import git
from ..context import ACCOUNT, Context, Job
from ..errors import NotEmulatedError, StepError
from ..expressions import Scope
from ..hashing import Hasher
from ..jobs.models import check_inference_code
from ..locks import hold, release
from ..opt_ml.place import Place
from ..pipeline import Step
from ..process import Processes
from ..registry import Registry
from ..slots import Slots
from ..store import LocalStore
from ..watchdog import Watchdog
from .client import ModelServer


@dataclass(frozen=True)
class Loaded:
    """A model in a process of its own, and the surroundings that end with it."""

    server: ModelServer
    context: Context


@contextlib.contextmanager
def loaded(work: Path, package: dict[str, Any], python: str, purpose: str) -> Iterator[Loaded]:
    """Load the model of a package; `purpose` is the command that needs it."""
    container = package["InferenceSpecification"]["Containers"][0]
    folder = work / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=folder))
    lock = hold(directory / ".lock")  # a run removes what nobody holds
    watchdog = None
    try:
        watchdog = Watchdog()
        context = _context(work, directory, python, Processes(watchdog), purpose)
        log = directory / "model.log"
        step = Step(purpose.capitalize(), "Model", {}, "the model package")
        job = Job(step, {}, context, log, lambda note: print(f"note: {note}", file=sys.stderr))
        check_inference_code(context, container, job.place)
        try:
            server = ModelServer(job, container, purpose, log).open()
        except (StepError, NotEmulatedError):
            if log.is_file():
                print(log.read_text("utf-8", "replace"), file=sys.stderr, end="")
            raise
        with contextlib.closing(server):
            yield Loaded(server, context)
    finally:
        if watchdog:
            watchdog.close()
        shutil.rmtree(directory, ignore_errors=True)
        release(lock)


def _context(work: Path, directory: Path, python: str, processes: Processes, purpose: str) -> Context:
    store = LocalStore(work, None, directory.name)
    arn = f"{ACCOUNT}:endpoint/local"
    return Context(
        execution_id=directory.name,
        pipeline_name=purpose,
        directory=directory,
        store=store,
        hasher=Hasher(directory / "hashes.json"),
        registry=Registry(work / "registry"),
        processes=processes,
        slots=Slots(1),
        scope=Scope({}, {"PipelineName": purpose, "PipelineArn": arn}, objects=store),
        python=python,
        user=git.user,
        cores=1,
        opt_ml=Place("mapped"),
    )
