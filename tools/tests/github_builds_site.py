"""
A stand-in for what GitHub's API says of a repository's commits, pushes and runs, on loopback.

Runs and activities are judged by GitHub's own description of its API (npm, `@octokit/openapi`, as
`scripts/github_api.py` has written it down).
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from github_repository_site import sample
from github_site import API, checked

REPOSITORY = "/repos/acme/churn"
SCHEMAS = API["components"]["schemas"]
PAGE = 2
"""Entries on a page, so that lists have several."""


def user(login: str, kind: str = "User") -> dict[str, Any]:
    """An account, as it stands beside what it did."""
    return {**sample(SCHEMAS["simple-user"]), "login": login, "type": kind}


class BuildsSite:
    """Commits of one line, who pushed what, and runs of workflows."""

    def __init__(self) -> None:
        self.line: list[tuple[str, str]] = []
        """Commits with their authors, the oldest first."""
        self.aside: dict[str, str] = {}
        """Commits that were taken from the branch, with their authors; they came after the first one."""
        self.activity: list[dict[str, Any]] = []
        self.runs: list[dict[str, Any]] = []
        self.earlier: dict[tuple[int, int], dict[str, Any]] = {}
        """Attempts before the last one."""
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """No site any more."""
        self._server.shutdown()
        self._server.server_close()

    def push(self, commit: str, author: str, at: str, kind: str = "push", before: str = "0" * 40) -> None:
        """A commit on the branch, pushed by its author."""
        self.line.append((commit, author))
        self.activity.insert(
            0,
            {
                **sample(SCHEMAS["activity"]),
                "before": before,
                "after": commit,
                "ref": "refs/heads/main",
                "timestamp": at,
                "activity_type": kind,
                "actor": user(author),
            },
        )

    def run(
        self, number: int, commit: str, at: str, *, event: str = "push", actor: str = "ben-b", **more: Any
    ) -> None:
        """A run of a workflow on the branch."""
        kind = more.pop("kind", "User")
        made = {
            **sample(SCHEMAS["workflow-run"]),
            "id": number,
            "head_sha": commit,
            "head_branch": "main",
            "event": event,
            "path": ".github/workflows/build-main.yml",
            "created_at": at,
            "run_started_at": at,
            "run_attempt": 1,
            "actor": user(actor, kind),
            "triggering_actor": user(actor, kind),
            **more,
        }
        self.runs.insert(0, made)

    def again(self, number: int, actor: str, at: str) -> None:
        """The same run once more."""
        [run] = [each for each in self.runs if each["id"] == number]
        attempt = run["run_attempt"]
        self.earlier[number, attempt] = dict(run)
        run |= {"run_attempt": attempt + 1, "triggering_actor": user(actor), "run_started_at": at}

    def _answer(self, path: str, query: dict[str, list[str]]) -> Any:
        page = int(query.get("page", ["1"])[0])
        part = slice((page - 1) * PAGE, page * PAGE)
        if found := re.fullmatch(r"/actions/workflows/build-main\.yml/runs", path):
            answer = {"total_count": len(self.runs), "workflow_runs": self.runs[part]}
            for run in answer["workflow_runs"]:
                checked(SCHEMAS["workflow-run"], run)
            return answer, page * PAGE < len(self.runs)
        if found := re.fullmatch(r"/actions/runs/(\d+)(?:/attempts/(\d+))?", path):
            number = int(found[1])
            run = next((each for each in self.runs if each["id"] == number), None)
            if run is None:
                return None, False
            answer = self.earlier[number, int(found[2])] if found[2] else run
            checked(SCHEMAS["workflow-run"], answer)
            return answer, False
        if path == "/activity":
            for each in self.activity:
                checked(SCHEMAS["activity"], each)
            return self.activity[part], page * PAGE < len(self.activity)
        if found := re.fullmatch(r"/compare/(\w+)\.\.\.(\w+)", path):
            old = {id_ for id_, _ in self._until(found[1])}
            new = [one for one in self._until(found[2]) if one[0] not in old]
            return {"total_commits": len(new), "commits": [_commit(*one) for one in new]}, False
        if path == "/commits":
            return [_commit(*one) for one in reversed(self._until(query["sha"][0]))], False
        if re.fullmatch(r"/commits/\w+/pulls", path):
            return [], False
        return None, False

    def _until(self, commit: str) -> list[tuple[str, str]]:
        if commit in self.aside:
            return [*self.line[:1], (commit, self.aside[commit])]
        return self.line[: [id_ for id_, _ in self.line].index(commit) + 1]

    def _handler(site: BuildsSite) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                site.asked.append(address.path)
                query = parse_qs(address.query)
                body, more = site._answer(address.path.removeprefix(REPOSITORY), query)
                if self.headers["Authorization"] != "Bearer the-token":
                    body = None
                content = json.dumps(body).encode()
                self.send_response(404 if body is None else 200)
                if more:
                    page = int(query.get("page", ["1"])[0]) + 1
                    self.send_header("Link", f'<{site.url}{address.path}?page={page}>; rel="next"')
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler


def _commit(id_: str, author: str) -> dict[str, Any]:
    return {
        "sha": id_,
        "author": {"login": author},
        "committer": {"login": "web-flow"},
        "commit": {"author": {"email": "x@x"}, "committer": {"email": "noreply@github.com"}},
    }
