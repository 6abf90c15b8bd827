"""
Who is behind a version: who wrote, pushed or merged its commits, and who started its build.

Each comes from a witness that no committer can change: events of CodeCommit that were kept before any code
of the commit ran, the host of the repository, and CodePipeline. Authors that git names are added: a commit
can name somebody falsely, which forbids their approval, but cannot hide who pushed it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from identities import Kind

LIMIT = 500
"""Commits of one version that are looked at."""

PUSHES = "pushes"
"""Folder of the evidence bucket with who pushed what."""

STARTED_BY_PERSON = ("StartPipelineExecution", "ManualRollback", "PutActionRevision")
"""Triggers of CodePipeline that name a caller."""


class Unknown(Exception):
    """Who is behind a version cannot be found out; the message says what is missing and what to do."""


class Unavailable(Exception):
    """A host does not answer at the moment; asking again later may help."""


@dataclass(frozen=True)
class Involved:
    """Somebody, by one of their names, and what they did."""

    what: str
    kind: Kind
    name: str


@dataclass(frozen=True)
class Commit:
    """A commit as the repository's host shows it."""

    id: str
    parents: tuple[str, ...]
    when: float
    authors: tuple[str, ...]
    """E-mail addresses of author and committer."""


def new_commits(look: Callable[[str], Commit], heads: Sequence[str], base: str | None) -> list[Commit]:
    """
    Commits that any of `heads` has and `base` has not; without a base the newest ones.

    Clocks of committers may differ: then some that both have are counted too, never too few.
    """
    seen: dict[str, Commit] = {}
    waiting: list[tuple[float, str]] = []
    old: set[str] = set()

    def add(commit: str) -> None:
        if commit not in seen:
            seen[commit] = look(commit)
            heappush(waiting, (-seen[commit].when, commit))

    for head in heads:
        add(head)
    if base:
        old.add(base)
        add(base)
    found: list[Commit] = []
    while any(commit not in old for _, commit in waiting):
        _, commit = heappop(waiting)
        if commit in old:
            old.update(seen[commit].parents)
        else:
            found.append(seen[commit])
            if len(found) > LIMIT and base:
                raise Unknown(
                    f"There are more than {LIMIT} commits since {base}, the last approved one. "
                    "Build and approve a version in between."
                )
        if len(found) == LIMIT and not base:
            break
        for parent in seen[commit].parents:
            add(parent)
    return [commit for commit in found if commit.id not in old]


class CodeCommit:
    """A CodeCommit repository, with the events about it that were kept in the bucket of evidence."""

    def __init__(self, codecommit: Any, s3: Any, where: Mapping[str, str], repository: str) -> None:
        self._codecommit, self._s3, self._where, self._repository = codecommit, s3, dict(where), repository

    def people(self, heads: Sequence[str], base: str | None) -> list[Involved]:
        """Whoever wrote, pushed or merged what any of `heads` brings; of the first in any case."""
        head = heads[0]
        commits = new_commits(self._commit, heads, base)
        if all(commit.id != head for commit in commits):
            commits.append(self._commit(head))
        found: list[Involved] = []
        for commit in commits:
            pushed = self._pushes(commit.id)
            if commit.id == head and not pushed:
                raise Unknown(
                    f"Nobody recorded who pushed {head}. Push a new commit, and approve its version."
                )
            found += [Involved(f"pushed {commit.id[:8]}", "aws", caller) for caller in pushed]
            found += [Involved(f"wrote {commit.id[:8]}", "git", email) for email in commit.authors]
        return found

    def _commit(self, commit: str) -> Commit:
        try:
            found = self._codecommit.get_commit(repositoryName=self._repository, commitId=commit)["commit"]
        except self._codecommit.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "CommitIdDoesNotExistException":
                raise
            raise Unknown(
                f"The commit {commit} is not in {self._repository} any more. Push it again and build it."
            ) from error
        people = (found.get("author") or {}, found.get("committer") or {})
        return Commit(
            commit,
            tuple(found.get("parents") or ()),
            float(str(people[1].get("date") or "0").split()[0]),
            tuple(dict.fromkeys(str(one["email"]) for one in people if one.get("email"))),
        )

    def _pushes(self, commit: str) -> list[str]:
        prefix = f"{PUSHES}/{self._repository}/{commit}/"
        pages = self._s3.get_paginator("list_objects_v2").paginate(**self._where, Prefix=prefix)
        keys = [content["Key"] for page in pages for content in page.get("Contents", [])]
        return [pusher(self._s3.get_object(**self._where, Key=key)["Body"].read()) for key in keys]


