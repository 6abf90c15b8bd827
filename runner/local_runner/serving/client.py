"""The runner's side of a model server process."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..archives import extract_archive
from ..container import JobDirectory, last_error, launch
from ..context import Job
from ..errors import TIME_LIMIT, NotEmulatedError, StepError
from ..files import copy_into
from ..images import has_module, kind_of, module_name, no_module
from ..jobs.models import PROGRAM, SUBMIT_DIRECTORY, model_data
from ..opt_ml.place import Place
from ..process import end_group

OPT_ML = PurePosixPath("/opt/ml")
_WORKER = Path(__file__).with_name("worker.py")
_STARTS_IN = Path("/")
"""Neither image sets a working directory, and no toolkit changes to that of the code."""
LIMIT_SECONDS = 300.0
"""How long loading a model, or one answer, may take."""


@dataclass(frozen=True)
class Reply:
    """What a model said to a request, a refusal included."""

    status: int
    body: bytes
    content_type: str


class NotAnswered(StepError):
    """The model code has raised something; `reply` is what a client gets of it."""

    def __init__(self, message: str, reply: Reply) -> None:
        super().__init__(message)
        self.reply = reply


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
        code, program = self._unpack()
        self._code = code
        image = self._container.get("Image")
        where = OPT_ML / code.relative_to(self._directory.opt_ml)
        command = [self._job.context.python, str(_WORKER), str(OPT_ML / "model"), str(where), program]
        command += [kind_of(image), str(image)]
        variables = {"SM_MODEL_DIR": "/opt/ml/model", **(self._container.get("Environment") or {})}
        # A server would hold the machine's own /opt/ml for as long as it runs, so it goes without that.
        own = self._job.context.opt_ml
        place = Place("mapped") if own.alone else own
        command, seen, cwd = launch(self._job, self._directory, command, variables, _STARTS_IN, place)
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

    @property
    def model_directory(self) -> Path:
        """Return where the artifact was unpacked."""
        return self._directory.opt_ml / "model"

    @property
    def code_directory(self) -> Path:
        """Return where the inference code is, once the server is open."""
        return self._code

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Return the answer to one request and its content type; raises StepError when the model refuses
        it."""
        reply = self.reply(body, content_type, accept)
        if reply.status >= 400:
            raise StepError(f"the model refuses the request with status {reply.status}: {_shown(reply.body)}")
        return reply.body, reply.content_type

    def reply(self, body: bytes, content_type: str, accept: str) -> Reply:
        """Return whatever the model says to one request; raises StepError when its code fails."""
        header = {"length": len(body), "contentType": content_type, "accept": accept}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(header).encode() + b"\n" + body)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise StepError(f"the model server ended: {last_error(self._log)}") from None
        return self._receive()

    def _receive(self) -> Reply:
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
        if "unknown" in header:
            raise NotEmulatedError(str(header["unknown"]))
        if "error" in header:
            error = str(header["error"])
            told = f"{header.get('message', error)}\n".encode()
            raise NotAnswered(error, Reply(int(header.get("status", 500)), told, "text/plain"))
        return Reply(int(header.get("status", 200)), body, str(header.get("accept", "")))

    def _expire(self) -> None:
        self._timed_out = True
        end_group(self._process)

    def _unpack(self) -> tuple[Path, str]:
        """Put model and code where the container has them; returns the code's directory and its module."""
        place, store, opt_ml = self._job.place, self._job.context.store, self._directory.opt_ml
        model_dir = opt_ml / "model"
        for source in store.sources(model_data(self._container, place), f"{place}.ModelDataUrl"):
            copy_into(source, model_dir) if source.is_dir() else extract_archive(source, model_dir)
        variables = self._container.get("Environment") or {}
        program, source_uri = variables.get(PROGRAM), variables.get(SUBMIT_DIRECTORY)
        known = kind_of(self._container.get("Image"))
        if known:
            _check_variables(program, source_uri)
        program, source_uri = program or "inference.py", source_uri or "/opt/ml/model/code"
        code = opt_ml / "code"
        if source_uri.startswith("s3://"):
            for source in store.sources(source_uri, f"{place}.Environment.{SUBMIT_DIRECTORY}"):
                copy_into(source, code) if source.is_dir() else extract_archive(source, code)
        else:
            there = self._directory.path(source_uri, f"{place}.Environment.{SUBMIT_DIRECTORY}")
            if known and there.is_dir():
                copy_into(there, code)  # as sagemaker-containers does
            else:
                code = there
        if not has_module(code, program) and not (code / program).is_file():
            raise StepError(
                f"{source_uri} has no {program}: put the inference code into the model artifact, where"
                f" {PROGRAM} and {SUBMIT_DIRECTORY} of the container name it."
            )
        return code, module_name(program).replace("/", ".")


def _check_variables(program: str | None, source: str | None) -> None:
    """Raise StepError for what the servers of the two images cannot start with."""
    if not program:
        raise StepError(
            f"{PROGRAM} of the container is {'empty' if program == '' else 'not set'}, and the image's server"
            " imports no inference code without it: set it to the name of the script, such as inference.py."
        )
    if why := no_module(program):
        raise StepError(f"{PROGRAM} of the container: {why}.")
    if not source:
        raise StepError(
            f"{SUBMIT_DIRECTORY} of the container is not set, and the image's server looks for {program} in"
            " /opt/ml/code, where nothing is: set it to /opt/ml/model/code."
        )


def _shown(body: bytes) -> str:
    return body.decode(errors="replace").strip()[:500]
