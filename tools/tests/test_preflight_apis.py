"""What an API needs in its account: there, missing, and there in another form."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

import preflight_aws
from preflight_accounts import TOOLING, in_account, look

REGION = "eu-west-1"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"


def client(service: str) -> Any:
    return in_account(TOOLING["account"]).client(service, region_name=REGION)


def stubbed(monkeypatch: pytest.MonkeyPatch, service: str, operation: str, answer: dict[str, Any]) -> None:
    """One answer, as botocore's model has it."""
    made = boto3.client(service, region_name=REGION)
    stub = Stubber(made)
    stub.add_response(operation, answer)
    stub.activate()
    monkeypatch.setattr(preflight_aws.Aws, "client", lambda self, name, place: made)


@pytest.mark.parametrize(
    ("status", "names", "found"),
    [
        ("ISSUED", ["churn.example.org"], ("ok", "issued")),
        ("ISSUED", ["example.org", "*.example.org"], ("ok", "issued")),
        ("ISSUED", ["*.org"], ("missing", "it is for *.org")),
        ("ISSUED", ["shop.example.org"], ("missing", "it is for shop.example.org")),
        ("PENDING_VALIDATION", ["churn.example.org"], ("missing", "it is PENDING_VALIDATION")),
        ("EXPIRED", ["churn.example.org"], ("missing", "it is EXPIRED")),
    ],
)
def test_a_certificate(
    aws: Any, monkeypatch: pytest.MonkeyPatch, status: str, names: list[str], found: tuple[str, str]
) -> None:
    certificate = {"Status": status, "DomainName": names[0], "SubjectAlternativeNames": names}
    stubbed(monkeypatch, "acm", "describe_certificate", {"Certificate": certificate})
    assert look(aws, "certificate", arn=CERTIFICATE, domain="churn.example.org") == found


def test_a_certificate_that_is_not_there(aws: Any) -> None:
    status, what = look(aws, "certificate", arn=CERTIFICATE, domain="churn.example.org")
    assert (status, "ResourceNotFound" in what) == ("missing", True)


def test_a_hosted_zone_and_what_is_in_it(aws: Any) -> None:
    zone = client("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]
    identifier = zone["Id"].split("/")[-1]
    assert look(aws, "hostedZone", id=identifier, domain="churn.example.org") == ("ok", "example.org")
    assert look(aws, "hostedZone", id=identifier, domain="example.org")[0] == "ok"
    other = look(aws, "hostedZone", id=identifier, domain="churn.myexample.org")
    assert other == ("missing", "it is the zone of example.org")
    assert look(aws, "hostedZone", id="Z0123456789ABCDEFGHIJ", domain="example.org")[0] == "missing"


def test_a_private_hosted_zone_is_not_enough(aws: Any) -> None:
    vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zone = client("route53").create_hosted_zone(
        Name="example.org",
        CallerReference="2",
        HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": REGION, "VPCId": vpc},
    )["HostedZone"]
    found = look(aws, "hostedZone", id=zone["Id"].split("/")[-1], domain="churn.example.org")
    assert found == ("missing", "example.org is private")


def test_a_web_acl(aws: Any) -> None:
    made = client("wafv2").create_web_acl(
        Name="apis",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": False,
            "MetricName": "apis",
        },
    )["Summary"]
    assert look(aws, "webAcl", arn=made["ARN"]) == ("ok", "")
    gone = made["ARN"].replace(made["Id"], "01234567-89ab-cdef-0123-456789abcdef")
    assert look(aws, "webAcl", arn=gone)[0] == "missing"


def test_vpc_endpoints_are_those_of_the_api(aws: Any) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def made(service: str) -> str:
        name = f"com.amazonaws.{REGION}.{service}"
        answer = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface")
        return str(answer["VpcEndpoint"]["VpcEndpointId"])

    api, other = made("execute-api"), made("s3")
    assert look(aws, "vpcEndpoints", ids=[api]) == ("ok", "")
    assert look(aws, "vpcEndpoints", ids=[api, other]) == (
        "missing",
        f"{other} is for com.amazonaws.{REGION}.s3",
    )
    assert look(aws, "vpcEndpoints", ids=["vpce-0123456789abcdef0"])[0] == "missing"


