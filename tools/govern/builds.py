"""The builds of a group: executions of a pipeline in AWS, or runs of a workflow on GitHub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from govern_settings import Group, Source, Workflows
from hosts import api_of
from people import Involved, Unknown, executions, starters
from workflow_runs import Runs, started_by

if TYPE_CHECKING:
    from recorder import Recorder

Build = Mapping[str, Any]


class Builds(Protocol):
    """What was built, and by whom."""

    def begun(self) -> list[dict[str, Any]]:
        """Those that began before the version was registered, the newest first."""

    def starters(self, builds: Sequence[Build]) -> list[Involved]:
        """Who started them."""

    def left(self, base: str | None) -> list[str]:
        """Commits since another one that may have been built though no build shows them."""


class PipelineBuilds:
    """Executions of a pipeline, which nobody can delete."""

    def __init__(self, recorder: Recorder, pipeline: str, at: datetime) -> None:
        self._recorder, self._pipeline, self._at = recorder, pipeline, at

    def begun(self) -> list[dict[str, Any]]:
        """As CodePipeline lists them."""
        recorder = self._recorder
        client = recorder.client("codepipeline", recorder.session.region_name)
        return executions(client, self._pipeline, self._at)

    def starters(self, builds: Sequence[Build]) -> list[Involved]:
        """By their triggers."""
        return starters(builds, self._recorder.settings.own_roles)

    def left(self, base: str | None) -> list[str]:
        """None: every build is shown."""
        return []


class WorkflowBuilds:
    """Runs of a workflow."""

    def __init__(self, runs: Runs, workflows: Workflows, at: datetime) -> None:
        self._runs, self._workflows, self._at = runs, workflows, at

    def begun(self) -> list[dict[str, Any]]:
        """As GitHub lists them, each attempt by itself."""
        return self._runs.builds(self._workflows.build, self._workflows.branch, self._at)

    def starters(self, builds: Sequence[Build]) -> list[Involved]:
        """Whoever started a run by hand, or again."""
        return started_by([build["attempt"] for build in builds], "started the build")

    def left(self, base: str | None) -> list[str]:
        """What the branch was, and what was taken from it: runs can be deleted."""
        return self._runs.left(self._workflows.branch, base, self._at)


def builds_of_group(recorder: Recorder, group: Group, at: datetime) -> Builds:
    """The builds of a group before a time."""
    if group.workflows is None:
        return PipelineBuilds(recorder, group.build_pipeline, at)
    return WorkflowBuilds(runs_of(recorder, group.source), group.workflows, at)


def runs_of(recorder: Recorder, source: Source) -> Runs:
    """The runs of a repository."""
    return Runs(api_of(source.type, token_of(recorder, source)), source.repository)


def token_of(recorder: Recorder, source: Source) -> str:
    """The content of the secret with the token of a repository's host."""
    token = recorder.settings.token
    if token is None:
        raise Unknown(f"{source.type} needs governance.sourceTokenArn: a connection does not say who pushed.")
    secrets = recorder.client("secretsmanager", token.split(":")[3])
    return str(secrets.get_secret_value(SecretId=token)["SecretString"])
