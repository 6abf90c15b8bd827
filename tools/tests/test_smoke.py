"""The smoke test really invokes the endpoint (moto answers what the test queued) and is hard to please."""

from __future__ import annotations

import json
from dataclasses import replace

import boto3
import pytest
import requests
from botocore.stub import Stubber
from moto.sagemaker.models import sagemaker_backends

import serving
import smoke_test
from account import ACCOUNT, REGION
from invoking import Request, at_once
from smoke_runs import GOOD, RESULTS, TEST, Run
from targets import Refused


@pytest.fixture
def run(smoke_run: Run) -> Run:
    return smoke_run


def test_an_answer_with_an_entry_per_row_passes(run):
    assert "churn-main-prod answered in" in run(json.dumps({"predictions": [0, 1]}))


def test_a_proven_deployment_is_counted_for_the_dashboard_and_one_that_fails_is_not(run, counted):
    run(GOOD)
    [call] = counted
    assert call["Namespace"] == "sagemaker-cicd/churn-main-prod"
    [metric] = call["MetricData"]
    assert (metric["MetricName"], metric["Value"]) == ("ProvenDeployments", 1.0)
    assert metric["Dimensions"] == [{"Name": "EndpointName", "Value": "churn-main-prod"}]
    with pytest.raises(Refused):
        run("[1]")
    assert len(counted) == 1


def test_golden_rows_are_asked_after_the_request_of_the_smoke_test(run, account):
    kept = {
        "contentType": "text/csv",
        "accept": "application/json",
        "rows": ["1,2", "3,4"],
        "answers": [1, 2],
    }
    assert run(GOOD, golden=kept).endswith(" s, and 2 golden rows as measured")
    with pytest.raises(
        Refused, match=r"does not answer as arn:\S+/1 did when it was measured: row 2: the answer is 2"
    ):
        run(GOOD, golden={**kept, "answers": [1, 3]})


def test_what_answers_otherwise_than_measured_removes_nothing(run, account):
    for _ in range(3):
        account.deploy("prod", account.register("Approved"))
    with pytest.raises(Refused):
        run(
            GOOD,
            golden={"contentType": "text/csv", "accept": "application/json", "rows": ["1"], "answers": [1]},
        )
    assert len(sagemaker_backends[ACCOUNT][REGION]._models) == 4


def test_the_stack_is_protected_from_deletion_once(run, protected, capsys):
    run(json.dumps([0, 1]))
    assert protected == {"churn-main-prod-endpoint": True}
    assert "now protected from deletion" in capsys.readouterr().out
    run(json.dumps([0, 1]))
    assert "now protected from deletion" not in capsys.readouterr().out


def test_a_stack_is_protected_also_when_its_endpoint_fails_the_test_or_there_is_no_model_yet(run, protected):
    run("", prepared="none", live="none")
    assert protected.pop("churn-main-prod-endpoint")
    with pytest.raises(Refused):
        run("no json")
    assert protected["churn-main-prod-endpoint"]


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (json.dumps({"predictions": [0]}), "application/json", "1 entries for 2 rows"),
        (json.dumps([]), "application/json", "0 entries"),
        ("not json", "application/json", "not valid JSON"),
        ("0\n1\n", "text/csv", "application/json was requested"),
        (json.dumps({}), "application/json", "0 entries"),
    ],
)
def test_an_answer_of_another_form_fails(run, body, content_type, message):
    with pytest.raises(Refused, match=message):
        run(body, content_type)


def test_csv_answers_are_counted_by_line(run):
    assert "answered" in run("0\n1\n", "text/csv", replace(TEST, accept="text/csv"))


def test_a_csv_answer_with_a_line_too_many_fails(run):
    with pytest.raises(Refused, match="3 entries for 2 rows"):
        run("0\n1\n2\n", "text/csv", replace(TEST, accept="text/csv"))


def test_a_package_other_than_the_prepared_one_fails(run, account):
    other = account.register("Approved")
    with pytest.raises(Refused, match="was to be deployed"):
        run(json.dumps([1, 2]), live=other)


def test_nothing_is_invoked_where_there_is_no_model_yet(run):
    assert run("", prepared="none", live="none") == "prod: no model yet, nothing to test"


