"""A delivery with approval records, its accounts folded into one: what the recorder sees and does there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from records import read_all, verify

import moto_packages
from account import ACCOUNT, REGION
from fakes import before_calls, service_error, validate
from govern_settings import Settings, read_settings
from recorder import Recorder

GROUP = "churn-main"
BUILT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD, BASE = "a" * 40, "b" * 40


class Governed:
    """
    The accounts of a delivery with the profile gxp; CodePipeline and CodeCommit are fakes that check calls.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        self.settings = settings
        self.sagemaker: Any = boto3.client("sagemaker", region_name=REGION)
        self.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
        self.s3: Any = boto3.client("s3", region_name=REGION)
        self.s3.create_bucket(
            Bucket=settings.evidence["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        events = boto3.client("events", region_name=REGION)
        self.sqs: Any = boto3.client("sqs", region_name=REGION)
        self.queue = self.sqs.create_queue(QueueName="told")["QueueUrl"]
        events.create_event_bus(Name="churn-events")
        events.put_rule(
            Name="all", EventBusName="churn-events", EventPattern='{"account": ["' + ACCOUNT + '"]}'
        )
        target = {"Id": "q", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:told"}
        events.put_targets(Rule="all", EventBusName="churn-events", Targets=[target])
        self.commits: dict[str, dict[str, Any]] = {}
        self.executions: list[dict[str, Any]] = []
        self.actions: list[dict[str, Any]] = []
        self.created = BUILT
        self.now: str | None = None
        """What the registry says instead of what was set, if anything."""
        self.assumed: list[str] = []
        for service in ("codepipeline", "codecommit", "sagemaker", "sts"):
            before_calls(monkeypatch, service, self._call)
        moto_packages.keep_metadata(monkeypatch)
        self.recorder = Recorder(settings, boto3.Session(region_name=REGION))
        self.number = 0

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        validate(client, operation, arguments)
        if operation == "ListPipelineExecutions":
            return {"pipelineExecutionSummaries": self.executions}
        if operation == "ListActionExecutions":
            return {"actionExecutionDetails": self.actions}
        if operation == "GetPipelineExecution":
            found = next(
                e for e in self.executions if e["pipelineExecutionId"] == arguments["pipelineExecutionId"]
            )
            return {"pipelineExecution": found}
        if operation == "GetCommit":
            if arguments["commitId"] not in self.commits:
                raise service_error(operation, "CommitIdDoesNotExistException")
            return {"commit": self.commits[arguments["commitId"]]}
        assert service in ("sagemaker", "sts"), operation
        if operation == "AssumeRole":
            self.assumed.append(arguments["RoleArn"])
        answer = real(client, operation, arguments)
        if operation == "DescribeModelPackage":
            answer["CreationTime"] = self.created
            answer["ModelApprovalStatus"] = self.now or answer["ModelApprovalStatus"]
        return answer

    def commit(
        self, id_: str, parents: tuple[str, ...] = (), email: str = "ben@example.org", when: int = 1000
    ) -> None:
        who = {"name": "x", "email": email, "date": f"{when} +0000"}
        self.commits[id_] = {"commitId": id_, "parents": list(parents), "author": who, "committer": who}

    def push(self, id_: str, caller: str = "ben", event: str = "p1") -> None:
        """A push, as the recorder's rule brings it; the commit gate writes the same."""
        self.recorder.handle(push_event(id_, caller, event))

    def build(self, commit: str = HEAD, trigger: dict[str, str] | None = None, id_: str = "e1") -> None:
        """An execution of the build pipeline before the registration, after those there are."""
        gate = f"arn:aws:sts::{ACCOUNT}:assumed-role/churn-main-commitgate/abc"
        self.executions.append(
            {
                "pipelineExecutionId": id_,
                "status": "Succeeded",
                "startTime": BUILT - timedelta(minutes=20) + timedelta(seconds=len(self.executions)),
                "lastUpdateTime": BUILT + timedelta(minutes=1),
                "sourceRevisions": [{"actionName": "Source", "revisionId": commit}],
                "trigger": trigger or {"triggerType": "StartPipelineExecution", "triggerDetail": gate},
            }
        )

    def version(self, commit: str = HEAD, status: str = "Approved") -> str:
        """A version in the registry, as a person left it."""
        made = self.sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=status,
            CustomerMetadataProperties={"GitCommit": commit},
        )
        return str(made["ModelPackageArn"])

    def status(self, package: str) -> str:
        return str(self.sagemaker.describe_model_package(ModelPackageName=package)["ModelApprovalStatus"])

    def records(self, group: str = "main") -> list[dict[str, Any]]:
        assert verify(self.recorder.evidence.store, group) == []
        return list(read_all(self.recorder.evidence.store, group))

    def told(self) -> list[dict[str, Any]]:
        """Events on the delivery's bus, each once."""
        found = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]


def push_event(commit: str, caller: str, event: str) -> dict[str, Any]:
    """As CodeCommit's user guide shows it ("Monitoring CodeCommit events", referenceUpdated)."""
    return {
        "version": "0",
        "id": event,
        "detail-type": "CodeCommit Repository State Change",
        "source": "aws.codecommit",
        "account": ACCOUNT,
        "time": "2026-03-01T11:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:codecommit:{REGION}:{ACCOUNT}:churn"],
        "detail": {
            "callerUserArn": f"arn:aws:iam::{ACCOUNT}:user/{caller}" if ":" not in caller else caller,
            "commitId": commit,
            "event": "referenceUpdated",
            "oldCommitId": BASE,
            "referenceFullName": "refs/heads/main",
            "referenceName": "main",
            "referenceType": "branch",
            "repositoryId": "12345678-1234-5678-abcd-12345678abcd",
            "repositoryName": "churn",
        },
    }


