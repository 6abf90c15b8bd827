"""Several make-believe accounts and regions (moto), as the deploy tools meet them in a delivery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

import moto_packages
import seals
from aws import Aws
from fakes import install_ecr
from targets import Environment, Targets

TOOLING, BUILD, SERVING = "111111111111", "222222222222", "333333333333"
HOME, BUILD_REGION = "eu-west-1", "eu-central-1"
ARTIFACTS = "artifacts"
REPORT = {"binary_classification_metrics": {"accuracy": {"value": 0.97}, "confusion_matrix": {"0": {"0": 1}}}}
IMAGE = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.2-0"


class Places:
    """A registry in one account, environments in others; who takes on which role is recorded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, assembly: Path) -> None:
        # moto tells accounts apart by the roles that were taken on there.
        role = f"arn:aws:iam::{TOOLING}:role/churn-main-deployrunner"
        sts = boto3.client("sts", region_name=HOME)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="build")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        [self.file] = assembly.glob("asset.*/targets.json")
        self.assembly = assembly
        self.aws = Aws()
        self.targets: Targets = self.aws.targets(self.file)
        # moto knows no policies of groups: the build account's own client stands for the pipeline's.
        monkeypatch.setattr(
            Aws, "registry", lambda _, targets: self.of(BUILD, "sagemaker", targets.registry_region)
        )
        self.registry = self.of(BUILD, "sagemaker", BUILD_REGION)
        self.group = self.targets.registry.rsplit("/", 1)[-1]
        self.registry.create_model_package_group(ModelPackageGroupName=self.group)
        self.artifacts = self.of(BUILD, "s3", BUILD_REGION)
        self.artifacts.create_bucket(
            Bucket=ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": BUILD_REGION}
        )
        seals.make_bucket(self.artifacts, self.targets.sealed, BUILD_REGION)
        moto_packages.keep_metadata(monkeypatch)
        home = self.of(TOOLING, "s3", HOME)
        home.create_bucket(
            Bucket=self.targets.records, CreateBucketConfiguration={"LocationConstraint": HOME}
        )
        self.ecr = install_ecr(monkeypatch)
        for environment in self.targets.environments:
            self._prepare(environment)

    def of(self, account: str, service: str, region: str) -> Any:
        """A client of an account."""
        role = f"arn:aws:iam::{account}:role/test"
        given = boto3.client("sts", region_name=HOME).assume_role(RoleArn=role, RoleSessionName="test")
        keys = given["Credentials"]
        return boto3.client(
            service,
            region_name=region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def _prepare(self, environment: Environment) -> None:
        """What the environment's infrastructure stack makes."""
        account, region = environment.account, environment.region
        kms = self.of(account, "kms", region)
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=environment.key.split(":")[-1], TargetKeyId=key)
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3 = self.of(account, "s3", region)
        s3.create_bucket(Bucket=environment.deployment_bucket, **where)
        if environment.replica_group:
            name = environment.replica_group.rsplit("/", 1)[-1]
            self.of(account, "sagemaker", region).create_model_package_group(ModelPackageGroupName=name)

    def bucket(self, environment: str) -> tuple[Any, str]:
        """Client and name of an environment's deployment bucket."""
        found = self.targets.environment(environment)
        return self.of(found.account, "s3", found.region), found.deployment_bucket

    def keys(self, environment: str) -> list[str]:
        """What is in an environment's deployment bucket."""
        s3, name = self.bucket(environment)
        return [item["Key"] for item in s3.list_objects_v2(Bucket=name).get("Contents", [])]

    def register(self, approval: str = "Approved", content: bytes = b"model", **more: Any) -> str:
        """A version of the model with its artifact and report."""
        number = len(self.artifacts.list_objects_v2(Bucket=ARTIFACTS).get("Contents", []))
        run = f"runs/{number}"
        self.artifacts.put_object(Bucket=ARTIFACTS, Key=f"{run}/model.tar.gz", Body=content)
        report = f"{run}/evaluation.json"
        self.artifacts.put_object(Bucket=ARTIFACTS, Key=report, Body=json.dumps(REPORT).encode())
        source = {"ContentType": "application/json", "S3Uri": f"s3://{ARTIFACTS}/{report}"}
        container = {
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{ARTIFACTS}/{run}/model.tar.gz",
            "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
        }
        fields: dict[str, Any] = {
            "ModelPackageGroupName": self.group,
            "ModelApprovalStatus": approval,
            "CustomerMetadataProperties": {"GitCommit": "0123abc", "GitBranch": "main"},
            "ModelMetrics": {"ModelQuality": {"Statistics": source}},
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        }
        arn = str(self.registry.create_model_package(**{**fields, **more})["ModelPackageArn"])
        seals.seal(self.registry, self.artifacts, arn, self.targets.sealed, content)
        return arn
