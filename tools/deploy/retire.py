"""
After a deployment was proven: models and endpoint configurations before it are removed, but for some, and so
are endpoints where each package has one of its own.

CloudFormation keeps them, because until the proof the endpoint may return to them. The pair that was proven
last stays, and the last one of another version too, so that there is always one to return to.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from aws import Aws
from owned import PROVEN_TAG, Made, own
from retire_endpoints import own_endpoints, retire_endpoints, retire_versions
from rollbacks import now
from serving import MISSING, Serving, describe_endpoint, models_of, package_of_config
from targets import Environment, Refused

_exceptions: Any = importlib.import_module("botocore.exceptions")


def retire(aws: Aws, environment: Environment, proven: Serving) -> list[str]:
    """Marks what was proven and removes what is older than its predecessor; what could not be done."""
    problems: list[str] = []
    try:
        _Retirement(aws, environment, proven, problems).carry_out()
    except (_exceptions.ClientError, _exceptions.BotoCoreError, Refused) as error:
        problems.append(str(error))
    for problem in problems:
        print(f"{environment.name}: {problem}", file=sys.stderr)
    return problems


class _Retirement:
    def __init__(self, aws: Aws, environment: Environment, proven: Serving, problems: list[str]) -> None:
        self._aws = aws
        self._environment = environment
        self._proven = proven
        self._problems = problems
        self._look = aws.client("sagemaker", environment)
        self._change = aws.client_of(environment.retire_role, "sagemaker", environment.region)

    def carry_out(self) -> None:
        configs = list(own(self._change, self._environment, "EndpointConfig", self._proven.config))
        current = next((c for c in configs if c.name == self._proven.config), None)
        if current is None:
            # Made manually, or not in the list yet: without its age nothing is known to be older.
            return
        # When it was proven: from then on it is watched.
        tag = {"Key": PROVEN_TAG, "Value": now()}
        self._change.add_tags(ResourceArn=current.arn, Tags=[tag])
        if self._environment.is_per_release:
            retire_endpoints(self._aws, self._environment, self._proven, self._problems)
        retire_versions(self._aws, self._environment, self._problems)
        older = sorted((c for c in configs if c.made < current.made), key=lambda c: c.made, reverse=True)
        well = [c for c in older if PROVEN_TAG in c.tags]
        previous = next(iter(well), older[0] if older else None)
        stays = (previous, next(filter(self._has_another_package, well), None))
        served = self._served_configs()
        kept = [c for c in configs if c not in older or c in stays or c.name in served]
        for config in older:
            if config not in kept and not self._remove(config, "configuration", self._delete_config):
                kept.append(config)
        models = {
            model
            for config in kept
            for model in models_of(self._look.describe_endpoint_config(EndpointConfigName=config.name))
        }
        for name in set(self._proven.models):
            # Listed to the end before any is removed, which could move the pages.
            for model in list(own(self._change, self._environment, "Model", name)):
                # Another execution may have made a model, and not yet the configuration that names it.
                if model.made < current.made and model.name not in models:
                    self._remove(model, "model", self._delete_model)

    def _has_another_package(self, config: Made) -> bool:
        """Whether returning to it would change the model."""
        package = package_of_config(self._look, config.name)
        return package not in (None, self._proven.package)

    def _served_configs(self) -> set[str]:
        """What other endpoints of the environment are made from, where there are several."""
        if not self._environment.is_per_release:
            return set()
        found = own_endpoints(self._aws, self._environment)
        return {config for e in found for config in (e.config, e.pending) if config}

    def _delete_config(self, name: str) -> None:
        # SageMaker silently removes the configuration of a live endpoint (API, DeleteEndpointConfig).
        if name in self._served_configs():
            raise Refused(f"an endpoint serves {name}, so it stays")
        endpoint = describe_endpoint(self._look, self._proven.name) or {}
        pending = endpoint.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        if endpoint.get("EndpointConfigName") != self._proven.config or pending:
            raise Refused(f"the endpoint is being updated, so {name} stays")
        self._change.delete_endpoint_config(EndpointConfigName=name)

    def _delete_model(self, name: str) -> None:
        self._change.delete_model(ModelName=name)

    def _remove(self, made: Made, word: str, delete: Callable[[str], Any]) -> bool:
        """Whether it is gone."""
        try:
            delete(made.name)
        except (_exceptions.ClientError, Refused) as error:
            if MISSING in str(error).lower():
                return True
            self._problems.append(f"The {word} {made.name} was not removed: {error}")
            return False
        print(f"{self._environment.name}: removed the {word} {made.name}, which was replaced")
        return True
