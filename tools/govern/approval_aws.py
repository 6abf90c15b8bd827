"""Access to AWS for the functions that decide: their own, and that of a group's role in its build account."""

from __future__ import annotations

import importlib
from typing import Any

from approval_settings import Group

# boto3 comes with the runtime and brings no types.
_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")

CONFIG = _config.Config(retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=20)


def own(service: str, region: str | None = None) -> Any:
    """A client with the function's own rights."""
    return _boto3.client(service, region_name=region, config=CONFIG)


class BuildAccount:
    """Clients of a group's build account. Functions live longer than sessions, so each call makes its own."""

    def __init__(self, group: Group, session_name: str) -> None:
        given = own("sts").assume_role(RoleArn=group.role, RoleSessionName=session_name)["Credentials"]
        self._session = _boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=group.region,
        )
        self.registry: Any = self.client("sagemaker")
        self.s3: Any = self.client("s3")

    def client(self, service: str) -> Any:
        """A client with the rights of the group's role."""
        return self._session.client(service, config=CONFIG)


DESCRIPTION_LIMIT = 1024
"""Characters of an approval's description (SageMaker API reference, UpdateModelPackage)."""


def one_line(text: str, limit: int = DESCRIPTION_LIMIT) -> str:
    """A text in one line, not longer than the limit; what is cut off is marked."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def decide(account: BuildAccount, package: str, status: str, description: str) -> None:
    """Sets an approval status; the description says what for and why."""
    account.registry.update_model_package(
        ModelPackageArn=package, ModelApprovalStatus=status, ApprovalDescription=one_line(description)
    )
