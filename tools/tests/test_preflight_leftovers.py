"""What an earlier stack left behind; the stacks are made up, since moto finds none by what they have."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from preflight_accounts import OTHER, TOOLING, in_account, look

BUCKET = "churn-main-artifacts-123456789012-eu-west-1"
OLD = "arn:aws:kms:eu-west-1:123456789012:key/old"
NEW = "arn:aws:kms:eu-west-1:123456789012:key/new"
LOG = "/aws/codebuild/churn-main-seal"


class Stacks:
    """Stacks by name, each with what it has; the status of a resource by its name."""

    def __init__(self, stacks: dict[str, list[str]], status: str = "CREATE_COMPLETE") -> None:
        self.stacks, self.status = stacks, status

    def get_paginator(self, operation: str) -> Stacks:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:
        if StackName not in self.stacks:
            raise self._unknown("ListStackResources")
        return [{"StackResourceSummaries": self._resources(StackName)}]

    def describe_stack_resources(self, PhysicalResourceId: str) -> dict[str, Any]:
        for stack, names in self.stacks.items():
            if PhysicalResourceId in names:
                return {"StackResources": self._resources(stack)}
        raise self._unknown("DescribeStackResources")

    def _resources(self, stack: str) -> list[dict[str, str]]:
        return [
            {"StackName": stack, "PhysicalResourceId": name, "ResourceStatus": self.status}
            for name in self.stacks[stack]
        ]

    def _unknown(self, operation: str) -> ClientError:
        return ClientError({"Error": {"Code": "ValidationError"}}, operation)


@pytest.fixture
def stacks(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Stacks:
    made = Stacks({})
    client = aws.client
    monkeypatch.setattr(
        aws,
        "client",
        lambda service, place: made if service == "cloudformation" else client(service, place),
    )
    return made


def wants(**more: Any) -> dict[str, Any]:
    return {"stack": "churn-main-build", "buckets": [], "logs": [], "repositories": [], **more}


def make_bucket(key: str | None = OLD, place: dict[str, str] = TOOLING, name: str = BUCKET) -> None:
    s3 = in_account(place["account"]).client("s3", region_name="eu-west-1")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if key:
        how = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rules = [{"ApplyServerSideEncryptionByDefault": how}]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def test_nothing_is_left(aws: Any, stacks: Stacks) -> None:
    found = look(aws, "leftover", **wants(buckets=[BUCKET], logs=[LOG], repositories=["churn/main/base"]))
    assert found == ("ok", "")


@pytest.mark.parametrize("place", [TOOLING, OTHER])
@pytest.mark.parametrize(
    ("key", "given", "status"),
    [(OLD, None, "warning"), (OLD, NEW, "warning"), (OLD, OLD, "ok"), (None, None, "ok"), (None, NEW, "ok")],
)
def test_a_bucket_under_another_key(
    aws: Any, stacks: Stacks, place: dict[str, str], key: str | None, given: str | None, status: str
) -> None:
    make_bucket(key, place)
    more = {"key": given} if given else {}
    found = look(aws, "leftover", place, **wants(buckets=[BUCKET], **more))
    assert found == (status, f"{BUCKET} is encrypted with {OLD}" if status == "warning" else "")


def test_what_the_stack_has_is_its_own(aws: Any, stacks: Stacks) -> None:
    make_bucket()
    stacks.stacks = {"churn-main-build": [BUCKET]}
    assert look(aws, "leftover", **wants(buckets=[BUCKET])) == ("ok", "")


def test_what_another_stack_has_cannot_be_imported(aws: Any, stacks: Stacks) -> None:
    make_bucket(NEW)
    stacks.stacks = {"else": ["other", BUCKET]}
    found = look(aws, "leftover", **wants(buckets=[BUCKET], key=NEW))
    assert found == ("missing", f"{BUCKET} belongs to the stack else")


def test_what_a_deleted_stack_skipped_is_left(aws: Any, stacks: Stacks) -> None:
    make_bucket()
    stacks.stacks, stacks.status = {"churn-main-build": [BUCKET]}, "DELETE_SKIPPED"
    assert look(aws, "leftover", **wants(buckets=[BUCKET]))[0] == "warning"


def test_a_bucket_whose_name_has_a_function_in_it_is_in_the_way(aws: Any, stacks: Stacks) -> None:
    make_bucket()
    found = look(aws, "leftover", **wants(buckets=["churn-main-artifacts-{account}-{region}"], key=OLD))
    assert found == ("missing", f"{BUCKET} already exists and cannot be imported")


def test_log_groups_and_repositories_under_another_key(aws: Any, stacks: Stacks) -> None:
    logs = boto3.client("logs", region_name="eu-west-1")
    logs.create_log_group(logGroupName=LOG, kmsKeyId=OLD)
    logs.create_log_group(logGroupName=f"{LOG}-more", kmsKeyId=NEW)
    boto3.client("ecr", region_name="eu-west-1").create_repository(
        repositoryName="churn/main/base", encryptionConfiguration={"encryptionType": "KMS", "kmsKey": OLD}
    )
    names = wants(logs=[LOG], repositories=["churn/main/base"])
    assert look(aws, "leftover", **names, key=OLD) == ("ok", "")
    assert look(aws, "leftover", **names) == (
        "warning",
        f"{LOG} is encrypted with {OLD}; churn/main/base is encrypted with {OLD}",
    )


def test_the_log_of_an_endpoint_that_sagemaker_made_has_no_end(aws: Any, stacks: Stacks) -> None:
    name = "/aws/sagemaker/Endpoints/churn-main-prod"
    boto3.client("logs", region_name="eu-west-1").create_log_group(logGroupName=name)
    status, what = look(aws, "leftover", **wants(logs=[name, LOG]))
    assert (status, what) == ("warning", f"{name} was created by SageMaker and never expires")


def test_the_calls_are_those_of_the_service(aws: Any) -> None:
    model = boto3.client("cloudformation", region_name="eu-west-1").meta.service_model
    assert "PhysicalResourceId" in model.operation_model("DescribeStackResources").input_shape.members
    shape = model.operation_model("ListStackResources").output_shape.members["StackResourceSummaries"].member
    assert {"PhysicalResourceId", "ResourceStatus"} <= set(shape.members)
    assert "DELETE_SKIPPED" in shape.members["ResourceStatus"].enum
