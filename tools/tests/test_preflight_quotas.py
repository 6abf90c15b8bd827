"""Quotas of SageMaker, with what endpoints of others take of them."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto.iam.aws_managed_policies import aws_managed_policies_data

import preflight_aws
import preflight_quotas
from preflight_accounts import TOOLING, look

NAME = "ml.m5.large for endpoint usage"
HERE = preflight_aws.Place(TOOLING["account"], TOOLING["region"])


def quotas(
    aws: Any, monkeypatch: pytest.MonkeyPatch, applied: dict[str, float], **default: float
) -> list[str]:
    """What Service Quotas answers, held to botocore's model; gives the operations that were asked."""
    asked: list[str] = []
    client = boto3.client("service-quotas", region_name="eu-west-1")
    client.meta.events.register("before-parameter-build", lambda model, **_: asked.append(model.name))
    stubber = Stubber(client)
    for operation, values in (("list_service_quotas", applied), ("list_aws_default_service_quotas", default)):
        found = [{"QuotaName": name, "Value": value} for name, value in values.items()]
        wanted = {"ServiceCode": "sagemaker"}
        stubber.add_response(operation, {"Quotas": [], "NextToken": "2"}, wanted)
        stubber.add_response(operation, {"Quotas": found}, {**wanted, "NextToken": "2"})
    stubber.activate()
    real = aws.client
    monkeypatch.setattr(
        aws, "client", lambda service, place: client if service == "service-quotas" else real(service, place)
    )
    return asked


def endpoint(name: str, count: int, instance_type: str = "ml.m5.large") -> None:
    sagemaker = boto3.client("sagemaker", region_name="eu-west-1")
    role = "arn:aws:iam::123456789012:role/model"
    image = {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/model:1"}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=image)
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InitialInstanceCount": count,
        "InstanceType": instance_type,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)


@pytest.mark.parametrize(("value", "status"), [(2, "ok"), (3, "ok"), (4, "missing")])
def test_a_quota(aws: Any, monkeypatch: pytest.MonkeyPatch, value: int, status: str) -> None:
    asked = quotas(aws, monkeypatch, {NAME: 3.0}, other=1.0)
    assert look(aws, "quota", name=NAME, value=value) == (status, "it is 3")
    assert look(aws, "quota", name="ml.x9.huge for endpoint usage", value=1)[0] == "unknown"
    assert look(aws, "quota", name="other", value=1) == ("ok", "it is 1")
    # There are so many quotas that each list is read once.
    assert asked == ["ListServiceQuotas"] * 2 + ["ListAWSDefaultServiceQuotas"] * 2


def test_a_quota_of_all_types_is_not_asked_for_where_there_is_none(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotas(aws, monkeypatch, {})
    assert look(aws, "quota", name="Number of instances", value=9, total=True)[0] == "ok"


def wants(value: int, **more: Any) -> dict[str, Any]:
    return {"name": NAME, "value": value, "type": "ml.m5.large", "endpoints": ["churn-main-prod"], **more}


@pytest.mark.parametrize(("value", "status"), [(5, "ok"), (6, "missing")])
def test_other_endpoints_take_their_share(
    aws: Any, monkeypatch: pytest.MonkeyPatch, value: int, status: str
) -> None:
    quotas(aws, monkeypatch, {NAME: 8.0})
    endpoint("other", 3)
    endpoint("of-another-type", 4, "ml.c5.large")
    # What the delivery runs already is what it wants.
    endpoint("churn-main-prod", 2)
    found = look(aws, "quota", **wants(value))
    assert found == (status, "it is 8, and other endpoints run 3: other")


def test_all_types_together(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quotas(aws, monkeypatch, {"Number of instances across active endpoints": 8.0})
    endpoint("other", 3)
    endpoint("of-another-type", 4, "ml.c5.large")
    asked = {
        "name": "Number of instances across active endpoints",
        "total": True,
        "endpoints": ["churn-main-prod"],
    }
    assert look(aws, "quota", value=1, **asked)[0] == "ok"
    status, what = look(aws, "quota", value=2, **asked)
    assert (status, what) == ("missing", "it is 8, and other endpoints run 7: of-another-type, other")


def test_a_quota_that_is_too_small_by_itself_needs_no_look(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quotas(aws, monkeypatch, {NAME: 1.0})
    monkeypatch.setattr(preflight_quotas, "fleets", lambda *_: pytest.fail("looked at endpoints"))
    assert look(aws, "quota", **wants(2)) == ("missing", "it is 1")


def variants(count: int, desired: int, name: str = "AllTraffic") -> list[dict[str, Any]]:
    return [{"VariantName": name, "CurrentInstanceCount": count, "DesiredInstanceCount": desired}]


def config(**types: str) -> dict[str, Any]:
    made = [{"VariantName": v, "InstanceType": t, "ModelName": "m"} for v, t in types.items()]
    return {**NAMES, "ProductionVariants": made}


ARN = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/other"
TIME = "2026-01-01T00:00:00Z"
NAMES = {"EndpointConfigName": "new", "EndpointConfigArn": ARN, "CreationTime": TIME}
LISTED = {
    "EndpointName": "other",
    "EndpointArn": ARN,
    "CreationTime": TIME,
    "LastModifiedTime": TIME,
    "EndpointStatus": "Updating",
}


def sagemaker(
    aws: Any, monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, dict[str, Any] | str]
) -> Stubber:
    """What SageMaker answers about one endpoint, held to botocore's model; a text is an error."""
    client = boto3.client("sagemaker", region_name="eu-west-1")
    stubber = Stubber(client)
    stubber.add_response("list_endpoints", {"Endpoints": [LISTED]})
    for operation, answer in answers:
        if isinstance(answer, str):
            stubber.add_client_error(operation, answer)
        else:
            stubber.add_response(operation, answer)
    stubber.activate()
    monkeypatch.setattr(aws, "client", lambda service, place: client)
    return stubber


def test_an_update_that_is_under_way_has_both_fleets(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    described = {
        **LISTED,
        "EndpointConfigName": "old",
        "ProductionVariants": variants(2, 2),
        "ShadowProductionVariants": variants(1, 1, "Shadow"),
        "PendingDeploymentSummary": {"EndpointConfigName": "new", "ProductionVariants": variants(1, 3)},
    }
    old = {**config(AllTraffic="ml.m5.large"), "ShadowProductionVariants": config(Shadow="ml.c5.large")}
    old["ShadowProductionVariants"] = old["ShadowProductionVariants"]["ProductionVariants"]
    stubber = sagemaker(
        aws,
        monkeypatch,
        ("describe_endpoint", described),
        ("describe_endpoint_config", old),
        ("describe_endpoint_config", config(AllTraffic="ml.m5.xlarge")),
    )
    found = [(fleet.type, fleet.count) for fleet in preflight_quotas.fleets(aws, HERE)]
    assert found == [("ml.m5.large", 2), ("ml.c5.large", 1), ("ml.m5.xlarge", 3)]
    # They are read once, whatever asks for them.
    assert len(preflight_quotas.fleets(aws, HERE)) == 3
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize("described", ["ValidationException", {**LISTED, "EndpointStatus": "Failed"}])
def test_an_endpoint_that_is_gone_or_never_came_has_no_instances(
    aws: Any, monkeypatch: pytest.MonkeyPatch, described: Any
) -> None:
    sagemaker(aws, monkeypatch, ("describe_endpoint", described))
    assert preflight_quotas.fleets(aws, HERE) == []


def test_the_concurrency_of_serverless_endpoints_counts_for_its_own_quota_and_for_no_other(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = {
        "VariantName": "AllTraffic",
        "CurrentServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
        "DesiredServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 8},
    }
    how = {
        "VariantName": "AllTraffic",
        "ModelName": "m",
        "ServerlessConfig": variant["DesiredServerlessConfig"],
    }
    described = {**LISTED, "EndpointConfigName": "old", "ProductionVariants": [variant]}
    config = {**NAMES, "ProductionVariants": [how]}
    sagemaker(aws, monkeypatch, ("describe_endpoint", described), ("describe_endpoint_config", config))
    assert [(f.type, f.count) for f in preflight_quotas.fleets(aws, HERE)] == [("serverless", 8)]
    monkeypatch.setattr(aws, "quotas", lambda *_: {NAME: 10.0})
    quota = {"name": NAME, "endpoints": ["mine"], "total": True}
    told = "it is 10, and other endpoints run 8: other"
    assert look(aws, "quota", **quota, value=2, type="serverless") == ("ok", told)
    assert look(aws, "quota", **quota, value=3, type="serverless") == ("missing", told)
    assert look(aws, "quota", **quota, value=10) == ("ok", "it is 10")
    assert look(aws, "quota", **quota, value=10, type="ml.m5.large") == ("ok", "it is 10")


def test_a_quota_of_another_service_is_asked_there(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "Concurrently running builds for Linux/Small environment"
    asked: list[str] = []

    def quotas_of(place: Any, operation: str, service: str) -> dict[str, float]:
        asked.append(service)
        return {name: 1.0} if service == "codebuild" else {}

    monkeypatch.setattr(aws, "quotas", quotas_of)
    assert look(aws, "quota", name=name, value=2, service="codebuild") == ("missing", "it is 1")
    assert look(aws, "quota", name=name, value=1, service="codebuild") == ("ok", "it is 1")
    assert look(aws, "quota", name="other", value=1, service="codebuild") == (
        "unknown",
        "Service Quotas does not list it",
    )
    assert set(asked) == {"codebuild"}


def test_serverless_variants_have_no_instances(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    how = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    variant = {"VariantName": "AllTraffic", "ModelName": "m", "ServerlessConfig": how}
    serverless = {**NAMES, "ProductionVariants": [variant]}
    described = {**LISTED, "EndpointConfigName": "old", "ProductionVariants": [{"VariantName": "AllTraffic"}]}
    answers = (("describe_endpoint", described), ("describe_endpoint_config", serverless))
    sagemaker(aws, monkeypatch, *answers)
    assert preflight_quotas.fleets(aws, HERE) == []


def test_an_endpoint_without_its_configuration_is_of_no_known_type(
    aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = {**LISTED, "EndpointConfigName": "old", "ProductionVariants": variants(2, 2)}
    answers = (("describe_endpoint", described), ("describe_endpoint_config", "ValidationException"))
    sagemaker(aws, monkeypatch, *answers)
    assert [(fleet.type, fleet.count) for fleet in preflight_quotas.fleets(aws, HERE)] == [("", 2)]
    monkeypatch.setattr(aws, "quotas", lambda *_: {NAME: 4.0})
    status, what = look(aws, "quota", **wants(4))
    assert (status, what) == ("unknown", "it is 4; the instance type of other is no longer known")
    together = {key: value for key, value in wants(2).items() if key != "type"}
    assert look(aws, "quota", **together) == ("ok", "it is 4, and other endpoints run 2: other")


def test_the_lookup_role_may_read_all_of_it() -> None:
    """Its policy is ReadOnlyAccess (CDK, bootstrap-template.yaml), which moto has from AWS."""
    policy = json.loads(aws_managed_policies_data)["ReadOnlyAccess"]["Document"]
    allowed = [a for s in policy["Statement"] if s["Effect"] == "Allow" for a in s["Action"]]
    for action in (
        "sagemaker:ListEndpoints",
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "servicequotas:ListServiceQuotas",
        "servicequotas:ListAWSDefaultServiceQuotas",
        "cloudformation:DescribeStackResources",
        "s3:GetEncryptionConfiguration",
        "s3:GetBucketLocation",
        "iam:GetRole",
    ):
        assert any(fnmatchcase(action, pattern) for pattern in allowed), action
