"""What serves models in an environment: an endpoint, the live one of several, or a score pipeline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aws import Aws
from fronted import live_endpoint
from serving import IN_SERVICE, MISSING, Serving, look, model_package, wait_until_steady
from targets import Environment, Refused

STEP = "Transform"
"""The type of the only step that counts."""

NOT_FOUND = "ResourceNotFound"
"""The error of DescribePipeline for a name that SageMaker does not know (its service model)."""


@dataclass(frozen=True)
class Pipeline:
    """A pipeline at a moment, as far as its definition tells."""

    arn: str
    status: str
    parameters: tuple[str, ...]
    """Names of what an execution can be given."""
    model: str | None
    """Name of the model that every execution uses; None when somebody wrote a definition without one."""


def describe(client: Any, name: str) -> Pipeline | None:
    """The pipeline, or None where there is none."""
    try:
        found = client.describe_pipeline(PipelineName=name)
    except client.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == NOT_FOUND or MISSING in str(error).lower():
            return None
        if code in ("AccessDenied", "AccessDeniedException"):
            raise Refused(
                f"{name} may not be read: {error}. Deploy the environment's infrastructure stack."
            ) from error
        raise
    definition = _parsed(found.get("PipelineDefinition", ""))
    models = [s.get("Arguments", {}).get("ModelName") for s in definition["Steps"] if s.get("Type") == STEP]
    return Pipeline(
        arn=found["PipelineArn"],
        status=found.get("PipelineStatus", "Active"),
        parameters=tuple(p.get("Name", "") for p in definition["Parameters"]),
        # A parameter in its place would be an object.
        model=models[0] if len(models) == 1 and isinstance(models[0], str) else None,
    )


def _parsed(text: str) -> dict[str, list[dict[str, Any]]]:
    try:
        definition = json.loads(text)
        return {name: list(definition.get(name) or []) for name in ("Parameters", "Steps")}
    except (ValueError, AttributeError, TypeError):
        return {"Parameters": [], "Steps": []}


def look_at_pipeline(client: Any, name: str) -> Serving | None:
    """The same as `look` tells of an endpoint; the model's name stands for the configuration."""
    pipeline = describe(client, name)
    if pipeline is None:
        return None
    models = (pipeline.model,) if pipeline.model else ()
    return Serving(
        arn=pipeline.arn,
        status=IN_SERVICE if pipeline.status == "Active" else pipeline.status,
        config=pipeline.model or "",
        pending=None,
        models=models,
        package=model_package(client, models),
        reason="",
        kind="batch",
    )


def look_in(aws: Aws, environment: Environment) -> Serving | None:
    """What serves models in an environment, or None where nothing does."""
    client = aws.client("sagemaker", environment)
    if environment.pipeline:
        return look_at_pipeline(client, environment.pipeline)
    name = live_endpoint(aws, environment)
    return look(client, name) if name else None


def wait_in(aws: Aws, environment: Environment, *, seconds: float) -> None:
    """Waits while an endpoint changes; a pipeline changes at once."""
    name = None if environment.pipeline else live_endpoint(aws, environment)
    if name:
        wait_until_steady(aws.client("sagemaker", environment), name, seconds=seconds)
