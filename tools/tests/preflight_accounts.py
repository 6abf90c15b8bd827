"""Make-believe accounts as the preflight finds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

import preflight
import preflight_aws

TOOLING = {"account": "123456789012", "region": "eu-west-1"}
OTHER = {"account": "222222222222", "region": "eu-west-1"}
CONNECTION = "arn:aws:codeconnections:eu-west-1:123456789012:connection/0123abcd-0000-0000-0000-000000000000"


ROLES = ("deploy", "file-publishing", "image-publishing", "lookup", "cfn-exec")


def in_account(account: str) -> Any:
    """A session in an account; moto makes the account of an assumed role."""
    if account == TOOLING["account"]:
        return boto3.Session(region_name="eu-west-1")
    arn = f"arn:aws:iam::{account}:role/anything"
    made = boto3.client("sts", region_name="eu-west-1").assume_role(RoleArn=arn, RoleSessionName="test")
    keys = made["Credentials"]
    return boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="eu-west-1"
    )


def bootstrap(
    place: dict[str, str],
    version: str = "21",
    trusted: str = TOOLING["account"],
    policy: str = "own",
    limited: tuple[str, ...] = (),
) -> None:
    """What `cdk bootstrap` leaves behind, as far as it is looked at."""
    session = in_account(place["account"])
    session.client("ssm", region_name=place["region"]).put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value=version, Type="String"
    )
    iam = session.client("iam")
    suffix = f"{place['account']}-{place['region']}"
    principal = {"AWS": f"arn:aws:iam::{trusted}:root"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for kind in ROLES:
        boundary = f"arn:aws:iam::{place['account']}:policy/limit"
        more = {"PermissionsBoundary": boundary} if kind in limited else {}
        role = f"cdk-hnb659fds-{kind}-role-{suffix}"
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=document, **more)
    nothing = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}],
    }
    arn = iam.create_policy(PolicyName=policy, PolicyDocument=json.dumps(nothing))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=f"cdk-hnb659fds-cfn-exec-role-{suffix}", PolicyArn=arn)


@pytest.fixture
def aws() -> Iterator[preflight_aws.Aws]:
    with mock_aws():
        yield preflight_aws.Aws(TOOLING, "hnb659fds")


def look(aws: Any, kind: str, place: dict[str, str] = TOOLING, **wants: Any) -> tuple[str, str]:
    found = preflight.look(aws, {"kind": kind, "place": place, "wants": wants, "title": "", "fix": ""})
    return found.status, found.what
