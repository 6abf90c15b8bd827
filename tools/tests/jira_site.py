"""
A Jira Cloud site on loopback, as far as the tools ask it.

Paths, parameters and answers are those of Atlassian's published API description (REST v3: `POST issue`, `GET
issue/{key}`, `GET issue/{key}/changelog`, `issue/{key}/comment`, `POST search/jql`). What it does not know is
404; a request that lacks what the description requires is 400.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, TOKEN = "bot@example.org", "t0ken"
ANA, EVE, APP = "5b10a2844c20165700ede21a", "5b10a2844c20165700ede21e", "557058:app"
PROJECT = "MLOPS"


class Site:
    """Issues with their changes and comments."""

    def __init__(self) -> None:
        self.issues: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.down = 0
        """How many requests fail with 503."""
        self.unindexed = False
        """Whether a search does not find new issues yet."""
        self.redirects_to = ""
        self.url = ""
        self.lock = threading.Lock()
        self.clock = datetime.now(UTC) - timedelta(hours=1)

    def tick(self, seconds: float = 1) -> str:
        """The time of a change, each later than the one before."""
        self.clock += timedelta(seconds=seconds)
        return self.clock.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"

    def move(
        self, key: str, status: str, by: str = ANA, comment: str | None = None, kind: str = "atlassian"
    ) -> str:
        """A transition, with a comment if one is given; its id in the changelog."""
        issue = self.issues[key]
        if comment is not None:
            self.say(key, comment, by)
        number = str(10_000 + len(issue["changelog"]) + 1)
        change = {"field": "status", "fieldtype": "jira", "fieldId": "status", "fromString": issue["status"]}
        issue["changelog"] += [
            {
                "id": number,
                "author": {"accountId": by, "accountType": kind, "displayName": by, "active": True},
                "created": self.tick(0.01),
                "items": [{**change, "from": "1", "to": "2", "toString": status}],
            },
        ]
        issue["status"] = status
        return number

    def say(self, key: str, text: str, by: str = ANA) -> None:
        """A comment of somebody."""
        content = [{"type": "text", "text": text}] if text else []
        body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": content}]}
        self._comment(key, body, by)

    def _comment(self, key: str, body: dict[str, Any], by: str) -> dict[str, Any]:
        at = self.tick()
        author = {"accountId": by, "accountType": "atlassian", "displayName": by}
        made = {"id": str(len(self.issues[key]["comments"])), "author": author, "updateAuthor": author}
        made |= {"body": body, "created": at, "updated": at}
        self.issues[key]["comments"].append(made)
        return made

    def texts(self, key: str) -> list[str]:
        """What our own comments say."""
        return [
            "".join(n["text"] for p in c["body"]["content"] for n in p["content"])
            for c in self.issues[key]["comments"]
            if c["author"]["accountId"] == "bot"
        ]

    def create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        fields = body.get("fields", {})
        missing = [name for name in ("project", "issuetype", "summary") if not fields.get(name)]
        if missing or fields.get("description", {}).get("type") != "doc":
            return 400, {
                "errorMessages": [],
                "errors": {missing[0] if missing else "description": "is required"},
            }
        with self.lock:
            key = f"{fields['project']['key']}-{len(self.issues) + 1}"
            self.issues[key] = {
                "fields": fields,
                "project": fields["project"]["key"],
                "properties": {p["key"]: p["value"] for p in body.get("properties", [])},
                "status": "To Do",
                "changelog": [],
                "comments": [],
            }
        return 201, {"id": "1", "key": key, "self": f"{self.url}/rest/api/3/issue/1"}

    def search(self, jql: str) -> dict[str, Any]:
        labels = re.findall(r'labels = "([^"]+)"', jql)
        statuses = (
            re.findall(r'"([^"]+)"', found[1])
            if (found := re.search(r"status in \(([^)]*)\)", jql))
            else None
        )
        hits = [
            {"id": "1", "key": key, "fields": {"status": {"name": issue["status"]}}}
            for key, issue in self.issues.items()
            if all(label in issue["fields"]["labels"] for label in labels)
            and (statuses is None or issue["status"] in statuses)
            and not self.unindexed
        ]
        return {"issues": hits[:1], "nextPageToken": "1"} if len(hits) > 1 else {"issues": hits}

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What Jira says to a request."""
        address = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        self.asked.append((method, address.path))
        if self.down > 0:
            self.down -= 1
            return 503, {"errorMessages": ["Service is not available"], "errors": {}}
        if (method, address.path) == ("POST", "/rest/api/3/issue"):
            return self.create(body)
        if (method, address.path) == ("POST", "/rest/api/3/search/jql"):
            page = self.search(body["jql"])
            if body.get("nextPageToken"):
                rest = Site.search(self, body["jql"])["issues"]
                hits = [k for k, i in self.issues.items() if i["status"] in body["jql"]]
                return 200, {"issues": [{"key": k} for k in hits if k not in [h["key"] for h in rest]]}
            return 200, page
        found = re.fullmatch(r"/rest/api/3/issue/([^/]+)(?:/(changelog|comment))?", address.path)
        issue = self.issues.get(found[1]) if found else None
        if not found or issue is None:
            return 404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}
        if found[2] is None and method == "GET":
            names = query["fields"].split(",")
            known = {"status": {"name": issue["status"]}, "project": {"key": issue["project"]}}
            wanted = query["properties"]
            carried = {wanted: issue["properties"][wanted]} if wanted in issue["properties"] else {}
            return 200, {"key": found[1], "fields": {n: known[n] for n in names}, "properties": carried}
        if found[2] == "changelog":
            return 200, _page(issue["changelog"], query, "values", most=2)
        if method == "POST":
            if body.get("body", {}).get("type") != "doc":
                return 400, {"errorMessages": ["Comment body is not valid!"], "errors": {}}
            return 201, self._comment(found[1], body["body"], "bot")
        order = list(reversed(issue["comments"])) if query.get("orderBy") == "-created" else issue["comments"]
        return 200, _page(order, query, "comments", most=2)


def _page(values: list[Any], query: dict[str, str], name: str, most: int) -> dict[str, Any]:
    start = int(query.get("startAt", 0))
    found = values[start : start + min(most, int(query.get("maxResults", 50)))]
    last = start + len(found) >= len(values)
    return {"startAt": start, "maxResults": most, "total": len(values), "isLast": last, name: found}


@contextmanager
def site() -> Iterator[Site]:
    """The site, for as long as the test lasts."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else {}
            right = "Basic " + base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
            if made.redirects_to:
                self.send_response(302)
                self.send_header("Location", made.redirects_to)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.headers.get("Authorization") != right:
                status, said = 401, {"errorMessages": ["Client must be authenticated"]}
            else:
                status, said = made.answer(self.command, self.path, body)
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _serve

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
