"""Models and endpoint configurations that deployments of an environment have made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from targets import Environment

ENVIRONMENT_TAG = "sagemaker-cicd:endpoint"
"""The tag of everything in an endpoint stack; its value is the endpoint's name."""
PROVEN_TAG = "sagemaker-cicd:proven"
"""The tag of an endpoint configuration that a smoke test found in service, and well."""


@dataclass(frozen=True)
class Made:
    """A model or an endpoint configuration of the environment."""

    arn: str
    name: str
    made: datetime
    tags: dict[str, str]


def own(
    client: Any, environment: Environment, word: Literal["Model", "EndpointConfig"], like: str
) -> Iterator[Made]:
    """The environment's own, by their tag, among those that CloudFormation named like this one."""
    # It appends something random to what stands for resource and stack (seen in public templates' names).
    stem = like.rsplit("-", 1)[0][:63]
    operation = "list_models" if word == "Model" else "list_endpoint_configs"
    for page in client.get_paginator(operation).paginate(NameContains=stem):
        for item in page[f"{word}s"]:
            arn = item[f"{word}Arn"]
            tags = {t["Key"]: t["Value"] for t in client.list_tags(ResourceArn=arn)["Tags"]}
            if tags.get(ENVIRONMENT_TAG) == environment.endpoint:
                yield Made(arn, item[f"{word}Name"], item["CreationTime"], tags)
