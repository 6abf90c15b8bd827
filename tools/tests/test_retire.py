"""After the proof of a deployment: what is removed, what stays, and what is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from account import ACCOUNT, REGION, Account
from aws import Aws
from endpoints import Listed
from retire import PROVEN_TAG, retire
from serving import look
from targets import Environment


class Retiring:
    def __init__(self, account: Account, targets_file: Path) -> None:
        self.account = account
        self.aws = Aws()
        self.prod: Environment = self.aws.targets(targets_file).environment("prod")

    def deploy(self) -> str:
        return self.account.deploy("prod", self.account.register("Approved"))

    def prove(self) -> list[str]:
        found = look(self.account.sagemaker, "churn-main-prod")
        assert found
        return retire(self.aws, self.prod, found)

    def configs(self) -> list[int]:
        """Numbers of the configurations that there are."""
        found = self.account.sagemaker.get_paginator("list_endpoint_configs").paginate()
        return sorted(int(c["EndpointConfigName"][-12:]) for page in found for c in page["EndpointConfigs"])

    def models(self) -> list[int]:
        found = self.account.sagemaker.get_paginator("list_models").paginate()
        return sorted(int(m["ModelName"][-12:]) for page in found for m in page["Models"])

    def tags(self, config: str) -> dict[str, str]:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint-config/{config}"
        return {t["Key"]: t["Value"] for t in self.account.sagemaker.list_tags(ResourceArn=arn)["Tags"]}


@pytest.fixture
def prod(account: Account, targets_file: Path, listed: Listed) -> Retiring:
    return Retiring(account, targets_file)


def test_one_pair_before_the_proven_one_stays_and_older_ones_go(prod):
    for _ in range(4):
        prod.deploy()
        assert prod.prove() == []
    assert (prod.configs(), prod.models()) == ([3, 4], [3, 4])


def test_the_pair_that_stays_is_the_last_proven_one_not_one_that_failed(prod):
    good = prod.deploy()
    prod.prove()
    for _ in range(2):
        prod.deploy()
    prod.deploy()
    assert prod.prove() == []
    assert (prod.configs(), prod.models()) == ([1, 4], [1, 4])
    proven = datetime.fromisoformat(prod.tags(good)[PROVEN_TAG])
    assert abs((datetime.now(UTC) - proven).total_seconds()) < 60


def test_without_any_proven_pair_the_newest_stays(prod):
    for _ in range(3):
        last = prod.deploy()
    assert PROVEN_TAG not in prod.tags(last)
    prod.prove()
    assert (prod.configs(), prod.models()) == ([2, 3], [2, 3])
    assert PROVEN_TAG in prod.tags(last)


def test_what_another_execution_makes_meanwhile_stays(prod, account):
    for _ in range(3):
        proven = prod.deploy()
    newer = account.serve("prod", account.register("Approved"))
    account.go_back("prod", proven)
    # Its model is there, its configuration is not.
    account.serve("prod", account.register("Approved"))
    account.sagemaker.delete_endpoint_config(EndpointConfigName=f"EndpointEndpointConfigA1B2-{5:012d}")
    account.go_back("prod", proven)
    assert prod.prove() == []
    assert int(newer[-12:]) == 4
    assert (prod.configs(), prod.models()) == ([2, 3, 4], [2, 3, 4, 5])


@pytest.mark.parametrize("mentioned", ["current", "pending"])
def test_nothing_is_removed_while_the_endpoint_mentions_another_configuration(
    prod, account, monkeypatch, mentioned
):
    for _ in range(3):
        prod.deploy()
    found = look(account.sagemaker, "churn-main-prod")
    other = f"EndpointEndpointConfigA1B2-{1:012d}"
    answer: dict[str, Any] = {"EndpointConfigName": found.config, "EndpointStatus": "InService"}
    if mentioned == "pending":
        answer["PendingDeploymentSummary"] = {"EndpointConfigName": other}
    else:
        answer["EndpointConfigName"] = other
    monkeypatch.setattr("retire.describe_endpoint", lambda *_: answer)
    [problem] = retire(prod.aws, prod.prod, found)
    assert f"the endpoint is being updated, so {other} stays" in problem
    assert (prod.configs(), prod.models()) == ([1, 2, 3], [1, 2, 3])


def test_what_belongs_to_another_environment_or_to_nobody_stays(prod, account):
    account.deploy("staging", account.register("Approved"))
    account.deploy("staging", account.register("Approved"))
    account.sagemaker.create_model(
        ModelName=f"EndpointModelA1B2-{0:012d}", ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/m"
    )
    for _ in range(3):
        prod.deploy()
    assert prod.prove() == []
    assert (prod.configs(), prod.models()) == ([1, 2, 4, 5], [0, 1, 2, 4, 5])


def test_a_model_that_a_second_attempt_uses_again_stays(prod, account):
    prod.deploy()
    model = f"EndpointModelA1B2-{1:012d}"
    for number in (7, 8, 9):
        variant = {
            "VariantName": "v",
            "ModelName": model,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        account.sagemaker.create_endpoint_config(
            EndpointConfigName=f"EndpointEndpointConfigA1B2-{number:012d}",
            ProductionVariants=[variant],
            Tags=[{"Key": "sagemaker-cicd:endpoint", "Value": "churn-main-prod"}],
        )
    account.go_back("prod", f"EndpointEndpointConfigA1B2-{9:012d}")
    assert prod.prove() == []
    assert (prod.configs(), prod.models()) == ([8, 9], [1])


def test_a_configuration_that_cannot_be_removed_keeps_its_model_and_the_next_proof_tries_again(prod, listed):
    for _ in range(3):
        prod.deploy()
    listed.refuses = "DeleteEndpointConfig"
    [problem] = prod.prove()
    assert "The configuration EndpointEndpointConfigA1B2-000000000001 was not removed" in problem
    assert (prod.configs(), prod.models()) == ([1, 2, 3], [1, 2, 3])
    listed.refuses = "DeleteModel"
    [problem] = prod.prove()
    assert "The model EndpointModelA1B2-000000000001 was not removed" in problem
    listed.refuses = ""
    assert prod.prove() == []
    assert (prod.configs(), prod.models()) == ([2, 3], [2, 3])


@pytest.mark.parametrize("operation", ["ListEndpointConfigs", "ListTags", "AddTags", "ListModels"])
def test_a_right_that_is_missing_is_a_problem_and_no_failure(prod, listed, operation):
    for _ in range(3):
        prod.deploy()
    listed.refuses = operation
    [problem] = prod.prove()
    assert operation in problem


def test_only_names_that_cloudformation_made_up_like_this_one_are_looked_for(prod, listed):
    prod.deploy()
    prod.prove()
    assert set(listed.asked) == {
        ("ListEndpointConfigs", "EndpointEndpointConfigA1B2"),
        ("ListModels", "EndpointModelA1B2"),
    }


def test_an_endpoint_that_somebody_gave_a_configuration_by_hand_is_left_alone(prod, account):
    for _ in range(3):
        prod.deploy()
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="mine-9",
        ProductionVariants=[
            {
                "VariantName": "v",
                "ModelName": f"EndpointModelA1B2-{3:012d}",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
    )
    account.go_back("prod", "mine-9")
    assert prod.prove() == []
    assert prod.models() == [1, 2, 3]