def push_key(event: Mapping[str, Any]) -> str:
    """
    Where a push is kept: as the commit gate does it, by the event's id, so that each event is kept once.
    """
    detail = event["detail"]
    return f"{PUSHES}/{detail['repositoryName']}/{detail['commitId']}/{event['id']}.json"


def push_body(event: Mapping[str, Any]) -> bytes:
    """What is kept of a push."""
    kept = {"id": event["id"], "time": event["time"], "detail": event["detail"]}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def pusher(body: bytes) -> str:
    """ARN of whoever pushed, or merged, by what was kept of it."""
    kept = json.loads(body)
    # The state machine's integration with S3 takes text or an object; text arrives as a JSON string.
    kept = json.loads(kept) if isinstance(kept, str) else kept
    return str(kept["detail"]["callerUserArn"])


def executions(codepipeline: Any, pipeline: str, at: datetime) -> list[dict[str, Any]]:
    """
    Executions of the build pipeline that began before a version was registered, the newest first.

    A build starts the training and does not wait for it, so nothing says which of them the version is from.
    """
    pages = codepipeline.get_paginator("list_pipeline_executions").paginate(pipelineName=pipeline)
    begun = [each for page in pages for each in page["pipelineExecutionSummaries"] if each["startTime"] <= at]
    return sorted(begun, key=lambda each: each["startTime"], reverse=True)


def builds_of(commit: str, begun: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of them that built the commit."""
    return [each for each in begun if commit in _revisions(each)]


def since_build_of(base: str | None, begun: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """
    Those after the first build of a commit; all of them without one, or where it was never built.

    The first one, because a commit is built again when its model is trained again: what was built in between
    came after the version that was approved, and its people count.
    """
    built = [i for i, each in enumerate(begun) if base and base in _revisions(each)]
    return list(begun[: built[-1]] if built else begun)


def heads_of(builds: Iterable[Mapping[str, Any]]) -> list[str]:
    """The commits that were built, each once."""
    return list(dict.fromkeys(revision for each in builds for revision in _revisions(each)))


def _revisions(build: Mapping[str, Any]) -> list[str]:
    return [str(one["revisionId"]) for one in build.get("sourceRevisions", ()) if one.get("revisionId")]


def starters(builds: Iterable[Mapping[str, Any]], own: Iterable[str]) -> list[Involved]:
    """
    Who started builds; nobody where a role of the delivery did, or the host: their commits have people of
    their own.
    """
    roles = {role_of(role) for role in own}
    found = []
    for build in builds:
        trigger = build.get("trigger") or {}
        caller = str(trigger.get("triggerDetail") or "")
        if trigger.get("triggerType") in STARTED_BY_PERSON and role_of(caller) not in roles:
            if not caller:
                raise Unknown(
                    f"CodePipeline does not say who started {build['pipelineExecutionId']}. Build again."
                )
            found.append(Involved("started the build", "aws", caller))
    return found


def role_of(arn: str) -> tuple[str, str] | None:
    """Account and name of a role, by its ARN or that of a session; None for others."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return None
    kind, _, rest = parts[5].partition("/")
    if kind == "assumed-role":
        return parts[4], rest.split("/")[0]
    return (parts[4], rest.rsplit("/", 1)[-1]) if kind == "role" else None


def name_of(arn: str) -> str:
    """The name by which AWS knows the caller of this ARN: of the user, or of the session."""
    return arn.rsplit("/", 1)[-1] if "/" in arn else arn
