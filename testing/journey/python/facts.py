"""What the delivery is asked to be, as its options say it; the journey compares what happens with this."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitlab_host import GitlabHost, gitlab_host
from values import JourneyError, Place


@dataclass(frozen=True)
class Front:
    """The API in front of an endpoint."""

    name: str
    function: str
    """Its handler."""
    path: str
    per_release: bool
    """Whether each package has an endpoint of its own."""
    bake_seconds: float
    predictions: str | None
    """The bucket of predictions; None where they are not kept."""
    omitted: tuple[str, ...]
    """Columns that must not be there."""
    scaled: bool
    """Whether the endpoint is scaled."""
    gateway: str
    """Role of API Gateway."""


@dataclass(frozen=True)
class Monitoring:
    """The monitors of an environment."""

    bucket: str
    """Predictions, labels and results."""
    capture: str
    """The bucket of captured requests."""
    deployment: str
    """The bucket with the baselines and records of deployments."""
    source: str
    schedules: dict[str, str]
    """Name of each monitor's schedule, by its option; and of `compaction`."""
    namespace: str
    wait_hours: int
    omitted: tuple[str, ...]
    """Columns that must not be in the tables."""
    retrain_on: tuple[str, ...]


@dataclass(frozen=True)
class Environment:
    """Where a group deploys to."""

    name: str
    place: Place
    endpoint: str
    stack: str
    approval: bool
    wave: int
    """Environments of one wave are deployed to at the same time, each wave after the one before."""
    api: Front | None = None
    monitoring: Monitoring | None = None
    host: str = ""
    """The environment of the repository's host."""

    @property
    def watched(self) -> Monitoring:
        """Its monitors, where the scene needs some."""
        if self.monitoring is None:
            raise JourneyError(f"{self.name} is not monitored")
        return self.monitoring

    @property
    def front(self) -> Front:
        """The API, where the scene needs one."""
        if self.api is None:
            raise JourneyError(f"{self.name} has no API")
        return self.api


@dataclass(frozen=True)
class GroupWorkflows:
    """The files of a group's workflows, and the table of what waits for them."""

    build: str
    deploy: str
    requests: str


@dataclass(frozen=True)
class Host:
    """GitHub, where its workflows run the delivery."""

    repository: str
    repository_id: int
    owner_id: int
    default_branch: str
    in_aws: bool
    """Whether people approve deployments in AWS."""
    app: bool
    """Whether a GitHub App starts workflows."""
    infrastructure: str
    """File of the workflow that deploys the infrastructure."""
    infrastructure_branch: str
    infrastructure_environments: tuple[str, ...]
    """Those in which somebody is asked."""
    approvals: str
    """Table of what people approve of the infrastructure; empty where they do it on GitHub."""
    approver: str
    """Role of those who do."""


@dataclass(frozen=True)
class Group:
    """A deployment group, as the delivery's options ask for it: the interpreters know nothing of this."""

    name: str
    branch: str
    build: Place
    tooling: Place
    packages: str
    build_pipeline: str
    deploy_pipeline: str
    sagemaker_pipeline: str
    role: str
    """Role of the SageMaker pipeline."""
    training: str
    """Role of training jobs."""
    processing: str
    build_role: str
    """Role of the build."""
    sealer: str
    artifacts: str
    """The artifact bucket."""
    approver: str
    """Role of the people who approve models."""
    releaser: str
    """Role of the people who approve deployments, roll back and have versions tried again."""
    environments: tuple[Environment, ...]
    workflows: GroupWorkflows | None = None
    """None where CodePipeline builds and deploys."""

    @property
    def hosted(self) -> GroupWorkflows:
        """Its workflows, where the scene needs some."""
        if self.workflows is None:
            raise JourneyError(f"no workflow runs {self.name}")
        return self.workflows


@dataclass(frozen=True)
class Infrastructure:
    """How the infrastructure is deployed."""

    repository: str
    branch: str
    pipeline: str
    approvals: tuple[str, ...]
    """Stages that a person approves."""
    deployers: tuple[tuple[str, tuple[str, ...]], ...]
    """Each deployer with the roles of bootstraps that it may not assume."""
    approver: str
    """Role of the people who approve; empty where nobody is asked."""


@dataclass(frozen=True)
class Promotion:
    """Where versions are promoted to."""

    place: Place
    group: str
    pipeline: str
    role: str
    """Role that promotes."""


