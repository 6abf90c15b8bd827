"""The `serve` command: a version of the local registry as an endpoint on this machine.

Requests go through the model's own inference code, in a process like its container, one after another as one
worker of it would take them. What an API in front of the endpoint would answer is answered too, by the same
code. Only this machine is answered, and only pages that come from here.
"""

from __future__ import annotations

import argparse
import signal
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .errors import NotEmulatedError, RunnerError, StepError
from .options import Options, add_python, add_version, add_work
from .registry import Registry
from .serve_api import PATH, ModelInterface
from .serve_page import page
from .serving.client import ModelServer, NotAnswered, Reply
from .serving.loaded import loaded

HOST = "127.0.0.1"
PORT = 8080

LIMIT_BYTES = 25 * 1024 * 1024
"""Of a request (SageMaker runtime API reference, InvokeEndpoint)."""

SHOWN = 60
"""Characters of a request and of an answer that the log shows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_version(parser, "model")
    parser.add_argument(
        "--port",
        type=_port,
        default=PORT,
        help="port on this machine; 0 takes a free one (default: %(default)s)",
    )
    add_python(parser, "the model code")
    add_work(parser)
    parser.set_defaults(action=_serve)


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return value


class _Stopped(BaseException):
    """Somebody has stopped the command while the model was being loaded."""


class _Stop:
    """What the signals do that stop the command, at any time: everything is put away before it ends."""

    def __init__(self) -> None:
        self.endpoint: Endpoint | None = None

    def __call__(self, *_: object) -> None:
        if self.endpoint is None:
            raise _Stopped
        # `shutdown` waits for the loop that this signal interrupts; before the loop, it ends it at once.
        threading.Thread(target=self.endpoint.shutdown, daemon=True).start()


def _serve(args: argparse.Namespace) -> int:
    work = args.work.absolute()
    package = Registry(work / "registry").choose(args.model, "to serve")
    stop = _Stop()
    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _until_stopped(args, work, package, stop)
    except _Stopped:
        pass
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
    print("stopped", flush=True)
    return 0


def _until_stopped(args: argparse.Namespace, work: Path, package: dict[str, Any], stop: _Stop) -> None:
    title = title_of(package)
    with loaded(work, package, Options(python=args.python).interpreter(), "serve") as model:
        try:
            endpoint = Endpoint(args.port, model.server, package)
        except OSError as error:
            raise RunnerError(
                f"port {args.port} cannot be used ({error.strerror}): choose another with --port, or 0 for"
                " any."
            ) from error
        stop.endpoint = endpoint
        with endpoint:
            print(f"{title} is served at {endpoint.url}; stop it with Ctrl-C", flush=True)
            print(f"  try a row: {endpoint.url}/", flush=True)
            print(f"  {endpoint.curl()}", flush=True)
            print(f"  as an API: {endpoint.url}/{PATH}, described at {endpoint.url}/openapi.json", flush=True)
            endpoint.serve_forever()


def title_of(package: dict[str, Any]) -> str:
    """What a version is called."""
    return f"{package['ModelPackageGroupName']} version {package['ModelPackageVersion']}"


class Endpoint(ThreadingHTTPServer):
    """What container and API answer, and a page to try a row."""

    daemon_threads = True

    def __init__(self, port: int, model: ModelServer, package: dict[str, Any]) -> None:
        super().__init__((HOST, port), _Handler)
        self.title = title_of(package)
        self._model = model
        self._one = threading.Lock()
        self.interface = ModelInterface(package, model.model_directory, self.ask, LIMIT_BYTES)

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://{HOST}:{self.server_port}"

    def curl(self) -> str:
        """Return a command that asks it."""
        return f"curl --data-binary @FILE.csv -H 'Content-Type: text/csv' {self.url}/invocations"

    def page(self) -> bytes:
        """Return the page to try a row."""
        return page(self.title, self._model.model_directory)

    def ask(self, body: bytes, content_type: str, accept: str) -> Reply:
        """Ask the model, whose process takes one request at a time."""
        with self._one:
            try:
                return self._model.reply(body, content_type, accept)
            except NotAnswered as error:
                # A refusal has its status, as in the container; of anything else that shows a page with 500.
                return error.reply
            except (StepError, NotEmulatedError) as error:
                return Reply(500, f"{error}\n".encode(), "text/plain; charset=utf-8")


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"
    # An answer goes out in one piece: its second one would wait until the client has acknowledged the first.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = self._body()
        if body is None or not self._is_allowed():
            return
        if self.path == "/ping":
            self._send(Reply(200, b"\n", "application/json"))
        elif self.path == "/":
            self._send(Reply(200, self.server.page(), "text/html; charset=utf-8"))
        else:
            self._interface(body)

    def do_POST(self) -> None:
        body = self._body()
        if body is None or not self._is_allowed():
            return
        begin = time.perf_counter()
        if self.path == "/invocations" and self.command == "POST":
            given = self.headers
            reply = self.server.ask(body, given.get("Content-Type", ""), given.get("Accept", "*/*"))
            self._send(reply)
        else:
            reply = self._interface(body)
        milliseconds = 1000 * (time.perf_counter() - begin)
        print(f"{reply.status}  {milliseconds:.1f} ms  {_line(body)} -> {_line(reply.body)}", flush=True)

    do_HEAD = do_GET

    def __getattr__(self, name: str) -> Any:
        """Whatever other method a client uses: the answer says which ones there are."""
        if name.startswith("do_"):
            return self.do_POST
        raise AttributeError(name)

    def _body(self) -> bytes | None:
        """The request's body; None for one that is refused."""
        length = self.headers.get("Content-Length", "0" if self.command != "POST" else "")
        if not length.isdigit():
            self.close_connection = True
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the request has no Content-Length")
            return None
        if int(length) > LIMIT_BYTES:
            self.close_connection = True
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"an endpoint takes at most {LIMIT_BYTES} bytes"
            )
            return None
        return self.rfile.read(int(length))

    def _interface(self, body: bytes) -> Reply:
        """Send what an API in front of the model answers."""
        path = self.path.partition("?")[0]
        found = self.server.interface.answer(self.command, path, dict(self.headers.items()), body)
        others = {name: value for name, value in found.headers.items() if name != "Content-Type"}
        reply = Reply(found.status, found.body, found.headers["Content-Type"])
        self._send(reply, others)
        return reply

    def _is_allowed(self) -> bool:
        """Refuses other sites: their pages run in this machine's browser, and may resolve a name to it."""
        own = {f"{host}:{self.server.server_port}" for host in (HOST, "localhost")}
        origin = self.headers.get("Origin", "").removeprefix("http://")
        if self.headers.get("Host") in own and origin in {"", *own}:
            return True
        self._refuse(HTTPStatus.FORBIDDEN, f"only requests to {self.server.url} are answered")
        return False

    def _refuse(self, status: HTTPStatus, text: str) -> None:
        self._send(Reply(status.value, f"{text}\n".encode(), "text/plain; charset=utf-8"))

    def _send(self, reply: Reply, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Content-Security-Policy", "default-src 'self' 'unsafe-inline'; img-src data:")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Nothing: invocations have a line of their own."""


def _line(body: bytes) -> str:
    """The beginning of a text, on one line."""
    lines = body[: 4 * SHOWN].decode("utf-8", "replace").split("\n")
    shown = lines[0][:SHOWN]
    return f"{shown} ..." if len(body.strip()) > len(shown.encode()) else shown
