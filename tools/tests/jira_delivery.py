"""A delivery whose versions are decided about in Jira: its site, its secret, its memory."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import jira_secret
import jira_webhook
import jira_work
from account import GROUP, REGION
from approval_delivery import Approvals, Context, delivery, message
from jira_site import PROJECT, TOKEN, USER, Site, site

TABLE = "churn-jira"
WEBHOOK_SECRET = "a secret of the webhook"
PENDING = "PendingManualApproval"


class JiraDelivery:
    """What a test does to it."""

    def __init__(self, made: Approvals, jira: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.approvals, self.site = made, jira
        boto3.client("dynamodb", region_name=REGION).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.secrets: Any = boto3.client("secretsmanager", region_name=REGION)
        self.secret = self.secrets.create_secret(Name="ml/jira", SecretString=content())["ARN"]
        monkeypatch.setenv("TABLE", TABLE)
        for module in (jira_work, jira_webhook):
            monkeypatch.setattr(module, "SECRETS", jira_secret.Cache())
        monkeypatch.setattr(jira_work, "has_seal", lambda package: True)
        made.settings["jira"] = {
            "url": jira.url,
            "projectKey": PROJECT,
            "secretArn": self.secret,
            "issueType": "Task",
            "approvedStatus": "Approved",
            "rejectedStatus": "Rejected",
        }
        made.configure()

    def work(self, body: dict[str, Any], waited: float = 0, attempt: int = 1) -> bool:
        """Whether a message of the queue was done with."""
        event = message(body, attempt)
        event["Records"][0]["attributes"]["SentTimestamp"] = str(int((time.time() - waited) * 1000))
        return not jira_work.handler(event, Context())["batchItemFailures"]

    def registered(self, arn: str) -> dict[str, Any]:
        """The event of a version that waits."""
        detail = {"ModelPackageArn": arn, "ModelPackageGroupName": GROUP, "ModelApprovalStatus": PENDING}
        return {
            "source": "aws.sagemaker",
            "detail-type": "SageMaker Model Package State Change",
            "detail": detail,
        }

    def open(self) -> tuple[str, str]:
        """A version and its issue."""
        arn = self.approvals.register(len(self.site.issues) + 1)
        assert self.work(self.registered(arn))
        [key] = [
            k
            for k, i in self.site.issues.items()
            if i["properties"]["sagemaker-cicd"]["modelPackageArn"] == arn
        ]
        return arn, key

    def call(self, key: str, identifier: str = "id-1", **changed: Any) -> dict[str, Any]:
        """A call of the webhook; every part of it can be another one."""
        body = changed.pop("body", None)
        if body is None:
            said = {
                "timestamp": int((time.time() - changed.pop("age", 0)) * 1000),
                "webhookEvent": changed.pop("event", "jira:issue_updated"),
                "issue": {
                    "id": "1",
                    "key": key,
                    "fields": {"project": {"key": changed.pop("project", PROJECT)}},
                },
                **changed.pop("more", {}),
            }
            body = json.dumps(said)
        headers = {
            "x-hub-signature": sign(body, changed.pop("secret", WEBHOOK_SECRET)),
            "x-atlassian-webhook-identifier": identifier,
            **changed.pop("headers", {}),
        }
        method = changed.pop("method", "POST")
        request = {
            "version": "2.0", "headers": headers, "body": body, "isBase64Encoded": False,
            "requestContext": {"http": {"method": method}}, **changed,
        }  # fmt: skip
        return jira_webhook.handler(request, Context())

    def queued(self) -> list[dict[str, Any]]:
        """What the webhook handed on."""
        found = self.approvals.sqs.receive_message(QueueUrl=self.approvals.queue, MaxNumberOfMessages=10)
        return [json.loads(m["Body"]) for m in found.get("Messages", [])]

    def reasons(self) -> list[str]:
        """Why something was refused, as it was told."""
        return [
            str(detail["reason"]) for kind, detail in self.approvals.told if kind == "Jira Request Refused"
        ]


def sign(body: str, secret: str) -> str:
    """The signature as Jira makes it."""
    return "sha256=" + hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()


def content(webhook: str = WEBHOOK_SECRET) -> str:
    """What is in the secret."""
    return json.dumps({"user": USER, "token": TOKEN, "webhookSecret": webhook})


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[JiraDelivery]:
    """The delivery, with an empty site."""
    with delivery(monkeypatch, tmp_path) as made, site() as running:
        yield JiraDelivery(made, running, monkeypatch)
