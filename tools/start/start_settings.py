"""What starting workflows works on: `settings.json`, written beside these files by the synth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SETTINGS = Path(__file__).resolve().parent / "settings.json"


@dataclass(frozen=True)
class Workflow:
    """A workflow, and what it runs on."""

    file: str
    ref: str
    """Branch: a run has the workflow as it is there, and roles trust that branch alone."""


@dataclass(frozen=True)
class Settings:
    """The group whose workflows are started, and the App that may."""

    project: str
    group: str
    bus: str
    table: str
    """The requests of the group."""
    repository: str
    """Owner and name."""
    repository_id: int
    """What the repository is however it is called."""
    app_id: str
    installation_id: str
    key: str
    """ARN of the App's private key in KMS."""
    workflows: Mapping[str, Workflow]
    """What is started, by the kind of the request."""


def read_settings(function: str, path: Path = SETTINGS) -> Settings:
    """Reads the settings; what they leave open is where the function runs, which its ARN says."""
    _, partition, _, region, account, *_ = function.split(":")
    text = path.read_text(encoding="utf-8")
    for placeholder, own in {"partition": partition, "region": region, "account": account}.items():
        text = text.replace("{" + placeholder + "}", own)
    data = json.loads(text)
    return Settings(
        project=data["project"],
        group=data["group"],
        bus=data["bus"],
        table=data["table"],
        repository=data["repository"],
        repository_id=int(data["repositoryId"]),
        app_id=str(data["appId"]),
        installation_id=str(data["installationId"]),
        key=data["keyArn"],
        workflows={kind: Workflow(each["file"], each["ref"]) for kind, each in data["workflows"].items()},
    )
