"""A group that is trained again: the function's own code, moto's DynamoDB, and fakes that botocore checks."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest

from fakes import service_error, validate

REAL = botocore.client.BaseClient._make_api_call

TOOLS = Path(__file__).resolve().parents[1] / "retrain"
TOOLING, BUILD, PROD, STAGING = "111111111111", "222222222222", "444444444444", "333333333333"
REGION = "eu-west-1"
GROUP = f"arn:aws:sagemaker:{REGION}:{BUILD}:model-package-group/churn-main"
PIPELINE = "churn-main-build"
SCHEDULE = f"arn:aws:events:{REGION}:{TOOLING}:rule/churn-main-retrainschedule"
COMMITS = {7: "7" * 40, 8: "8" * 40}
MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC).timestamp()
HOUR = 3600.0

SETTINGS: dict[str, Any] = {
    "project": "churn",
    "group": "main",
    "bus": f"arn:{{partition}}:events:{{region}}:{TOOLING}:event-bus/churn-events",
    "pipeline": PIPELINE,
    "modelPackageGroup": GROUP,
    "commit": "live",
    "coolDownHours": 12,
    "maxPerDay": 2,
    "environments": {
        "prod": {
            "account": PROD,
            "region": "{region}",
            "reasons": {"drift": "data-quality", "quality": "model-quality"},
        }
    },
    "newData": {"account": BUILD, "region": REGION, "bucket": "churn-data", "prefix": "new/"},
    "scheduleRule": SCHEDULE.replace("aws", "{partition}", 1),
}


class Crash(Exception):
    """The function is gone in the middle of its work."""


class Desk:
    """Sends events to the function and sees what it does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, code: Any, **changed: Any) -> None:
        self.code = code
        self.now = MONDAY
        self.starts: list[tuple[float, dict[str, Any]]] = []
        self.tokens: dict[str, str] = {}
        self.running: set[str] = set()
        self.forgotten: set[str] = set()
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[dict[str, Any]] = []
        """Requests that the bus was told of."""
        self.bus_is_down = False
        self.approval = {7: "Approved", 8: "PendingManualApproval"}
        self.commits = dict(COMMITS)
        self.reasons: dict[int, str] = {}
        self.calls = 0
        self.before: Callable[[int], None] | None = None
        """Is told the number of each call before it is made."""
        self._ids = itertools.count(1)
        self.counting = False
        monkeypatch.setattr(
            botocore.client.BaseClient,
            "_make_api_call",
            lambda client, operation, arguments: self._answer(client, operation, arguments),
        )
        self.table = f"memory-{id(self)}"
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=self.table,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.counting = True
        (folder / "settings.json").write_text(json.dumps({**SETTINGS, **changed}), encoding="utf-8")
        function = f"arn:aws:lambda:{REGION}:{TOOLING}:function:churn-main-retrain"
        self.settings = code.read_settings(function, folder / "settings.json")

    # Events, as they arrive at the delivery's bus.

    def run(self, at: float | None = None, **changed: Any) -> dict[str, Any]:
        detail = {
            "format": 1,
            "kind": "data-quality",
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "window": {"from": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"},
            "outcome": "violations",
            "reason": "drift",
            "retrain": True,
            "package": f"{GROUP.replace('package-group', 'package')}/7",
            "version": 7,
            "commit": "e" * 40,
            "violationCount": 3,
        }
        envelope = {key: changed.pop(key) for key in ("account", "region", "source") if key in changed}
        return {
            "id": f"event-{next(self._ids)}",
            "source": "sagemaker-cicd.monitoring",
            "detail-type": "Monitor Run Completed",
            "account": PROD,
            "region": REGION,
            "time": shown(self.now if at is None else at),
            "detail": {**detail, **changed},
            **envelope,
        }

    def data(
        self,
        key: str = "new/2026-03-02.csv",
        bucket: str = "churn-data",
        account: str = BUILD,
        size: int = 5,
    ) -> Any:
        return {
            "id": f"event-{next(self._ids)}",
            "source": "aws.s3",
            "detail-type": "Object Created",
            "account": account,
            "region": REGION,
            "time": shown(self.now),
            "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": size}},
        }

    def due(self, rule: str = SCHEDULE) -> dict[str, Any]:
        return {
            "id": f"event-{next(self._ids)}",
            "source": "aws.events",
            "detail-type": "Scheduled Event",
            "account": TOOLING,
            "region": REGION,
            "time": shown(self.now),
            "resources": [rule],
            "detail": {},
        }

    def send(self, event: Mapping[str, Any]) -> None:
        """What the function does for one message."""
        memory = self.code.Memory(boto3.client("dynamodb", region_name=REGION), self.table)
        client = lambda service, region=REGION: boto3.client(service, region_name=region)  # noqa: E731
        self.code.Retraining(self.settings, memory, lambda: self.now, client).handle(event)

    def refused(self, event: Mapping[str, Any]) -> str:
        """Why an event is not taken."""
        with pytest.raises(self.code.Refused) as refusal:
            self.send(event)
        return str(refusal.value)

    def entry(self, event: Mapping[str, Any]) -> dict[str, str]:
        """What is kept of an event."""
        self.counting = False
        found = boto3.client("dynamodb", region_name=REGION).get_item(
            TableName=self.table, Key={"id": {"S": f"event#{event['id']}"}}
        )
        self.counting = True
        return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.told]

    def later(self, hours: float) -> None:
        self.now += hours * HOUR

    def _answer(self, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if self.counting and client.meta.service_model.service_name != "sagemaker":
            self.calls += 1
            if self.before is not None:
                self.before(self.calls)
        if client.meta.service_model.service_name == "dynamodb":
            return REAL(client, operation, arguments)
        return getattr(self, f"_{operation}")(client, arguments)

    def _StartPipelineExecution(self, _: Any, arguments: dict[str, Any]) -> dict[str, str]:
        token = arguments["clientRequestToken"]
        if token not in self.tokens:
            self.tokens[token] = f"execution-{len(self.tokens) + 1}"
            self.starts.append((self.now, arguments))
        return {"pipelineExecutionId": self.tokens[token]}

    def _GetPipelineExecution(self, client: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        execution = arguments["pipelineExecutionId"]
        assert execution in self.tokens.values()
        if execution in self.forgotten:
            answer: Any = {"Error": {"Code": "PipelineExecutionNotFoundException", "Message": "no"}}
            raise client.exceptions.PipelineExecutionNotFoundException(answer, "GetPipelineExecution")
        return {"pipelineExecution": {"status": "InProgress" if execution in self.running else "Succeeded"}}

    def _PutEvents(self, _: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.bus_is_down:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        [entry] = arguments["Entries"]
        assert entry["EventBusName"] == f"arn:aws:events:{REGION}:{TOOLING}:event-bus/churn-events"
        if entry["Source"] == "sagemaker-cicd.requests":
            self.asked.append(json.loads(entry["Detail"]))
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}
        assert entry["Source"] == "sagemaker-cicd.retraining"
        self.told.append((entry["DetailType"], json.loads(entry["Detail"])))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def _DescribeModelPackage(self, _: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        version = int(arguments["ModelPackageName"].rsplit("/", 1)[-1])
        if version not in self.approval:
            raise service_error("DescribeModelPackage", "ValidationException", "no such package")
        return {
            "ModelPackageArn": arguments["ModelPackageName"],
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": self.approval[version],
            "CustomerMetadataProperties": {
                "GitCommit": self.commits[version],
                "RetrainingReason": self.reasons.get(version, "none"),
            },
        }

    def _ListModelPackages(self, _: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        assert arguments["ModelPackageGroupName"] == GROUP
        arn = GROUP.replace("package-group", "package")
        asked = arguments.get("ModelApprovalStatus")
        found = [version for version, status in self.approval.items() if asked in (None, status)]
        return {
            "ModelPackageSummaryList": [
                {"ModelPackageArn": f"{arn}/{one}", "ModelPackageStatus": "Completed"}
                for one in sorted(found, reverse=True)
            ]
        }


def shown(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def changed_code(folder: Path, file: str, old: str, new: str) -> Iterator[Any]:
    """The function with one change in its code."""
    for source in TOOLS.glob("*.py"):
        text = source.read_text(encoding="utf-8")
        if source.name == file:
            assert text.count(old) == 1, f"{file}: {text.count(old)} times {old!r}"
            text = text.replace(old, new)
        (folder / source.name).write_text(text, encoding="utf-8")
    own = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("retrain_")}
    original = sys.modules.pop("retrain", None)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        yield importlib.import_module("retrain")
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name == "retrain" or name.startswith("retrain_")]:
            del sys.modules[name]
        sys.modules.update(own)
        if original is not None:
            sys.modules["retrain"] = original
