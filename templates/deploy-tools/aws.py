"""Access to AWS: the pipeline's own, and that of an environment through its verify role."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from targets import Environment, Targets, read_targets

# boto3 comes with the build image and brings no types.
_boto3: Any = importlib.import_module("boto3")


class Aws:
    """Clients of the pipeline's account and of each environment."""

    def __init__(self) -> None:
        self._sts: Any = _boto3.client("sts")
        identity = self._sts.get_caller_identity()
        self.account: str = identity["Account"]
        self.partition: str = identity["Arn"].split(":")[1]

    def targets(self, path: Path) -> Targets:
        """The targets beside these files, for this account."""
        return read_targets(path, partition=self.partition, account=self.account)

    def registry(self, targets: Targets) -> Any:
        """The model registry's client."""
        return _boto3.client("sagemaker", region_name=targets.region)

    def client(self, service: str, environment: Environment) -> Any:
        """A client in an environment, with the rights of its verify role."""
        answer = self._sts.assume_role(RoleArn=environment.verify_role, RoleSessionName="deploy-pipeline")
        credentials = answer["Credentials"]
        return _boto3.client(
            service,
            region_name=environment.region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
