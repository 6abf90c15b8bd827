"""Whether the keys of training data let the jobs of a delivery decrypt."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

import preflight_aws
from preflight_accounts import OTHER, TOOLING, in_account, look

DATA_ROLES = ["arn:aws:iam::123456789012:role/churn-main-training"]


def data_key(account: str = TOOLING["account"], *statements: dict[str, Any]) -> str:
    """A key in an account, with these statements in place of the default policy's."""
    kms = in_account(account).client("kms", region_name="eu-west-1")
    arn = str(kms.create_key()["KeyMetadata"]["Arn"])
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=document)
    return arn


def let(principal: str, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    statement = {
        "Effect": effect,
        "Principal": {"AWS": principal},
        "Action": ["kms:Decrypt"],
        "Resource": "*",
    }
    return {**statement, **({"Condition": condition} if condition else {})}


ROOT = "arn:aws:iam::123456789012:root"
AS_THE_GUIDE_SAYS = {
    "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
    "ArnEquals": {"aws:PrincipalArn": DATA_ROLES},
}


@pytest.mark.parametrize("owner", [TOOLING["account"], OTHER["account"]])
@pytest.mark.parametrize(
    ("statements", "status"),
    [
        ([let(ROOT)], "ok"),
        ([let("123456789012")], "ok"),
        ([let(DATA_ROLES[0])], "ok"),
        ([let(ROOT, **AS_THE_GUIDE_SAYS)], "ok"),
        ([{**let(ROOT), "Action": "kms:*"}], "ok"),
        ([{**let(ROOT), "Action": "kms:Encrypt"}], "missing"),
        ([let("arn:aws:iam::999999999999:root")], "missing"),
        ([let(ROOT, StringEquals={"aws:PrincipalOrgID": "o-1"})], "warning"),
        ([let(ROOT, StringEquals={"aws:PrincipalOrgID": "o-1"}), let(ROOT)], "ok"),
        ([let(ROOT), let("*", "Deny", Bool={"aws:SecureTransport": "false"})], "warning"),
    ],
)
def test_a_key_of_training_data_lets_the_jobs_decrypt(
    aws: Any, owner: str, statements: list[dict[str, Any]], status: str
) -> None:
    arn = data_key(owner, *statements)
    assert look(aws, "dataKey", arn=arn, roles=DATA_ROLES)[0] == status


def test_a_key_of_training_data_has_to_be_usable(aws: Any) -> None:
    arn = data_key()
    assert look(aws, "dataKey", arn=arn, roles=DATA_ROLES) == ("ok", "Enabled")
    elsewhere = arn.replace("eu-west-1", "us-east-1")
    assert look(aws, "dataKey", arn=elsewhere, roles=DATA_ROLES) == ("missing", "the key is in us-east-1")
    kms = boto3.client("kms", region_name="eu-west-1")
    other = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    assert "RSA_2048" in look(aws, "dataKey", arn=other, roles=DATA_ROLES)[1]
    kms.disable_key(KeyId=arn.split("/")[1])
    assert look(aws, "dataKey", arn=arn, roles=DATA_ROLES) == ("missing", "Disabled")


def test_the_policy_of_a_key_in_an_account_that_cannot_be_entered_is_unknown(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = data_key(OTHER["account"])

    class Kms:
        def describe_key(self, KeyId: str) -> dict[str, Any]:
            return {"KeyMetadata": {"KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}}

    def client(service: str, place: preflight_aws.Place) -> Any:
        if place.account != TOOLING["account"]:
            raise preflight_aws.CannotLook("no role")
        return Kms()

    monkeypatch.setattr(aws, "client", client)
    status, what = look(aws, "dataKey", arn=arn, roles=DATA_ROLES)
    assert status == "unknown" and "only in its account 222222222222" in what
