"""A deployment of CodeDeploy, and what is asked of it: group, AppSpec, options."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import yaml

from cloud import Resource
from gateway import Gateway, client_error
from values import JourneyError, NotThere, Place

BEFORE, AFTER = "BeforeAllowTraffic", "AfterAllowTraffic"
RUNNING = ("Created", "Queued", "InProgress")


@dataclass
class Deployment:
    """One of them."""

    identity: str
    group: Resource
    place: Place
    config: str
    function: str
    alias: str
    current: str
    target: str
    hooks: dict[str, str]
    alarms: tuple[str, ...]
    rolls_back: tuple[str, ...]
    role: str = ""
    status: str = "Created"
    error: tuple[str, str] | None = None
    creator: str = "user"
    rollback: dict[str, str] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    """What each hook said, by the id of its execution."""
    hook_status: dict[str, str] = field(default_factory=dict)
    revision: dict[str, Any] = field(default_factory=dict)
    begun: float = 0.0
    ended: float | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.status in RUNNING


def find_group(gateway: Gateway, place: Place, application: str, name: str) -> Resource:
    """A deployment group of an application."""
    for group in gateway.cloud.all("AWS::CodeDeploy::DeploymentGroup"):
        if group.place == place and group.name == name and group.properties["ApplicationName"] == application:
            return group
    raise NotThere(f"there is no deployment group {name} of {application} in {place.account}")


def read_revision(revision: dict[str, Any]) -> tuple[str, str, str, str, dict[str, str]]:
    """Function, alias, versions and hooks of an AppSpec; CodeDeploy refuses one that is incomplete."""
    if revision["revisionType"] != "AppSpecContent":
        raise JourneyError(f"a revision of the type {revision['revisionType']} is not known here")
    content = revision["appSpecContent"]["content"]
    refuse = lambda text: client_error("CreateDeployment", "InvalidRevisionException", text)
    sha256 = revision["appSpecContent"].get("sha256")
    if sha256 and sha256 != hashlib.sha256(content.encode()).hexdigest():
        raise refuse("the SHA-256 of the AppSpec is another one")
    spec = yaml.safe_load(content)
    resources = [r for entry in spec.get("Resources", []) for r in entry.values()]
    if float(spec.get("version", -1)) != 0.0 or len(resources) != 1:
        raise refuse(f"the AppSpec has {len(resources)} resources, and the version {spec.get('version')}")
    [resource] = resources
    given = resource.get("Properties", {})
    names = ("Name", "Alias", "CurrentVersion", "TargetVersion")
    if resource.get("Type") != "AWS::Lambda::Function" or any(not str(given.get(n, "")) for n in names):
        raise refuse(f"the AppSpec is incomplete: {json.dumps(resource)}")
    hooks = {event: name for entry in spec.get("Hooks", []) for event, name in entry.items()}
    if set(hooks) - {BEFORE, AFTER}:
        raise refuse(f"Lambda has no hooks {sorted(set(hooks) - {BEFORE, AFTER})}")
    function, alias, current, target = (str(given[n]) for n in names)
    if current == target:
        raise refuse(f"CurrentVersion and TargetVersion are both {current}")
    return function, alias, current, target, hooks


def as_called(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties of a template as the API has them."""
    change: Any = lambda v: (
        {k[0].lower() + k[1:]: change(x) for k, x in v.items()} if isinstance(v, dict)
        else [change(x) for x in v] if isinstance(v, list) else v
    )  # fmt: skip
    return dict(change(properties))
