"""What the functions that decide work on: `settings.json`, written beside these files by the synth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import version_in

SETTINGS = Path(__file__).resolve().parent / "settings.json"


@dataclass(frozen=True)
class Group:
    """A deployment group whose versions are decided about."""

    name: str
    registry: str
    """ARN of the model package group."""
    role: str
    """Role of the build account that reads the packages and sets the status."""
    runs: str
    """Address of everything that processing jobs keep, without a slash at the end."""
    sealed: str
    """Address of everything that is sealed, without a slash at the end."""

    @property
    def region(self) -> str:
        """The region of the registry."""
        return self.registry.split(":")[3]


@dataclass(frozen=True)
class Settings:
    """What is the same for every call."""

    project: str
    bus: str
    groups: tuple[Group, ...]
    rules: dict[str, Any]
    jira: dict[str, Any]

    def group_of(self, package: str) -> Group | None:
        """The group that a package belongs to; None for one of somebody else's."""
        return next((g for g in self.groups if version_in(package, g.registry) is not None), None)


def read_settings(function: str, path: Path = SETTINGS) -> Settings:
    """Reads the settings; what they leave open is where the function runs, which its ARN says."""
    _, partition, _, region, account, *_ = function.split(":")
    text = path.read_text(encoding="utf-8")
    for placeholder, own in {"partition": partition, "region": region, "account": account}.items():
        text = text.replace("{" + placeholder + "}", own)
    data: dict[str, Any] = json.loads(text)
    return Settings(
        project=data["project"],
        bus=data["bus"],
        groups=tuple(
            Group(g["name"], g["modelPackageGroup"], g["role"], g["runs"], g["sealed"])
            for g in data["groups"]
        ),
        rules=dict(data.get("rules", {})),
        jira=dict(data.get("jira", {})),
    )
