"""
Deployments behind an API, from the decision to the smoke test, with the real tools.

What CloudFormation does is played by its parts: an endpoint and a version of the handler for each release, or
one endpoint that is updated; SageMaker is moto's. At every moment what callers meet is checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import shift
import smoke_test
from check import check
from decide_all import decide_all
from prepare import Execution, write_environment
from release_cloud import EPOCH, NAME, STACK, Cloud
from roll_back import roll_back
from targets import KEEP_LIVE, NO_PACKAGE, Refused


class Releases(Cloud):
    """One environment with an API, in one of the two ways of release."""

    # An execution of the deploy pipeline

    def prepare(
        self,
        wanted: str = KEEP_LIVE,
        retry_in: tuple[str, ...] = (),
        roll_back_in: tuple[str, ...] = (),
    ) -> str:
        """The first step; the execution's ID."""
        self.started += 1
        execution = f"execution-{self.started}"
        at = (EPOCH + timedelta(hours=self.started)).strftime("%Y-%m-%dT%H:%M:%S.0Z")
        if roll_back_in:
            roll_back(self.aws, self.targets, roll_back_in, execution)
        self.awaited = True
        [(environment, decision)] = decide_all(self.aws, self.targets, wanted, retry_in, roll_back_in)
        self.awaited = False
        template = self.folder / f"{execution}.json"
        template.write_text(json.dumps({"Resources": self._resources()}))
        write_environment(
            self.folder / execution / "prod",
            template,
            environment,
            Execution(execution, wanted, at, retry_in, roll_back_in),
            decision,
            decision.package,
            None,
        )
        file = self.folder / execution / "prod" / "package.json"
        record = json.loads(file.read_text())
        file.write_text(json.dumps({**record, "package": {"metrics": {}}}))
        return execution

    def deploy(self, wanted: str = KEEP_LIVE, **more: Any) -> str:
        """A whole execution; the word of its smoke test."""
        execution = self.prepare(wanted, **more)
        self.execute(execution)
        self.shift(execution)
        return self.smoke(execution)

    def execute(self, execution: str) -> None:
        """Check and change set."""
        check(self.aws, self.targets, self.prod, self.folder / execution)
        self._change(self.values(execution))

    def shift(self, execution: str) -> str:
        told = shift.shift(self.aws, self.targets, self.prod, self.folder / execution, self.sleep, self.clock)
        self.look()
        return told

    def smoke(self, execution: str) -> str:
        told = smoke_test.smoke_test(self.aws, self.targets, self.prod, self.folder / execution)
        self.look()
        return told

    def values(self, execution: str) -> dict[str, str]:
        file = self.folder / execution / "prod" / "configuration.json"
        values: dict[str, str] = json.loads(file.read_text())["Parameters"]
        return values

    # CloudFormation

    def _resources(self) -> dict[str, Any]:
        return {
            "Model": {"Type": "AWS::SageMaker::Model", "Properties": {"Package": {"Ref": "Served"}}},
            "EndpointConfig": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"Count": 1}},
            "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {}},
            "Handler": {"Type": "AWS::Lambda::Function", "Properties": self.properties},
            "Scaling": {
                "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
                "Properties": {"Max": self.started},
            },
        }

    def _change(self, values: dict[str, str]) -> None:
        before = self.stack()
        # What the resources are made from.
        made_from = [values.get(n) for n in ("ServedModelPackageArn", "Attempt", "Release")]
        made_from.append(json.dumps(self.properties))
        is_same = before.get("MadeFrom") == json.dumps(made_from)
        outputs = {
            k: before[k] for k in ("EndpointConfigName", "EndpointName", "FunctionVersion") if k in before
        }
        if values["ModelPackageArn"] == NO_PACKAGE:
            outputs = {}
        elif not is_same:
            name = f"{NAME}-r{values['Release']}" if "Release" in values else NAME
            config = self.serve(name, values["ServedModelPackageArn"])
            if not self.change_set():
                if not self.orphan and "Release" in values:
                    self.account.sagemaker.delete_endpoint(EndpointName=name)
                if "Release" not in values and "EndpointConfigName" in before:
                    self.account.go_back("prod", before["EndpointConfigName"])
                self.account.set_stack_status("prod", "UPDATE_ROLLBACK_COMPLETE")
                raise Refused("the change set failed")
            version = self.function.publish(
                ENDPOINT_NAME=name,
                PACKAGE=values["ModelPackageArn"],
                SERVED_PACKAGE=values["ServedModelPackageArn"],
                CONTRACT="none",
                ATTEMPT=values["Attempt"],
                RELEASE=values.get("Release", "none"),
            )
            outputs = {"EndpointConfigName": config, "EndpointName": name, "FunctionVersion": version}
        self._write(values, {**outputs, "MadeFrom": json.dumps(made_from)})

    def _write(self, values: dict[str, str], outputs: dict[str, str]) -> None:
        self.account.deployments += 1
        template = {
            "Description": f"deployment {self.account.deployments}",
            "Parameters": {key: {"Type": "String"} for key in values},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {key: {"Value": value} for key, value in outputs.items()},
        }
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]
        client = self.account.cloudformation
        known = [s["StackName"] for s in client.describe_stacks()["Stacks"]]
        change = client.update_stack if STACK in known else client.create_stack
        change(StackName=STACK, TemplateBody=json.dumps(template), Parameters=given)

    def stack(self) -> dict[str, str]:
        """Outputs and parameters of the endpoint stack."""
        found = [
            s for s in self.account.cloudformation.describe_stacks()["Stacks"] if s["StackName"] == STACK
        ]
        if not found:
            return {}
        outputs = {o["OutputKey"]: o["OutputValue"] for o in found[0].get("Outputs", [])}
        return {**{p["ParameterKey"]: p["ParameterValue"] for p in found[0]["Parameters"]}, **outputs}


@pytest.fixture
def releases(
    account: Any, targets_file: Path, tmp_path: Path, listed: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Releases]:
    """Makes the environment in one of the ways."""
    return lambda way: Releases(account, targets_file, tmp_path, monkeypatch, way)
