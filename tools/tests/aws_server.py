"""Amazon's services of moto on loopback, for programs in processes of their own; and a model that answers.

`aws_server.py` prints its port. The service is that of a request's signature. The model knows the columns of
`monitor_rows.SCHEMA`: age decides, and the plan a little.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

STUBBER, ONE_AT_A_TIME = BotocoreStubber(), threading.Lock()
HOSTS = {"monitoring": "monitoring"}
"""Hosts by the names in signatures; others are called as they sign."""


class Handler(BaseHTTPRequestHandler):
    """Hands requests to moto."""

    # Otherwise each body waits for the client's delayed acknowledgement of the headers.
    disable_nagle_algorithm = True

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/endpoints/"):
            self._send(200, {"Content-Type": "application/json"}, predict(body.decode()))
            return
        found = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", self.headers.get("Authorization", ""))
        assert found, self.path
        region, service = found.groups()
        headers = HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        url = f"https://{HOSTS.get(service, service)}.{region}.amazonaws.com{self.path}"
        with ONE_AT_A_TIME:
            answer = STUBBER.process_request(AWSPreparedRequest(self.command, url, headers, body, False))
        assert answer is not None, url
        status, sent, content = answer
        self._send(status, dict(sent), content.encode() if isinstance(content, str) else content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, str(value))
        length = headers.get("content-length") or headers.get("Content-Length") or len(body)
        self.send_header("Content-Length", str(length if self.command == "HEAD" else len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def predict(asked: str) -> bytes:
    """The answers of the model."""
    answers = []
    for _, age, plan, *_ in csv.reader(io.StringIO(asked)):
        score = 1 / (1 + math.exp(-(float(age or 40) - 40) / 5)) * 0.9 + 0.1 * (plan == "gold")
        answers.append({"label": "yes" if score > 0.5 else "no", "probability": score})
    return json.dumps({"predictions": answers}).encode()


if __name__ == "__main__":
    with mock_aws():
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
        server.serve_forever()
