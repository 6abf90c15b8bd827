"""What an endpoint serves: its configuration, and the package that the model of that is made from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from targets import Refused

IN_SERVICE = "InService"
UNDER_WAY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
"""It changes. SageMaker refuses to update, delete or scale it meanwhile (API reference, DescribeEndpoint)."""
SERVES = (IN_SERVICE, "Updating", "SystemUpdating")
"""It answers."""
DEAD = ("Failed",)
"""Deleting it is all that can be done (API reference, DescribeEndpoint)."""
OTHERS = ("OutOfService", "UpdateRollbackFailed")
"""It is broken, and an update may repair it."""

MISSING = "could not find"
"""What SageMaker says of a name that it does not know: a ValidationException like many another."""


class Unsettled(Refused):
    """The endpoint, or what is in front of it, changes for longer than a deployment waits."""

    def __init__(self, name: str, status: str, seconds: float, what: str = "endpoint") -> None:
        super().__init__(f"The {what} {name} is still {status} after {seconds:.0f} s.")
        self.status = status


@dataclass(frozen=True)
class Serving:
    """An endpoint at a moment."""

    arn: str
    status: str
    config: str
    pending: str | None
    """The configuration that it is changing to."""
    models: tuple[str, ...]
    """Names of the models of its variants; none when the configuration is gone."""
    package: str | None
    """The model package that its models are made from; None if that is unknown."""
    reason: str
    """Why the last change of it failed; SageMaker may leave it empty."""
    kind: str | None = None
    """Its kind, as the options name it; None when the configuration is gone."""
    instance_type: str | None = None
    """What it runs on; None where it has no instances."""

    @property
    def name(self) -> str:
        """The endpoint's, or the score pipeline's."""
        return self.arn.rsplit("/", 1)[-1]


def describe_endpoint(client: Any, endpoint: str) -> dict[str, Any] | None:
    """The endpoint, or None if there is none."""
    found: dict[str, Any] | None = _ask(client, "describe_endpoint", EndpointName=endpoint)
    return found


def look(client: Any, endpoint: str) -> Serving | None:
    """The endpoint with what it serves, or None if there is none."""
    found = describe_endpoint(client, endpoint)
    if found is None:
        return None
    # A new endpoint that could not be made has no configuration (API reference, DescribeEndpoint).
    name = found.get("EndpointConfigName", "")
    config = _ask(client, "describe_endpoint_config", EndpointConfigName=name) if name else None
    models = models_of(config or {})
    return Serving(
        arn=found["EndpointArn"],
        status=found["EndpointStatus"],
        config=name,
        pending=found.get("PendingDeploymentSummary", {}).get("EndpointConfigName"),
        models=models,
        package=model_package(client, models),
        reason=str(found.get("FailureReason", "")).strip(),
        kind=_kind(config or {}),
        instance_type=_instance_type(config or {}),
    )


def _variants(config: dict[str, Any]) -> list[dict[str, Any]]:
    variants: list[dict[str, Any]] = config.get("ProductionVariants", [])
    return variants


def _instance_type(config: dict[str, Any]) -> str | None:
    return next((v["InstanceType"] for v in _variants(config) if "InstanceType" in v), None)


def _kind(config: dict[str, Any]) -> str | None:
    variants = _variants(config)
    if not variants:
        return None
    if any(v.get("ServerlessConfig") for v in variants):
        return "serverless"
    return "asynchronous" if config.get("AsyncInferenceConfig") else "realtime"


def package_of_config(client: Any, name: str) -> str | None:
    """The package behind an endpoint configuration; None when that cannot be told, or when it is gone."""
    config = _ask(client, "describe_endpoint_config", EndpointConfigName=name)
    return model_package(client, models_of(config or {}))


def instance_type_of_config(client: Any, name: str) -> str | None:
    """What an endpoint configuration runs on; None where it has no instances, or is gone."""
    config = _ask(client, "describe_endpoint_config", EndpointConfigName=name)
    return _instance_type(config or {})


def models_of(config: dict[str, Any]) -> tuple[str, ...]:
    """Names of the models of an endpoint configuration, those that only get a copy of the requests too."""
    variants = [*config.get("ProductionVariants", []), *config.get("ShadowProductionVariants", [])]
    return tuple(v["ModelName"] for v in variants if v.get("ModelName"))


def model_package(client: Any, models: tuple[str, ...]) -> str | None:
    """The package that models are made from; None where it cannot be told, or there are several."""
    packages: set[str | None] = set()
    for name in set(models):
        model = _ask(client, "describe_model", ModelName=name) or {}
        containers = [c for c in [model.get("PrimaryContainer"), *model.get("Containers", [])] if c]
        # The API knows the name in requests and answers; that every answer has it is not documented.
        packages |= {c.get("ModelPackageName") for c in containers} or {None}
    return packages.pop() if len(packages) == 1 else None


def _ask(client: Any, operation: str, **arguments: str) -> Any:
    """The answer; None when SageMaker does not know the name."""
    try:
        return getattr(client, operation)(**arguments)
    except client.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if MISSING in str(error).lower():
            return None
        if code in ("AccessDenied", "AccessDeniedException"):
            raise Refused(
                f"{next(iter(arguments.values()))} cannot be read: {error}. "
                "Deploy the environment's infrastructure stack."
            ) from error
        raise


def wait_until_steady(
    client: Any,
    endpoint: str,
    *,
    seconds: float,
    interval: float = 15,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Waits while the endpoint changes, for maintenance too; refuses after `seconds`."""
    waited = 0.0
    while True:
        found = describe_endpoint(client, endpoint)
        if found is None or found["EndpointStatus"] not in UNDER_WAY:
            return
        if waited >= seconds:
            raise Unsettled(endpoint, found["EndpointStatus"], seconds)
        print(f"{endpoint} is {found['EndpointStatus']}; waiting")
        sleep(interval)
        waited += interval
