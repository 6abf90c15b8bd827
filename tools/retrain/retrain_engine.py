"""What builds: CodePipeline, or a workflow on GitHub that takes what it is asked for from a table."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any, Protocol

from retrain_settings import Settings
from workflow_requests import BUILD, LOST_SECONDS, TAKEN, WAITING, Announcer, Requests, seconds

REASON = "RetrainingReason"
"""The build pipeline's variable."""
SOURCE_ACTION = "Source"
UNDER_WAY = ("InProgress", "Stopping")

NEWEST = "none"
"""What a request says where the newest commit of the branch is built: its values are never empty."""


class Builds(Protocol):
    """The builds of one group."""

    def start(self, reason: str, commit: str, event: str) -> str:
        """Starts a build of a commit, or of the newest one; its execution. An event starts one."""

    def is_under_way(self, execution: str) -> bool:
        """Whether a build has begun, or is about to, and has not ended."""


def builds_of(settings: Settings, client: Callable[..., Any], now: Callable[[], float]) -> Builds:
    """Those of the engine that the settings name."""
    if settings.requests is None:
        return PipelineBuilds(settings.pipeline, client)
    return RequestedBuilds(settings, settings.requests, client, now)


class PipelineBuilds:
    """Executions of a build pipeline."""

    def __init__(self, pipeline: str, client: Callable[..., Any]) -> None:
        self._pipeline, self._client = pipeline, client

    def start(self, reason: str, commit: str, event: str) -> str:
        """The pipeline takes the same token once."""
        revisions = [{"actionName": SOURCE_ACTION, "revisionType": "COMMIT_ID", "revisionValue": commit}]
        return str(
            self._client("codepipeline").start_pipeline_execution(
                name=self._pipeline,
                variables=[{"name": REASON, "value": reason}],
                clientRequestToken=token(self._pipeline, event),
                **({"sourceRevisions": revisions} if commit else {}),
            )["pipelineExecutionId"]
        )

    def is_under_way(self, execution: str) -> bool:
        """As the pipeline says, which forgets executions after a year."""
        pipelines = self._client("codepipeline")
        try:
            found = pipelines.get_pipeline_execution(
                pipelineName=self._pipeline, pipelineExecutionId=execution
            )
        except pipelines.exceptions.PipelineExecutionNotFoundException:
            return False
        return found["pipelineExecution"]["status"] in UNDER_WAY


class RequestedBuilds:
    """Requests for runs of the build's workflow."""

    def __init__(
        self, settings: Settings, table: str, client: Callable[..., Any], now: Callable[[], float]
    ) -> None:
        self._settings, self._client, self._now = settings, client, now
        self._requests = Requests(client("dynamodb"), table, now, time.sleep)

    def start(self, reason: str, commit: str, event: str) -> str:
        """Asks for it and tells the bus; both happen again where the answer of the first was lost."""
        settings = self._settings
        request = self._requests.put(
            BUILD,
            {"COMMIT": commit or NEWEST, "REASON": reason},
            f"the retraining of {settings.project}, group {settings.group}",
            token(settings.pipeline, event),
        )
        bus = self._client("events", settings.bus.split(":")[3])
        Announcer(bus, settings.bus, settings.project, settings.group).tell(BUILD, request)
        return request

    def is_under_way(self, execution: str) -> bool:
        """Whether it waits or a run works on it; after some hours nobody does any more."""
        request = self._requests.get(BUILD, execution)
        if request is None or request.status not in (WAITING, TAKEN):
            return False
        since = request.asked if request.status == WAITING else seconds(request.taken)
        return since > self._now() - LOST_SECONDS


def token(pipeline: str, event: str) -> str:
    """What makes the start of an event one, however often it is asked for."""
    return hashlib.sha256(f"{pipeline} {event}".encode()).hexdigest()
