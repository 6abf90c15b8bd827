"""
A stand-in for what GitHub's API says of a repository, on loopback; a `gh` that asks it.

Each answer is judged by GitHub's own description of its API (npm, `@octokit/openapi`, as
`scripts/github_api.py` has written it down).
"""

from __future__ import annotations

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from github_site import API, checked

Answer = tuple[int, Any]

NAME = "acme/churn"

GH = """#!{python}
import sys, urllib.error, urllib.request
path = sys.argv[-1]
assert sys.argv[1:5] == ["api", "--hostname", "github.com", "--include"], sys.argv
request = urllib.request.Request("{address}/" + path, headers={{"Authorization": "Bearer of-gh"}})
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error
print("HTTP/2.0 %s %s\\r\\nContent-Type: application/json\\r\\n\\r" % (answer.code, answer.reason))
print(answer.read().decode())
sys.exit(answer.code >= 400)
"""
"""Status line and headers before the body, and an exit code (GitHub CLI manual, gh api, --include)."""


def sample(schema: dict[str, Any], depth: int = 0) -> Any:
    """The least that a schema takes."""
    if "$ref" in schema:
        return sample(API["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(schema[several][0], depth)
    if schema.get("nullable") or "enum" in schema:
        return None if schema.get("nullable") else schema["enum"][0]
    if "properties" in schema or schema.get("type") == "object":
        wanted = schema.get("required", [])
        return {name: sample(schema["properties"][name], depth + 1) for name in wanted}
    time = schema.get("format") == "date-time"
    values = {"string": "2026-01-01T00:00:00Z" if time else "x", "integer": 1, "boolean": False, "array": []}
    return values.get(schema.get("type", ""), 1.0)


class RepositorySite:
    """A repository: settings by their path below it."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.problems: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """No site any more; what was against the description fails now."""
        self._server.shutdown()
        self._server.server_close()
        assert self.problems == []

    def gh(self, folder: Path) -> None:
        """Puts the command line into a folder."""
        file = folder / "gh"
        file.write_text(GH.format(python=sys.executable, address=self.address))
        file.chmod(0o755)

    def says(self, path: str, status: int = 200, **more: Any) -> None:
        """An answer: as the description has it, with these values."""
        if status != 200:
            self.answers[path] = (status, {"message": "no", "documentation_url": "x", "status": str(status)})
            return
        schema = self._schema(path)
        answer = {**sample(schema), **more}
        checked(schema, answer)
        self.answers[path] = (status, answer)

    def rules(self, branch: str, *types: str) -> None:
        """The rules of a branch, of which the description has one for each type."""
        schema = self._schema(f"rules/branches/{branch}")
        rules = [
            {"type": type, "ruleset_source_type": "Repository", "ruleset_source": NAME} for type in types
        ]
        checked(schema, rules)
        self.answers[f"rules/branches/{branch}"] = (200, rules)

    def _schema(self, path: str) -> dict[str, Any]:
        whole = f"/repos/{NAME}{path and '/' + path}"
        for template, operations in API["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if "get" in operations and re.fullmatch(pattern, whole):
                found = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
                return dict(found)
        raise AssertionError(f"nobody describes {whole}")

    def _handler(site: RepositorySite) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.removeprefix(f"/repos/{NAME}").removeprefix("/")
                site.asked.append(path)
                if not self.headers.get("Authorization", "").startswith("Bearer "):
                    site.problems.append(f"GET {self.path} without a token")
                status, body = site.answers.get(path, (404, {"message": "Not Found", "status": "404"}))
                sent = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler
