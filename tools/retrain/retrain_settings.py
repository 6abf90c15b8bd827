"""What retraining works on: `settings.json`, written beside these files by the synth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SETTINGS = Path(__file__).resolve().parent / "settings.json"


@dataclass(frozen=True)
class Environment:
    """An environment whose monitors may start a retraining."""

    account: str
    region: str
    reasons: Mapping[str, str]
    """What starts one here, and the kind of monitor that finds it."""


@dataclass(frozen=True)
class NewData:
    """Where new objects start one."""

    account: str
    region: str
    bucket: str
    prefix: str


@dataclass(frozen=True)
class Settings:
    """The group that is trained again, when, and how often at most."""

    project: str
    group: str
    bus: str
    pipeline: str
    registry: str
    """ARN of the model package group."""
    live_commit: bool
    """Whether the commit of the live version is built, and not the newest of the branch."""
    cool_down_hours: int
    max_per_day: int
    environments: Mapping[str, Environment]
    new_data: NewData | None
    schedule_rule: str | None
    """ARN of the rule whose events start one in any case."""
    requests: str | None = None
    """Table in which a workflow on GitHub is asked for a build; None where a pipeline builds."""


def read_settings(function: str, path: Path = SETTINGS) -> Settings:
    """Reads the settings; what they leave open is where the function runs, which its ARN says."""
    _, partition, _, region, account, *_ = function.split(":")
    text = path.read_text(encoding="utf-8")
    for placeholder, own in {"partition": partition, "region": region, "account": account}.items():
        text = text.replace("{" + placeholder + "}", own)
    data = json.loads(text)
    new_data = data.get("newData")
    return Settings(
        project=data["project"],
        group=data["group"],
        bus=data["bus"],
        pipeline=data["pipeline"],
        registry=data["modelPackageGroup"],
        live_commit=data["commit"] == "live",
        cool_down_hours=int(data["coolDownHours"]),
        max_per_day=int(data["maxPerDay"]),
        environments={
            name: Environment(one["account"], one["region"], dict(one["reasons"]))
            for name, one in data["environments"].items()
        },
        new_data=NewData(**new_data) if new_data else None,
        schedule_rule=data.get("scheduleRule"),
        requests=data["engine"]["table"] if "engine" in data else None,
    )
