"""A make-believe delivery whose versions are decided about by rule and through Jira."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import approval_aws
import approval_settings
import moto_packages
from account import ACCOUNT, GROUP, REGION, Account

PROJECT = "churn"
BUCKET = "churn-artifacts"
RUNS = f"s3://{BUCKET}/churn-pipeline/runs"
REGISTRY = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package-group/{GROUP}"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:churn-ruleapproval"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/churn-main-approver"
RULES = {"minimumImprovement": 0.01, "firstVersion": False, "minimumTestRows": 100, "maximumMissing": 0.2}
METRIC = "average_precision"


class Context:
    """What Lambda hands a function beside the event."""

    invoked_function_arn = FUNCTION


class Approvals:
    """Versions with reports, and the functions' queue, bus and messages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, **more: Any) -> None:
        self.account = Account()
        self.s3: Any = boto3.client("s3", region_name=REGION)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.sqs: Any = boto3.client("sqs", region_name=REGION)
        self.queue: str = self.sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "0"})[
            "QueueUrl"
        ]
        monkeypatch.setenv("QUEUE_URL", self.queue)
        monkeypatch.setenv("AWS_REGION", REGION)
        boto3.client("events", region_name=REGION).create_event_bus(Name="churn-events")
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.settings_file = folder / "settings.json"
        self.settings = {
            "project": PROJECT,
            "bus": "arn:{partition}:events:{region}:{account}:event-bus/churn-events",
            "groups": [
                {
                    "name": "main",
                    "modelPackageGroup": "arn:{partition}:sagemaker:{region}:{account}:model-package-group/"
                    + GROUP,
                    "role": ROLE,
                    "runs": RUNS,
                    "sealed": f"s3://{BUCKET}/churn-pipeline/sealed",
                }
            ],
            "rules": dict(RULES),
            **more,
        }
        self.configure()
        monkeypatch.setattr(approval_settings.read_settings, "__defaults__", (self.settings_file,))
        own = approval_aws.own

        def watched(service: str, region: str | None = None) -> Any:
            client = own(service, region)
            if service == "events":
                put = client.put_events

                def put_events(**given: Any) -> Any:
                    self.told += [(e["DetailType"], json.loads(e["Detail"])) for e in given["Entries"]]
                    return put(**given)

                client.put_events = put_events
            return client

        for module in ("approval_events", "approval_queue"):
            monkeypatch.setattr(f"{module}.own", watched)

    def configure(self, **rules: Any) -> None:
        """Writes the settings, with other rules."""
        self.settings["rules"] = {**self.settings["rules"], **rules}  # type: ignore[dict-item]
        self.settings_file.write_text(json.dumps(self.settings), encoding="utf-8")

    def register(self, number: int, **changed: Any) -> str:
        """A version whose reports are good, but for what is changed."""
        folder = f"churn-pipeline/runs/{number}"
        reports = good_reports()
        for name, change in changed.items():
            if name in reports:
                reports[name] = change(reports[name]) if callable(change) else change
        for name, content in reports.items():
            if content is not None:
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.s3.put_object(Bucket=BUCKET, Key=f"{folder}/{name}.json", Body=body)
        metadata = {
            "DataReport": f"s3://{BUCKET}/{folder}/lineage.json",
            "RepositoryTests": "passed:12 failed:0 skipped:1",
            **changed.get("metadata", {}),
        }
        evaluation = changed.get("address", f"s3://{BUCKET}/{folder}/evaluation.json")
        quality = {"Statistics": {"ContentType": "application/json", "S3Uri": evaluation}}
        made = self.account.sagemaker.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=changed.get("status", "PendingManualApproval"),
            CustomerMetadataProperties={name: value for name, value in metadata.items() if value},
            ModelMetrics={"ModelQuality": quality},
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )
        return str(made["ModelPackageArn"])

    def describe(self, arn: str) -> dict[str, Any]:
        """A version as the registry has it."""
        found: dict[str, Any] = self.account.sagemaker.describe_model_package(ModelPackageName=arn)
        return found

    def status(self, arn: str) -> tuple[str, str]:
        """Approval status of a version, and its description."""
        found = self.describe(arn)
        return found["ModelApprovalStatus"], found.get("ApprovalDescription", "")


def good_reports() -> dict[str, Any]:
    """The reports of a version for which all rules hold; it was compared with version 1."""
    approved = f"{REGISTRY.replace('-group/', '/', 1)}/1"
    return {
        "evaluation": {"binary_classification_metrics": {METRIC: {"value": 0.93}}},
        "gate": {
            "quality_gate": {
                "metric": METRIC, "comparison": ">", "value": 0.93, "required": 0.9, "against": "version 1",
            },
            "baseline": {
                "name": "the baseline", "comparable": True,
                "value": 0.4, "difference": 0.53, "interval": [0.5, 0.56],
            },
            "approved": {
                "name": approved, "comparable": True,
                "value": 0.9, "difference": 0.03, "interval": [0.0, 0.06],
            },
        },
        "details": {"data": {"rows": 569, "columns": 31}},
        "lineage": {
            "columns": 5, "rows": 120, "split": {"train": 100, "validation": 10, "test": 10},
            "missing": {"age": {"train": 20, "validation": 0, "test": 1}}, "complete": 3,
        },
    }  # fmt: skip


def message(body: dict[str, Any], attempt: int = 1) -> dict[str, Any]:
    """What Lambda hands a function from its queue."""
    record = {
        "messageId": f"m-{attempt}",
        "receiptHandle": "handle",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(attempt)},
    }
    return {"Records": [record]}


@contextmanager
def delivery(monkeypatch: pytest.MonkeyPatch, folder: Path, **more: Any) -> Iterator[Approvals]:
    """The delivery, in a simulated account."""
    moto_packages.keep_metadata(monkeypatch)
    with mock_aws():
        yield Approvals(monkeypatch, folder, **more)