def test_a_vpc_endpoint_that_waits_for_somebody(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = {
        "VpcEndpointId": "vpce-0123456789abcdef0",
        "ServiceName": f"com.amazonaws.{REGION}.execute-api",
        "State": "PendingAcceptance",
    }
    stubbed(monkeypatch, "ec2", "describe_vpc_endpoints", {"VpcEndpoints": [endpoint]})
    found = look(aws, "vpcEndpoints", ids=[endpoint["VpcEndpointId"]])
    assert found == ("missing", "vpce-0123456789abcdef0 is PendingAcceptance")


def test_the_role_with_which_rest_apis_write_logs(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        stubbed(patched, "apigateway", "get_account", {"throttleSettings": {"burstLimit": 5000}})
        assert look(aws, "apiLogs") == ("missing", "the account has none")
    role = "arn:aws:iam::123456789012:role/logs"
    stubbed(monkeypatch, "apigateway", "get_account", {"cloudwatchRoleArn": role})
    assert look(aws, "apiLogs") == ("ok", role)


@pytest.mark.parametrize("answer", [{"CompatibleArchitectures": ["arm64", "x86_64"]}, {}])
def test_a_layer(aws: Any, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]) -> None:
    # Without a list it is for every architecture.
    stubbed(monkeypatch, "lambda", "get_layer_version_by_arn", answer)
    assert look(aws, "layer", arn="arn:aws:lambda:eu-west-1:123456789012:layer:traces:1") == ("ok", "")


def test_a_layer_that_may_not_be_used(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = boto3.client("lambda", region_name=REGION)
    stub = Stubber(made)
    stub.add_client_error("get_layer_version_by_arn", "AccessDeniedException")
    stub.activate()
    monkeypatch.setattr(preflight_aws.Aws, "client", lambda self, name, place: made)
    found = look(aws, "layer", arn="arn:aws:lambda:eu-west-1:123456789012:layer:traces:1")
    assert found[0] != "ok"


def test_a_layer_of_another_architecture(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stubbed(monkeypatch, "lambda", "get_layer_version_by_arn", {"CompatibleArchitectures": ["x86_64"]})
    found = look(aws, "layer", arn="arn:aws:lambda:eu-west-1:123456789012:layer:traces:1")
    assert found == ("missing", "it is for x86_64, the handler runs on arm64")


def deployed(outputs: dict[str, str]) -> None:
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    client("cloudformation").create_stack(
        StackName="churn-main-prod-endpoint", TemplateBody=json.dumps(template)
    )


@pytest.mark.parametrize(
    ("outputs", "per_release", "found"),
    [
        ({}, True, ("ok", "no endpoint yet")),
        ({"EndpointName": "churn-main-prod-r0a1b2c3d", "Release": "0a1b2c3d"}, True, ("ok", "")),
        (
            {"EndpointName": "churn-main-prod-r0a1b2c3d", "Release": "0a1b2c3d"},
            False,
            ("missing", "it has an endpoint for each release"),
        ),
        ({"EndpointName": "churn-main-prod"}, False, ("ok", "")),
        ({"EndpointName": "churn-main-prod"}, True, ("missing", "it has one endpoint for all releases")),
    ],
)
def test_the_way_of_release_stays(
    aws: Any, outputs: dict[str, str], per_release: bool, found: tuple[str, str]
) -> None:
    deployed(outputs)
    assert look(aws, "release", stack="churn-main-prod-endpoint", perRelease=per_release) == found


def test_before_the_first_deployment_either_way_will_do(aws: Any) -> None:
    for per_release in (True, False):
        found = look(aws, "release", stack="churn-main-prod-endpoint", perRelease=per_release)
        assert found == ("ok", "not deployed yet")


def test_endpoints_of_releases_are_the_deliverys_own(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from preflight_quotas import Fleet

    name = "ml.m5.large for endpoint usage"
    monkeypatch.setattr("preflight_quotas._limit", lambda *_: 6.0)
    monkeypatch.setattr(
        "preflight_quotas.fleets",
        lambda *_: [
            Fleet("churn-main-prod-r0a1b2c3d", "ml.m5.large", 2),
            Fleet("churn-main-prod-rather", "ml.m5.large", 1),
            Fleet("churn-main-prod", "ml.m5.large", 2),
        ],
    )
    wants = {"name": name, "value": 4, "type": "ml.m5.large", "endpoints": ["churn-main-prod-r????????"]}
    status, what = look(aws, "quota", **wants)
    assert status == "missing"
    assert what.endswith("other endpoints run 3: churn-main-prod, churn-main-prod-rather")
