"""A return that was begun before, or while the endpoint changes for another reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from endpoints import Listed
from fakes import before_calls
from roll_back import roll_back
from targets import Refused
from updates import Updates


@pytest.fixture
def prod(account: Any, targets_file: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> Updates:
    return Updates(account, targets_file, monkeypatch)


def test_a_retry_of_the_stage_goes_no_further_back(prod, account):
    oldest, good, bad = (account.register("Approved") for _ in range(3))
    for package in (oldest, good, bad):
        prod.deploy(package)
    prod.carry_out()
    assert prod.served() == good
    assert "serves version 2 again" in prod.carry_out()
    assert prod.served() == good
    assert (prod.reason(2), len(prod.updates)) == (None, 1)


def test_an_endpoint_that_is_being_scaled_is_waited_for(prod, account, monkeypatch):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    prod.deploy(bad)
    statuses = iter(["Updating", "Updating", "Updating"])

    def scaled(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        answer = real(client, operation, arguments)
        if operation == "DescribeEndpoint":
            answer["EndpointStatus"] = next(statuses, answer["EndpointStatus"])
        return answer

    before_calls(monkeypatch, "sagemaker", scaled)
    prod.carry_out()
    assert prod.served() == good
    assert prod.slept


def test_the_same_version_that_is_deployed_again_is_left_too(prod, account):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    prod.deploy(bad)
    prod.begin(bad)
    assert "serves version 1 again" in prod.carry_out()
    assert prod.served() == good
    assert "to version 1" in str(prod.reason(2))


def test_a_scaled_endpoint_does_not_return_to_another_instance_type(prod, account, monkeypatch):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    account.deploy("prod", bad, scaling="2 to 10")
    prod.prove()

    def older(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        answer = real(client, operation, arguments)
        if operation == "DescribeEndpointConfig" and arguments["EndpointConfigName"].endswith("1"):
            answer["ProductionVariants"][0]["InstanceType"] = "ml.c5.large"
        return answer

    before_calls(monkeypatch, "sagemaker", older)
    with pytest.raises(Refused, match=r"version 1 was served on ml\.c5\.large, and the endpoint is scaled"):
        prod.carry_out()
    assert (prod.served(), prod.reason(2)) == (bad, None)


def test_an_environment_without_an_endpoint_is_told_so(prod):
    environment = replace(prod.prod, rollback_role="")
    targets = replace(prod.targets, environments=(environment,))
    with pytest.raises(Refused, match="prod: it has no endpoint to return"):
        roll_back(prod.aws, targets, ("prod",), "execution-9")
