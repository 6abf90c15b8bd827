"""What Lambda's runtime does: loads the handler, hands it the event, keeps what it returns.

Extensions of the function's own process are known by the runtime's address on loopback: the environment is frozen, here
ended, when each of them has asked for the next event (Lambda developer guide, "Using the Lambda Extensions API").
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 30
"""How long an extension may work after the function has returned."""


class Context:
    """What Lambda tells a handler about its call."""

    def __init__(self) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = os.environ["JOURNEY_FUNCTION_ARN"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.aws_request_id = os.environ["JOURNEY_REQUEST"]
        self._end = time.monotonic() + float(os.environ["JOURNEY_LIMIT"])

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends the call."""
        return max(0, int((self._end - time.monotonic()) * 1000))


class Extensions:
    """The extensions of one environment, which gets one request."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}
        self.event = {
            "eventType": "INVOKE",
            "deadlineMs": int((time.time() + float(os.environ["JOURNEY_LIMIT"])) * 1000),
            "requestId": os.environ["JOURNEY_REQUEST"],
            "invokedFunctionArn": os.environ["JOURNEY_FUNCTION_ARN"],
        }
        self._lock = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                identity = str(uuid.uuid4())
                with outer._lock:
                    outer._asked[identity] = 0
                self._answer(200, {"functionName": os.environ["AWS_LAMBDA_FUNCTION_NAME"]}, identity)

            def do_GET(self) -> None:
                outer._next(self.headers["Lambda-Extension-Identifier"])
                self._answer(200, outer.event, self.headers["Lambda-Extension-Identifier"])

            def _answer(self, status: int, content: dict[str, Any], identity: str) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Lambda-Extension-Identifier", identity)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nobody reads a log of requests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        os.environ["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{self._server.server_address[1]}"

    def _next(self, identity: str) -> None:
        """The first question has the only request; the second one is never answered."""
        with self._lock:
            self._asked[identity] += 1
            self._lock.notify_all()
            while self._asked[identity] > 1:
                self._lock.wait()

    def wait(self) -> None:
        """Until each has asked for the next request."""
        with self._lock:
            self._lock.wait_for(lambda: all(n > 1 for n in self._asked.values()), LONGEST_SECONDS)


def main() -> None:
    """One call."""
    work = Path(sys.argv[1])
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    extensions = Extensions()
    # Lambda has the code's own folder first on the path.
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    event = json.loads((work / "event.json").read_text())
    answer = json.dumps(handler(event, Context()))
    (work / "answer.json").write_text(answer)
    extensions.wait()


main()
