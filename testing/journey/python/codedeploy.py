"""CodeDeploy for Lambda: a deployment moves an alias from one version to another in steps, tested before and after.

After the CodeDeploy user guide: "Deployments on an AWS Lambda compute platform", "AppSpec file structure for AWS Lambda
deployments", "AppSpec 'hooks' section" (a hook has an hour), "Redeploy and roll back a deployment", "Monitoring
deployments with CloudWatch alarms". What it does when the alias is not at the version that a deployment starts from is
not documented; here the deployment fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from clock import Clock
from cloud import Resource
from deployments import AFTER, BEFORE, Deployment, as_called, find_group, read_revision
from functions import Failure
from gateway import Gateway, client_error
from lambdas import Lambda
from metrics import Metrics
from permissions import Call, Request
from story import Story
from values import Denied, NotThere, Place

SERVICE = "codedeploy.amazonaws.com"
LOOK_SECONDS = 30
"""How often CodeDeploy looks at alarms and requests come in, in this simulation."""
HOOK_SECONDS = 3600
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ALL_AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"


@dataclass
class CodeDeploy:
    """Deployments of all accounts."""

    gateway: Gateway
    lambdas: Lambda
    metrics: Metrics
    clock: Clock
    story: Story
    deployments: dict[str, Deployment] = field(default_factory=dict)
    begun: Callable[[Deployment], None] = lambda _: None
    """Is told when a deployment begins, and when one has ended."""
    ended: Callable[[Deployment], None] = lambda _: None

    def install(self) -> None:
        """Answers the gateway's calls."""
        fakes = {
            "CreateDeployment": self._create, "GetDeployment": self._get, "StopDeployment": self._stop,
            "PutLifecycleEventHookExecutionStatus": self._report, "ListDeployments": self._list,
            "ListDeploymentTargets": lambda r, p: {"targetIds": [self._of(r).function]},
            "BatchGetDeploymentTargets": self._targets, "GetDeploymentTarget": self._target,
        }  # fmt: skip
        for operation, fake in fakes.items():
            self.gateway.fakes[("codedeploy", operation)] = fake

    def group_of(self, identity: str) -> Resource:
        """The group that a deployment belongs to."""
        if identity not in self.deployments:
            raise NotThere(f"there is no deployment {identity}")
        return self.deployments[identity].group

    def _of(self, request: Request) -> Deployment:
        identity = request["deploymentId"]
        if identity not in self.deployments:
            text = f"The deployment {identity} could not be found"
            raise client_error(request.operation, "DeploymentDoesNotExistException", text)
        return self.deployments[identity]

    # Starting

    def _create(self, request: Request, place: Place) -> dict[str, Any]:
        group = find_group(self.gateway, place, request["applicationName"], request["deploymentGroupName"])
        if any(d.running and d.group.arn == group.arn for d in self.deployments.values()):
            text = f"The Deployment Group '{group.name}' already has an active Deployment"
            raise client_error("CreateDeployment", "DeploymentLimitExceededException", text)
        function, alias, current, target, hooks = read_revision(request["revision"])
        known = group.properties
        rolls_back = request.params.get("autoRollbackConfiguration") or as_called(
            known.get("AutoRollbackConfiguration", {})
        )
        alarms = request.params.get("overrideAlarmConfiguration") or as_called(known.get("AlarmConfiguration", {}))
        deployment = Deployment(
            f"d-{uuid.uuid4().hex[:9].upper()}", group, place,
            request.params.get("deploymentConfigName") or known.get("DeploymentConfigName") or ALL_AT_ONCE,
            function, alias, current, target, hooks,
            tuple(a["name"] for a in alarms.get("alarms", [])) if alarms.get("enabled") else (),
            tuple(rolls_back.get("events", [])) if rolls_back.get("enabled") else (),
        )  # fmt: skip
        deployment.revision, deployment.begun = request["revision"], self.clock.now
        self.deployments[deployment.identity] = deployment
        steps = f"{deployment.config}, alarms {', '.join(deployment.alarms) or 'none'}"
        self.story.tell(
            f"deployment {deployment.identity}", f"begins: {function}:{alias} from {current} to {target} ({steps})"
        )
        self.begun(deployment)
        self.clock.after(1, lambda: self._begin(deployment))
        return {"deploymentId": deployment.identity}

    def _begin(self, deployment: Deployment) -> None:
        if not deployment.running:
            return
        deployment.status = "InProgress"
        try:
            role = deployment.group.properties["ServiceRoleArn"]
            deployment.role = self.gateway.assume_as_service(SERVICE, role, deployment.group.arn).role
            found = self._alias_call(deployment, "GetAlias")
            weights = found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
            if found["FunctionVersion"] != deployment.current or weights:
                text = (
                    f"The alias {deployment.alias} is at version {found['FunctionVersion']} {weights or ''}, "
                    f"not at CurrentVersion {deployment.current}"
                )
                self._fail(deployment, "INVALID_LAMBDA_CONFIGURATION", text)
                return
            self._watch(deployment)
            self._hook(deployment, BEFORE, lambda: self._shift(deployment, self._steps(deployment)))
        except (Denied, ClientError, NotThere) as error:
            self._fail(deployment, "IAM_ROLE_PERMISSIONS", str(error))

    def _steps(self, deployment: Deployment) -> list[tuple[float, float]]:
        """Seconds to wait, and the share that the new version has after that."""
        if deployment.config == ALL_AT_ONCE:
            return [(0, 1.0)]
        config = next(
            (c for c in self.gateway.cloud.all("AWS::CodeDeploy::DeploymentConfig")
             if c.place == deployment.place and c.name == deployment.config), None,
        )  # fmt: skip
        if config is None:
            raise NotThere(f"there is no deployment configuration {deployment.config}")
        routing = config.properties["TrafficRoutingConfig"]
        if routing["Type"] == "TimeBasedCanary":
            canary = routing["TimeBasedCanary"]
            share, wait = int(canary["CanaryPercentage"]) / 100, int(canary["CanaryInterval"]) * 60
            return [(0, share), (wait, 1.0)]
        if routing["Type"] == "TimeBasedLinear":
            linear = routing["TimeBasedLinear"]
            percent, wait = int(linear["LinearPercentage"]), int(linear["LinearInterval"]) * 60
            shares = [min(100, percent * n) / 100 for n in range(1, -(-100 // percent) + 1)]
            return [(0 if n == 0 else wait, share) for n, share in enumerate(shares)]
        return [(0, 1.0)]

    # Under way

    def _shift(self, deployment: Deployment, steps: list[tuple[float, float]]) -> None:
        if not deployment.running:
            return
        if not steps:
            self._hook(deployment, AFTER, lambda: self._succeed(deployment))
            return
        wait, share = steps[0]

        def step() -> None:
            if not deployment.running:
                return
            try:
                if share >= 1:
                    self._alias_call(deployment, "UpdateAlias", deployment.target, {})
                else:
                    self._alias_call(deployment, "UpdateAlias", deployment.current, {deployment.target: share})
            except (Denied, ClientError) as error:
                self._fail(deployment, "IAM_ROLE_PERMISSIONS", str(error))
                return
            self._shift(deployment, steps[1:])

        self.clock.after(wait, step)

    def _alias_call(
        self, deployment: Deployment, operation: str, version: str = "", weights: dict[str, float] | None = None
    ) -> dict[str, Any]:
        params: dict[str, Any] = {"FunctionName": deployment.function, "Name": deployment.alias}
        if version:
            params |= {"FunctionVersion": version, "RoutingConfig": {"AdditionalVersionWeights": weights or {}}}
        return self.gateway.call(deployment.role, deployment.place.region, "lambda", operation, params)

    def _watch(self, deployment: Deployment) -> None:
        """Looks at the alarms again and again, until the deployment ends."""
        if not deployment.running or not deployment.alarms:
            return
        self.metrics.evaluate()
        try:
            found = self.gateway.call(
                deployment.role, deployment.place.region, "cloudwatch", "DescribeAlarms",
                {"AlarmNames": list(deployment.alarms)},
            )["MetricAlarms"]  # fmt: skip
        except Denied as error:
            self._fail(deployment, "IAM_ROLE_PERMISSIONS", str(error))
            return
        missing = set(deployment.alarms) - {a["AlarmName"] for a in found}
        if missing:
            self._fail(deployment, "INVALID_LAMBDA_CONFIGURATION", f"there are no alarms {sorted(missing)}")
            return
        firing = [a["AlarmName"] for a in found if a["StateValue"] == "ALARM"]
        if firing:
            text = f"One or more alarms have been activated: {', '.join(firing)}"
            self._end(deployment, "Stopped", ("ALARM_ACTIVE", text))
            self._roll_back(deployment, "DEPLOYMENT_STOP_ON_ALARM")
            return
        self.clock.after(LOOK_SECONDS, lambda: self._watch(deployment))

    def _hook(self, deployment: Deployment, event: str, then: Any) -> None:
        """Calls the function of a lifecycle event, and goes on when it has said that all is well."""
        name = deployment.hooks.get(event)
        if not name:
            then()
            return
        execution = f"{event}-{uuid.uuid4().hex}"
        deployment.reports[execution] = ""
        function = self.lambdas.functions.function(name)
        payload = {"DeploymentId": deployment.identity, "LifecycleEventHookExecutionId": execution}
        try:
            self.gateway.judge.ask(deployment.role, [Call("lambda:InvokeFunction", function.arn)])
            self.lambdas.run(function.arn, payload)
        except (Denied, Failure) as error:
            deployment.hook_status[event] = "Failed"
            self._fail(deployment, "HOOK_EXECUTION_FAILURE", f"{event}: {error}")
            return
        begun = self.clock.now

        def wait() -> None:
            if not deployment.running:
                return
            said = deployment.reports[execution]
            deployment.hook_status[event] = said or "InProgress"
            if said == "Succeeded":
                then()
            elif said or self.clock.now - begun >= HOOK_SECONDS:
                deployment.hook_status[event] = "Failed"
                self._fail(deployment, "HOOK_EXECUTION_FAILURE", f"the hook {event} said {said or 'nothing'}")
            else:
                self.clock.after(LOOK_SECONDS, wait)

        wait()

    def _report(self, request: Request, _: Place) -> dict[str, Any]:
        deployment, execution = self._of(request), request["lifecycleEventHookExecutionId"]
        if execution not in deployment.reports:
            text = f"{execution} is no execution of a hook of {deployment.identity}"
            raise client_error(request.operation, "InvalidLifecycleEventHookExecutionIdException", text)
        if deployment.reports[execution]:
            raise client_error(request.operation, "LifecycleEventAlreadyCompletedException", "it was reported already")
        deployment.reports[execution] = request["status"]
        return {"lifecycleEventHookExecutionId": execution}

    # The end

    def _succeed(self, deployment: Deployment) -> None:
        self._end(deployment, "Succeeded", None)

    def _fail(self, deployment: Deployment, code: str, message: str) -> None:
        self._end(deployment, "Failed", (code, message))
        self._roll_back(deployment, "DEPLOYMENT_FAILURE")

    def _end(self, deployment: Deployment, status: str, error: tuple[str, str] | None) -> None:
        deployment.status, deployment.error, deployment.ended = status, error, self.clock.now
        said = f": {error[0]}: {error[1]}" if error else ""
        self.story.tell(f"deployment {deployment.identity}", f"{status}{said}")
        self.ended(deployment)

    def _roll_back(self, deployment: Deployment, event: str) -> None:
        """A rollback is a deployment of its own, to the version from before (user guide, "Redeploy and roll back")."""
        if event not in deployment.rolls_back:
            return
        back = Deployment(
            f"d-{uuid.uuid4().hex[:9].upper()}", deployment.group, deployment.place, ALL_AT_ONCE, deployment.function,
            deployment.alias, deployment.target, deployment.current, {}, (), (), role=deployment.role,
            status="InProgress", creator="codeDeployRollback", revision=deployment.revision, begun=self.clock.now,
        )  # fmt: skip
        self.deployments[back.identity] = back
        deployment.rollback = {"rollbackDeploymentId": back.identity, "rollbackMessage": event}
        back.rollback = {"rollbackTriggeringDeploymentId": deployment.identity}
        try:
            found = self._alias_call(back, "GetAlias")
            if found["FunctionVersion"] != deployment.current or "RoutingConfig" in found:
                self._alias_call(back, "UpdateAlias", deployment.current, {})
            self._end(back, "Succeeded", None)
        except (Denied, ClientError) as error:
            self._end(back, "Failed", ("IAM_ROLE_PERMISSIONS", str(error)))

    def _stop(self, request: Request, _: Place) -> dict[str, Any]:
        deployment = self._of(request)
        if not deployment.running:
            text = f"{deployment.identity} is {deployment.status}"
            raise client_error(request.operation, "DeploymentAlreadyCompletedException", text)
        self._end(deployment, "Stopped", ("MANUAL_STOP", "Deployment manually stopped"))
        if request.params.get("autoRollbackEnabled"):
            deployment.rolls_back = ("DEPLOYMENT_STOP_ON_REQUEST",)
            self._roll_back(deployment, "DEPLOYMENT_STOP_ON_REQUEST")
        return {"status": "Succeeded"}

    # Looking

    def _get(self, request: Request, _: Place) -> dict[str, Any]:
        d = self._of(request)
        at = lambda seconds: EPOCH + timedelta(seconds=seconds)
        return {"deploymentInfo": {
            "applicationName": d.group.properties["ApplicationName"], "deploymentGroupName": d.group.name,
            "deploymentConfigName": d.config, "deploymentId": d.identity, "revision": d.revision, "status": d.status,
            "createTime": at(d.begun), "creator": d.creator, "computePlatform": "Lambda",
            **({"completeTime": at(d.ended)} if d.ended is not None else {}),
            **({"errorInformation": {"code": d.error[0], "message": d.error[1]}} if d.error else {}),
            **({"rollbackInfo": d.rollback} if d.rollback else {}),
        }}  # fmt: skip

    def _list(self, request: Request, _: Place) -> dict[str, Any]:
        wanted = request.params.get("includeOnlyStatuses")
        mine = [
            d for d in self.deployments.values()
            if d.group.name == request["deploymentGroupName"] and (not wanted or d.status in wanted)
        ]  # fmt: skip
        return {"deployments": [d.identity for d in reversed(mine)]}

    def _targets(self, request: Request, _: Place) -> dict[str, Any]:
        return {"deploymentTargets": [self._described(self._of(request))]}

    def _target(self, request: Request, _: Place) -> dict[str, Any]:
        return {"deploymentTarget": self._described(self._of(request))}

    def _described(self, deployment: Deployment) -> dict[str, Any]:
        events = [{"lifecycleEventName": n, "status": s} for n, s in deployment.hook_status.items()]
        target = {
            "deploymentId": deployment.identity, "targetId": deployment.function,
            "status": deployment.status if deployment.status in ("InProgress", "Succeeded") else "Failed",
            "lifecycleEvents": events,
            "lambdaFunctionInfo": {
                "functionName": deployment.function, "functionAlias": deployment.alias,
                "currentVersion": deployment.current, "targetVersion": deployment.target,
            },
        }  # fmt: skip
        return {"deploymentTargetType": "LambdaTarget", "lambdaTarget": target}
