"""What is live: what the endpoint serves, whatever its stack says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from moto.sagemaker.models import sagemaker_backends

import check
import serving
from account import ACCOUNT, GROUP, REGION
from decide_all import decide_all
from fakes import before_calls, service_error
from live import Live
from live_environments import GROUP_ARN
from targets import KEEP_LIVE, Refused


def test_nothing_is_live_where_nothing_was_deployed_or_no_model(prod, account):
    assert prod.live() is None
    account.deploy("prod", "none")
    found = prod.live()
    assert found
    assert (found.package, found.astray) == (None, None)


def test_where_endpoint_and_stack_agree_the_approved_package_is_live(prod, account):
    package = account.register("Approved")
    account.deploy("prod", package, Attempt="3")
    assert prod.live() == Live(package, "2026-01-01T00:00:00.0Z", "earlier", package, 3)


def test_where_they_disagree_what_is_served_is_live(prod):
    first, second = prod.went_back()
    found = prod.live()
    assert found
    assert (found.package, found.deployed) == (first, second)
    assert found.astray
    assert found.astray["served"] == first


def test_an_infrastructure_change_keeps_what_is_served_and_tells_of_it(prod, account, decide):
    first, _ = prod.went_back()
    queue = account.bus()
    assert decide(KEEP_LIVE)["prod"] == ("deploy", first)
    [event] = account.taken(queue)
    assert event["detail-type"] == "Endpoint Not As Deployed"
    detail = event["detail"]
    assert (detail["environment"], detail["endpoint"], detail["served"]) == ("prod", "churn-main-prod", first)
    assert detail["deployed"].endswith("/2")


def test_nothing_is_told_where_they_agree(account, decide):
    account.deploy("prod", account.register("Approved"))
    queue = account.bus()
    decide(KEEP_LIVE)
    assert account.taken(queue) == []


def test_rejecting_what_the_stack_alone_says_is_live_leaves_the_endpoint_alone(prod, account, decide):
    first, second = prod.went_back()
    account.set_approval(second, "Rejected")
    assert decide(second)["prod"] == ("skip", first)


def test_rejecting_what_is_served_replaces_it_though_the_stack_says_something_else(prod, account, decide):
    first, second = prod.went_back()
    account.set_approval(first, "Rejected")
    assert decide(first)["prod"] == ("deploy", second)


def test_what_is_deployed_after_the_endpoint_went_back_is_another_attempt(prod, account):
    _, second = prod.went_back()
    attempts = {
        e.name: d.attempt for e, d in decide_all(prod.aws, prod.targets, second) if d.package == second
    }
    assert attempts == {"staging": 1, "prod": 2}
    account.deploy("prod", second, Attempt="2")
    [_, (_, decision)] = decide_all(prod.aws, prod.targets, second)
    assert decision.attempt == 2


def test_what_somebody_made_by_hand_is_replaced_by_an_approved_version_and_never_kept(prod, account, decide):
    package = account.register("Approved")
    account.deploy("prod", package)
    account.group("other")
    foreign = account.register("Approved", group="other")
    account.serve("prod", foreign)
    assert decide(package)["prod"] == ("deploy", package)
    with pytest.raises(Refused, match=f"{foreign} is not a version of .*deploys only churn-main"):
        decide(KEEP_LIVE)


def test_a_configuration_that_is_gone_is_no_package(prod, account):
    config = account.deploy("prod", account.register("Approved"))
    account.deploy("prod", account.register("Approved"))
    account.go_back("prod", config)
    account.sagemaker.delete_endpoint_config(EndpointConfigName=config)
    found = prod.live()
    assert found
    assert found.package
    assert found.package.endswith(f"with the configuration {config}")


def test_a_stack_of_an_older_template_is_compared_by_the_package(prod, account, monkeypatch):
    first, second = prod.went_back()

    def without_outputs(real, client, operation, arguments):
        answer = real(client, operation, arguments)
        for stack in answer.get("Stacks", []):
            stack.pop("Outputs", None)
        return answer

    before_calls(monkeypatch, "cloudformation", without_outputs)
    found = prod.live()
    assert found
    assert (found.package, found.deployed) == (first, second)


def test_a_model_whose_description_names_no_package_is_known_by_its_configuration(prod, account):
    package = account.register("Approved")
    account.deploy("prod", package)
    model = sagemaker_backends[ACCOUNT][REGION]._models[f"EndpointModelA1B2-{1:012d}"]
    model.primary_container = {"ModelDataUrl": "s3://b/model.tar.gz", "Image": "i"}
    found = prod.live()
    assert found
    assert (found.package, found.astray) == (package, None)


def test_a_copy_that_is_served_stands_for_its_approved_package(prod, account):
    account.group("replica")
    first, second = (account.register("Approved") for _ in range(2))
    copies = [account.register("Approved", group="replica", sourceModelPackageArn=p) for p in (first, second)]
    config = account.deploy("prod", first, served=copies[0])
    account.deploy("prod", second, served=copies[1])
    prod.environment = replace(
        prod.environment,
        replica_group=GROUP_ARN.replace(GROUP, "replica"),
        replicate_role=f"arn:aws:iam::{ACCOUNT}:role/replicate",
    )
    found = prod.live()
    assert found
    assert (found.package, found.astray) == (second, None)
    account.go_back("prod", config)
    found = prod.live()
    assert found
    assert (found.package, found.deployed) == (first, second)
    account.serve("prod", copies[0] + "0")
    found = prod.live()
    assert found
    assert found.package == copies[0] + "0"


def test_an_endpoint_that_is_gone_or_has_no_stack_is_refused_with_what_to_do(prod, account):
    account.deploy("prod", account.register("Approved"))
    account.cloudformation.delete_stack(StackName="churn-main-prod-endpoint")
    with pytest.raises(
        Refused, match=r"Import the endpoint into the stack, or delete it if nothing calls it"
    ):
        prod.live()
    account.deploy("prod", account.register("Approved"))
    account.sagemaker.delete_endpoint(EndpointName="churn-main-prod")
    with pytest.raises(Refused, match=r"churn-main-prod was deleted\. Delete the stack"):
        prod.live()


def test_a_failed_endpoint_is_refused_with_its_reason(prod, account):
    account.deploy("prod", account.register("Approved"))
    endpoint = account.endpoint("prod")
    endpoint.endpoint_status, endpoint.failure_reason = "Failed", "No capacity."
    with pytest.raises(Refused, match=r"is Failed \(No capacity\)\. Delete the endpoint and the stack"):
        prod.live()


def test_it_waits_while_the_endpoint_changes_and_gives_up_with_a_clear_message(prod, account):
    account.deploy("prod", account.register("Approved"))
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        account.endpoint("prod").endpoint_status = "SystemUpdating" if len(waits) < 3 else "InService"

    account.endpoint("prod").endpoint_status = "Updating"
    serving.wait_until_steady(account.sagemaker, "churn-main-prod", seconds=300, sleep=sleep)
    assert waits == [15, 15, 15]
    account.endpoint("prod").endpoint_status = "SystemUpdating"
    with pytest.raises(
        Refused, match=r"churn-main-prod is still SystemUpdating after 0 s\. Wait until it has finished"
    ):
        prod.live()


def test_a_rejected_model_gives_way_elsewhere_while_an_endpoint_is_maintained(account, decide, monkeypatch):
    monkeypatch.setattr("decide_all.settle_seconds", lambda _: 0)
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.endpoint("staging").endpoint_status = "SystemUpdating"
    account.set_approval(bad, "Rejected")
    queue = account.bus()
    assert decide(bad) == {"staging": ("skip", "none"), "prod": ("deploy", good)}
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["status"]) == ("Endpoint Stack Broken", "SystemUpdating")


def test_the_check_goes_by_what_is_served_too(prod, tmp_path):
    first, second = prod.went_back()
    folder = tmp_path / "prod"
    folder.mkdir()
    values = {"ModelPackageArn": second, "StartedAt": "2026-01-02T00:00:00.0Z"}
    (folder / "configuration.json").write_text(json.dumps({"Parameters": values}))

    def checked(follows_live: bool) -> str:
        decision = {"action": "deploy", "follows_live": follows_live, "live": "another"}
        record = {"decision": decision, "package": {"metrics": {}}, "execution": {"wanted": KEEP_LIVE}}
        (folder / "package.json").write_text(json.dumps(record))
        return check.check(prod.aws, prod.targets, prod.environment, tmp_path)

    assert checked(False).startswith("prod: version 2, version 1 is live now;")
    with pytest.raises(Refused, match=f"{first} went live in prod in the meantime"):
        checked(True)


def test_a_right_that_is_missing_is_named_with_what_to_do_and_other_errors_stay_what_they_are(
    prod, account, monkeypatch
):
    account.deploy("prod", account.register("Approved"))
    code = "AccessDeniedException"

    def refuse(real, client, operation, arguments):
        if operation == "DescribeModel":
            raise service_error(operation, code)
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", refuse)
    with pytest.raises(Refused, match=r"cannot be read: .* Deploy the environment's infrastructure stack"):
        prod.live()
    code = "InternalFailure"
    with pytest.raises(ClientError):
        prod.live()
