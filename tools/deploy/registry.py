"""The model registry: is a package approved, and which is the newest that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from package_groups import LOGGED
from targets import Refused

UNRECORDED = "approved without an accepted record"
"""In place of the status of a package whose approval nobody recorded, or that the recorder refused."""

GONE = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")
DENIED = ("AccessDenied", "AccessDeniedException")


@dataclass(frozen=True)
class Package:
    """A version of the model."""

    arn: str
    version: int
    approval: str
    metadata: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """All that the registry says."""

    @property
    def approved(self) -> bool:
        """Whether it may be deployed at this moment."""
        return self.approval == "Approved"


def version_in(arn: str, group: str) -> int | None:
    """The version of a package of exactly this group, by the ARNs of both; None for any other ARN."""
    prefix = group.replace(":model-package-group/", ":model-package/", 1) + "/"
    version = arn.removeprefix(prefix)
    return int(version) if version != arn and version.isascii() and version.isdigit() else None


def always(_: str) -> bool:
    """The registry's word is enough."""
    return True


def describe(client: Any, arn: str, group: str, recorded: Callable[[str], bool] = always) -> Package:
    """
    Looks a package up; refuses one that is not complete or is of another group.

    `recorded` says whether the approval of a package was recorded and accepted; without it none is approved.

    Account, region and name of the group all must fit: a group of the same name in another account is
    another one.
    """
    _refuse_others(arn, group)
    try:
        found = client.describe_model_package(ModelPackageName=arn)
    except client.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in GONE:
            raise Refused(f"The model package {arn} cannot be read: {error}. Was it deleted?") from error
        if code in DENIED:
            raise Refused(
                f"No permission to read the model package {arn}: {error}. "
                "The model package group's policy must let the deploy pipeline's account read it; "
                "deploy the infrastructure stack of the build environment."
            ) from error
        raise
    _refuse_others(found["ModelPackageArn"], group)
    if found.get("ModelPackageStatus") != "Completed":
        raise Refused(f"{arn} is {found.get('ModelPackageStatus')}; only completed packages can be deployed.")
    if found.get("ModelPackageRegistrationType") == LOGGED:
        raise Refused(f"{arn} is only logged. Register it; only registered packages are deployed.")
    approval = found.get("ModelApprovalStatus", "unknown")
    if approval == "Approved" and not recorded(found["ModelPackageArn"]):
        approval = UNRECORDED
    return Package(
        arn=found["ModelPackageArn"],
        version=version_in(found["ModelPackageArn"], group) or 0,
        approval=approval,
        metadata=dict(found.get("CustomerMetadataProperties", {})),
        details=found,
    )


def _refuse_others(arn: str, group: str) -> None:
    if version_in(arn, group) is None:
        raise Refused(
            f"{arn} is not a version of {group}; this pipeline deploys only {group.rsplit('/', 1)[-1]}."
        )


def newest_approved(
    client: Any,
    group: str,
    usable: Callable[[Package], bool] = lambda _: True,
    recorded: Callable[[str], bool] = always,
) -> Package | None:
    """The approved package with the highest version that is of use, or None when there is none."""
    pages = client.get_paginator("list_model_packages").paginate(
        # By its ARN, because the group may be another account's.
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    found = [
        summary["ModelPackageArn"]
        for page in pages
        for summary in page["ModelPackageSummaryList"]
        if summary.get("ModelPackageRegistrationType") != LOGGED
    ]
    # The list may lag behind a change of status, so each candidate is asked for itself.
    for arn in sorted(found, key=lambda a: version_in(a, group) or 0, reverse=True):
        package = describe(client, arn, group, recorded)
        if package.approved and usable(package):
            return package
    return None
