"""
Lambda's versions and alias, and CodeDeploy that shifts it: calls are checked by botocore's model.

What is imitated: versions never change; an alias has a revision, and a change by an older one is refused
(Lambda API reference, UpdateAlias); CodeDeploy runs one deployment of a group at a time, calls both hooks,
moves the alias by weights, looks at the deployment's alarms, and moves back when it fails. Where AWS does not
say what happens, the imitation is strict: a CurrentVersion that the alias does not have, or weights that are
there already, fail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from fakes import before_calls, service_error, validate

FUNCTION, ALIAS = "churn-main-prod-api", "live"


@dataclass
class FakeFunction:
    """One function."""

    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variables of each version."""
    alias: dict[str, Any] | None = None
    revision: int = 0
    published: int = 0
    invoked: list[tuple[str, Any]] = field(default_factory=list)
    before_delete: Callable[[str], None] = lambda _: None
    after_move: Callable[[], None] = lambda: None
    before_update: Callable[[], None] = lambda: None
    """Runs just before the alias is changed: what others do in that moment."""
    hook: Callable[[str, str], dict[str, Any]] = lambda *_: {
        "status": "Succeeded",
        "reason": "well",
        "tested": True,
    }
    """What a hook function says when it is called directly, of which version."""

    def publish(self, **variables: str) -> str:
        """CloudFormation makes a version."""
        self.published += 1
        self.versions[str(self.published)] = variables
        return str(self.published)

    def move(self, version: str, weights: dict[str, float] | None = None) -> None:
        """The alias changes, by whomever."""
        self.revision += 1
        self.alias = {"version": version, "weights": weights or {}}
        self.after_move()

    @property
    def answering(self) -> list[str]:
        """Versions that get requests."""
        return [self.alias["version"], *self.alias["weights"]] if self.alias else []

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        validate(client, operation, arguments)
        if operation == "Invoke":
            return self._invoke(arguments)
        assert arguments["FunctionName"] == FUNCTION, arguments
        if operation == "ListVersionsByFunction":
            latest = {"Version": "$LATEST", "FunctionName": FUNCTION}
            return {"Versions": [latest, *(self._shown(version) for version in self.versions)]}
        if operation == "GetFunctionConfiguration":
            self._known(operation, arguments["Qualifier"])
            return self._shown(arguments["Qualifier"])
        if operation == "DeleteFunction":
            version = arguments["Qualifier"]
            self._known(operation, version)
            if version in self.answering:
                raise service_error(operation, "ResourceConflictException", "an alias refers to it")
            self.before_delete(version)
            del self.versions[version]
            return {}
        assert arguments["Name"] == ALIAS
        if operation == "CreateAlias":
            if self.alias:
                raise service_error(operation, "ResourceConflictException", "Alias already exists")
            self._known(operation, arguments["FunctionVersion"])
            self.move(arguments["FunctionVersion"])
        elif self.alias is None:
            raise service_error(operation, "ResourceNotFoundException", "Cannot find alias arn")
        elif operation == "UpdateAlias":
            self.before_update()
            if arguments.get("RevisionId") not in (None, str(self.revision)):
                raise service_error(operation, "PreconditionFailedException", "the RevisionId is another")
            self._known(operation, arguments["FunctionVersion"])
            # Without a RoutingConfig the weights stay.
            routing = arguments.get("RoutingConfig")
            weights = routing["AdditionalVersionWeights"] if routing is not None else self.alias["weights"]
            self.move(arguments["FunctionVersion"], dict(weights))
        elif operation == "DeleteAlias":
            self.alias = None
            return {}
        else:
            assert operation == "GetAlias", operation
        assert self.alias
        shown = {"FunctionVersion": self.alias["version"], "Name": ALIAS, "RevisionId": str(self.revision)}
        if self.alias["weights"]:
            shown["RoutingConfig"] = {"AdditionalVersionWeights": dict(self.alias["weights"])}
        return shown

    def _invoke(self, arguments: dict[str, Any]) -> dict[str, Any]:
        name = arguments["FunctionName"]
        version = json.loads(arguments["Payload"])["direct"]["version"]
        self.invoked.append((name, version))
        return {"Payload": BytesIO(json.dumps(self.hook(name, version)).encode())}

    def _known(self, operation: str, version: str) -> None:
        if version not in self.versions:
            raise service_error(operation, "ResourceNotFoundException", f"Function not found: {version}")

    def _shown(self, version: str) -> dict[str, Any]:
        return {
            "FunctionName": FUNCTION,
            "Version": version,
            "Environment": {"Variables": self.versions[version]},
        }


STEPS = ("Created", "before", "canary", "all", "after", "Succeeded")


@dataclass
class FakeShift:
    """A deployment of CodeDeploy."""

    id: str
    current: str
    target: str
    request: dict[str, Any]
    at: int = 0
    status: str = "Created"
    error: dict[str, str] | None = None
    back: str | None = None


