"""The repository's host: GitHub's API, asked through its command line or, without that, with a token."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote

from preflight_aws import CannotLook

API = "https://api.github.com"
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
SECONDS = 30
SIGN_IN = (
    "Sign in with gh auth login, or set GH_TOKEN to a token that may read the repository, and try again."
)


class NotThere(Exception):
    """GitHub does not show it to these credentials."""


class Host:
    """What GitHub says of one repository; nothing is asked twice."""

    def __init__(self, repository: str) -> None:
        self.repository = repository
        self._known: dict[str, tuple[int, Any]] = {}

    def get(self, path: str = "") -> Any:
        """What the API answers below the repository."""
        whole = f"repos/{self.repository}{path and '/' + path}"
        if whole not in self._known:
            self._known[whole] = _ask(whole)
        status, answer = self._known[whole]
        if status == 404:
            raise NotThere(whole)
        if status != 200:
            said = answer.get("message") if isinstance(answer, dict) else None
            raise CannotLook(f"GitHub answers {status} to GET /{whole}{f': {said}' if said else ''}")
        return answer

    def refusal(self) -> str:
        """Why nothing can be asked; empty where something can."""
        try:
            self.get()
        except CannotLook as error:
            return str(error)
        except NotThere:
            pass
        return ""


def segment(name: str) -> str:
    """A name as a part of a path: branches have slashes."""
    return quote(name, safe="")


def _ask(path: str) -> tuple[int, Any]:
    gh = shutil.which("gh")
    if gh:
        return _ask_gh(gh, path)
    token = os.environ.get("GH_TOKEN") or os.environ.get("GITHUB_TOKEN")
    if not token:
        raise CannotLook("there is neither gh nor GH_TOKEN")
    request = urllib.request.Request(f"{API}/{path}", headers={**HEADERS, "Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, _parsed(error.read().decode(errors="replace"))
    except OSError as error:
        raise CannotLook(f"GitHub cannot be reached: {error}") from error


def _ask_gh(gh: str, path: str) -> tuple[int, Any]:
    headers = [part for name, value in HEADERS.items() for part in ("--header", f"{name}: {value}")]
    command = [gh, "api", "--hostname", "github.com", "--include", *headers, path]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotLook(f"gh cannot be run: {error}") from error
    first = re.match(r"HTTP/\S+ (\d{3})", done.stdout)
    if first is None:
        raise CannotLook(f"gh says: {done.stderr.strip() or f'exit code {done.returncode}'}")
    body = re.split(r"\r?\n\r?\n", done.stdout, maxsplit=1)
    return int(first[1]), _parsed(body[1] if len(body) > 1 else "")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
