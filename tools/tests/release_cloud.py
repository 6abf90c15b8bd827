"""
SageMaker, CodeDeploy and what else an environment with an API consists of, as the tools meet them.

At every moment what callers meet is checked, and nothing live may be deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends

from account import ACCOUNT, GROUP, REGION
from aws import Aws
from fake_shifts import ALIAS, FUNCTION, FakeShift, install_shifts
from fakes import before_calls, service_error, validate
from smoke_runs import GOOD, TEST
from starters import Starters
from targets import Api, Environment, Targets

NAME = f"{GROUP}-prod"
STACK = f"{NAME}-endpoint"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
BAKE, SHIFT = 60.0, 300.0


class Killed(BaseException):
    """The build ends in the middle of a step."""


def api_of(way: str, **more: Any) -> Api:
    """An API, as the targets describe it."""
    fields: dict[str, Any] = {
        "api_name": FUNCTION,
        "function": FUNCTION,
        "alias": ALIAS,
        "role": f"arn:aws:iam::{ACCOUNT}:role/{NAME}-apirelease",
        "release": way,
        "before_traffic": f"{NAME}-beforetraffic",
        "after_traffic": f"{NAME}-aftertraffic",
        "application": FUNCTION,
        "deployment_group": f"{NAME}-live",
        "deployment_config": f"{NAME}-shift",
        "shift_seconds": SHIFT,
        "bake_seconds": BAKE,
    }
    return Api(**{**fields, **more})


class Cloud:
    """What serves and shifts in one environment, in one of the two ways of release."""

    def __init__(
        self, account: Any, targets_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        self.account, self.folder, self.way = account, folder, way
        self.aws = Aws()
        known = self.aws.targets(targets_file)
        prod = replace(known.environment("prod"), api=api_of(way), wave=0, probed=False)
        self.targets: Targets = replace(known, environments=(prod,), smoke_test=TEST)
        self.prod: Environment = prod
        self.function, self.shifts = install_shifts(monkeypatch)
        self.now = 0.0
        self.started = 0
        self.properties = {"Memory": 512}
        """What the handler is made from; an infrastructure commit changes it."""
        self.hooked: set[str] = set()
        """Versions that passed the hook before requests moved to them."""
        self.change_set: Callable[[], bool] = lambda: True
        """Whether the change set succeeds."""
        self.orphan = False
        """Whether a failed change set leaves its endpoint behind."""
        self.sick: set[str] = set()
        self.alarms_removed: list[str] = []
        self.alarms_gone = False
        """Versions whose alarms fire as soon as all requests are theirs."""
        self.made: dict[str, datetime] = {}
        self.deleted: list[str] = []
        self.led_to: set[str] = set()
        self.left: dict[str, float] = {}
        """When an endpoint got its last request."""
        self.seen: list[str] = []
        self._handlers_stay = True
        self.function.after_move = self.moved
        self.function.hook = self._hooked_directly
        self.shifts.hook = self._hooked
        self.verdict: Callable[[str, str], bool] = lambda *_: True
        """Whether a hook takes a version."""
        self.each_second: Callable[[], None] = lambda: None
        self.awaited = False
        """Whether somebody waits for a shift without asking CodeDeploy about it, which goes on by itself."""
        monkeypatch.setattr("time.sleep", self.sleep)
        before_calls(monkeypatch, "sagemaker", self._sagemaker)
        before_calls(monkeypatch, "sagemaker-runtime", self._runtime)
        before_calls(monkeypatch, "cloudwatch", self._cloudwatch)
        before_calls(monkeypatch, "cloudformation", self._cloudformation)
        before_calls(monkeypatch, "logs", self._logs)
        before_calls(monkeypatch, "codepipeline", Starters().answer)
        self.queue = account.bus()

    # Time

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.awaited:
            for deployment in self.shifts.active():
                self.shifts.advance(deployment)
        self.each_second()

    def clock(self) -> float:
        return self.now

    # What callers meet

    def moved(self) -> None:
        """The alias has moved: what it led to until now got its last request now."""
        now = {self.function.versions[v]["ENDPOINT_NAME"] for v in self.function.answering}
        self.left |= dict.fromkeys(self.led_to - now, self.now)
        self.led_to = now
        self.look()

    def look(self) -> None:
        """Callers are answered by an approved version that was tested, from an endpoint that is there."""
        for version in self.function.answering:
            variables = self.function.versions.get(version)
            assert variables, f"callers meet version {version}, which is gone"
            assert version in self.hooked, f"callers meet version {version}, which was never tested"
            endpoint = self.backend.endpoints.get(variables["ENDPOINT_NAME"])
            assert endpoint, f"callers meet {variables['ENDPOINT_NAME']}, which is gone"
            package = self.package_of(endpoint.endpoint_config_name)
            if self.way == "per-release":
                assert package == variables["SERVED_PACKAGE"], "the handler is bound to another model"
            found = self.account.sagemaker.describe_model_package(ModelPackageName=package)
            assert found["ModelApprovalStatus"] == "Approved", f"callers meet {package}"

    def served(self) -> str | None:
        """The package that callers meet, when nothing moves."""
        self.look()
        if not self.function.alias:
            return None
        assert not self.function.alias["weights"], "weights were left over"
        variables = self.function.versions[self.function.alias["version"]]
        endpoint = self.backend.endpoints[variables["ENDPOINT_NAME"]]
        package = self.package_of(endpoint.endpoint_config_name)
        assert package == variables["SERVED_PACKAGE"], "handler and endpoint do not go together"
        return package

    def package_of(self, config: str) -> str:
        [variant] = self.backend.endpoint_configs[config].production_variants
        return str(self.backend._models[variant["ModelName"]].primary_container["ModelPackageName"])

    @property
    def backend(self) -> Any:
        return sagemaker_backends[ACCOUNT][REGION]

    @property
    def endpoints(self) -> list[str]:
        return sorted(self.backend.endpoints)

    def events(self) -> list[str]:
        """Kinds of the events since the last call."""
        found: list[str] = []
        while batch := self.account.taken(self.queue):
            found += [event["detail-type"] for event in batch]
        return found

    def serve(self, name: str, package: str, owner: str = NAME) -> str:
        """What CloudFormation makes: a model, a configuration and an endpoint; the configuration's name."""
        client = self.account.sagemaker
        tags = [{"Key": "sagemaker-cicd:endpoint", "Value": owner}]
        self.account.made += 1
        model, config = (
            f"Endpoint{word}A1B2-{self.account.made:012d}" for word in ("Model", "EndpointConfig")
        )
        client.create_model(
            ModelName=model,
            ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/model",
            PrimaryContainer={"ModelPackageName": package},
            Tags=tags,
        )
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": model,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        client.create_endpoint_config(EndpointConfigName=config, ProductionVariants=[variant], Tags=tags)
        if name in self.backend.endpoints:
            assert self.way == "in-place", "an endpoint of a release is updated"
            self.backend.endpoints[name].endpoint_config_name = config
        else:
            client.create_endpoint(EndpointName=name, EndpointConfigName=config, Tags=tags)
            self.made[name] = EPOCH + timedelta(minutes=self.account.made)
        return config

    # Hooks and services

    def _hooked(self, when: str, deployment: FakeShift) -> bool:
        taken = self.verdict(when, deployment.target)
        if taken and when == "before":
            self.hooked.add(deployment.target)
        return taken

    def _hooked_directly(self, name: str, version: str) -> dict[str, Any]:
        when = "before" if name.endswith("beforetraffic") else "after"
        taken = self.verdict(when, version)
        if taken and when == "before":
            self.hooked.add(version)
        return {
            "status": "Succeeded" if taken else "Failed",
            "reason": f"{when}: golden rows",
            "tested": True,
        }

    def _sagemaker(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateEndpoint":
            validate(client, operation, arguments)
            self.account.go_back("prod", arguments["EndpointConfigName"])
            return {"EndpointArn": "arn"}
        if operation.startswith("Delete") and operation != "DeleteTags":
            self._may_go(operation, arguments)
            self.deleted.append(next(iter(arguments.values())))
        answer = real(client, operation, arguments)
        if operation == "ListEndpoints":
            for item in answer["Endpoints"]:
                item["CreationTime"] = self.made[item["EndpointName"]]
        if operation == "DescribeEndpoint":
            answer["ProductionVariants"] = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 1}]
        return answer

    def _may_go(self, operation: str, arguments: dict[str, Any]) -> None:
        """Nothing live is deleted, nor what it is made from."""
        led_to = {self.function.versions[v]["ENDPOINT_NAME"] for v in self.function.answering}
        [name] = arguments.values()
        configs = {self.backend.endpoints[e].endpoint_config_name for e in self.backend.endpoints}
        if operation == "DeleteEndpoint":
            assert name not in led_to, f"{name} is live, and was deleted"
            since = self.now - self.left.get(name, -1000.0)
            assert since >= 60, f"{name} was deleted {since:.0f} s after its last request"
        elif operation == "DeleteEndpointConfig":
            assert name not in configs, f"{name} is served, and was deleted"
        else:
            variants = [v for c in configs for v in self.backend.endpoint_configs[c].production_variants]
            assert name not in [v["ModelName"] for v in variants], f"{name} is served, and was deleted"

    def _runtime(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        self.seen.append(arguments["EndpointName"])
        if arguments["EndpointName"] not in self.backend.endpoints:
            raise service_error(operation, "ValidationError", "Endpoint not found")
        return {"ContentType": "application/json", "Body": BytesIO(GOOD.encode())}

    def _cloudwatch(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if operation == "DeleteAlarms":
            return self._delete_alarms(arguments["AlarmNames"])
        if operation != "DescribeAlarms":
            return {}
        names = arguments["AlarmNames"]
        firing = [n for n in names if n in self.shifts.firing or self._is_sick(n)]
        return {
            "MetricAlarms": [
                {"AlarmName": name, "StateValue": "ALARM" if name in firing else "OK"} for name in names
            ]
        }

    def _delete_alarms(self, names: list[str]) -> dict[str, Any]:
        """No alarm goes before its version; of several names those that exist are deleted."""
        for name in names:
            version = name.rsplit("/", 1)[-1]
            assert version not in self.function.versions, f"{name} was deleted, and its version is there"
        self.alarms_removed += names
        if self.alarms_gone:
            raise service_error("DeleteAlarms", "ResourceNotFound", "Alarms not found")
        return {}

    def _is_sick(self, alarm: str) -> bool:
        return alarm.startswith(f"{NAME}/api-server-errors/") and alarm.rsplit("/", 1)[-1] in self.sick

    def _cloudformation(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateTerminationProtection":
            return {"StackId": STACK}
        return real(client, operation, arguments)

    def _logs(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        """What the hooks wrote."""
        validate(client, operation, arguments)
        assert operation == "FilterLogEvents", operation
        deployment = arguments["filterPattern"].strip('"')
        word = {"deployment": deployment, "status": "Failed", "reason": "golden rows differ", "tested": True}
        return {"events": [{"message": json.dumps(word)}]}