@dataclass
class FakeCodeDeploy:
    """The deployments of one group; each look at one takes it a step further."""

    function: FakeFunction
    deployments: dict[str, FakeShift] = field(default_factory=dict)
    firing: set[str] = field(default_factory=set)
    """Names of the alarms that are in ALARM."""
    hook: Callable[[str, FakeShift], bool] = lambda *_: True
    """Whether a hook ("before" or "after") succeeds."""
    at_step: Callable[[str, FakeShift], None] = lambda *_: None
    """What happens beside, at a step."""
    hangs_at: str = ""
    fails_with: str = ""
    """A code with which it fails at the first step."""
    forgets_to_return: bool = False
    refuses: str = ""

    def active(self) -> list[FakeShift]:
        return [d for d in self.deployments.values() if d.status in ("Created", "InProgress")]

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        validate(client, operation, arguments)
        if operation == "ListDeployments":
            wanted = arguments["includeOnlyStatuses"]
            return {"deployments": [d.id for d in self.deployments.values() if d.status in wanted]}
        if operation == "CreateDeployment":
            return self._create(arguments)
        found = self.deployments[arguments["deploymentId"]]
        if operation == "StopDeployment":
            if found.status not in ("Created", "InProgress"):
                raise service_error(operation, "DeploymentAlreadyCompletedException", "it is over")
            self._end(found, "Stopped", "MANUAL_STOP", "The deployment was stopped")
            return {"status": "Pending"}
        assert operation == "GetDeployment", operation
        self.advance(found)
        return {"deploymentInfo": self._shown(found)}

    def _create(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.refuses:
            raise service_error("CreateDeployment", self.refuses)
        if self.active():
            raise service_error("CreateDeployment", "DeploymentLimitExceededException", "one at a time")
        content = arguments["revision"]["appSpecContent"]
        assert content["sha256"] == hashlib.sha256(content["content"].encode()).hexdigest()
        spec = json.loads(content["content"])
        [properties] = [resource["handler"]["Properties"] for resource in spec["Resources"]]
        assert (properties["Name"], properties["Alias"]) == (FUNCTION, ALIAS)
        assert [*spec["Hooks"][0], *spec["Hooks"][1]] == ["BeforeAllowTraffic", "AfterAllowTraffic"]
        made = FakeShift(
            f"d-{len(self.deployments) + 1}",
            properties["CurrentVersion"],
            properties["TargetVersion"],
            arguments,
        )
        self.deployments[made.id] = made
        return {"deploymentId": made.id}

    def advance(self, shift: FakeShift) -> None:
        if shift.status not in ("Created", "InProgress") or STEPS[shift.at] == self.hangs_at:
            return
        shift.status = "InProgress"
        step = STEPS[shift.at]
        self.at_step(step, shift)
        if shift.status != "InProgress":
            return
        if step == "Created":
            alias = self.function.alias
            if not alias or alias["version"] != shift.current or alias["weights"]:
                return self._end(shift, "Failed", "INVALID_LAMBDA_CONFIGURATION", "the alias is another")
            if self.fails_with:
                return self._end(shift, "Failed", self.fails_with, "CodeDeploy cannot")
        alarms = {alarm["name"] for alarm in shift.request["overrideAlarmConfiguration"]["alarms"]}
        if alarms & self.firing:
            return self._end(shift, "Failed", "ALARM_ACTIVE", f"{sorted(alarms & self.firing)[0]} fired")
        if step in ("before", "after") and not self.hook(step, shift):
            what = f"{step.title()}AllowTraffic failed"
            return self._end(shift, "Failed", "HOOK_EXECUTION_FAILURE", what)
        if step == "canary":
            self.function.move(shift.current, {shift.target: 0.1})
        if step == "all":
            self.function.move(shift.target)
        shift.at += 1
        if STEPS[shift.at] == "Succeeded":
            shift.status = "Succeeded"
        return None

    def _end(self, shift: FakeShift, status: str, code: str, message: str) -> None:
        shift.status, shift.error = status, {"code": code, "message": message}
        alias = self.function.alias
        moved = alias and shift.target in (alias["version"], *alias["weights"])
        if moved and not self.forgets_to_return:
            self.function.move(shift.current)
            shift.back = f"{shift.id}-back"
            self.deployments[shift.back] = FakeShift(
                shift.back, shift.target, shift.current, shift.request, status="Succeeded"
            )

    def _shown(self, shift: FakeShift) -> dict[str, Any]:
        return {
            "deploymentId": shift.id,
            "status": shift.status,
            "description": shift.request["description"],
            "createTime": datetime.now(UTC),
            "revision": {
                "revisionType": "String",
                "string": shift.request["revision"]["appSpecContent"],
            },
            **({"errorInformation": shift.error} if shift.error else {}),
            **({"rollbackInfo": {"rollbackDeploymentId": shift.back}} if shift.back else {}),
        }


def install_shifts(monkeypatch: pytest.MonkeyPatch) -> tuple[FakeFunction, FakeCodeDeploy]:
    """Both in place of the real ones."""
    function = FakeFunction()
    shifts = FakeCodeDeploy(function)
    before_calls(monkeypatch, "lambda", lambda _, c, operation, a: function.call(c, operation, a))
    before_calls(monkeypatch, "codedeploy", lambda _, c, operation, a: shifts.call(c, operation, a))
    return function, shifts
