"""Model package groups of any account: their versions, and what was copied to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from package_request import Fields
from targets import Refused

SOURCE_PACKAGE = "sourceModelPackageArn"
"""Customer metadata of a copy: its original."""

SOURCE_CHECKSUM = "sourceChecksum"
"""Customer metadata of a copy: the checksum of the original and of all that belongs to it."""

LOST = ("Failed", "Deleting")
"""Statuses of a package that will not be complete any more."""

LOGGED = "Logged"
"""Type of packages that tracking servers log by themselves: nobody registered them to be deployed."""

_ACCESS = (
    "The policy of the model package group must allow this account sagemaker:ListModelPackages and "
    "sagemaker:DescribeModelPackage on the group and its packages."
)


@dataclass(frozen=True)
class Group:
    """A model package group of any account and region."""

    partition: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """The ARN, by which other accounts name it."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:model-package-group/{self.name}"

    def has(self, package: str) -> bool:
        """Whether a package is a version of this group, by its ARN."""
        start = f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:model-package/{self.name}/"
        return package.lower().startswith(start.lower())


def parse_group(arn: str) -> Group:
    """The group of an ARN."""
    found = re.fullmatch(
        r"arn:([a-z-]+):sagemaker:([a-z0-9-]+):(\d{12}):model-package-group/([A-Za-z0-9-]{1,63})", arn
    )
    if found is None:
        raise Refused(f"{arn} is not the ARN of a model package group.")
    return Group(*found.groups())


@dataclass(frozen=True)
class Copy:
    """A version of the target group that was copied from somewhere."""

    arn: str
    version: int
    approval: str
    source: str
    checksum: str


def versions(client: Any, group: Group, approval: str | None = None) -> list[tuple[int, str]]:
    """Versions of a group with their ARNs, the newest first."""
    wanted = {"ModelApprovalStatus": approval} if approval else {}
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group.arn, **wanted)
    try:
        found = [summary for page in pages for summary in page["ModelPackageSummaryList"]]
    except client.exceptions.ClientError as error:
        raise Refused(f"The versions of {group.arn} cannot be listed: {error}. {_ACCESS}") from error
    return sorted(((int(s["ModelPackageVersion"]), str(s["ModelPackageArn"])) for s in found), reverse=True)


def describe(client: Any, arn: str) -> Fields | None:
    """Everything about a package; None when it does not exist (any more)."""
    try:
        found: Fields = client.describe_model_package(ModelPackageName=arn)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return None
        raise Refused(f"{arn} cannot be read: {error}. {_ACCESS}") from error
    return found


def is_approved(package: Fields | None) -> bool:
    """Whether a package is complete and approved at this moment."""
    return bool(
        package
        and package.get("ModelApprovalStatus") == "Approved"
        and package.get("ModelPackageStatus") == "Completed"
        and package.get("ModelPackageRegistrationType") != LOGGED
    )


def newest_approved(client: Any, group: Group) -> Fields | None:
    """The newest approved version; each candidate is asked for itself, because the list may lag behind."""
    for _, arn in versions(client, group, "Approved"):
        package = describe(client, arn)
        if is_approved(package):
            return package
    return None


def copies(client: Any, group: Group) -> list[Copy]:
    """What was copied to a group, the newest first; copies that failed do not count."""
    found = []
    for version, arn in versions(client, group):
        package = describe(client, arn) or {}
        metadata = package.get("CustomerMetadataProperties", {})
        if SOURCE_PACKAGE in metadata and package.get("ModelPackageStatus") not in LOST:
            approval = package.get("ModelApprovalStatus", "")
            found.append(
                Copy(arn, version, approval, metadata[SOURCE_PACKAGE], metadata.get(SOURCE_CHECKSUM, ""))
            )
    return found
