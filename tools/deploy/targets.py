"""What the deploy pipeline deploys to: `targets.json`, written beside these files by the synth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEEP_LIVE = "keep-live"
"""The pipeline variable when an execution brings no package: keep what is live in each environment."""

NO_PACKAGE = "none"
"""Value of the template parameters if there is no model yet."""


class Refused(Exception):
    """The deployment must not go on; the message says why and what to do."""


@dataclass(frozen=True)
class Move:
    """A move of a version between two stages of its life cycle."""

    start: str | None
    """The stage that it is in before; None where it has none."""
    to: str
    status: str

    @classmethod
    def read(cls, data: dict[str, Any]) -> Move:
        """From the table that the infrastructure made."""
        return cls(data.get("from"), data["to"], data["status"])


PER_RELEASE = "per-release"
"""Each package has an endpoint of its own; otherwise one endpoint is updated in place."""


@dataclass(frozen=True)
class Api:
    """The API in front of an endpoint, by its names, and how it moves to a new version of its handler."""

    api_name: str
    function: str
    alias: str
    """Of the handler: what the API calls."""
    role: str
    """May have CodeDeploy move the alias, and return it at once."""
    release: str
    """"in-place", or "per-release" where each package has an endpoint of its own."""
    before_traffic: str
    after_traffic: str
    """Functions that CodeDeploy has test a new version."""
    application: str
    deployment_group: str
    deployment_config: str
    """CodeDeploy's names."""
    shift_seconds: float = 0
    bake_seconds: float = 0
    """How long requests move, and how long the version before stays after that."""
    predictions: str | None = None
    """Bucket in which predictions are kept; None where they are not."""
    omit_columns: tuple[str, ...] = ()
    """Columns that are not kept with them."""

    @property
    def is_per_release(self) -> bool:
        """Whether each package has an endpoint of its own."""
        return self.release == PER_RELEASE

    @classmethod
    def read(cls, data: dict[str, Any], text: Callable[[str], str]) -> Api:
        """From the targets; `text` fills in where the pipeline runs."""
        return cls(
            api_name=data["apiName"],
            function=data["functionName"],
            alias=data["alias"],
            role=text(data["role"]),
            release=data["release"],
            before_traffic=data["beforeTraffic"],
            after_traffic=data["afterTraffic"],
            application=data["application"],
            deployment_group=data["deploymentGroup"],
            deployment_config=data["deploymentConfig"],
            shift_seconds=float(data["shiftSeconds"]),
            bake_seconds=float(data["bakeSeconds"]),
            predictions=text(data["predictions"]) if "predictions" in data else None,
            omit_columns=tuple(data.get("omitColumns", [])),
        )


@dataclass(frozen=True)
class Environment:
    """One environment, in the order of deployment."""

    name: str
    wave: int
    account: str
    region: str
    stack: str
    endpoint: str
    verify_role: str
    publish_role: str
    retire_role: str
    deployment_bucket: str
    key: str
    replicate_role: str | None = None
    replica_group: str | None = None
    rollback_role: str = ""
    """May return the endpoint to a configuration that was proven."""
    deploy_role: str = ""
    cloud_formation_role: str = ""
    """Make and execute change sets where the engine has no actions for that."""
    approval: str = ""
    """Stage and action of the deploy pipeline in which a person approves, if that is recorded."""
    execute_action: str = ""
    """Action of the deploy pipeline that executes the change set."""
    update_seconds: float = 0
    """How long an update of the endpoint waits and bakes, beside the time for its instances."""
    metric_namespace: str = ""
    """Namespace of what is counted for the endpoint; empty where there is none."""
    probed: bool = False
    """Whether golden rows are asked during an update."""
    watch_seconds: float = 0
    """How long after the proof of a deployment an alarm returns the endpoint; 0 where none does."""
    own_alarms: tuple[str, ...] = ()
    """Names of the user's alarms that do so too."""
    kind: str = "realtime"
    """Kind of the endpoint."""
    instance_type: str | None = None
    """What the endpoint is to run on; None where it has no instances."""
    asynchronous: str | None = None
    """Address of requests and answers of an asynchronous endpoint, without a slash at the end."""
    pipeline: str | None = None
    """The pipeline that scores data in batches, in place of an endpoint."""
    data_bucket: str | None = None
    """The bucket in which it finds what a smoke test scores."""
    api: Api | None = None
    """The API in front of the endpoint; None where there is none."""
    stage_role: str = ""
    """May make the moves below, in the build account."""
    moves: dict[str, Move] = field(default_factory=dict)
    """What deployments here move: proven, returned, replaced and restored versions; empty without stages."""
    monitoring: bool = False
    """Whether monitors compare what comes here with what a version was approved with."""

    @property
    def is_per_release(self) -> bool:
        """Whether each package has an endpoint of its own; `endpoint` is what their names begin with then."""
        return self.api is not None and self.api.is_per_release

    @property
    def moving_seconds(self) -> float:
        """How long a deployment moves requests: in the endpoint, and then in the API."""
        return self.update_seconds + (self.api.shift_seconds + self.api.bake_seconds if self.api else 0)

    @property
    def kind_of_service(self) -> str:
        """What serves models here, in words."""
        return "score pipeline" if self.pipeline else "endpoint"

    @property
    def service(self) -> str:
        """Name of what serves models here."""
        return self.pipeline or self.endpoint


@dataclass(frozen=True)
class SmokeTest:
    """The request that proves that an endpoint answers."""

    body: str
    content_type: str
    accept: str
    max_latency_seconds: float


@dataclass(frozen=True)
class Evidence:
    """The bucket in which decisions are recorded."""

    bucket: str
    account: str
    region: str


@dataclass(frozen=True)
class GithubActions:
    """Workflows on GitHub that deploy, in place of CodePipeline."""

    workflow: str
    """File of the workflow that deploys."""
    table: str
    """The requests of the group (`workflow_requests.py`)."""
    roll_back_project: str
    """CodeBuild project that returns endpoints: that never waits for GitHub."""


@dataclass(frozen=True)
class Targets:
    """Everything that the deploy pipeline of one deployment group works on."""

    project: str
    group: str
    chain: str
    """Name of the chain of records of the group's decisions."""
    registry: str
    """ARN of the model package group: account, region and name of what may be deployed."""
    sealed: str
    """Address of everything that is sealed, without a slash at the end."""
    bus: str
    pipeline: str
    """Name of the deploy pipeline."""
    records: str
    """Bucket with what was rolled back where."""
    environments: tuple[Environment, ...]
    smoke_test: SmokeTest
    golden_tolerance: float
    """Largest difference between an answer and the golden one."""
    evidence: Evidence | None = None
    """Where approvals are recorded; None where the registry's word is enough."""
    engine: GithubActions | None = None
    """What carries deployments out; None for CodePipeline."""

    @property
    def registry_region(self) -> str:
        """The region of the model registry."""
        return self.registry.split(":")[3]

    def environment(self, name: str) -> Environment:
        """The environment of this name; raises Refused for a name that is none."""
        for environment in self.environments:
            if environment.name == name:
                return environment
        names = ", ".join(e.name for e in self.environments)
        raise Refused(f"Unknown environment {name!r}; the group {self.group} deploys to {names}.")
