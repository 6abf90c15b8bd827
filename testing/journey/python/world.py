"""Everything together: the deployed cloud, the services that run in it, and the people who act in it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from actions import Actions
from bootstrap_roles import BOOTSTRAP
from cloud import Cloud, Resource
from cloudformation import CloudFormation
from codebuild import CodeBuild, make_programs
from codepipeline import CodePipeline
from events import EventBridge
from executions import Execution
from facts import Environment
from fronts import Fronts
from functions import Functions
from gateway import Gateway
from github import Github
from golden_rows import PLAIN, evaluated
from infrastructure_stacks import InfrastructureStacks
from judge import Judge
from machines import StateMachines
from moto_client import described, raw_client
from people import People
from permissions import Request
from repositories import Git
from sagemaker import SageMaker
from server import Server
from started_builds import StartedBuilds
from storage import complete_upload, describe_key, first_party_image
from story import Story
from trail import CloudTrail
from values import JourneyError, Place, parse_arn, role_arn
from watching import Watching

OF_SERVICES = datetime(2026, 1, 1, tzinfo=UTC)
"""When services say that something happened; what programs say has the time at which they do."""


@dataclass(frozen=True)
class Settings:
    """Where the assembly is and who judges."""

    assembly: Path
    default: Place
    judge: str | None
    work: Path
    python: Path
    """Socket of the Python that runs the builds' programs."""
    sdk: str = ""
    """Python with the SageMaker SDK."""
    generated: Path | None = None
    """A generated repository."""
    changed: Path | None = None
    """What a commit makes of the assembly, where a scene needs that."""
    existing_trail: bool = False
    """Whether the accounts have a trail that is no part of the delivery."""