@dataclass(frozen=True)
class Governance:
    """Where decisions are recorded."""

    place: Place
    evidence: str
    """The bucket of records."""
    stages: bool
    """Whether versions have life-cycle stages."""
    existing_trail: bool
    """Whether the accounts have a trail that is no part of the delivery."""


@dataclass(frozen=True)
class Facts:
    """What the delivery is asked to be."""

    repository: str
    groups: tuple[Group, ...]
    infrastructure: Infrastructure | None
    """None when it is deployed manually."""
    promotion: Promotion | None
    """None when nothing is promoted."""
    governance: Governance | None
    """None when decisions are not recorded."""
    host: Host | None = None
    """None where CodePipeline runs the delivery."""
    gitlab: GitlabHost | None = None

    @property
    def at_gitlab(self) -> GitlabHost:
        """GitLab, where the scene needs it."""
        if self.gitlab is None:
            raise JourneyError("no pipeline of GitLab runs this delivery")
        return self.gitlab

    @classmethod
    def read(cls, file: Path) -> Facts:
        """Reads the facts that the test wrote."""
        data = json.loads(file.read_text())
        given = data.get("infrastructure")
        infrastructure = given and Infrastructure(
            given["repository"],
            given["branch"],
            given["pipeline"],
            tuple(given["approvals"]),
            _deployers(given),
            given.get("approver", ""),
        )
        to = data.get("promotion")
        promotion = to and Promotion(_place(to["place"]), to["group"], to["pipeline"], to["role"])
        kept = data.get("governance")
        governance = kept and Governance(_place(kept["place"]), kept["evidence"], kept["stages"], kept["existingTrail"])
        groups = tuple(_group(g) for g in data["groups"])
        host, gitlab = _host(data.get("host")), gitlab_host(data.get("gitlab"))
        return cls(data["repository"], groups, infrastructure, promotion, governance, host, gitlab)


def _deployers(given: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    def role(place: Place) -> str:
        name = f"cdk-{given['qualifier']}-deploy-role-{place.account}-{place.region}"
        return f"arn:aws:iam::{place.account}:role/{name}"

    everywhere = [_place(p) for deployer in given["deployers"] for p in deployer["places"]]
    return tuple(
        (d["role"], tuple(role(p) for p in everywhere if p not in [_place(own) for own in d["places"]]))
        for d in given["deployers"]
    )


def _place(data: dict[str, str]) -> Place:
    return Place(data["account"], data["region"])


def _front(data: dict[str, Any] | None) -> Front | None:
    if not data:
        return None
    return Front(
        data["name"], data["function"], data["path"], data["release"] == "per-release", float(data["bakeSeconds"]),
        data.get("predictions"), tuple(data["omitted"]), data["scaled"], data["gateway"],
    )  # fmt: skip


def _monitoring(data: dict[str, Any] | None) -> Monitoring | None:
    if not data:
        return None
    return Monitoring(
        data["bucket"], data["capture"], data["deployment"], data["source"], data["schedules"], data["namespace"],
        data["waitHours"], tuple(data["omitted"]), tuple(data["retrainOn"]),
    )  # fmt: skip


def _host(data: dict[str, Any] | None) -> Host | None:
    if not data:
        return None
    infrastructure = data["infrastructure"]
    return Host(
        data["repository"], data["repositoryId"], data["ownerId"], data["defaultBranch"],
        data["approvals"] == "aws", data["app"], infrastructure["file"], infrastructure["branch"],
        tuple(infrastructure["environments"]), infrastructure.get("approvals", ""), infrastructure.get("approver", ""),
    )  # fmt: skip


def _group(data: dict[str, Any]) -> Group:
    environments = tuple(
        Environment(
            e["name"], _place(e["place"]), e["endpoint"], e["stack"], e["approval"], e["wave"], _front(e.get("api")),
            _monitoring(e.get("monitoring")), e.get("hostEnvironment") or "",
        )
        for e in data["environments"]
    )  # fmt: skip
    return Group(
        data["name"], data["branch"], _place(data["build"]), _place(data["tooling"]), data["packages"],
        data["buildPipeline"], data["deployPipeline"], data["sagemakerPipeline"], data["role"], data["training"],
        data["processing"], data["buildRole"], data["sealer"], data["artifacts"], data["approver"],
        data["releaser"], environments, GroupWorkflows(**data["workflows"]) if data.get("workflows") else None,
    )  # fmt: skip
