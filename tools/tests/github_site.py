"""
A stand-in for GitHub's API on loopback: an App, its installation, a repository with two workflows.

Each request and each answer is judged by GitHub's own description of its API (npm, `@octokit/openapi`, as
`scripts/github_api.py` has written it down); tokens of the App by PyJWT with the public key from KMS.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from openapi_schema_validator import OAS30Validator

API: dict[str, Any] = json.loads((Path(__file__).parent / "github_api.json").read_text(encoding="utf-8"))

OWNER, NAME, ID = "octo", "churn", 4711
APP, INSTALLATION = "1001", "2002"

Reply = tuple[int, dict[str, str], Any]

PERMISSIONS = {"actions": "write"}
"""For "Create a workflow dispatch event" (GitHub docs, "Permissions required for GitHub Apps")."""


def checked(schema: dict[str, Any], content: Any) -> None:
    """Fails for what the description does not allow, names that it does not know included."""
    whole = {**schema, "components": API["components"]}
    errors = sorted(OAS30Validator(whole).iter_errors(content), key=str)
    assert not errors, f"{errors[0].message} in {json.dumps(content)}"
    known = schema.get("properties")
    assert known is None or set(content) <= set(known), f"{set(content) - set(known)} is unknown"


class Site:
    """What GitHub knows and was asked for."""

    def __init__(self, key: str, clock: Callable[[], float]) -> None:
        self.key, self.clock = key, clock
        self.skew = 0.0
        """How far GitHub's clock is ahead."""
        self.dispatched: list[tuple[str, dict[str, Any]]] = []
        self.tokens: dict[str, tuple[dict[str, str], float, list[int]]] = {}
        self.asked: list[str] = []
        self.suspended = False
        self.full_name = f"{OWNER}/{NAME}"
        self.repository_id = ID
        self.next: list[Reply | None] = []
        """Answers to the next requests, in place of what would be; None for what would be."""
        self.problems: list[str] = []
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """No site any more; what was against the description fails now."""
        self._server.shutdown()
        self._server.server_close()
        assert self.problems == []

    @property
    def now(self) -> float:
        return self.clock() + self.skew

    def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    status, headers, content = site.answer(self.path, dict(self.headers), json.loads(body))
                except Exception as error:
                    site.problems.append(repr(error))
                    status, headers, content = 500, {}, {"message": "the stand-in failed"}
                sent = b"" if content is None else json.dumps(content).encode()
                self.send_response_only(status)
                self.send_header("Date", formatdate(site.now, usegmt=True))
                self.send_header("Content-Length", str(len(sent)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            def do_GET(self) -> None:
                site.problems.append(f"GET {self.path}")

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler

    def answer(self, path: str, headers: dict[str, str], body: Any) -> Reply:
        """What GitHub says, checked on both sides."""
        self.asked.append(path)
        template, operation = self._operation(path)
        assert headers["Accept"] == "application/vnd.github+json" and headers["User-Agent"]
        assert headers["X-Github-Api-Version"] == "2022-11-28", headers
        checked(operation["requestBody"]["content"]["application/json"]["schema"], body)
        given = self.next.pop(0) if self.next else None
        reply = given or self._reply(template, path, headers["Authorization"].removeprefix("Bearer "), body)
        answers = operation["responses"]
        if str(reply[0]) in answers:
            known = answers[str(reply[0])]
            if "$ref" in known:
                known = API["components"]["responses"][known["$ref"].rsplit("/", 1)[-1]]
            if "content" in known:
                checked(known["content"]["application/json"]["schema"], reply[2])
            else:
                assert reply[2] is None
        return reply

    def _operation(self, path: str) -> tuple[str, dict[str, Any]]:
        for template, verbs in API["paths"].items():
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
                return template, verbs["post"]
        raise AssertionError(f"GitHub has no {path}")

    def _reply(self, template: str, path: str, token: str, body: Any) -> Reply:
        if template.startswith("/app/"):
            return self._token(path, token, body)
        if token not in self.tokens or self.tokens[token][1] <= self.now:
            return refusal(401, "Bad credentials")
        permissions, _, repositories = self.tokens[token]
        if self.full_name != f"{OWNER}/{NAME}":
            return 307, {"Location": f"{self.address}/repositories/{ID}/dispatches"}, None
        if self.repository_id not in repositories:
            return refusal(404, "Not Found")
        if permissions != PERMISSIONS:
            return refusal(403, "Resource not accessible by integration")
        self.dispatched.append((path, body))
        return 204, {}, None

    def _token(self, path: str, token: str, body: Any) -> Reply:
        try:
            claims = jwt.decode(
                token, self.key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
            )
        except jwt.PyJWTError as error:
            return refusal(401, f"A JSON web token could not be decoded ({error})")
        if claims["iat"] > self.now:
            return refusal(401, "'Issued at' claim ('iat') must be an Integer that is in the past")
        if not self.now < claims["exp"] <= self.now + 600:
            return refusal(401, "'Expiration time' claim ('exp') is too far in the future")
        if claims["iss"] != APP:
            return refusal(401, "Integration not found")
        if path.split("/")[3] != INSTALLATION:
            return refusal(404, "Not Found")
        if self.suspended:
            return refusal(403, "This installation has been suspended")
        if body["repository_ids"] != [ID]:
            return refusal(
                422, "There is at least one repository that does not exist", errors=[{"code": "invalid"}]
            )
        made = f"ghs_secret{next(self._numbers)}"
        self.tokens[made] = (body["permissions"], self.now + 3600, body["repository_ids"])
        return (
            201,
            {},
            {
                "token": made,
                "expires_at": "2026-01-01T01:00:00Z",
                "permissions": body["permissions"],
                "repository_selection": "selected",
                "repositories": [repository(self.full_name)],
            },
        )


def refusal(status: int, message: str, **more: Any) -> Reply:
    """An answer that is none."""
    address = "https://docs.github.com/rest"
    content = {"message": message, "documentation_url": address, "status": str(status), **more}
    return status, {}, content


def invalid(message: str) -> Reply:
    """An answer to what GitHub understands and does not do."""
    return refusal(422, message, errors=[{"code": "invalid"}])


def repository(full_name: str) -> dict[str, Any]:
    """A repository as GitHub describes it; what the description asks for and nobody here reads is made up."""
    return _made(API["components"]["schemas"]["repository"]) | {
        "id": ID,
        "full_name": full_name,
        "name": full_name.split("/")[1],
    }


def _made(schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _made(API["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    if schema.get("nullable"):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", [])
        return {name: _made(schema["properties"][name]) for name in required}
    formats = {"uri": "https://github.com", "date-time": "2026-01-01T00:00:00Z"}
    made: dict[str, Any] = {"string": formats.get(schema.get("format", ""), "text"), "integer": 1}
    return made.get(kind, [] if kind == "array" else False)
