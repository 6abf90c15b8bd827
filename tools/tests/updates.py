"""An endpoint whose updates take their time, as the instant return meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from account import ACCOUNT, REGION
from aws import Aws
from fakes import before_calls, service_error, validate
from owned import PROVEN_TAG
from retire import retire
from roll_back import Return
from rollbacks import rollbacks_of
from serving import look


class Updates:
    """Updates, which moto lacks: one that is under way ends when somebody has looked often enough."""

    def __init__(self, account: Any, targets_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = account
        self.aws = Aws()
        self.targets = self.aws.targets(targets_file)
        self.prod = self.targets.environment("prod")
        self.updates: list[dict[str, Any]] = []
        self.slept: list[float] = []
        self.pending = ""
        """Configuration that the endpoint is changing to."""
        self.looks = 1000
        """How often it is looked at until an update under way comes to its end."""
        self.tripped: list[str] = []
        self.goes_wrong = False
        monkeypatch.setattr("roll_back.time.sleep", self.slept.append)
        before_calls(monkeypatch, "sagemaker", self._answer)
        before_calls(monkeypatch, "cloudwatch", self._alarm)

    def _answer(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateEndpoint":
            validate(client, operation, arguments)
            if self.pending:
                raise service_error(operation, "ValidationException", "Cannot update in-progress endpoint")
            self.updates.append(arguments)
            if not self.goes_wrong:
                self.account.go_back("prod", arguments["EndpointConfigName"])
            return {"EndpointArn": "arn"}
        answer = real(client, operation, arguments)
        if operation == "DescribeEndpoint":
            answer["ProductionVariants"] = [{"VariantName": "v", "DesiredInstanceCount": 3}]
            if self.pending:
                self.looks -= 1
                if self.looks <= 0:
                    self.account.go_back("prod", self.pending)
                    self.pending = ""
            if self.pending:
                answer["EndpointStatus"] = "Updating"
                answer["PendingDeploymentSummary"] = {"EndpointConfigName": self.pending}
        return answer

    def _alarm(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        assert operation == "SetAlarmState", operation
        validate(client, operation, arguments)
        self.tripped.append(arguments["AlarmName"])
        if self.looks < 100:
            raise service_error(operation, "ResourceNotFound", "Unknown alarm")
        # SageMaker notices the third time.
        if len(self.tripped) == 3:
            self.pending = ""
        return {}

    def prove(self) -> None:
        found = look(self.account.sagemaker, "churn-main-prod")
        assert found
        assert retire(self.aws, self.prod, found) == []

    def deploy(self, package: str) -> str:
        """A deployment that is proven; its configuration."""
        config: str = self.account.deploy("prod", package)
        self.prove()
        return config

    def begin(self, package: str) -> str:
        """An update of the endpoint begins; its configuration."""
        before = self.account.endpoint("prod").endpoint_config_name
        self.pending = self.account.serve("prod", package)
        self.account.go_back("prod", before)
        return self.pending

    def carry_out(self, execution: str = "execution-9") -> str:
        return Return(self.aws, self.targets, self.prod, execution, self.slept.append).carry_out()

    def served(self) -> str | None:
        found = look(self.account.sagemaker, "churn-main-prod")
        return found.package if found else None

    def reason(self, version: int) -> str | None:
        found = rollbacks_of(self.aws, self.targets).active("prod", version)
        return found.reason if found else None

    def is_proven(self, config: str) -> bool:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint-config/{config}"
        return PROVEN_TAG in [t["Key"] for t in self.account.sagemaker.list_tags(ResourceArn=arn)["Tags"]]
