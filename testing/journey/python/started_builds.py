"""Builds that a rule starts, from an archive in S3 and outside any pipeline."""

from __future__ import annotations

import tempfile
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions import Actions, Failed
from cloud import Resource
from codebuild import Build, CodeBuild
from executions import Artifact
from gateway import Gateway
from permissions import Request
from story import Story
from values import JourneyError, Place

Happen = Callable[[Place, str, str, list[str], dict[str, Any]], None]


@dataclass
class StartedBuilds:
    """Runs them, one after the other, and says how each has ended."""

    gateway: Gateway
    builds: CodeBuild
    actions: Actions
    story: Story
    happen: Happen
    pending: deque[tuple[Resource, dict[str, str]]] = field(default_factory=deque)
    failures: list[str] = field(default_factory=list)

    def install(self) -> None:
        """Answers the gateway's calls."""
        self.gateway.fakes[("codebuild", "StartBuild")] = self._start

    def _start(self, request: Request, place: Place) -> dict[str, Any]:
        project = self.gateway.cloud.get(
            "AWS::CodeBuild::Project", place.arn("codebuild", f"project/{request['projectName']}")
        )
        variables = {v["name"]: v["value"] for v in request.params.get("environmentVariablesOverride", [])}
        self.pending.append((project, variables))
        return {"build": {"id": f"{project.name}:1", "projectName": project.name}}

    def run_next(self) -> None:
        """The build that has waited longest."""
        project, variables = self.pending.popleft()
        source = project.properties["Source"]
        if source["Type"] != "S3":
            raise JourneyError(f"{project.name}: a source of the type {source['Type']} is not known here")
        status, said = "SUCCEEDED", ""
        session = self.builds.work_as(project)
        bucket, key = source["Location"].split("/", 1)
        region = project.place.region
        with tempfile.TemporaryDirectory(prefix="build-") as name:
            root = Path(name)
            self.gateway.call(session.role, region, "s3", "GetBucketLocation", {"Bucket": bucket})
            with self.actions.get(Artifact(bucket, key), session.role, region) as archive:
                archive.extractall(root / "source")
            build = Build(
                self.builds, project, session, root, {"source": root / "source"}, "source", variables, uuid.uuid4().hex
            )
            try:
                _, log, _ = build.run()
                said = " ".join(log.strip().splitlines()[-1:])
            except Failed as failed:
                status, said = "FAILED", str(failed)
                self.failures.append(said)
        self.story.tell(f"project {project.name}", f"{status}: {said}")
        detail = {
            "build-status": status,
            "project-name": project.name,
            "build-id": f"{project.arn}:1",
            "additional-information": {"logs": {"deep-link": "https://console/log"}},
        }
        self.happen(project.place, "aws.codebuild", "CodeBuild Build State Change", [project.arn], detail)
