"""What the recorder works on: `governance.json`, written beside these files by the synth."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from identities import Identities
from people import role_of

INFRASTRUCTURE = "infrastructure"
"""Group of records about the infrastructure pipeline."""


@dataclass(frozen=True)
class Source:
    """A repository and its host."""

    type: str
    repository: str
    region: str


@dataclass(frozen=True)
class Workflows:
    """The workflows of a group that GitHub Actions builds and deploys."""

    build: str
    """File of the one that builds."""
    branch: str
    """The only one that the build's role trusts."""
    requests: str
    """Table of what was asked for."""


@dataclass(frozen=True)
class Group:
    """A deployment group: its registry, who decides about it, and its pipelines."""

    name: str
    registry: str
    """ARN of the model package group."""
    build_pipeline: str
    deploy_pipeline: str
    methods: dict[tuple[str, str] | None, str]
    """Roles that decide about packages, by account and name, and what each of them is."""
    refuser: str
    source: Source
    workflows: Workflows | None = None
    """Where no pipelines of AWS build and deploy."""


@dataclass(frozen=True)
class Pipeline:
    """A pipeline or workflow that waits for people, and the group that records about it belong to."""

    group: str
    subject: str
    approver: tuple[str, str] | None
    name: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything that decisions are judged by."""

    gxp: bool
    separation: bool
    bound: bool
    policy: str
    """SHA-256 of the settings of governance with the version of the package."""
    bus: str
    evidence: dict[str, str]
    """Bucket of the records, its owner and its region."""
    identities: Identities
    token: str | None
    """ARN of the secret with the token of the source's host."""
    own_roles: tuple[str, ...]
    """Roles of the delivery that push commits and start pipelines without a person."""
    groups: tuple[Group, ...]
    pipelines: dict[str, Pipeline] = field(default_factory=dict)
    machines: dict[str, Pipeline] = field(default_factory=dict)
    """What people decide about by starting a state machine, by the ARN of that machine."""
    infrastructure: Source | None = None

    def group_of(self, registry: str) -> Group | None:
        """The group whose versions these are, by the ARN of the model package group."""
        return next((group for group in self.groups if group.registry == registry), None)

    def named(self, name: str) -> Group | None:
        """The group of this name."""
        return next((group for group in self.groups if group.name == name), None)


def read_settings(path: Path, *, partition: str, account: str, region: str) -> Settings:
    """Reads the settings; what they leave open is where the function itself runs."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    here = {"{partition}": partition, "{account}": account, "{region}": region}
    # What people wrote stays as it is, braces included.
    identities = raw.pop("identities")
    data = _fill(raw, here)
    groups = tuple(_group(one) for one in data["groups"])
    pipelines: dict[str, Pipeline] = {}
    machines: dict[str, Pipeline] = {}

    def waits(one: dict[str, Any], pipeline: Pipeline) -> None:
        if machine := one.get("decisions"):
            machines[machine] = pipeline
        elif "workflows" not in one:
            pipelines[pipeline.name] = pipeline

    for one in data["groups"]:
        releaser = role_of(one["releaser"])
        waits(one, Pipeline(one["name"], "deployment", releaser, one["deployPipeline"]))
    infrastructure = data.get("infrastructure")
    if infrastructure:
        approver = role_of(infrastructure["approver"])
        waits(infrastructure, Pipeline(INFRASTRUCTURE, INFRASTRUCTURE, approver, infrastructure["pipeline"]))
    return Settings(
        gxp=data["profile"] == "gxp",
        separation=bool(data["separation"]),
        bound=bool(data["bound"]),
        policy=data["policy"],
        bus=data["bus"],
        evidence=data["evidence"],
        identities=Identities(identities),
        token=data.get("token"),
        own_roles=tuple(data["ownRoles"]),
        groups=groups,
        pipelines=pipelines,
        machines=machines,
        infrastructure=Source(**infrastructure["source"]) if infrastructure else None,
    )


def _group(one: dict[str, Any]) -> Group:
    return Group(
        name=one["name"],
        registry=one["registry"],
        build_pipeline=one["buildPipeline"],
        deploy_pipeline=one["deployPipeline"],
        methods={role_of(role): method for method, role in one["methods"].items()},
        refuser=one["refuser"],
        source=Source(**one["source"]),
        workflows=Workflows(**one["workflows"]) if "workflows" in one else None,
    )


def _fill(value: Any, here: dict[str, str]) -> Any:
    if isinstance(value, str):
        for placeholder, own in here.items():
            value = value.replace(placeholder, own)
        return value
    if isinstance(value, dict):
        return {key: _fill(each, here) for key, each in value.items()}
    return [_fill(each, here) for each in value] if isinstance(value, list) else value
