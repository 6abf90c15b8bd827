"""
Starts a pipeline for each request that waits, in a scheduled pipeline at GitLab.

It does so with the token of its own job (GitLab docs, "Trigger pipelines with the API": CI/CD job token), so
there is no secret to keep. What is started twice finds the request taken.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from workflow_requests import BUILD, DEPLOY, ID, Requests

TIMEOUT_SECONDS = 10
LIMIT = 1024 * 1024
"""Bytes of an answer that are read."""

MOST = 20
"""Pipelines of a kind that are started at once; what is left waits for the next schedule."""

# boto3 comes with the job and brings no types.
_boto3: Any = importlib.import_module("boto3")


class NotStarted(Exception):
    """GitLab did not start a pipeline."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: urllib would hand the token on to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def start(run: str, branch: str, request: str) -> int:
    """Starts the pipeline that takes a request; its number."""
    server, project = os.environ["CI_API_V4_URL"], os.environ["CI_PROJECT_ID"]
    form = {
        "token": os.environ["CI_JOB_TOKEN"],
        "ref": branch,
        "inputs[run]": run,
        "inputs[request]": request,
    }
    asked = urllib.request.Request(
        f"{server}/projects/{urllib.parse.quote(project, safe='')}/trigger/pipeline",
        data=urllib.parse.urlencode(form).encode(),
        method="POST",
        headers={"User-Agent": "sagemaker-cicd-projen"},
    )
    try:
        with urllib.request.build_opener(_Stay()).open(asked, timeout=TIMEOUT_SECONDS) as found:
            return int(json.loads(found.read(LIMIT))["id"])
    except urllib.error.HTTPError as error:
        with error:
            raise NotStarted(f"GitLab answers {error.code}: {_message(error.read(LIMIT))}") from None
    except (OSError, HTTPException, ValueError, KeyError) as error:
        # The class alone: what is in a request must not get into a log by way of a message.
        raise NotStarted(f"GitLab did not answer ({type(error).__name__})") from None


def sweep(requests: Requests, kinds: Mapping[str, tuple[str, str]], begin: Callable[..., int]) -> list[str]:
    """The requests that a pipeline was started for. Each kind has a part of pipelines and a branch."""
    started = []
    for kind, (run, branch) in kinds.items():
        for request in requests.waiting(kind)[:MOST]:
            if ID.fullmatch(request.id):
                pipeline = begin(run, branch, request.id)
                started.append(request.id)
                print(f"{request.id}: {run} was started as pipeline {pipeline}")
    return started


def _message(body: bytes) -> str:
    try:
        found = json.loads(body)
        text = str(found.get("message", "no reason")) if isinstance(found, dict) else "no reason"
    except ValueError:
        text = "no reason"
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def main() -> int:
    """The table is REQUESTS_TABLE; what is started, and on which branch, is named for each kind."""
    kinds = {
        kind: (os.environ[f"{kind.upper()}_RUN"], os.environ[f"{kind.upper()}_BRANCH"])
        for kind in (DEPLOY, BUILD)
    }
    requests = Requests(_boto3.client("dynamodb"), os.environ["REQUESTS_TABLE"])
    try:
        started = sweep(requests, kinds, start)
    except NotStarted as problem:
        print(f"{problem}. The next scheduled pipeline tries again.", file=sys.stderr)
        return 1
    print(f"{len(started)} pipelines were started")
    return 0


if __name__ == "__main__":
    sys.exit(main())
