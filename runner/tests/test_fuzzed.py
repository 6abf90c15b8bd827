"""A fuzzer reads the OpenAPI document and finds no request whose answer is not what the document says.

`npm test` sends some requests, picked by the commit or TEST_SEED; TEST_LONG=true sends many.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest

from local_runner.api.contract import Contract
from local_runner.api.exchange import Answer, NotAnswered, Request, Settings
from local_runner.api.predictions import About, NoLog
from local_runner.api.service import Service
from local_runner.serve import Endpoint
from local_runner.serving.client import ModelServer, Reply

LONG = os.environ.get("TEST_LONG") == "true"
EXAMPLES = 400 if LONG else 60
"""For each operation."""
COLUMNS = {
    "age": ("number", False), "income": ("number", True), "city/town~": ("category", False),
    "plan": ("category", True), "member": ("boolean", False), "since": ("date", True), "key": ("id", False),
    "same": ("dropped", False),
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "version": 2,
    "problem_type": "multiclass",
    "target": "spent",
    "missing_tokens": None,
    "labels": ["low", "mid", "high"],
    "columns": [
        {"name": name, "kind": kind, "missing": missing, "categories": ["a", "b"] * (kind == "category")}
        for name, (kind, missing) in COLUMNS.items()
    ],
}
CONTRACT = Contract.of(SCHEMA)


def answer_to(body: bytes, content_type: str, accept: str) -> Reply:
    """As a model of this schema answers; a request that it does not take is an error of the check."""
    checked = CONTRACT.check(body, content_type)
    assert checked.is_taken, (body, content_type)
    if accept == "text/csv":
        return Reply(200, b"low,0.5,k\n" * len(checked.rows), "text/csv")
    shares = {"low": 0.5, "mid": 0.3, "high": 0.2}
    rows = [
        {"label": "low", "probability": 0.5, "probabilities": shares, "id": {"key": row[6].strip()}}
        for row in checked.rows
    ]
    return Reply(200, json.dumps({"predictions": rows}).encode(), "application/json")


class Model:
    """A model that is loaded."""

    def __init__(self, directory: Path) -> None:
        self.model_directory = directory
        (directory / "schema.json").write_text(json.dumps(SCHEMA))

    def reply(self, body: bytes, content_type: str, accept: str) -> Reply:
        return answer_to(body, content_type, accept)


class Queue:
    """A model that answers the second time that it is asked for an answer."""

    def __init__(self) -> None:
        self._answers: dict[str, Reply] = {}
        self._asked: set[str] = set()

    def submit(self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float) -> str:
        name = uuid.uuid4().hex
        self._answers[name] = answer_to(body, content_type, accept)
        return name

    def collect(self, request: str, deadline: float) -> Answer | None:
        if request not in self._answers:
            raise NotAnswered("refused", "there is no such request", 404)
        if request not in self._asked:
            self._asked.add(request)
            return None
        found = self._answers[request]
        return Answer(found.content_type, found.body)


class Carrier(ThreadingHTTPServer):
    """A service over HTTP, and nothing else."""

    daemon_threads = True

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, until = self.path.partition("?")[0], time.monotonic() + 30
        service = cast(Carrier, self.server).service
        found = service.answer(Request(self.command, path, headers, body, uuid.uuid4().hex, until))
        self.send_response(found.status)
        for name, value in {**found.headers, "Content-Length": str(len(found.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    """Its address, for as long as it answers."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    with server:
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def seed() -> str:
    """A number for this commit, as `testing/selection.ts` picks cases; TEST_SEED names another one."""
    command = ["git", "rev-parse", "--short=8", "HEAD"]
    given = os.environ.get("TEST_SEED") or subprocess.check_output(command, text=True).strip()
    return str(int(hashlib.sha256(given.encode()).hexdigest()[:8], 16))


def fuzz(
    directory: Path,
    url: str,
    document: dict[str, Any],
    *kinds: str,
    without: str = "",
    examples: int = EXAMPLES,
) -> str:
    """What schemathesis prints when it finds nothing; `kinds` are the types of bodies that it sends."""
    for path in document["paths"].values():
        if content := path.get("post", {}).get("requestBody", {}).get("content"):
            for kind in [kind for kind in content if kind not in kinds]:
                del content[kind]
    file = directory / "openapi.json"
    file.write_text(json.dumps(document))
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", str(file), "--url", url, "--checks", "all",
        "--seed", seed(), "--max-examples", str(examples), "--no-color", "--workers", "2",
        "--suppress-health-check", "all", "--generation-database", "none",
        *(["--exclude-checks", without] if without else []),
    ]  # fmt: skip
    formats = Path(__file__).with_name("fuzz_formats.py")
    (directory / formats.name).write_bytes(formats.read_bytes())
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, "SCHEMATHESIS_HOOKS": formats.stem, "PYTHONPATH": str(directory)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "without"),
    # Of a text in CSV the document says what is in it in words only, so the fuzzer expects every text to do.
    [("application/json", ""), ("text/csv", "positive_data_acceptance")],
)
def test_what_is_served_here_is_what_its_document_says(tmp_path: Path, kind: str, without: str) -> None:
    package = {"ModelPackageGroupName": "churn", "ModelPackageVersion": 3}
    with running(Endpoint(0, cast(ModelServer, Model(tmp_path)), package)) as url:
        document = CONTRACT.openapi("predict", "churn", "3")
        assert "No issues found" in fuzz(tmp_path, url, document, kind, without=without)


def test_an_asynchronous_interface_is_what_its_document_says(tmp_path: Path) -> None:
    about = About("churn", "main", "prod", "arn:package", "churn-prod", "3")
    service = Service(CONTRACT, Queue(), NoLog(), about, Settings("documents", kind="asynchronous"))
    with running(Carrier(service)) as url:
        assert "No issues found" in fuzz(tmp_path, url, service.openapi(), "application/json")


def test_it_does_find_what_is_wrong(tmp_path: Path) -> None:
    """The fuzzer is no test if it cannot fail: here the document promises another answer."""
    about = About("churn", "main", "prod", "arn:package", "churn-prod", "3")
    service = Service(CONTRACT, Queue(), NoLog(), about, Settings("documents", kind="asynchronous"))
    document = service.openapi()
    del document["paths"]["/documents"]["post"]["responses"]["202"]
    with (
        running(Carrier(service)) as url,
        pytest.raises(AssertionError, match="(?i)undocumented"),
    ):
        fuzz(tmp_path, url, document, "application/json", examples=5)
