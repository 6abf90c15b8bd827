"""A build account of moto in which packages are sealed: registry, versioned bucket, what is recorded."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import moto_packages
import sealer
from fakes import before_calls, service_error
from package_groups import parse_group

REGION = "eu-west-1"
BUCKET, ROOT = "artifacts", "churn-main"
PREFIX = f"s3://{BUCKET}/{ROOT}/sealed"
GROUP = f"arn:aws:sagemaker:{REGION}:123456789012:model-package-group/churn-main"
KEY = f"{ROOT}/models/pipelines-abc-Train-xyz/output/model.tar.gz"
IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"


class Sealing:
    """What a test does to the build account; every call is recorded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        moto_packages.keep_metadata(monkeypatch)
        self.s3: Any = boto3.client("s3", region_name=REGION)
        self.registry: Any = boto3.client("sagemaker", region_name=REGION)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.registry.create_model_package_group(ModelPackageGroupName="churn-main")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.said: list[str] = []
        before_calls(monkeypatch, "s3", self._call)

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((operation, arguments))
        if operation == "CompleteMultipartUpload" and arguments.get("IfNoneMatch") == "*":
            # moto leaves this precondition out.
            try:
                real(client, "HeadObject", {k: arguments[k] for k in ("Bucket", "Key")})
            except ClientError:
                return real(client, operation, arguments)
            raise service_error(operation, "PreconditionFailed", "At least one of the pre-conditions failed")
        return real(client, operation, arguments)

    def train(self, content: bytes = b"weights", key: str = KEY) -> str:
        """A training job leaves its artifact; its version."""
        return str(self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)["VersionId"])

    def register(self, key: str = KEY, status: str = "PendingManualApproval", **more: Any) -> str:
        """A version of the model with that artifact."""
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{key}", "Environment": {"A": "b"}}
        made = self.registry.create_model_package(
            **{
                "ModelPackageGroupName": "churn-main",
                "ModelApprovalStatus": status,
                "CustomerMetadataProperties": {"GitCommit": "0123abc"},
                "InferenceSpecification": {
                    "Containers": [container],
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedResponseMIMETypes": ["text/csv"],
                },
                **more,
            }
        )
        return str(made["ModelPackageArn"])

    def seal(self, package: str) -> None:
        """The sealing project runs for a package."""
        self.calls.clear()
        sealer.seal(
            sealer.Settings(parse_group(GROUP), PREFIX, package), self.registry, self.s3, self.said.append
        )

    def describe(self, package: str) -> dict[str, Any]:
        found: dict[str, Any] = self.registry.describe_model_package(ModelPackageName=package)
        return found

    def metadata(self, package: str) -> dict[str, str]:
        return dict(self.describe(package)["CustomerMetadataProperties"])

    def sealed_key(self, package: str) -> str:
        return f"{ROOT}/sealed/churn-main/{package.rsplit('/', 1)[-1]}/model.tar.gz"

    def content(self, package: str) -> bytes:
        """The bytes that a model made from the sealed specification gets."""
        [spec] = self.describe(package)["AdditionalInferenceSpecifications"]
        url: str = spec["Containers"][0]["ModelDataUrl"]
        body: bytes = self.s3.get_object(Bucket=BUCKET, Key=url.removeprefix(f"s3://{BUCKET}/"))[
            "Body"
        ].read()
        return body

    def operations(self) -> list[str]:
        return [name for name, _ in self.calls]