class World:
    """A deployed delivery in which time passes."""

    def __init__(self, settings: Settings, story: Story) -> None:
        self.story = story
        self.settings = settings
        self.cloud = Cloud.deploy(settings.assembly, settings.default)
        self.gateway = Gateway(self.cloud, Judge(settings.judge))
        self.server = Server(self.gateway, lambda *_: None)
        self.events = EventBridge(self.gateway, story)
        self.machines = StateMachines(self.gateway, story)
        self.stacks = CloudFormation(self.gateway, story)
        self.sagemaker = SageMaker(self.gateway, story)
        self.git = Git()
        self.github: Github | None = None
        """Where workflows run the delivery."""
        self.measured = PLAIN
        """What the next version was measured with."""
        self.metadata: dict[str, str] = {}
        """What the next version is registered with beside that."""
        self.trail = CloudTrail(self.cloud, self.events, settings.existing_trail)
        self.gateway.watch = self.trail.watch
        self.people = People(self.gateway, story)
        programs = make_programs(settings.work / "bin", settings.python, settings.assembly, settings.sdk)
        self.builds = CodeBuild(self.gateway, self.server, programs, story)
        self.functions = Functions(self.gateway, self.server, programs, story, settings.work / "functions")
        self.functions.finished = self._announce_changes
        self.events.invoke = self.functions.later
        actions = Actions(self.gateway, self.builds.run_action, self.git.get)
        self.builds.actions = actions
        self.pipelines = CodePipeline(self.gateway, self.events, story, actions)
        self.started = StartedBuilds(self.gateway, self.builds, actions, story, self._event)
        self.fronts = Fronts(self.gateway, self.functions, story, self._event)
        self.server.slept = self.fronts.clock.advance
        self.watching = Watching(self.gateway, self.server, programs, self.functions, self.fronts.metrics, story,
                                 settings.work / "jobs")  # fmt: skip
        for part in (self.fronts, self.machines, self.stacks, self.sagemaker, self.pipelines, self.started,
                     self.watching):  # fmt: skip
            part.install()
        self.sagemaker.happen = self.machines.happen = self._event
        self.infrastructure = InfrastructureStacks(self.cloud.stacks, self.builds.deployed.append)
        for operation in ("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet",
                          "DescribeStacks", "GetTemplate", "UpdateTerminationProtection"):  # fmt: skip
            self._divide(operation)
        self.gateway.fakes[("ssm", "GetParameter")] = self._parameter
        self.gateway.fakes[("events", "PutEvents")] = self._put_events
        self.gateway.fakes[("s3", "CompleteMultipartUpload")] = complete_upload
        self.gateway.fakes[("kms", "DescribeKey")] = describe_key(self.cloud)
        self.gateway.fakes[("ecr", "BatchGetImage")] = first_party_image
        self.gateway.fakes[("codecommit", "GetDifferences")] = self.git.differences
        self.gateway.fakes[("codecommit", "GetCommit")] = self.git.told

    def _divide(self, operation: str) -> None:
        """Stacks of the infrastructure are changed by roles of the bootstrap, those of endpoints by others."""
        endpoints = self.gateway.fakes.get(("cloudformation", operation))

        def answer(request: Request, place: Place) -> dict[str, Any]:
            mine = BOOTSTRAP.search(request.principal)
            if not mine and endpoints is None:
                raise JourneyError(f"{request.principal} calls cloudformation:{operation}, which is not known here")
            return self.infrastructure.answer(request, place) if mine or not endpoints else endpoints(request, place)

        self.gateway.fakes[("cloudformation", operation)] = answer

    def settle(self) -> None:
        """Until nothing moves by itself any more: no event, no execution."""
        for _ in range(1000):
            if self.events.pending:
                self.events.deliver_next()
            elif self.started.pending:
                self.started.run_next()
            elif self.machines.pending:
                self.machines.run_next()
            elif self.functions.pending:
                self.functions.run_next()
            elif self.functions.poll():
                continue
            elif self.builds.deployed:
                self._changed(self.builds.deployed.pop(0))
            elif not self.pipelines.advance():
                return
        raise JourneyError("the delivery never comes to rest")

    def _changed(self, stack: str) -> None:
        """A stack was deployed from another commit: a pipeline that names what was uploaded for the commit has
        changed."""
        for pipeline in list(self.cloud.all("AWS::CodePipeline::Pipeline")):
            actions = pipeline.properties["Stages"][0]["Actions"]
            if pipeline.stack == stack and any(a["ActionTypeId"]["Provider"] == "S3" for a in actions):
                if pipeline.properties.get("RestartExecutionOnUpdate") is True:
                    self.pipelines.start(pipeline, {})
                else:
                    self.story.tell(f"pipeline {pipeline.name}", "has changed, and does not start by itself")

    def push(self, repository: str, branch: str, files: dict[str, str], pusher: str = "developer") -> str:
        """An IAM user pushes a commit to the repository with this ARN; gives the commit."""
        before, after = self.git.commit(repository, branch, files, f"{pusher}@example.org")
        where = parse_arn(repository)
        self.story.tell(pusher, f"pushes {', '.join(sorted(files))} to {branch} ({after[:8]})")
        detail = {
            "event": "referenceUpdated" if before else "referenceCreated",
            "repositoryName": where.resource,
            "repositoryId": str(uuid.uuid5(uuid.NAMESPACE_URL, repository)),
            "referenceType": "branch",
            "referenceName": branch,
            "referenceFullName": f"refs/heads/{branch}",
            "callerUserArn": f"arn:aws:iam::{where.account}:user/{pusher}",
            "commitId": after,
            **({"oldCommitId": before} if before else {}),
        }
        self._event(where.place, "aws.codecommit", "CodeCommit Repository State Change", [repository], detail)
        self.settle()
        return after

    def train(self, role: str, at: tuple[str, str], content: bytes = b"model") -> None:
        """A training job leaves its artifact, with its own role."""
        params = {"Bucket": at[0], "Key": at[1], "Body": content}
        bucket = self.cloud.bucket(at[0])
        region = bucket.place.region if bucket else self.settings.default.region
        self.gateway.call(role, region, "s3", "PutObject", params)

    def register(
        self,
        group: Resource,
        role: str,
        made: tuple[str, str, str],
        commit: str,
        approval: str | None = "PendingManualApproval",
        settle: bool = True,
    ) -> str:
        """The SageMaker pipeline's steps: artifact (bucket, key and role of the training job), report, package."""
        name = group.properties["ModelPackageGroupName"]
        bucket, key, training = made
        self.train(training, (bucket, key))
        report = key.replace("/models/", "/runs/").replace("model.tar.gz", "evaluation.json")
        golden = evaluated(group.place, bucket, report, measured=self.measured)
        params: dict[str, Any] = {
            "ModelPackageGroupName": name,
            "CustomerMetadataProperties": {"GitCommit": commit, **golden, **self.metadata},
            "ModelMetrics": {
                "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"s3://{bucket}/{report}"}}
            },
            "InferenceSpecification": {
                "Containers": [{"Image": framework_image(group.place), "ModelDataUrl": f"s3://{bucket}/{key}"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["application/json"],
            },
        }
        if self.measured.baseline:
            metadata, places = self.measured.baseline.leave(group.place, bucket, report.rpartition("/")[0])
            params["CustomerMetadataProperties"] |= metadata
            params["ModelMetrics"] |= places["ModelMetrics"]
            params["DriftCheckBaselines"] = places["DriftCheckBaselines"]
        if approval:
            params["ModelApprovalStatus"] = approval
        arn: str = self.gateway.call(role, group.place.region, "sagemaker", "CreateModelPackage", params)[
            "ModelPackageArn"
        ]
        self.story.tell(f"role {parse_arn(role).name}", f"registers {short(arn)} ({approval})")
        self.announce(arn)
        if settle:
            self.settle()
        return arn

    def set_approval(self, package: str, status: str, role: str, settle: bool = True, why: str | None = None) -> None:
        """A person with the role for it, or a session of it, approves or rejects."""
        where = parse_arn(package).place
        reason = {"ApprovalDescription": why} if why is not None else {}
        params = {"ModelPackageArn": package, "ModelApprovalStatus": status, **reason}
        self.gateway.call(role, where.region, "sagemaker", "UpdateModelPackage", params)
        self.story.tell(f"person as {parse_arn(role).name}", f"sets {short(package)} to {status}")
        # Whoever decides without a change of the status has the event, too.
        self.sagemaker.changed.clear()
        self.announce(package)
        if settle:
            self.settle()

    def _announce_changes(self) -> None:
        """The registry tells what a function has changed."""
        while self.sagemaker.changed:
            self.announce(self.sagemaker.changed.pop(0))

    def announce(self, package: str, identity: str | None = None, **changes: str) -> None:
        """The event that the registry sends when a package changes."""
        place = parse_arn(package).place
        found = described(package)
        detail = {
            "ModelPackageGroupName": found["ModelPackageGroupName"],
            "ModelPackageVersion": found["ModelPackageVersion"],
            "ModelPackageArn": package,
            "CreationTime": "2026-01-01T00:00:00Z",
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": found["ModelApprovalStatus"],
            "LastModifiedTime": "2026-01-01T00:00:00Z",
            **changes,
        }
        kind = "SageMaker Model Package State Change"
        self._event(place, "aws.sagemaker", kind, [package], detail, identity)

    def happen(self, place: Place, source: str, kind: str, resources: list[str], detail: dict[str, Any]) -> None:
        """A service says that something happened."""
        self._event(place, source, kind, resources, detail)
        self.settle()

    def answer(self, execution: Execution, yes: bool, role: str | None, why: str = "") -> None:
        """A person with the role for it, or a session of it, answers the question that an execution waits with."""
        question = execution.question
        if question is None:
            raise JourneyError(
                f"{execution.pipeline.name} waits for nobody's answer: {execution.status} {execution.message}"
            )
        if role:
            params = {"pipelineName": execution.pipeline.name, "stageName": question.stage,
                      "actionName": question.action, "token": question.token,
                      "result": {"summary": why, "status": "Approved" if yes else "Rejected"}}  # fmt: skip
            self.gateway.call(role, execution.pipeline.place.region, "codepipeline", "PutApprovalResult", params)
        else:
            question.answer = yes
        who = f"person as {parse_arn(role).name}" if role else "administrator"
        self.story.tell(who, f"{'approves' if yes else 'refuses'} {question.stage}/{question.action}")
        self.settle()

    def start(self, pipeline: Resource, variables: dict[str, str], role: str) -> Execution:
        """A person with the role for it starts a pipeline."""
        given = [{"name": name, "value": value} for name, value in variables.items()]
        params = {"name": pipeline.name, "variables": given}
        self.story.tell(f"person as {parse_arn(role).name}", f"starts {pipeline.name} with {variables}")
        self.gateway.call(role, pipeline.place.region, "codepipeline", "StartPipelineExecution", params)
        self.settle()
        return self.pipelines.of(pipeline.name)[-1]

    def live(self, place: Place, endpoint: str) -> str | None:
        """What an endpoint really serves."""
        return self.sagemaker.served(place, endpoint)

    def live_in(self, environment: Environment) -> str | None:
        """What callers of an environment reach: behind an API with an endpoint for each package, that of the version
        that the alias names."""
        api = environment.api
        if api is None or not api.per_release:
            return self.live(environment.place, environment.endpoint)
        variables = self.fronts.live_variables(environment.place, api.function)
        return self.live(environment.place, variables["ENDPOINT_NAME"]) if variables else None

    def stop(self) -> None:
        """Ends the servers."""
        self.server.stop()
        if self.github:
            self.github.stop()

    def _parameter(self, request: Request, place: Place) -> dict[str, Any]:
        """The version of a bootstrap, or what a stack has published."""
        if BOOTSTRAP.search(request.principal):
            return {"Parameter": {"Value": "30"}}
        return {"Parameter": raw_client("ssm", place).get_parameter(**request.params)["Parameter"]}

    def _put_events(self, request: Request, place: Place) -> dict[str, Any]:
        for entry in request["Entries"]:
            bus = entry.get("EventBusName", "default")
            arn = bus if bus.startswith("arn:") else place.arn("events", f"event-bus/{bus}")
            if not arn.endswith("/default"):
                self.cloud.get("AWS::Events::EventBus", arn)
            detail = json.loads(entry["Detail"])
            sender = Place(request.place.account, place.region)
            self.story.tell(
                f"role {parse_arn(request.principal).name}", f"says: {entry['DetailType']} {entry['Detail']}"
            )
            more = entry.get("Resources", [])
            self._event(sender, entry["Source"], entry["DetailType"], more, detail, bus=arn, time=datetime.now(UTC))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in request["Entries"]]}

    def _event(
        self,
        place: Place,
        source: str,
        kind: str,
        resources: list[str],
        detail: dict[str, Any],
        identity: str | None = None,
        bus: str | None = None,
        time: datetime = OF_SERVICES,
    ) -> None:
        event = {
            "version": "0",
            "id": identity or str(uuid.uuid4()),
            "detail-type": kind,
            "source": source,
            "account": place.account,
            "time": f"{time:%Y-%m-%dT%H:%M:%SZ}",
            "region": place.region,
            "resources": resources,
            "detail": detail,
        }
        self.events.put(event, bus)


def framework_image(place: Place) -> str:
    """A container image that AWS publishes."""
    return f"141502667606.dkr.ecr.{place.region}.amazonaws.com/sagemaker-xgboost:3.2-0"


def short(package: str) -> str:
    """A package in few words."""
    group, version = package.rsplit("/", 2)[-2:]
    return f"{group}/{version}"


__all__ = ["Settings", "World", "role_arn", "short"]
