"""GitHub's API, as far as the delivery's runs and its function call it: starting workflows, and identity tokens.

After GitHub's REST API reference ("Create a repository dispatch event", "Create a workflow dispatch event") and its
documentation, "OpenID Connect reference" (requesting a token).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit


class Refused(Exception):
    """An answer that says no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True)
class Bearer:
    """Whose a token is: a job's, or an app's installation's, and what it may do where."""

    repository: str
    permissions: dict[str, str]
    name: str
    identity: Callable[[str], str] | None = None
    """Gives an identity token for an audience, where the job may have one."""

    def must(self, scope: str) -> None:
        """Refuses what the token may not do."""
        if self.permissions.get(scope) != "write":
            raise Refused(403, "Resource not accessible by integration")


class Installed(Protocol):
    """An app, which gives tokens to whoever has its key."""

    def token(self, proof: str, body: dict[str, Any]) -> dict[str, Any]:
        """A token of its installation."""


Post = Callable[[Bearer, str, list[str], dict[str, Any]], Any]


class Api:
    """The API on loopback."""

    def __init__(self, post: Post) -> None:
        self.bearers: dict[str, Bearer] = {}
        self.out_of_order = False
        """Whether GitHub is out of order, so that nothing is answered."""
        self.app: Installed | None = None
        self._post = post
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                if self.path.startswith("/app/installations/"):
                    self._reply(201, lambda: outer._installation(self.headers, self._body()))
                else:
                    self._reply(200, lambda: outer._change(self.headers, self.path, self._body()))

            def do_GET(self) -> None:
                self._reply(200, lambda: outer._identity(self.headers, self.path))

            def _body(self) -> dict[str, Any]:
                found = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                if not isinstance(found, dict):
                    raise Refused(422, "Invalid request.")
                return found

            def _reply(self, status: int, answer: Callable[[], Any]) -> None:
                try:
                    content = answer()
                except Refused as refused:
                    status, content = refused.status, {"message": refused.message}
                except ValueError as error:
                    status, content = 422, {"message": str(error)}
                body = b"" if content is None else json.dumps(content).encode()
                self.send_response(status if content is not None else 204)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nobody reads a log of requests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()

    def _token(self, headers: Message) -> str:
        if self.out_of_order:
            raise Refused(503, "We had issues producing the response to your request.")
        kind, _, token = headers.get("Authorization", "").partition(" ")
        if kind.lower() not in ("bearer", "token"):
            raise Refused(401, "Requires authentication")
        return token

    def _bearer(self, headers: Message) -> Bearer:
        token = self._token(headers)
        if token not in self.bearers:
            raise Refused(401, "Bad credentials")
        return self.bearers[token]

    def _installation(self, headers: Message, body: dict[str, Any]) -> dict[str, Any]:
        proof = self._token(headers)
        if self.app is None:
            raise Refused(404, "Integration not found")
        return self.app.token(proof, body)

    def _identity(self, headers: Message, path: str) -> dict[str, Any]:
        bearer, address = self._bearer(headers), urlsplit(path)
        if address.path != "/identity":
            raise Refused(404, "Not Found")
        if bearer.identity is None:
            raise Refused(403, "the job has no permission id-token")
        return {"value": bearer.identity(parse_qs(address.query).get("audience", [""])[0])}

    def _change(self, headers: Message, path: str, body: dict[str, Any]) -> Any:
        bearer = self._bearer(headers)
        parts = urlsplit(path).path.strip("/").split("/")
        if len(parts) < 4 or parts[0] != "repos" or "/".join(parts[1:3]) != bearer.repository:
            raise Refused(404, "Not Found")
        return self._post(bearer, bearer.repository, parts[3:], body)
