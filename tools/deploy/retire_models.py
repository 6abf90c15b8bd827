"""
After a score pipeline was proven: models before its own are removed, but for the one that was proven last.

CloudFormation keeps them, because executions that were started before go on with the model that they began
with.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from aws import Aws
from owned import PROVEN_TAG, Made, own
from serving import MISSING, Serving
from targets import Environment

_exceptions: Any = importlib.import_module("botocore.exceptions")


def retire_models(aws: Aws, environment: Environment, proven: Serving, started_at: str) -> list[str]:
    """Marks what was proven and removes what is older than its predecessor; what could not be done."""
    problems: list[str] = []
    client = aws.client_of(environment.retire_role, "sagemaker", environment.region)
    try:
        # Listed to the end before any is removed, which could move the pages.
        models = list(own(client, environment, "Model", proven.config))
        current = next((model for model in models if model.name == proven.config), None)
        if current is None:
            # Not in the list yet: without its age nothing is known to be older.
            return problems
        client.add_tags(ResourceArn=current.arn, Tags=[{"Key": PROVEN_TAG, "Value": started_at}])
        older = sorted((m for m in models if m.made < current.made), key=lambda m: m.made, reverse=True)
        previous = next((m for m in older if PROVEN_TAG in m.tags), older[0] if older else None)
        for model in older:
            if model != previous and (problem := _remove(client, environment, model)):
                problems.append(problem)
    except (_exceptions.ClientError, _exceptions.BotoCoreError) as error:
        problems.append(str(error))
    for problem in problems:
        print(f"{environment.name}: {problem}", file=sys.stderr)
    return problems


def _remove(client: Any, environment: Environment, model: Made) -> str | None:
    """Why it is not gone."""
    try:
        client.delete_model(ModelName=model.name)
    except _exceptions.ClientError as error:
        return None if MISSING in str(error).lower() else f"The model {model.name} was not removed: {error}"
    print(f"{environment.name}: removed the model {model.name}, which was replaced")
    return None
