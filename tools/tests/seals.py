"""Packages of moto that are sealed as soon as they are registered, as the sealing project does it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import moto_packages
from account import ACCOUNT, REGION, Account
from read_targets import read_targets
from seal import PACKAGE_OF_OBJECT, SHA256_OF_OBJECT, SOURCE_OF_OBJECT, Seal, address_of, specification


def make_bucket(s3: Any, prefix: str, region: str) -> None:
    """The artifact bucket, which keeps versions."""
    bucket = prefix.removeprefix("s3://").split("/")[0]
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def seal(registry: Any, s3: Any, arn: str, prefix: str, content: bytes = b"model") -> None:
    """Leaves what the sealer leaves: the copy with its notes, the specification, the record."""
    package = registry.describe_model_package(ModelPackageName=arn)
    address = address_of(prefix, arn)
    bucket, _, key = address.removeprefix("s3://").partition("/")
    sha256 = hashlib.sha256(content).hexdigest()
    notes = {SHA256_OF_OBJECT: sha256, PACKAGE_OF_OBJECT: arn, SOURCE_OF_OBJECT: "v1"}
    version = s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata=notes)["VersionId"]
    registry.update_model_package(
        ModelPackageArn=arn,
        AdditionalInferenceSpecificationsToAdd=[specification(package, address)],
        CustomerMetadataProperties=Seal(sha256, len(content), "v1", version, address).metadata(),
    )


class SealedAccount(Account):
    """An account whose versions are sealed."""

    def __init__(self, prefix: str, records: str) -> None:
        super().__init__()
        self.prefix = prefix
        self.s3: Any = boto3.client("s3", region_name=REGION)
        make_bucket(self.s3, prefix, REGION)

        self.records = records
        make_bucket(self.s3, f"s3://{records}", REGION)

    def register(self, approval: str = "PendingManualApproval", *args: str, **more: str) -> str:
        arn = super().register(approval, *args, **more)
        seal(self.sagemaker, self.s3, arn, self.prefix)
        return arn

    def unsealed(self, approval: str = "Approved") -> str:
        """A version that the sealer has not come to."""
        return super().register(approval)


@pytest.fixture
def account(targets_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedAccount]:
    moto_packages.keep_metadata(monkeypatch)
    targets = read_targets(targets_file, partition="aws", account=ACCOUNT, region=REGION)
    with mock_aws():
        yield SealedAccount(targets.sealed, targets.records)
