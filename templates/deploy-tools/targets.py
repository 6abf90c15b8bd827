"""What the deploy pipeline deploys to: `targets.json`, written beside these files by the synth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEEP_LIVE = "keep-live"
"""The pipeline variable when an execution brings no package: keep what is live in each environment."""

NO_PACKAGE = "none"
"""Value of the template parameter where there is no model yet."""


class Refused(Exception):
    """The deployment must not go on; the message says why and what to do."""


@dataclass(frozen=True)
class Environment:
    """One environment, in the order of deployment."""

    name: str
    stack: str
    endpoint: str
    verify_role: str
    region: str | None


@dataclass(frozen=True)
class SmokeTest:
    """The request that proves that an endpoint answers."""

    body: str
    content_type: str
    accept: str
    max_latency_seconds: float


@dataclass(frozen=True)
class Targets:
    """Everything that the deploy pipeline of one deployment group works on."""

    group: str
    region: str | None
    environments: tuple[Environment, ...]
    smoke_test: SmokeTest

    def environment(self, name: str) -> Environment:
        """The environment of this name; raises Refused for a name that is none."""
        for environment in self.environments:
            if environment.name == name:
                return environment
        names = ", ".join(e.name for e in self.environments)
        raise Refused(f"There is no environment {name!r}; this pipeline knows {names}.")


def read_targets(path: Path, *, partition: str, account: str) -> Targets:
    """Reads the targets; partition and account are those that the pipeline runs in."""
    text = path.read_text(encoding="utf-8").replace("{partition}", partition).replace("{account}", account)
    data: dict[str, Any] = json.loads(text)
    test = data["smokeTest"]
    return Targets(
        group=data["modelPackageGroup"],
        region=data.get("region"),
        environments=tuple(
            Environment(e["name"], e["stack"], e["endpoint"], e["verifyRole"], e.get("region"))
            for e in data["environments"]
        ),
        smoke_test=SmokeTest(
            test["body"], test["contentType"], test["accept"], float(test["maxLatencySeconds"])
        ),
    )
