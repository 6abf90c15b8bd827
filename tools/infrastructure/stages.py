"""What each stage deploys: `stages.json`, written beside these files at the synth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from targets import Refused


@dataclass(frozen=True)
class Place:
    """An account and region with its bootstrap (CDK guide, "Bootstrapping template contract").

    Names of roles, bucket and parameter come from here and never from the cloud assembly, which the commit's
    code has made.
    """

    account: str
    region: str
    partition: str
    qualifier: str

    def role(self, kind: str) -> str:
        """ARN of a role of the bootstrap."""
        name = f"cdk-{self.qualifier}-{kind}-role-{self.account}-{self.region}"
        return f"arn:{self.partition}:iam::{self.account}:role/{name}"

    @property
    def bucket(self) -> str:
        """Where files of stacks are."""
        return f"cdk-{self.qualifier}-assets-{self.account}-{self.region}"

    @property
    def version_parameter(self) -> str:
        """SSM parameter with the version of the bootstrap."""
        return f"/cdk-bootstrap/{self.qualifier}/version"

    @property
    def host(self) -> str:
        """Where S3 is."""
        return f"s3.{self.region}.amazonaws.com" + (".cn" if self.partition == "aws-cn" else "")

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


@dataclass(frozen=True)
class PlannedStack:
    """A stack and where it is."""

    name: str
    place: Place


@dataclass(frozen=True)
class Stage:
    """The stacks of a stage: those of a wave are deployed side by side, after the waves before."""

    project: str
    waves: tuple[tuple[PlannedStack, ...], ...]

    @property
    def stacks(self) -> tuple[PlannedStack, ...]:
        """All of them, in order."""
        return tuple(stack for wave in self.waves for stack in wave)


def read_stage(file: Path, name: str, *, partition: str, account: str, region: str) -> Stage:
    """A stage by its name; what it does not say is where this runs."""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    stages: dict[str, Any] = content["stages"]
    if name not in stages:
        raise Refused(f"Unknown stage {name!r}; the tools were deployed with {', '.join(stages)}.")

    def planned(data: dict[str, str]) -> PlannedStack:
        place = Place(
            data.get("account") or account, data.get("region") or region, partition, content["qualifier"]
        )
        return PlannedStack(data["name"], place)

    return Stage(content["project"], tuple(tuple(planned(stack) for stack in wave) for wave in stages[name]))
