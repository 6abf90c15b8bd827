"""The runner's side of a model server process."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from ..archives import extract_archive
from ..container import JobDirectory, last_error, launch
from ..context import Job
from ..errors import TIME_LIMIT, StepError
from ..files import copy_into
from ..jobs.models import model_data
from ..opt_ml.place import Place
from ..process import end_group

_WORKER = Path(__file__).with_name("worker.py")
LIMIT_SECONDS = 300.0
"""How long loading a model, or one answer, may take."""


class ModelServer:
    """A model loaded through its inference script; use as a context manager."""

    def __init__(self, job: Job, container: dict[str, Any], folder: str, log: Path) -> None:
        self._job = job
        self._container = container
        self._log = log
        self._directory = JobDirectory(job, folder)
        self._timer: threading.Timer | None = None
        self._timed_out = False

    def __enter__(self) -> ModelServer:
        return self.open()

    def open(self) -> ModelServer:
        """Start the process and wait until it has loaded the model; raises StepError when it cannot."""
        model_dir, code, program = self._unpack()
        command = [self._job.context.python, str(_WORKER), str(model_dir), str(code), program]
        variables = {"SM_MODEL_DIR": "/opt/ml/model", **(self._container.get("Environment") or {})}
        # A server would hold the machine's own /opt/ml for as long as it runs, so it goes without that.
        own = self._job.context.opt_ml
        place = Place("mapped") if own.alone else own
        command, seen, cwd = launch(self._job, self._directory, command, variables, code, place)
        with self._log.open("ab") as log:
            self._process = self._job.context.processes.start(
                command, seen, cwd, subprocess.PIPE, subprocess.PIPE, log
            )
        try:
            self._receive()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._job.context.processes.finish(self._process)

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Return the answer to one request and its content type; raises StepError when the model refuses
        it."""
        header = {"length": len(body), "contentType": content_type, "accept": accept}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(header).encode() + b"\n" + body)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise StepError(f"the model server ended: {last_error(self._log)}") from None
        return self._receive()

    def _receive(self) -> tuple[bytes, str]:
        assert self._process.stdout is not None
        self._timer = threading.Timer(LIMIT_SECONDS, self._expire)
        self._timer.daemon = True
        self._timer.start()
        line = self._process.stdout.readline()
        header: dict[str, Any] = (
            json.loads(line) if line else {"error": f"the model server ended: {last_error(self._log)}"}
        )
        body = self._process.stdout.read(header.get("length", 0))
        self._timer.cancel()
        if self._timed_out:
            raise StepError(f"the model did not answer within {LIMIT_SECONDS:g} s", TIME_LIMIT)
        if "error" in header:
            raise StepError(str(header["error"]))
        return body, str(header.get("accept", ""))

    def _expire(self) -> None:
        self._timed_out = True
        end_group(self._process)

    def _unpack(self) -> tuple[Path, Path, str]:
        place, store = self._job.place, self._job.context.store
        model_dir = self._directory.opt_ml / "model"
        for source in store.sources(model_data(self._container, place), f"{place}.ModelDataUrl"):
            copy_into(source, model_dir) if source.is_dir() else extract_archive(source, model_dir)
        variables = self._container.get("Environment") or {}
        program = variables.get("SAGEMAKER_PROGRAM") or "inference.py"
        code = model_dir / "code"
        source_uri = variables.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
        if source_uri.startswith("s3://"):
            code = self._directory.opt_ml / "code"
            for source in store.sources(source_uri, f"{place}.Environment.SAGEMAKER_SUBMIT_DIRECTORY"):
                copy_into(source, code) if source.is_dir() else extract_archive(source, code)
        elif source_uri.startswith("/opt/ml"):
            code = self._directory.path(source_uri, f"{place}.Environment.SAGEMAKER_SUBMIT_DIRECTORY")
        if not (code / program).is_file():
            raise StepError(
                f"the model artifact has no {os.path.relpath(code, model_dir)}/{program}:"
                " put the inference code into the artifact (SAGEMAKER_PROGRAM and"
                " SAGEMAKER_SUBMIT_DIRECTORY of the container name it)."
            )
        return model_dir, code, program
