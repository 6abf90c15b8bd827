"""What a version of the handler is for: what its environment never changes, and its variables."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "settings.json"

NONE = "none"
"""Stands for a value that there is not; a function's variable is never empty."""

ASYNCHRONOUS = "asynchronous"


class Misconfigured(Exception):
    """The handler cannot answer anything; the message says what to do."""


@dataclass(frozen=True)
class Authorization:
    """What a gateway must have checked before it calls the handler."""

    type: str
    issuer: str | None = None
    audience: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Authorization:
        """From the options `api.authorization`."""
        kind = given["type"]
        if kind not in ("iam", "jwt", "none"):
            raise ValueError(f"authorization.type is {kind!r}, not iam, jwt or none")
        found = cls(
            kind, given.get("issuer"), tuple(given.get("audience") or ()), tuple(given.get("scopes") or ())
        )
        if kind == "jwt" and not (found.issuer and found.audience):
            raise ValueError("authorization has no issuer or no audience, which tokens are checked by")
        return found


@dataclass(frozen=True)
class Settings:
    """One version of the handler."""

    project: str
    group: str
    environment: str
    path: str
    kind: str
    release: str
    timeout_seconds: float
    max_payload_bytes: int
    authorization: Authorization
    metric_namespace: str
    deployment_bucket: str
    allow_origins: tuple[str, ...]
    omit_columns: tuple[str, ...]
    stream: str | None
    asynchronous_uri: str | None
    needs_key: bool
    """Whether callers need an API key."""
    endpoint: str
    package: str
    served_package: str
    contract: str | None
    """SHA-256 of the contract document; None where the package has none."""
    attempt: str
    release_id: str | None
    version: str
    """Version of the function."""

    @property
    def is_asynchronous(self) -> bool:
        """Whether answers come later, by way of S3."""
        return self.kind == ASYNCHRONOUS

    @property
    def about(self) -> dict[str, str]:
        """What every line of the log says."""
        return {
            "project": self.project,
            "group": self.group,
            "environment": self.environment,
            "package": self.package,
            "endpoint": self.endpoint,
        }


def read_settings(folder: Path, variables: Mapping[str, str] | None = None) -> Settings:
    """The settings beside the handler, and its variables. Raises `Misconfigured`."""
    file = folder / FILE
    given = os.environ if variables is None else variables
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        cors = content.get("cors") or {}
        return Settings(
            project=str(content["project"]),
            group=str(content["group"]),
            environment=str(content["environment"]),
            path=str(content["path"]),
            kind=str(content["kind"]),
            release=str(content["release"]),
            timeout_seconds=float(content["timeoutSeconds"]),
            max_payload_bytes=int(content["maxPayloadBytes"]),
            # A variable where an issuer is known only at the deployment.
            authorization=Authorization.of(
                json.loads(given["AUTHORIZATION"]) if given.get("AUTHORIZATION") else content["authorization"]
            ),
            metric_namespace=str(content["metricNamespace"]),
            deployment_bucket=given.get("DEPLOYMENT_BUCKET") or str(content.get("deploymentBucket", NONE)),
            allow_origins=tuple(cors.get("allowOrigins") or ()),
            omit_columns=tuple(content.get("omitColumns") or ()),
            stream=content.get("stream") or None,
            asynchronous_uri=given.get("ASYNCHRONOUS_URI") or content.get("asynchronousUri") or None,
            needs_key=bool(content.get("needsKey")),
            endpoint=given["ENDPOINT_NAME"],
            package=given["PACKAGE"],
            served_package=given.get("SERVED_PACKAGE", given["PACKAGE"]),
            contract=_or_none(given["CONTRACT"]),
            attempt=given.get("ATTEMPT", NONE),
            release_id=_or_none(given.get("RELEASE", NONE)),
            version=given.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(
            f"{FILE} and the variables of the handler do not fit: {error!r}. "
            "Deploy the endpoint's stack again."
        ) from error


def _or_none(value: str) -> str | None:
    return None if value in ("", NONE) else value
