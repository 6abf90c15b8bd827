"""An asynchronous endpoint is asked by way of S3; its answers and failures are read there."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from fakes import before_calls, service_error, validate
from invoking import Asynchronous, NotTested
from targets import Refused, SmokeTest

TEST = SmokeTest(body="1,2\n", content_type="text/csv", accept="application/json", max_latency_seconds=5)
FOLDER = "s3://answers/asynchronous"


class Endpoint:
    """An endpoint that answers after some looks; botocore's model judges what it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket="answers")
        self.runtime = boto3.client("sagemaker-runtime", region_name="us-east-1")
        self.asked: list[dict[str, Any]] = []
        self.later: dict[str, str] = {}
        """Objects that are there after the next wait."""
        self.refuses = ""
        before_calls(monkeypatch, "sagemaker-runtime", self._call)
        self.ask = Asynchronous(self.runtime, self.s3, "churn-prod", FOLDER, seconds=3, sleep=self._sleep)

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        validate(client, operation, arguments)
        assert operation == "InvokeEndpointAsync"
        if self.refuses:
            raise service_error(operation, "ValidationError", self.refuses)
        self.asked.append(arguments)
        return {
            "InferenceId": "1",
            "OutputLocation": f"{FOLDER}/output/1.out",
            "FailureLocation": f"{FOLDER}/failure/1-error.out",
        }

    def _sleep(self, seconds: float) -> None:
        for key, text in self.later.items():
            self.s3.put_object(Bucket="answers", Key=f"asynchronous/{key}", Body=text.encode())


@pytest.fixture
def endpoint(monkeypatch):
    with mock_aws():
        yield Endpoint(monkeypatch)


def test_the_request_is_put_where_smoke_tests_may_and_the_answer_is_waited_for(endpoint):
    endpoint.later = {"output/1.out": "[1]"}
    assert endpoint.ask(TEST, "") == ("application/json", "[1]")
    [asked] = endpoint.asked
    assert (asked["EndpointName"], asked["ContentType"], asked["Accept"]) == (
        "churn-prod", "text/csv", "application/json",
    )  # fmt: skip
    assert asked["InputLocation"].startswith(f"{FOLDER}/input/smoke-test/")
    key = asked["InputLocation"].removeprefix("s3://answers/")
    assert endpoint.s3.get_object(Bucket="answers", Key=key)["Body"].read() == b"1,2\n"


def test_each_request_has_an_object_of_its_own(endpoint):
    endpoint.later = {"output/1.out": "[1]"}
    endpoint.ask(TEST, "")
    endpoint.ask(TEST, "")
    assert len({a["InputLocation"] for a in endpoint.asked}) == 2


def test_what_a_request_failed_with_is_told(endpoint):
    endpoint.later = {"failure/1-error.out": "no such column"}
    with pytest.raises(Refused, match="churn-prod failed golden rows: no such column"):
        endpoint.ask(TEST, " golden rows")


def test_an_endpoint_that_never_answers_is_told_with_where_to_look(endpoint):
    with pytest.raises(NotTested) as refusal:
        endpoint.ask(TEST, "")
    assert "has not answered after 3 s. Look at the log group /aws/sagemaker/Endpoints/churn-prod" in str(
        refusal.value
    )


def test_an_endpoint_that_takes_no_request_is_told(endpoint):
    endpoint.refuses = "Endpoint churn-prod is not asynchronous"
    with pytest.raises(Refused, match="is not asynchronous"):
        endpoint.ask(TEST, "")


def test_a_right_that_is_missing_is_not_taken_for_an_answer_that_is_not_there_yet(endpoint, monkeypatch):
    def denied(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "GetObject":
            raise service_error(operation, "AccessDenied", "no")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "s3", denied)
    with pytest.raises(NotTested, match="AccessDenied"):
        endpoint.ask(TEST, "")
