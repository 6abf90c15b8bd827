"""The actions of a pipeline: fetch a source, run a build, change a stack."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from cloud import Resource
from executions import Artifact, Execution
from gateway import Gateway
from permissions import Call
from values import JourneyError, NotThere, Place, parse_arn


class Failed(Exception):
    """An action failed, as it may."""


@dataclass(frozen=True)
class Outcome:
    """What an action leaves."""

    summary: str
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What an action must work with."""

    execution: Execution
    action: dict[str, Any]
    configuration: dict[str, str]
    role: str
    place: Place
    inputs: dict[str, Artifact]


@dataclass
class Actions:
    """Runs actions; builds, stacks and repositories come from elsewhere."""

    gateway: Gateway
    build: Callable[[Given], Outcome]
    commit: Callable[[str, str, str | None], tuple[str, bytes]]
    """The commit of a repository's branch, or the one asked for, with its files."""

    def run(self, execution: Execution, action: dict[str, Any], configuration: dict[str, str], role: str) -> Outcome:
        """Runs one action."""
        place = Place(execution.pipeline.place.account, action.get("Region", execution.pipeline.place.region))
        names = [a["Name"] for a in action.get("InputArtifacts", [])]
        for name in names:
            if name not in execution.artifacts:
                raise JourneyError(f"{action['Name']} needs the artifact {name}, which no action before it has made")
        inputs = {name: self._in_region(execution, execution.artifacts[name], place) for name in names}
        given = Given(execution, action, configuration, role, place, inputs)
        provider = action["ActionTypeId"]["Provider"]
        kinds = {
            "S3": self._fetch_object,
            "CodeCommit": self._fetch_commit,
            "CodeBuild": self.build,
            "CloudFormation": self._change_stack,
        }
        if provider not in kinds:
            raise JourneyError(f"actions of {provider} are not known here")
        return kinds[provider](given)

    def store(self, pipeline: Resource, region: str) -> dict[str, Any]:
        """Where artifacts for actions of a region are kept."""
        stores = {s["Region"]: s["ArtifactStore"] for s in pipeline.properties.get("ArtifactStores", [])}
        if region == pipeline.place.region and "ArtifactStore" in pipeline.properties:
            stores[region] = pipeline.properties["ArtifactStore"]
        if region not in stores:
            raise NotThere(f"{pipeline.name} has no artifact store in {region}")
        return dict(stores[region])

    def put(self, execution: Execution, name: str, role: str, region: str, data: bytes) -> Artifact:
        """Uploads an artifact with the key of the pipeline's store."""
        store = self.store(execution.pipeline, region)
        artifact = Artifact(store["Location"], f"{execution.pipeline.name[:20]}/{name[:10]}/{uuid.uuid4().hex[:7]}")
        params = {"Bucket": artifact.bucket, "Key": artifact.key, "Body": data}
        if "EncryptionKey" in store:
            params |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": store["EncryptionKey"]["Id"]}
        self.gateway.call(role, region, "s3", "PutObject", params)
        return artifact

    def get(self, artifact: Artifact, role: str, region: str) -> zipfile.ZipFile:
        """Downloads an artifact."""
        answer = self.gateway.call(role, region, "s3", "GetObject", {"Bucket": artifact.bucket, "Key": artifact.key})
        return zipfile.ZipFile(io.BytesIO(answer["Body"].read()))

    def _in_region(self, execution: Execution, artifact: Artifact, place: Place) -> Artifact:
        """CodePipeline copies an artifact to the store of the region where an action needs it."""
        here = execution.pipeline.place.region
        if place.region == here:
            return artifact
        data = self.gateway.call(
            execution.role, here, "s3", "GetObject", {"Bucket": artifact.bucket, "Key": artifact.key}
        )
        return self.put(execution, "replica", execution.role, place.region, data["Body"].read())

    def _output(self, given: Given) -> str:
        names = [a["Name"] for a in given.action.get("OutputArtifacts", [])]
        if len(names) != 1:
            raise JourneyError(f"{given.action['Name']} has {len(names)} output artifacts")
        return str(names[0])

    def _fetch_object(self, given: Given) -> Outcome:
        bucket, key = given.configuration["S3Bucket"], given.configuration["S3ObjectKey"]
        region = given.place.region
        self.gateway.call(given.role, region, "s3", "GetBucketVersioning", {"Bucket": bucket})
        answer = self.gateway.call(given.role, region, "s3", "GetObject", {"Bucket": bucket, "Key": key})
        name = self._output(given)
        artifact = self.put(given.execution, name, given.role, region, answer["Body"].read())
        return Outcome(f"fetched s3://{bucket}/{key[:12]}...", {name: artifact}, {"VersionId": "1", "ETag": "1"})

    def _fetch_commit(self, given: Given) -> Outcome:
        repository, branch = given.configuration["RepositoryName"], given.configuration["BranchName"]
        arn = given.place.arn("codecommit", repository)
        # The archive calls are permissions only, no operations of the API.
        actions = ("GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus")
        self.gateway.judge.ask(given.role, [Call(f"codecommit:{a}", arn) for a in actions])
        wanted = given.execution.revisions.get(given.action["Name"])
        commit, data = self.commit(arn, branch, wanted)
        name = self._output(given)
        artifact = self.put(given.execution, name, given.role, given.place.region, data)
        variables = {"CommitId": commit, "BranchName": branch, "RepositoryName": repository, "CommitMessage": "message"}
        return Outcome(f"fetched {commit[:8]} of {branch}", {name: artifact}, variables)

    def _change_stack(self, given: Given) -> Outcome:
        mode = given.configuration["ActionMode"]
        names = {"StackName": given.configuration["StackName"], "ChangeSetName": given.configuration["ChangeSetName"]}
        # The stack is in the account of the action's role.
        call = lambda operation, params: self.gateway.call(
            given.role, given.place.region, "cloudformation", operation, params
        )
        account = parse_arn(given.role).account
        if mode == "CHANGE_SET_EXECUTE":
            call("DescribeChangeSet", names)
            call("ExecuteChangeSet", names)
            stack = call("DescribeStacks", {"StackName": names["StackName"]})["Stacks"][0]
            if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                raise Failed(f"{names['StackName']} is {stack['StackStatus']}: {stack.get('StackStatusReason', '')}")
            outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
            return Outcome(f"-> {names['StackName']} ({account}) is {stack['StackStatus']}", {}, outputs)
        if mode != "CHANGE_SET_REPLACE":
            raise JourneyError(f"the mode {mode} of a CloudFormation action is not known here")
        template = self._file(given, given.configuration["TemplatePath"])
        settings = json.loads(self._file(given, given.configuration["TemplateConfiguration"]))
        parameters = [{"ParameterKey": k, "ParameterValue": v} for k, v in settings.get("Parameters", {}).items()]
        with suppress(ClientError):
            call("DescribeStacks", {"StackName": names["StackName"]})
            call("DeleteChangeSet", names)
        call("CreateChangeSet", {**names, "TemplateBody": template, "Parameters": parameters,
                                 "RoleARN": given.configuration["RoleArn"]})  # fmt: skip
        found = call("DescribeChangeSet", names)
        if found["Status"] == "FAILED":
            raise Failed(f"the change set of {names['StackName']} failed: {found.get('StatusReason')}")
        return Outcome(f"-> {names['ChangeSetName'][:15]}... of {names['StackName']} ({account})")

    def _file(self, given: Given, path: str) -> str:
        artifact, name = path.split("::", 1)
        with self.get(given.inputs[artifact], given.role, given.place.region) as archive:
            try:
                return archive.read(name).decode()
            except KeyError as error:
                raise Failed(f"{artifact} has no file {name}") from error