def test_a_slow_answer_fails_but_a_slow_first_one_does_not(run, account):
    run(json.dumps([1, 2]))
    times = iter([0.0, 20.0, 30.0, 39.0])
    answer = {
        "Body": json.dumps([1, 2]),
        "ContentType": "application/json",
        "InvokedProductionVariant": "v",
        "CustomAttributes": "",
    }
    requests.post(RESULTS, json={"account_id": ACCOUNT, "region": REGION, "results": [answer] * 2}, timeout=5)
    client = boto3.client("sagemaker-runtime", region_name=REGION)
    with pytest.raises(Refused, match=r"took 9\.00 s"):
        smoke_test.invoke(
            at_once(client, "churn-main-prod"), "churn-main-prod", TEST, clock=lambda: next(times)
        )


def test_an_endpoint_that_answers_with_an_error_fails(account):
    client = boto3.client("sagemaker-runtime", region_name=REGION)
    with Stubber(client) as stub:
        stub.add_client_error("invoke_endpoint", "ModelError", "the model said no", 424)
        with pytest.raises(Refused, match="the model said no"):
            smoke_test.invoke(at_once(client, "churn-main-prod"), "churn-main-prod", TEST)


def test_an_endpoint_that_went_back_without_an_error_fails_with_what_it_serves_and_why(run, account):
    old = account.register("Approved")
    before = account.deploy("prod", old)

    def went_back() -> None:
        account.go_back("prod", before)
        account.endpoint("prod").failure_reason = "The container did not answer to ping."

    with pytest.raises(Refused) as refusal:
        run(GOOD, then=went_back)
    said = str(refusal.value)
    assert f"serves {old} with the configuration {before}, not EndpointEndpointConfigA1B2-" in said
    assert "Its reason: The container did not answer to ping. Look at the log group" in said
    assert "/aws/sagemaker/Endpoints/churn-main-prod." in said


def test_a_model_of_another_package_than_the_deployments_fails_whatever_the_configuration_is_called(
    run, account
):
    other = account.register("Approved")

    def exchanged() -> None:
        backend = sagemaker_backends[ACCOUNT][REGION]
        backend._models[f"EndpointModelA1B2-{account.made:012d}"].primary_container = {
            "ModelPackageName": other
        }

    with pytest.raises(Refused, match=rf"serves {other}; .*/1 was deployed"):
        run(GOOD, then=exchanged)


def test_an_endpoint_that_is_not_there_or_not_in_service_fails(run, account):
    def failed() -> None:
        account.endpoint("prod").endpoint_status = "OutOfService"

    with pytest.raises(
        Refused, match=r"^The endpoint churn-main-prod is OutOfService\. Version 1 is recorded"
    ):
        run(GOOD, then=failed)
    with pytest.raises(Refused, match="does not exist"):
        run(GOOD, then=lambda: account.sagemaker.delete_endpoint(EndpointName="churn-main-prod"))


def test_it_waits_while_sagemaker_maintains_the_endpoint(run, account, monkeypatch):
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        account.endpoint("prod").endpoint_status = "InService"

    monkeypatch.setattr(serving.wait_until_steady, "__kwdefaults__", {"interval": 15, "sleep": sleep})

    def maintained() -> None:
        account.endpoint("prod").endpoint_status = "SystemUpdating"

    assert "answered in" in run(GOOD, then=maintained)
    assert waits == [15]


def test_what_could_not_be_removed_is_told_and_the_deployment_is_good(run, account, listed, capsys):
    for _ in range(3):
        account.deploy("prod", account.register("Approved"))
    queue = account.bus()
    listed.refuses = "DeleteEndpointConfig"
    assert "answered in" in run(GOOD)
    [event] = account.taken(queue)
    assert event["detail-type"] == "Replaced Models Not Removed"
    assert event["detail"]["environment"] == "prod"
    assert event["detail"]["problem"].startswith(
        "The configuration EndpointEndpointConfigA1B2-000000000002 was not"
    )
    assert "AccessDenied" in capsys.readouterr().err


def test_what_failed_its_test_removes_nothing(run, account):
    for _ in range(3):
        account.deploy("prod", account.register("Approved"))
    with pytest.raises(Refused):
        run("no json")
    assert len(sagemaker_backends[ACCOUNT][REGION]._models) == 4


def test_an_answer_that_waited_in_a_queue_has_no_limit():
    times = iter([0.0, 1.0, 1.0, 900.0])

    def ask(_: Request, __: str) -> tuple[str, str]:
        return "application/json", GOOD

    assert smoke_test.invoke(ask, "churn", TEST, clock=lambda: next(times), limited=False) == 899.0