def session(
    name: str = "ana", role: str = "churn-main-approver", source: str | None = "ana", path: str = ""
) -> dict[str, Any]:
    """`userIdentity` of a session, as the CloudTrail user guide shows it."""
    context: dict[str, Any] = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAIDPPEZS35WEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/{path}{role}",
            "accountId": ACCOUNT,
            "userName": role,
        },
        "attributes": {"creationDate": "2026-03-01T12:30:00Z", "mfaAuthenticated": "false"},
    }
    if source:
        context["sourceIdentity"] = source
    return {
        "type": "AssumedRole",
        "principalId": f"AROAIDPPEZS35WEXAMPLE:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": context,
    }


def approval(
    package: str,
    event: str = "d1",
    status: str = "Approved",
    why: str | None = "[approval] better recall",
    who: dict[str, Any] | None = None,
    time: str = "2026-03-01T13:00:00Z",
) -> dict[str, Any]:
    """
    A call that sets an approval status: CloudTrail writes names of parameters with a small first letter.
    """
    asked = {"modelPackageArn": package, "modelApprovalStatus": status}
    return trail_event(
        "sagemaker",
        "UpdateModelPackage",
        event,
        {**asked, **({"approvalDescription": why} if why is not None else {})},
        who,
        time,
    )


def trail_event(
    service: str,
    name: str,
    event: str,
    asked: dict[str, Any],
    who: dict[str, Any] | None = None,
    time: str = "2026-03-01T13:00:00Z",
) -> dict[str, Any]:
    """A call as CloudTrail hands it to EventBridge."""
    return {
        "version": "0",
        "id": f"eb-{event}",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{service}",
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "resources": [],
        "detail": {
            "eventVersion": "1.10",
            "userIdentity": who or session(),
            "eventTime": time,
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": "192.0.2.1",
            "userAgent": "aws-cli",
            "requestParameters": asked,
            "responseElements": None,
            "eventID": event,
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        },
    }


def settings_of(assemblies: Path, folder: Path, of: str = "gxp", **changed: Any) -> Settings:
    """The settings that a delivery with the profile gxp is synthesized with, with all accounts as one."""
    [file] = (assemblies / of).glob("asset.*/governance.json")
    text = file.read_text()
    for account in ("111111111111", "222222222222", "999999999999"):
        text = text.replace(account, ACCOUNT)
    folded = folder / "governance.json"
    folded.write_text(json.dumps({**json.loads(text), **changed}))
    return read_settings(folded, partition="aws", account=ACCOUNT, region=REGION)


@pytest.fixture
def governed(monkeypatch: pytest.MonkeyPatch, assemblies: Path, tmp_path: Path):
    """A delivery with the profile gxp, and one version that Ben pushed and the commit gate built."""
    with mock_aws():
        made = Governed(monkeypatch, settings_of(assemblies, tmp_path))
        made.commit(HEAD, (BASE,), when=2000)
        made.commit(BASE)
        made.push(HEAD)
        made.build()
        yield made
