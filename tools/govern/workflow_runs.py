"""
Runs of workflows on GitHub: which commits they are of, when, and who started them.

GitHub says so itself, with the token that also says who pushed ("Actions" and "Metadata", read); no job can
choose what it says. Whoever may write to the repository can delete a run. So the commits of the branch are
asked for, too: pushes are kept by GitHub, and nobody but GitHub can remove them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from host_api import Api
from people import Involved, Unknown

STARTED = ("push", "workflow_dispatch")
"""Events that start our workflows on a branch; a pull request's run is given no role."""

BY_HAND = "workflow_dispatch"

NOTHING = "0" * 40
"""What stands for the commit of a branch that is not there."""

LEAVES = ("force_push", "branch_deletion")
"""What takes commits from a branch (GitHub documentation, "List repository activities")."""


class Runs:
    """The runs of one repository."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._path = api, f"/repos/{quote(repository)}"

    def builds(self, workflow: str, branch: str, at: datetime) -> list[dict[str, Any]]:
        """
        Every attempt of every run of a workflow that began before a time, the newest first, with what
        CodePipeline says of an execution: its id, its start and its commit.
        """
        runs = self._api.pages(
            f"{self._path}/actions/workflows/{workflow}/runs",
            newest=True,
            within="workflow_runs",
            per_page=100,
        )
        ours = (run for run in runs if run.get("head_branch") == branch and run.get("event") in STARTED)
        found = [
            _build(each) for run in ours if _time(run["created_at"]) <= at for each in self._attempts(run)
        ]
        return sorted(
            (each for each in found if each["startTime"] <= at),
            key=lambda each: each["startTime"],
            reverse=True,
        )

    def run(self, number: int) -> list[dict[str, Any]]:
        """Every attempt of a run, as GitHub shows it."""
        return list(self._attempts(self._api.get(f"{self._path}/actions/runs/{number}")))

    def _attempts(self, run: dict[str, Any]) -> Iterator[dict[str, Any]]:
        last = int(run.get("run_attempt") or 1)
        if last > 1:
            # `actor` is of the first one, `triggering_actor` of the last (GitHub documentation, "Contexts").
            first = {
                "run_attempt": 1,
                "run_started_at": run["created_at"],
                "triggering_actor": run.get("actor"),
            }
            yield {**run, **first}
        for number in range(2, last):
            yield self._api.get(f"{self._path}/actions/runs/{run['id']}/attempts/{number}")
        yield run

    def left(self, branch: str, base: str | None, at: datetime) -> list[str]:
        """
        What the branch was at a time, and what was taken from it since the first push of a commit: with that
        a build that nobody shows any more could have run.
        """
        pushes = [
            each
            for each in self._api.pages(f"{self._path}/activity", newest=True, ref=branch, per_page=100)
            if _time(each["timestamp"]) <= at
        ]
        since = [i for i, each in enumerate(pushes) if base and each["after"] == base]
        pushes = pushes[: since[-1]] if since else pushes
        newest = [each["after"] for each in pushes[:1]]
        taken = [
            each["before"]
            for each in pushes
            if str(each.get("activity_type") or each.get("push_type")) in LEAVES
        ]
        return [commit for commit in dict.fromkeys([*newest, *taken]) if commit != NOTHING]


def started_by(attempts: Sequence[Mapping[str, Any]], what: str) -> list[Involved]:
    """
    Who started runs by hand, or had them run again. Apps, schedules and pushes name nobody: what was pushed
    has people of its own.
    """
    found = []
    for each in attempts:
        if int(each.get("run_attempt") or 1) == 1 and each["event"] != BY_HAND:
            continue
        actor = each.get("triggering_actor") or each.get("actor") or {}
        if actor.get("type") == "Bot":
            continue
        if not actor.get("login"):
            raise Unknown(f"GitHub does not say who started the run {each['id']}. Have it run again.")
        found.append(Involved(what, "git", str(actor["login"])))
    return found


def _build(attempt: dict[str, Any]) -> dict[str, Any]:
    began = attempt.get("run_started_at") or attempt["created_at"]
    return {
        "pipelineExecutionId": f"gh-{attempt['id']}",
        "startTime": _time(began),
        "sourceRevisions": [{"revisionId": attempt["head_sha"]}],
        "attempt": attempt,
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
