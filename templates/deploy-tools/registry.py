"""The model registry: is a package approved, and which is the newest that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from targets import Refused


@dataclass(frozen=True)
class Package:
    """A version of the model."""

    arn: str
    version: int
    approval: str
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def approved(self) -> bool:
        """Whether it may be deployed at this moment."""
        return self.approval == "Approved"


def describe(client: Any, arn: str, group: str) -> Package:
    """Looks a package up; refuses one that is not complete or is of another group."""
    try:
        found = client.describe_model_package(ModelPackageName=arn)
    except client.exceptions.ClientError as error:
        raise Refused(f"The model package {arn} cannot be read: {error}. Was it deleted?") from error
    if found.get("ModelPackageGroupName") != group:
        raise Refused(
            f"{arn} is of the group {found.get('ModelPackageGroupName')}; "
            f"this pipeline deploys {group} alone."
        )
    if found.get("ModelPackageStatus") != "Completed":
        raise Refused(f"{arn} is {found.get('ModelPackageStatus')}; only completed packages can be deployed.")
    return Package(
        arn=found["ModelPackageArn"],
        version=int(found.get("ModelPackageVersion", 0)),
        approval=found.get("ModelApprovalStatus", "unknown"),
        metadata=dict(found.get("CustomerMetadataProperties", {})),
    )


def newest_approved(client: Any, group: str) -> Package | None:
    """The approved package with the highest version, or None when none is approved."""
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    found = [summary for page in pages for summary in page["ModelPackageSummaryList"]]
    # The list may lag behind a change of status, so each candidate is asked for itself.
    for summary in sorted(found, key=lambda s: int(s.get("ModelPackageVersion", 0)), reverse=True):
        package = describe(client, summary["ModelPackageArn"], group)
        if package.approved:
            return package
    return None
