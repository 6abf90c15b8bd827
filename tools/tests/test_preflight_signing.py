"""The preflight of what lets workflows in: the identity provider, and the key of the GitHub App."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

import preflight_aws
from preflight_accounts import OTHER, TOOLING, look

ISSUER = "token.actions.githubusercontent.com"
ARN = f"arn:aws:iam::{TOOLING['account']}:oidc-provider/{ISSUER}"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
ROLE = "arn:aws:iam::123456789012:role/churn-main-starter"


def provide(audience: str = "sts.amazonaws.com") -> str:
    iam = boto3.client("iam")
    made = iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=[audience])
    return str(made["OpenIDConnectProviderArn"])


def provider(aws: Any, **more: str) -> tuple[str, str]:
    wants = {"issuer": ISSUER, "audience": "sts.amazonaws.com", **more}
    return look(aws, "identityProvider", **wants)


def test_a_provider_that_is_created(aws: Any) -> None:
    assert provider(aws, stack="churn-infrastructure") == ("ok", "created by the first deployment")
    assert provide() == ARN
    assert provider(aws, stack="churn-infrastructure") == ("missing", f"there is {ARN}")


def test_a_provider_of_the_delivery(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    provide()
    template = {
        "Resources": {
            "Other": {"Type": "AWS::SNS::Topic"},
        }
    }
    cloudformation = boto3.client("cloudformation", region_name="eu-west-1")
    cloudformation.create_stack(StackName="churn-infrastructure", TemplateBody=json.dumps(template))
    assert provider(aws, stack="churn-infrastructure")[0] == "missing"
    summary = {
        "LogicalResourceId": "Github",
        "ResourceType": "AWS::IAM::OIDCProvider",
        "PhysicalResourceId": ARN,
    }
    stubbed = boto3.client("cloudformation", region_name="eu-west-1")
    stub = Stubber(stubbed)
    at = "2026-01-01T00:00:00Z"
    status = {"ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": at}
    stub.add_response("list_stack_resources", {"StackResourceSummaries": [{**summary, **status}]})
    client = preflight_aws.Aws.client
    monkeypatch.setattr(
        preflight_aws.Aws, "client",
        lambda self, name, place: stubbed if name == "cloudformation" else client(self, name, place),
    )  # fmt: skip
    with stub:
        assert provider(aws, stack="churn-infrastructure") == ("ok", "")


def test_a_provider_that_is_named(aws: Any) -> None:
    assert provider(aws, arn=ARN) == ("missing", "there is none")
    provide()
    assert provider(aws, arn=ARN) == ("ok", "")


def test_a_provider_for_somebody_else(aws: Any) -> None:
    provide("other")
    assert provider(aws, arn=ARN) == ("missing", "it is not for sts.amazonaws.com")


RIGHT = {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY", "KeyState": "Enabled", "Origin": "EXTERNAL"}
ROOT = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*"}


def signs(
    aws: Any, monkeypatch: pytest.MonkeyPatch, key: dict[str, str], statement: dict[str, Any] = ROOT
) -> tuple[str, str]:
    """moto imports no asymmetric keys, so KMS is botocore's stub, which knows the answers' form."""
    client = boto3.client("kms", region_name="eu-west-1")
    stub = Stubber(client)
    stub.add_response("describe_key", {"KeyMetadata": {"KeyId": KEY, **key}}, {"KeyId": KEY})
    policy = json.dumps({"Statement": [statement]})
    stub.add_response("get_key_policy", {"Policy": policy}, {"KeyId": KEY, "PolicyName": "default"})
    monkeypatch.setattr(preflight_aws.Aws, "client", lambda *_: client)
    with stub:
        return look(aws, "signingKey", arn=KEY, roles=[ROLE])


def test_a_key_that_signs(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signs(aws, monkeypatch, RIGHT) == ("ok", "")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"KeySpec": "RSA_4096"}, "its kind is RSA_4096, not RSA_2048"),
        ({"KeyUsage": "ENCRYPT_DECRYPT"}, "its use is ENCRYPT_DECRYPT, not SIGN_VERIFY"),
        ({"KeyState": "PendingImport"}, "its state is PendingImport, not Enabled"),
        ({"Origin": "AWS_KMS"}, "KMS generated it, and GitHub generates the keys of an App"),
    ],
)
def test_another_key(aws: Any, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], what: str) -> None:
    assert signs(aws, monkeypatch, {**RIGHT, **change}) == ("missing", what)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Principal": {"AWS": ROLE}, "Action": ["kms:Sign"]}, "ok"),
        ({"Action": "kms:Verify"}, "warning"),
        ({"Effect": "Deny"}, "warning"),
        ({"Principal": {"AWS": "arn:aws:iam::222222222222:root"}}, "warning"),
        ({"Principal": {"Service": "kms.amazonaws.com"}}, "warning"),
    ],
)
def test_who_may_sign(aws: Any, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], status: str) -> None:
    assert signs(aws, monkeypatch, RIGHT, {**ROOT, **change})[0] == status


def test_a_key_elsewhere(aws: Any) -> None:
    assert look(aws, "signingKey", OTHER, arn=KEY, roles=[ROLE]) == (
        "missing",
        "it is in 123456789012/eu-west-1",
    )
    away = KEY.replace("eu-west-1", "us-east-1")
    assert look(aws, "signingKey", arn=away, roles=[ROLE]) == ("missing", "it is in 123456789012/us-east-1")


def test_a_provider_that_lacks_an_audience(aws: Any) -> None:
    arn = f"arn:aws:iam::{TOOLING['account']}:oidc-provider/gitlab.com"
    wants: dict[str, Any] = {
        "issuer": "gitlab.com",
        "audiences": ["sts.amazonaws.com/a", "sts.amazonaws.com/b"],
        "option": "engine.gitlab.oidcProviderArn",
    }
    own = {**wants, "stack": "churn-infrastructure"}
    assert look(aws, "identityProvider", **own)[0] == "ok"
    boto3.client("iam").create_open_id_connect_provider(
        Url="https://gitlab.com", ClientIDList=["sts.amazonaws.com/a", "other"]
    )
    assert look(aws, "identityProvider", **own) == ("missing", f"there is {arn}")
    assert look(aws, "identityProvider", **wants, arn=arn) == ("missing", "it is not for sts.amazonaws.com/b")
    boto3.client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    boto3.client("iam").create_open_id_connect_provider(
        Url="https://gitlab.com", ClientIDList=wants["audiences"]
    )
    assert look(aws, "identityProvider", **wants, arn=arn)[0] == "ok"
