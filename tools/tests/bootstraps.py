"""A delivery over seven accounts, its assembly and bootstraps, as the infrastructure pipeline meets them."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import diff
import execute
import execute_shown
import looking
from bootstrap import BootstrapAws, LookupAws
from change_sets import Wait
from stacks import FakeStacks, install_stacks
from stages import Place, Stage, read_stage

HOME = Place("111111111111", "eu-west-1", "aws", "mlteam")
WAIT = Wait(interval=1, seconds=3, sleep=lambda _: None)


class Infrastructure:
    """A delivery over seven accounts, with its cloud assembly and its bootstraps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, assembly: Path, folder: Path) -> None:
        self.monkeypatch, self.assembly, self.folder = monkeypatch, assembly, folder
        self.cloudformation: FakeStacks = install_stacks(monkeypatch)
        [self.stages] = assembly.glob("asset.*/stages.json")
        self.enter(HOME.account)
        self.aws = BootstrapAws()
        for place in {s.place for n in ("self", "dev", "prod") for s in self.stage(n).stacks}:
            self.bootstrap(place)

    def enter(self, account: str) -> None:
        """The build works with the deployer's role; moto tells accounts apart by the roles taken on there."""
        role = f"arn:aws:iam::{account}:role/churn-infrastructuredeployerprod"
        keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="build")["Credentials"]
        for name, key in (("ACCESS_KEY_ID", "AccessKeyId"), ("SECRET_ACCESS_KEY", "SecretAccessKey"),
                          ("SESSION_TOKEN", "SessionToken")):  # fmt: skip
            self.monkeypatch.setenv(f"AWS_{name}", keys[key])
        self.monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def bootstrap(self, place: Place, version: str = "30") -> None:
        """A bucket and a version, as `cdk bootstrap` makes them."""
        aws = self.aws
        s3 = aws.files(place)
        if place.bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(
                Bucket=place.bucket, CreateBucketConfiguration={"LocationConstraint": place.region}
            )
        ssm = aws.client_of(place.role("deploy"), "ssm", place.region)
        ssm.put_parameter(Name=place.version_parameter, Value=version, Type="String", Overwrite=True)

    def stage(self, name: str) -> Stage:
        return read_stage(self.stages, name, partition="aws", account=HOME.account, region=HOME.region)

    def diff(self, name: str, *, keep: bool = True) -> list[diff.Looked]:
        return diff.diff(self.aws, self.stage(name), self.assembly, "e1", keep=keep, wait=WAIT)

    def execute(self, name: str, found: list[diff.Looked]) -> None:
        execute.execute(self.aws, self.stage(name), [looked.entry for looked in found], WAIT)

    def look(self, name: str) -> list[looking.Shown]:
        """What the job of a diff without rights to change anything sees."""
        return looking.look(LookupAws(), self.stage(name), self.assembly, WAIT)

    def deploy(self, name: str, shown: list[looking.Shown], execution: str = "e1") -> None:
        """Deploys what was shown."""
        entries = json.loads(json.dumps([one.entry for one in shown]))
        execute_shown.deploy(self.aws, self.stage(name), self.assembly, entries, execution, WAIT)

    def run(self, module: Any, arguments: list[str], **variables: str) -> int:
        """A tool as the build runs it, beside its own stages."""
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr(sys, "argv", [module.__name__, *arguments])
        self.monkeypatch.setattr(module, "__file__", str(self.stages))
        code: int = module.main(WAIT)
        return code

    def template(self, stack: str, change: Any) -> None:
        """Changes a template in the assembly."""
        file = self.assembly / next(iter(self.artifact(stack)))["properties"]["templateFile"]
        content = json.loads(file.read_text())
        change(content)
        file.write_text(json.dumps(content))

    def manifest(self, stack: str, change: Any) -> None:
        """Changes what the assembly says about a stack."""
        file = self.assembly / "manifest.json"
        content = json.loads(file.read_text())
        for artifact in content["artifacts"].values():
            if artifact.get("properties", {}).get("stackName") == stack:
                change(artifact)
        file.write_text(json.dumps(content))

    def assets(self, stack: str, change: Any) -> None:
        """Changes the files of a stack."""
        name = next(iter(self.artifact(stack)))["properties"]["templateFile"].replace("template", "assets")
        content = json.loads((self.assembly / name).read_text())
        change(content)
        (self.assembly / name).write_text(json.dumps(content))

    def artifact(self, stack: str) -> Iterator[dict[str, Any]]:
        for artifact in json.loads((self.assembly / "manifest.json").read_text())["artifacts"].values():
            if artifact.get("properties", {}).get("stackName") == stack:
                yield artifact


def exports(folder: Path) -> dict[str, str]:
    """The variables that a tool hands over."""
    words = shlex.split((folder / "exports.sh").read_text())
    return dict(word.split("=", 1) for word in words if word != "export")


@pytest.fixture
def infra(monkeypatch: pytest.MonkeyPatch, assemblies: Path, tmp_path: Path) -> Iterator[Infrastructure]:
    assembly = tmp_path / "cdk.out"
    shutil.copytree(assemblies / "sevenAccounts", assembly)
    with mock_aws():
        yield Infrastructure(monkeypatch, assembly, tmp_path)
