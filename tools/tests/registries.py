"""Two regions with a model package group, a bucket and images in each, as a promotion meets them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

import moto_packages
from account import ACCOUNT
from copying import Copier, s3_client
from fakes import before_calls, install_ecr, validate
from images import map_image
from package_groups import Group, describe
from packages import Destination, PackageCopy

SOURCE = Group("aws", "eu-west-1", ACCOUNT, "churn-main")
TARGET = Group("aws", "us-east-1", ACCOUNT, "churn-prod")
BUCKET = "artifacts-eu"
COPIES = "models-us"
XGBOOST = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
MODEL = f"s3://{BUCKET}/train/model.tar.gz"
DIGEST = "sha256:" + "a" * 64

PROMOTION = {
    "SOURCE_MODEL_PACKAGE_GROUP_ARN": SOURCE.arn,
    "TARGET_MODEL_PACKAGE_GROUP": TARGET.name,
    "TARGET_BUCKET": COPIES,
    "TARGET_KMS_KEY_ARN": "",
    "SAGEMAKER_PROJECT_ID": "",
    "AWS_REGION": TARGET.region,
}
"""The variables of a promotion between the two."""

# What moto's SageMaker forgets of a package.
_FORGOTTEN = (
    "SkipModelValidation",
    "ModelCard",
    "ModelPackageRegistrationType",
    "SourceUri",
    "SecurityConfig",
)


class Registries:
    """Makes packages in the source; every call to S3 and SageMaker is recorded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.source: Any = boto3.client("sagemaker", region_name=SOURCE.region)
        self.target: Any = boto3.client("sagemaker", region_name=TARGET.region)
        self.s3: Any = s3_client(SOURCE.region)
        self.target_s3: Any = s3_client(TARGET.region)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": SOURCE.region})
        self.target_s3.create_bucket(Bucket=COPIES)
        self.source.create_model_package_group(ModelPackageGroupName=SOURCE.name)
        self.target.create_model_package_group(ModelPackageGroupName=TARGET.name)
        self.ecr = install_ecr(monkeypatch)
        self.ecr.put(map_image(XGBOOST, TARGET.region), DIGEST)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.made: list[tuple[str, str, str]] = []
        self.said: list[str] = []
        self.registered = timedelta()
        """How much later than now packages are said to have been registered."""
        self._forgotten: dict[str, dict[str, Any]] = {}
        for service in ("s3", "sagemaker"):
            before_calls(monkeypatch, service, self._call)
        before_calls(monkeypatch, "ecr", self._record)

    def _record(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        self.made.append((client.meta.service_model.service_name, operation, client.meta.region_name))
        return real(client, operation, arguments)

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((operation, copy.deepcopy(arguments)))
        self.made.append((client.meta.service_model.service_name, operation, client.meta.region_name))
        if operation == "UpdateModelPackage":
            # moto clears what the request leaves out; SageMaker keeps it.
            now = real(client, "DescribeModelPackage", {"ModelPackageName": arguments["ModelPackageArn"]})
            arguments = {"CustomerMetadataProperties": now.get("CustomerMetadataProperties", {}), **arguments}
        if client.meta.service_model.service_name == "sagemaker":
            validate(client, operation, arguments)
        answer = real(client, operation, arguments)
        if operation == "CreateModelPackage":
            self._forgotten[answer["ModelPackageArn"]] = {
                k: arguments[k] for k in _FORGOTTEN if k in arguments
            }
        if operation == "DescribeModelPackage":
            answer.update(self._forgotten.get(answer["ModelPackageArn"], {}))
            if "CreationTime" in answer:
                answer["CreationTime"] += self.registered
        return answer

    def put(self, key: str, content: bytes = b"model", bucket: str = BUCKET) -> str:
        self.s3.put_object(Bucket=bucket, Key=key, Body=content, ChecksumAlgorithm="SHA256")
        return f"s3://{bucket}/{key}"

    def register(self, approval: str = "Approved", content: bytes | None = None, **more: Any) -> str:
        """A version of the source with an artifact of its own, unless a specification is given."""
        self.calls.clear()
        number = len(
            self.source.list_model_packages(ModelPackageGroupName=SOURCE.name)["ModelPackageSummaryList"]
        )
        if "InferenceSpecification" not in more:
            uri = self.put(f"train/{number}/model.tar.gz", content or b"model %d" % number)
            more["InferenceSpecification"] = specification({"Image": XGBOOST, "ModelDataUrl": uri})
        made = self.source.create_model_package(
            ModelPackageGroupName=SOURCE.name, ModelApprovalStatus=approval, **more
        )
        return str(made["ModelPackageArn"])

    def approve(self, arn: str, status: str) -> None:
        self.source.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)

    def copier(self, kms_key: str | None = None) -> Copier:
        return Copier(self.s3, self.target_s3, kms_key, self.said.append, once=True)

    def prepare(self, arn: str, **destination: Any) -> PackageCopy:
        package = describe(self.source, arn)
        assert package
        to = Destination(TARGET, COPIES, **destination)
        return PackageCopy(package, to, self.copier(), self.client, self.said.append)

    def client(self, region: str) -> Any:
        return boto3.client("ecr", region_name=region)

    def named(self, *operations: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name in operations]

    def writes(self) -> list[str]:
        """Calls that change something."""
        looking = ("Head", "List", "Get", "Describe", "BatchGet")
        return [name for name, _ in self.calls if not name.startswith(looking)]

    def content(self, uri: str) -> bytes:
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        assert bucket == COPIES
        body: bytes = self.target_s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def state(self) -> list[tuple[int, str, str]]:
        """Version, approval and the source's version of everything in the target group, oldest first."""
        found = []
        listed = self.target.list_model_packages(ModelPackageGroupName=TARGET.name)["ModelPackageSummaryList"]
        for summary in sorted(listed, key=lambda s: s["ModelPackageVersion"]):
            package = self.target.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            original = package["CustomerMetadataProperties"].get("sourceModelPackageVersion", "")
            found.append((package["ModelPackageVersion"], package["ModelApprovalStatus"], original))
        return found


def specification(*containers: dict[str, Any]) -> dict[str, Any]:
    return {
        "Containers": list(containers),
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["application/json"],
        "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
        "SupportedTransformInstanceTypes": ["ml.m5.large"],
    }


@contextmanager
def promotion(monkeypatch: pytest.MonkeyPatch, **more: str) -> Iterator[Registries]:
    """Both registries, and a promotion's variables in the environment."""
    for name, value in {**PROMOTION, **more}.items():
        monkeypatch.setenv(name, value)
    moto_packages.keep_metadata(monkeypatch)
    with mock_aws():
        yield Registries(monkeypatch)
