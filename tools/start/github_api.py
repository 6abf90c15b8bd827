"""Calls of GitHub's API with the standard library alone, and what each bad answer means."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any

ADDRESS = "https://api.github.com"

VERSION = "2022-11-28"
"""Of the API (GitHub docs, "API Versions"): without one an answer may change its form."""

TIMEOUT_SECONDS = 10
LIMIT = 1024 * 1024
"""Bytes of an answer that are read."""

WAIT_SECONDS = 60
"""After a limit that does not say how long (GitHub docs, "Rate limits for the REST API")."""


class GithubError(Exception):
    """GitHub refuses; asking the same again would not help."""

    def __init__(self, status: int, text: str, date: float | None = None) -> None:
        super().__init__(f"GitHub answers {status}: {text}")
        self.status = status
        self.date = date
        """GitHub's own time, in seconds since 1970."""


class Busy(Exception):
    """GitHub is not there, or wants to be asked later."""

    def __init__(self, text: str, seconds: int | None = None) -> None:
        super().__init__(text)
        self.seconds = seconds
        """When at the earliest, if GitHub says so."""


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: urllib would make a GET of a POST, and hand the token on to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class GithubApi:
    """GitHub's API as one App or installation."""

    def __init__(self, address: str = ADDRESS, clock: Callable[[], float] = time.time) -> None:
        self._address, self._clock = address, clock
        self._opener = urllib.request.build_opener(_Stay())

    def post(self, path: str, token: str, body: Mapping[str, Any]) -> Any:
        """What GitHub answers; None where it has nothing to say."""
        request = urllib.request.Request(
            self._address + path,
            data=json.dumps(body).encode(),
            method="POST",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "User-Agent": "sagemaker-cicd-projen",
                "X-GitHub-Api-Version": VERSION,
            },
        )
        answer = self._send(request)
        if 200 <= answer.status < 300:
            return _json(answer.body)
        raise self._problem(answer)

    def _send(self, request: urllib.request.Request) -> _Answer:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as found:
                return _Answer(found.status, _headers(found.headers), found.read(LIMIT))
        except urllib.error.HTTPError as error:
            with error:
                return _Answer(error.code, _headers(error.headers), error.read(LIMIT))
        except (OSError, HTTPException) as error:
            # The class alone: what is in a request must not get into a log by way of a message.
            raise Busy(f"GitHub did not answer ({type(error).__name__})") from None

    def _problem(self, answer: _Answer) -> Exception:
        status, headers = answer.status, answer.headers
        text = _message(answer.body)
        if status >= 500 or status == 408:
            return Busy(f"GitHub answers {status}: {text}")
        if status == 429 or (status == 403 and _is_limit(headers, text)):
            seconds = self._wait(headers)
            return Busy(
                f"GitHub answers {status} and wants to be left alone for {seconds} s: {text}", seconds
            )
        if 300 <= status < 400:
            text = f"the repository has moved to {headers.get('location', 'another address')}"
        return GithubError(status, text, _date(headers))

    def _wait(self, headers: Mapping[str, str]) -> int:
        after = headers.get("retry-after", "")
        if after.isdecimal():
            return int(after)
        reset = headers.get("x-ratelimit-reset", "")
        if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            return max(WAIT_SECONDS, int(int(reset) - self._clock()) + 1)
        return WAIT_SECONDS


def _headers(given: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in given.items()}


def _is_limit(headers: Mapping[str, str], text: str) -> bool:
    return (
        headers.get("retry-after") is not None
        or headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in text.lower()
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        raise Busy("GitHub's answer is no JSON") from None


def _message(body: bytes) -> str:
    try:
        found = json.loads(body)
        text = str(found.get("message", "no reason")) if isinstance(found, dict) else "no reason"
    except ValueError:
        text = "no reason"
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def _date(headers: Mapping[str, str]) -> float | None:
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return None
