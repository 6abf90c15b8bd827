"""
Starts the build's workflow for requests that wait, where no App does or GitHub was not there.

Runs on GitHub after a scheduled deployment, with the token of its run. What is started twice finds the
request taken.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from typing import Any

from github_api import ADDRESS, Busy, GithubApi, GithubError
from workflow_requests import BUILD, ID, Requests

PATIENCE_SECONDS = 600
"""For so long it is left to the App."""

# boto3 comes with the job and brings no types.
_boto3: Any = importlib.import_module("boto3")


def sweep(requests: Requests, api: GithubApi, now: float) -> list[str]:
    """The requests that a run was started for; raises what GitHub says."""
    repository, workflow = os.environ["GITHUB_REPOSITORY"], os.environ["BUILD_WORKFLOW"]
    path = f"/repos/{repository}/actions/workflows/{workflow}/dispatches"
    started = []
    for request in requests.waiting(BUILD):
        if ID.fullmatch(request.id) and request.asked < now - PATIENCE_SECONDS:
            run = {"ref": os.environ["BRANCH"], "inputs": {"request": request.id}}
            api.post(path, os.environ["GITHUB_TOKEN"], run)
            started.append(request.id)
            print(f"{request.id}: {workflow} was started")
    return started


def main() -> int:
    """The table is REQUESTS_TABLE, the workflow BUILD_WORKFLOW, on BRANCH."""
    requests = Requests(_boto3.client("dynamodb"), os.environ["REQUESTS_TABLE"])
    try:
        started = sweep(requests, GithubApi(os.environ.get("GITHUB_API_URL", ADDRESS)), time.time())
    except (Busy, GithubError) as error:
        print(f"{error}. The next scheduled run tries again.", file=sys.stderr)
        return 1
    print(f"{len(started)} builds were started")
    return 0


if __name__ == "__main__":
    sys.exit(main())
