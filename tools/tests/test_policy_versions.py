"""The query that the guide asks for the version of a policy that must go, in the CLI's own language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import boto3
import jmespath
from moto import mock_aws

SOURCE = Path(__file__).resolve().parents[2] / "src" / "accounts" / "bootstrap-command.ts"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]}
)


def test_the_oldest_version_that_is_not_in_force_makes_room_for_the_sixth() -> None:
    found = re.search(r"--query '(.+?)'", SOURCE.read_text())
    assert found
    with mock_aws():
        iam = boto3.client("iam")
        arn = iam.create_policy(PolicyName="own", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
        went = []
        for _ in range(8):
            versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
            # The CLI has times as texts, and IAM names no order. Within a second the number tells them apart.
            listed = [{**v, "CreateDate": f"{v['CreateDate']} {v['VersionId']}"} for v in versions]
            oldest = jmespath.search(found.group(1), {"Versions": listed[::-1]})
            if oldest is not None:
                iam.delete_policy_version(PolicyArn=arn, VersionId=oldest)
                went.append(oldest)
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT, SetAsDefault=True)
        assert went == ["v1", "v2", "v3", "v4"]
