"""
The alias through which an API calls its handler: which version answers, and what that version is bound to.

What is live behind an API is what the alias says. The endpoint stack says only what was deployed: its version
of the handler may never have got a request, or may have lost them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from targets import NO_PACKAGE, Api, Refused

NOT_FOUND = "ResourceNotFoundException"
OUT_OF_DATE = "PreconditionFailedException"
"""Somebody else changed the alias since it was read (Lambda API reference, UpdateAlias)."""
DENIED = ("AccessDenied", "AccessDeniedException")
LATEST = "$LATEST"

ALARMS = ("api-server-errors", "api-latency")
"""Alarms of each version, below the endpoint's name (`src/infra/api/`)."""


def version_alarms(endpoint: str, version: str) -> list[str]:
    """Names of a version's alarms."""
    return [f"{endpoint}/{alarm}/{version}" for alarm in ALARMS]


@dataclass(frozen=True)
class Alias:
    """The alias at a moment."""

    version: str
    """The version that answers, beside those that have a weight."""
    revision: str
    weights: Mapping[str, float] = field(default_factory=dict)
    """Further versions with their share of the requests: a shift is under way, or came to no end."""

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that answers requests."""
        return (self.version, *self.weights)


@dataclass(frozen=True)
class Handler:
    """A version of the handler, and what it is bound to."""

    version: str
    endpoint: str
    package: str | None
    """The approved package."""
    served: str | None
    """What the endpoint's model is made from: the same, or its copy."""
    contract: str | None
    """SHA-256 of what it checks requests with."""
    release: str | None
    """What its endpoint's name ends with; None where that is updated in place."""


def read_alias(client: Any, api: Api) -> Alias | None:
    """The alias; None before the first version got requests."""
    try:
        found = client.get_alias(FunctionName=api.function, Name=api.alias)
    except client.exceptions.ClientError as error:
        if _code(error) == NOT_FOUND:
            return None
        raise _explained(error, f"the alias {api.alias} of {api.function}") from error
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(found["FunctionVersion"], found.get("RevisionId", ""), weights)


def handler_at(client: Any, api: Api, version: str) -> Handler | None:
    """What a version is bound to; None where the version is gone."""
    try:
        found = client.get_function_configuration(FunctionName=api.function, Qualifier=version)
    except client.exceptions.ClientError as error:
        if _code(error) == NOT_FOUND:
            return None
        raise _explained(error, f"version {version} of {api.function}") from error
    return _handler(found)


def handlers(client: Any, api: Api) -> list[Handler]:
    """Every version of the handler, the newest first; none where there is no function."""
    found = []
    try:
        for page in client.get_paginator("list_versions_by_function").paginate(FunctionName=api.function):
            found += [_handler(version) for version in page["Versions"] if version["Version"] != LATEST]
    except client.exceptions.ClientError as error:
        if _code(error) == NOT_FOUND:
            return []
        raise _explained(error, f"the versions of {api.function}") from error
    return sorted(found, key=lambda handler: int(handler.version), reverse=True)


def create_alias(client: Any, api: Api, version: str) -> None:
    """The API gets its first version."""
    client.create_alias(
        FunctionName=api.function,
        Name=api.alias,
        FunctionVersion=version,
        Description="What the API calls; moved by CodeDeploy, and back at once by the deploy pipeline",
    )


def move_alias(client: Any, api: Api, alias: Alias, version: str) -> bool:
    """Has this version answer every request at once; False when somebody changed the alias meanwhile."""
    try:
        client.update_alias(
            FunctionName=api.function,
            Name=api.alias,
            FunctionVersion=version,
            # Without this the weights would stay (Lambda API reference, UpdateAlias).
            RoutingConfig={"AdditionalVersionWeights": {}},
            RevisionId=alias.revision,
        )
    except client.exceptions.ClientError as error:
        if _code(error) == OUT_OF_DATE:
            return False
        raise _explained(error, f"the alias {api.alias} of {api.function}") from error
    return True


def _handler(found: dict[str, Any]) -> Handler:
    environment = found.get("Environment", {})
    # Lambda decrypts variables for those who may use the key; for others it says so here.
    if environment.get("Error"):
        raise Refused(
            f"What version {found['Version']} of {found['FunctionName']} is bound to cannot be read: "
            f"{environment['Error'].get('Message', 'no reason')}. "
            "Deploy the environment's infrastructure stack."
        )
    variables = environment.get("Variables", {})

    def value(name: str) -> str | None:
        given = variables.get(name)
        return None if given in (None, "", NO_PACKAGE) else str(given)

    return Handler(
        version=found["Version"],
        endpoint=value("ENDPOINT_NAME") or "",
        package=value("PACKAGE"),
        served=value("SERVED_PACKAGE"),
        contract=value("CONTRACT"),
        release=value("RELEASE"),
    )


def _code(error: Any) -> str:
    return str(error.response["Error"]["Code"])


def _explained(error: Any, what: str) -> Exception:
    if _code(error) not in DENIED:
        return error  # type: ignore[no-any-return]
    return Refused(
        f"{what[0].upper()}{what[1:]} cannot be used: {error}. Deploy the environment's infrastructure stack."
    )
