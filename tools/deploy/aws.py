"""Access to AWS: the pipeline's own, and that of an environment through one of its roles."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path
from typing import Any

from engine_words import to_retry_all
from read_targets import read_targets
from targets import Environment, Refused, Targets

# boto3 comes with the build image and brings no types.
_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")
_credentials: Any = importlib.import_module("botocore.credentials")
_session: Any = importlib.import_module("botocore.session")

# Throttling, time-outs and errors of a service are tried again, with at most 20 seconds in between
# (boto3 guide, "Retries", standard mode). A deployment must not fail because many things ask at once.
CONFIG = _config.Config(retries={"mode": "standard", "total_max_attempts": 8})


class Aws:
    """Clients of the pipeline's account and of each environment."""

    def __init__(self) -> None:
        self.session: Any = _boto3.Session()
        if not self.session.region_name:
            raise Refused("The region is unknown. Set AWS_REGION to that of the tooling account.")
        self.region: str = self.session.region_name
        self._sts: Any = self.own("sts", self.region)
        identity = self._sts.get_caller_identity()
        self.account: str = identity["Account"]
        self.partition: str = identity["Arn"].split(":")[1]
        self._taken_on: dict[str, Any] = {}

    @property
    def remedy(self) -> str:
        """What to do about a role that cannot be assumed."""
        return f"Deploy the environment's infrastructure stack, then {to_retry_all()}."

    def targets(self, path: Path) -> Targets:
        """The targets beside these files, for this account and region."""
        return read_targets(path, partition=self.partition, account=self.account, region=self.region)

    def own(self, service: str, region: str) -> Any:
        """A client with the rights of the pipeline's own role."""
        return self.session.client(service, region_name=region, config=CONFIG)

    def registry(self, targets: Targets) -> Any:
        """The model registry's client."""
        return self.own("sagemaker", targets.registry_region)

    def client(self, service: str, environment: Environment) -> Any:
        """A client in an environment, with the rights of its verify role."""
        return self.client_of(environment.verify_role, service, environment.region)

    def client_of(self, role: str, service: str, region: str, config: Any = CONFIG) -> Any:
        """A client with the rights of a role. Its credentials renew themselves: large models take long."""
        if role not in self._taken_on:
            take_on = partial(self._take_on, role)
            session = _session.get_session()
            session._credentials = _credentials.RefreshableCredentials.create_from_metadata(
                metadata=take_on(), refresh_using=take_on, method="sts-assume-role"
            )
            self._taken_on[role] = _boto3.Session(botocore_session=session)
        return self._taken_on[role].client(service, region_name=region, config=config)

    def _take_on(self, role: str) -> dict[str, str]:
        try:
            answer = self._sts.assume_role(RoleArn=role, RoleSessionName="deploy-pipeline")
        except self._sts.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "AccessDenied":
                raise
            raise Refused(f"The role {role} cannot be assumed: {error}. {self.remedy}") from error
        given = answer["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }
