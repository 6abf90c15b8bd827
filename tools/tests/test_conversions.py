"""What an endpoint that exists can become: another kind or, while it is scaled, another instance type."""

from __future__ import annotations

from dataclasses import replace

import pytest

import serving
from fakes import before_calls
from targets import Refused

SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"ProductionVariants": [{"InstanceType": "ml.m5.large"}]}, "realtime"),
        ({"ProductionVariants": [{"InstanceType": "ml.m5.large"}], "AsyncInferenceConfig": {}}, "realtime"),
        (
            {
                "ProductionVariants": [{}],
                "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://a"}},
            },
            "asynchronous",
        ),
        ({"ProductionVariants": [SERVERLESS]}, "serverless"),
        ({}, None),
    ],
)
def test_the_kind_of_an_endpoint_is_read_from_its_configuration(prod, account, monkeypatch, config, kind):
    account.deploy("prod", account.register("Approved"))

    def answer(real, client, operation, arguments):
        return config if operation == "DescribeEndpointConfig" else real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", answer)
    found = serving.look(prod.aws.client("sagemaker", prod.environment), "churn-main-prod")
    assert found
    assert found.kind == kind


@pytest.mark.parametrize("kind", ["serverless", "asynchronous"])
def test_an_endpoint_does_not_become_one_of_another_kind(prod, account, kind):
    account.deploy("prod", account.register("Approved"))
    prod.environment = replace(prod.environment, kind=kind)
    with pytest.raises(Refused) as refusal:
        prod.live()
    assert f"churn-main-prod is realtime and cannot become {kind}" in str(refusal.value)
    assert f'add an environment with another name for "{kind}"' in str(refusal.value)


def test_a_scaled_endpoint_keeps_its_instance_type(prod, account):
    account.deploy("prod", account.register("Approved"), scaling="2 to 10")
    prod.environment = replace(prod.environment, instance_type="ml.c5.large")
    with pytest.raises(Refused) as refusal:
        prod.live()
    assert "does not change churn-main-prod from ml.m5.large to ml.c5.large meanwhile" in str(refusal.value)
    assert "Remove autoscaling and deploy with ml.m5.large" in str(refusal.value)


@pytest.mark.parametrize(("scaling", "instance_type"), [(None, "ml.c5.large"), ("2 to 10", "ml.m5.large")])
def test_one_that_is_not_scaled_changes_its_type_and_a_scaled_one_its_model(
    prod, account, scaling, instance_type
):
    package = account.register("Approved")
    account.deploy("prod", package, scaling=scaling)
    prod.environment = replace(prod.environment, instance_type=instance_type)
    found = prod.live()
    assert found
    assert found.package == package
