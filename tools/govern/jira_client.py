"""
Jira Cloud's REST API, version 3, as far as it is needed: issues, their changelog and comments.

Nothing but the standard library: the function that asks has nothing else in it.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

TIMEOUT = 20
LARGEST = 8 * 1024 * 1024
PAGE = 100


class JiraError(Exception):
    """Jira does not do what it was asked for; `status` is 0 when it cannot be reached."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Jira:
    """A site, asked with the token of a user."""

    def __init__(self, url: str, user: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._token = base64.b64encode(f"{user}:{token}".encode()).decode()
        self._open = urllib.request.build_opener(_NoRedirects).open

    def create(self, fields: dict[str, Any], properties: dict[str, Any]) -> str:
        """Creates an issue; its key."""
        listed = [{"key": key, "value": value} for key, value in properties.items()]
        made = self._ask("POST", "/rest/api/3/issue", {"fields": fields, "properties": listed})
        return str(made["key"])

    def issue(self, key: str, fields: str, prop: str) -> dict[str, Any]:
        """Fields of an issue, and one of its properties."""
        query = urllib.parse.urlencode({"fields": fields, "properties": prop})
        return self._ask("GET", f"/rest/api/3/issue/{urllib.parse.quote(key)}?{query}")

    def changelog(self, key: str) -> Iterator[dict[str, Any]]:
        """Every change of an issue."""
        yield from self._pages(f"/rest/api/3/issue/{urllib.parse.quote(key)}/changelog", "values")

    def comments(self, key: str) -> Iterator[dict[str, Any]]:
        """Every comment, the newest first."""
        path = f"/rest/api/3/issue/{urllib.parse.quote(key)}/comment"
        yield from self._pages(path, "comments", {"orderBy": "-created"})

    def comment(self, key: str, body: dict[str, Any]) -> None:
        """Writes a comment."""
        self._ask("POST", f"/rest/api/3/issue/{urllib.parse.quote(key)}/comment", {"body": body})

    def search(self, jql: str) -> list[str]:
        """Keys of the issues that a query finds."""
        found: list[str] = []
        token: str | None = None
        while True:
            asked = {"jql": jql, "fields": ["status"], "maxResults": PAGE}
            page = self._ask(
                "POST", "/rest/api/3/search/jql", {**asked, "nextPageToken": token} if token else asked
            )
            found += [str(issue["key"]) for issue in page.get("issues", [])]
            token = page.get("nextPageToken")
            if not token:
                return found

    def _pages(self, path: str, name: str, query: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
        start = 0
        while True:
            asked = urllib.parse.urlencode({**(query or {}), "startAt": start, "maxResults": PAGE})
            page = self._ask("GET", f"{path}?{asked}")
            found = page.get(name, [])
            yield from found
            start += len(found)
            if not found or start >= int(page.get("total", 0)):
                return

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Basic {self._token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
        )
        try:
            with self._open(request, timeout=TIMEOUT) as answer:
                text = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            raise JiraError(error.code, f"{method} {path}: {error.code} {_reason(error)}") from error
        except (urllib.error.URLError, HTTPException, OSError) as error:
            raise JiraError(0, f"{method} {path}: {self.url} cannot be reached: {error}") from error
        if len(text) > LARGEST:
            raise JiraError(0, f"{method} {path}: the answer is larger than {LARGEST:,} bytes")
        try:
            found = json.loads(text) if text else {}
        except ValueError as error:
            raise JiraError(0, f"{method} {path}: the answer is not JSON: {error}") from error
        return found if isinstance(found, dict) else {}


def _reason(error: urllib.error.HTTPError) -> str:
    """What Jira says about an error, in one line."""
    try:
        said = json.loads(error.read(LARGEST))
        messages = [*said.get("errorMessages", []), *dict(said.get("errors") or {}).values()]
        return " ".join(map(str, messages))[:500]
    except (ValueError, AttributeError, TypeError, OSError):
        return str(error.reason)
