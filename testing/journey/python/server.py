"""The gateway over HTTP on loopback, for child processes."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from gateway import Gateway, client_error, denied_error
from values import Denied, JourneyError, NotThere

sys.path.insert(0, str(Path(__file__).parent / "hook"))
from sitecustomize import decode, encode


class Server:
    """Answers the calls of child processes; an error of the journey itself is kept for whoever started the child."""

    def __init__(self, gateway: Gateway, on_call: Callable[[str, str, str], None]) -> None:
        self.failure: JourneyError | None = None
        self.slept: Callable[[float], None] = lambda _: None
        """Is told how long a program waits."""
        self.web: Callable[[dict[str, Any]], dict[str, Any]] | None = None
        """Gives roles to programs that have a token of an identity provider."""
        self._gateway = gateway
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = decode(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                body = json.dumps(encode(outer._answer(question, on_call))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nobody reads a log of requests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, question: dict[str, Any], on_call: Callable[[str, str, str], None]) -> dict[str, Any]:
        if "slept" in question:
            return self._pass_time(question["slept"])
        operation = question["operation"]
        if operation == "AssumeRoleWithWebIdentity" and self.web:
            return self._let_in(self.web, question["params"])
        role = self._gateway.sessions.get(question["key"])
        if role is None:
            return {"error": client_error(operation, "InvalidClientTokenId", "unknown access key", 403).response}
        try:
            # What a function does, others must be able to answer.
            with nullcontext() if operation == "Invoke" else self._lock:
                on_call(role, question["service"], operation)
                result = self._gateway.call(
                    role, question["region"], question["service"], operation, question["params"]
                )
        except Denied as denied:
            return {"error": denied_error(operation, denied).response}
        except ClientError as error:
            return {"error": error.response}
        except JourneyError as error:
            self.failure = error
            return {"error": client_error(operation, "JourneyError", str(error), 500).response}
        except Exception as error:
            self.failure = JourneyError(f"{question['service']}:{operation}: {type(error).__name__}: {error}")
            return {"error": client_error(operation, "JourneyError", str(error), 500).response}
        return {"result": result}

    def _let_in(self, web: Callable[[dict[str, Any]], dict[str, Any]], params: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"result": web(params)}
        except Denied as denied:
            return {"error": denied_error("AssumeRoleWithWebIdentity", denied).response}
        except ClientError as error:
            return {"error": error.response}
        except NotThere as error:
            return {"error": client_error("AssumeRoleWithWebIdentity", "AccessDenied", str(error), 403).response}

    def _pass_time(self, seconds: float) -> dict[str, Any]:
        try:
            self.slept(seconds)
        except Exception as error:
            self.failure = error if isinstance(error, JourneyError) else JourneyError(traceback.format_exc())
        return {}
