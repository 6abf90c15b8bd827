"""
Promotes a model package: the newest approved version of another account's group becomes the newest one here.

Runs in the target account whenever a version of the source group was approved or rejected. What happened is
not asked: each run compares both groups as they are, so events may come late, twice or not at all.

A sealed version is promoted with exactly the bytes that its package records. Whoever may change the source's
packages and its artifacts can still change both; that is the source account's business.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from copying import Copier, s3_client
from package_groups import Copy, Group, copies, describe, is_approved, newest_approved, parse_group, versions
from package_request import Fields
from packages import Destination, PackageCopy
from seal import has_seal, wait_for_seal
from sealed_copy import refuse_unsealed, verify_copy
from targets import Refused

# boto3 comes with the build image and brings no types.
_boto3: Any = importlib.import_module("boto3")

SEAL_SECONDS = 1200
"""Longest that an approved version is waited for until it is sealed, as before a deployment."""


@dataclass(frozen=True)
class Settings:
    """What is promoted where, as the construct hands it over."""

    source: Group
    target: str
    bucket: str
    kms_key: str | None
    project_id: str | None
    accept_unsealed: bool = False

    @classmethod
    def read(cls, variables: dict[str, str]) -> Settings:
        """From the build's environment variables; empty ones stand for options that were not given."""
        return cls(
            source=parse_group(variables["SOURCE_MODEL_PACKAGE_GROUP_ARN"]),
            target=variables["TARGET_MODEL_PACKAGE_GROUP"],
            bucket=variables["TARGET_BUCKET"],
            kms_key=variables.get("TARGET_KMS_KEY_ARN") or None,
            project_id=variables.get("SAGEMAKER_PROJECT_ID") or None,
            accept_unsealed=variables.get("ACCEPT_UNSEALED") == "true",
        )


@dataclass(frozen=True)
class Clients:
    """Access to both sides; everything is done with the one role of the target account."""

    source: Any
    target: Any
    copier: Copier
    ecr: Callable[[str], Any]


def connect(settings: Settings, region: str) -> Clients:
    """Clients for the source's region and for the region that this runs in."""
    return Clients(
        source=_boto3.client("sagemaker", region_name=settings.source.region),
        target=_boto3.client("sagemaker", region_name=region),
        copier=Copier(s3_client(settings.source.region), s3_client(region), settings.kms_key, once=True),
        ecr=lambda of: _boto3.client("ecr", region_name=of),
    )


def target_group(settings: Settings, region: str) -> Group:
    """The group that copies are registered in; refuses the source itself."""
    identity = _boto3.client("sts", region_name=region).get_caller_identity()
    group = Group(identity["Arn"].split(":")[1], region, identity["Account"], settings.target)
    if group == settings.source:
        raise Refused(f"{group.arn} is both source and target. Choose another targetModelPackageGroupName.")
    if group.partition != settings.source.partition:
        raise Refused(
            f"{settings.source.arn} is not in this account's partition; "
            "nothing can be copied between partitions."
        )
    return group


def promote(settings: Settings, group: Group, clients: Clients, say: Callable[[str], None] = print) -> None:
    """Makes the newest approved version here equal to the one of the source."""
    known = [copy for copy in copies(clients.target, group) if settings.source.has(copy.source)]
    withdraw(clients, known, say)
    package = newest_approved(clients.source, settings.source)
    if package is None:
        say(f"No version of {settings.source.arn} is approved, so there is nothing to promote.")
        return
    if not settings.accept_unsealed:
        package = wait_for_seal(partial(again, clients.source, package), SEAL_SECONDS)
        if not is_approved(package):
            say(f"{package['ModelPackageArn']} is no longer approved, so this starts again")
            return promote(settings, group, clients, say)
        refuse_unsealed(package)
    destination = Destination(group, settings.bucket, project_id=settings.project_id)
    copy = PackageCopy(package, destination, clients.copier, clients.ecr, say)
    say(f"version {package['ModelPackageVersion']} is the newest approved one; checksum {copy.checksum}")
    equal = next(
        (k for k in known if (k.source, k.checksum) == (package["ModelPackageArn"], copy.checksum)), None
    )
    above = [
        arn
        for version, arn in versions(clients.target, group, "Approved")
        if equal and version > equal.version
    ]
    if equal is None or above:
        # A version that is approved again must be above those that were promoted in between.
        copy.register(clients.target)
        return
    if has_seal(describe(clients.target, equal.arn) or {}):
        verify_copy(clients.target, clients.copier.target, equal.arn)
    if equal.approval == "Approved":
        say(f"{equal.arn} is already its copy; nothing to do")
    else:
        clients.target.update_model_package(
            ModelPackageArn=equal.arn,
            ModelApprovalStatus="Approved",
            ApprovalDescription=f"{package['ModelPackageArn']} is approved again.",
        )
        say(f"{equal.arn} is its copy and is approved again")


def again(registry: Any, package: Fields) -> Fields:
    """A package as it is now; without an approval when it is gone."""
    gone = {k: v for k, v in package.items() if k != "ModelApprovalStatus"}
    return describe(registry, package["ModelPackageArn"]) or gone


def withdraw(clients: Clients, known: list[Copy], say: Callable[[str], None]) -> None:
    """Rejects every copy whose original is not approved any more."""
    for copy in known:
        if copy.approval != "Approved":
            continue
        original = describe(clients.source, copy.source)
        if is_approved(original):
            continue
        status = original.get("ModelApprovalStatus") if original else "deleted"
        reason = f"{copy.source}, of which this is a copy, is now {status}."
        clients.target.update_model_package(
            ModelPackageArn=copy.arn, ModelApprovalStatus="Rejected", ApprovalDescription=reason
        )
        say(f"rejected {copy.arn}: {reason}")


def main() -> int:
    """Runs in the pipeline's build action."""
    try:
        settings = Settings.read(dict(os.environ))
        region = os.environ["AWS_REGION"]
        promote(settings, target_group(settings, region), connect(settings, region))
    except Refused as refusal:
        print(f"Promotion refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
