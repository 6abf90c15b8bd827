"""The asynchronous form: requests by way of S3, answers by an ID; botocore's model judges what is asked."""

from __future__ import annotations

import base64
from typing import Any

import boto3
import pytest
from api.exchange import Answer, NotAnswered
from api.service import _QUEUED_ID
from moto import mock_aws

from api_fixtures import request
from fakes import before_calls, service_error, validate
from queued import LONGEST_SECONDS, QueuedEndpoint

FOLDER = "s3://answers/asynchronous"
OUTPUT = "6a1e8a5b-7d5f-4f0c-9d43-0a5d1ad7c0c1.out"
FAILURE = "0b6fd5ab-3f2e-4a31-8a55-aa2b0cbd0c4b-error.out"


class Endpoint:
    """Takes requests; answers when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket="answers")
        self.runtime = boto3.client("sagemaker-runtime", region_name="us-east-1")
        self.asked: list[dict[str, Any]] = []
        self.locations = {
            "OutputLocation": f"{FOLDER}/output/{OUTPUT}", "FailureLocation": f"{FOLDER}/failure/{FAILURE}",
        }  # fmt: skip
        self.refuses = ""
        self.now = 1_800_000_000.0
        before_calls(monkeypatch, "sagemaker-runtime", self._call)
        self.queued = QueuedEndpoint(
            self.runtime, self.s3, "documents", FOLDER, sleep=lambda _: None, now=lambda: self.now
        )

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        validate(client, operation, arguments)
        assert operation == "InvokeEndpointAsync"
        if self.refuses:
            raise service_error(operation, self.refuses)
        self.asked.append(arguments)
        return {"InferenceId": "i", **self.locations}

    def submit(self, accept: str = "application/json") -> str:
        with request(2) as observed:
            return self.queued.submit(b"\x00pdf", "application/pdf", accept, "i-1", observed.deadline)

    def collect(self, identifier: str) -> Answer | None:
        with request(2) as observed:
            return self.queued.collect(identifier, observed.deadline)

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket="answers", Key=f"asynchronous/{key}", Body=body)


@pytest.fixture
def endpoint(monkeypatch):
    with mock_aws():
        yield Endpoint(monkeypatch)


def test_a_request_is_put_where_the_endpoint_reads_it_and_its_answer_is_asked_for_by_an_id(endpoint):
    identifier = endpoint.submit()
    [asked] = endpoint.asked
    assert asked["InputLocation"].startswith(f"{FOLDER}/input/api/")
    key = asked["InputLocation"].removeprefix("s3://answers/")
    stored = endpoint.s3.get_object(Bucket="answers", Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (b"\x00pdf", "application/pdf")
    assert (asked["EndpointName"], asked["Accept"], asked["InferenceId"]) == (
        "documents",
        "application/json",
        "i-1",
    )
    assert endpoint.collect(identifier) is None
    endpoint.put(f"output/{OUTPUT}", b'{"predictions": []}')
    assert endpoint.collect(identifier) == Answer("application/json", b'{"predictions": []}')


@pytest.mark.parametrize(
    "accept", ["application/json", "text/csv", "application/octet-stream", "application/x-npy"]
)
def test_an_id_fits_into_an_address_whatever_was_asked_for(endpoint, accept):
    identifier = endpoint.submit(accept)
    assert _QUEUED_ID.fullmatch(identifier)
    endpoint.put(f"output/{OUTPUT}", b"x")
    assert endpoint.collect(identifier) == Answer(accept, b"x")


def test_what_the_model_refused_is_told_in_its_words_and_what_it_failed_with_is_not(endpoint):
    identifier = endpoint.submit()
    endpoint.put(f"failure/{FAILURE}", b'Received client error (415) from primary with message "no PDF".')
    with pytest.raises(NotAnswered) as refusal:
        endpoint.collect(identifier)
    assert (refusal.value.kind, refusal.value.status) == ("refused", 415)
    assert "no PDF" in str(refusal.value)
    endpoint.put(f"failure/{FAILURE}", b"Received server error (500) from primary with a caller's data")
    with pytest.raises(NotAnswered) as failure:
        endpoint.collect(identifier)
    assert (failure.value.kind, str(failure.value)) == ("failed", "")


def test_after_the_time_in_which_answers_come_there_is_none(endpoint):
    identifier = endpoint.submit()
    endpoint.now += LONGEST_SECONDS
    assert endpoint.collect(identifier) is None
    endpoint.now += 1
    with pytest.raises(NotAnswered) as refusal:
        endpoint.collect(identifier)
    assert (refusal.value.kind, refusal.value.status) == ("refused", 404)
    endpoint.put(f"output/{OUTPUT}", b"late")
    assert endpoint.collect(identifier).body == b"late"


JSON = base64.b64encode(b"application/json", altchars=b"-.").decode().rstrip("=")
NOW = f"{1_800_000_000:x}"


@pytest.mark.parametrize(
    "identifier",
    [
        "abc",
        "_",
        "___",
        f"{NOW}_{JSON}_{OUTPUT}",
        f"{NOW}_{JSON}_{OUTPUT}_{FAILURE}_more",
        f"zz_{JSON}_{OUTPUT}_{FAILURE}",
        f"{NOW}_!!!_{OUTPUT}_{FAILURE}",
        f"{NOW}_{base64.b64encode(b'text/html; charset=x').decode()}_{OUTPUT}_{FAILURE}",
        f"{NOW}_{JSON}_../../secret_{FAILURE}",
        f"{NOW}_{JSON}_a/b_{FAILURE}",
        f"{NOW}_{JSON}_.hidden_{FAILURE}",
        f"{NOW}_{JSON}__{FAILURE}",
        f"{NOW}_{JSON}_{'a' * 81}_{FAILURE}",
        f"{1_900_000_000:x}_{JSON}_{OUTPUT}_{FAILURE}",
    ],
)
def test_an_id_that_no_request_has_leads_nowhere(endpoint, monkeypatch, identifier):
    read: list[str] = []

    def watch(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        read.append(arguments["Key"])
        return real(client, operation, arguments)

    before_calls(monkeypatch, "s3", watch)
    with pytest.raises(NotAnswered) as refusal:
        endpoint.collect(identifier)
    assert (refusal.value.kind, refusal.value.status) == ("refused", 404)
    assert all(key.startswith(("asynchronous/output/", "asynchronous/failure/")) for key in read)
    assert not any("secret" in key for key in read)


def test_an_endpoint_that_answers_elsewhere_is_not_believed(endpoint):
    endpoint.locations["OutputLocation"] = "s3://elsewhere/asynchronous/output/1.out"
    with pytest.raises(NotAnswered) as refusal:
        endpoint.submit()
    assert refusal.value.kind == "failed"


def test_an_answer_that_a_function_could_not_return_is_not_read(endpoint, monkeypatch):
    identifier = endpoint.submit()
    endpoint.put(f"output/{OUTPUT}", b"x" * (4 * 2**20 + 1))
    with pytest.raises(NotAnswered) as refusal:
        endpoint.collect(identifier)
    assert refusal.value.kind == "failed"


def test_a_right_that_is_missing_is_not_taken_for_an_answer_that_is_not_there_yet(endpoint, monkeypatch):
    identifier = endpoint.submit()

    def denied(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        raise service_error(operation, "AccessDenied")

    before_calls(monkeypatch, "s3", denied)
    for act in (endpoint.submit, lambda: endpoint.collect(identifier)):
        with pytest.raises(NotAnswered) as refusal:
            act()
        assert refusal.value.kind == "failed"


def test_s3_is_not_asked_for_what_nobody_waits_for_any_more(endpoint, monkeypatch):
    identifier = endpoint.submit()

    def late(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        raise AssertionError(f"{operation} after the deadline")

    before_calls(monkeypatch, "s3", late)
    for act in (
        lambda until: endpoint.queued.submit(b"x", "text/csv", "text/csv", "i-1", until),
        lambda until: endpoint.queued.collect(identifier, until),
    ):
        with request(0) as observed, pytest.raises(NotAnswered) as refusal:
            act(observed.deadline)
        assert refusal.value.kind == "timeout"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("ThrottlingException", "busy"), ("ServiceUnavailable", "busy"), ("ValidationError", "failed")],
)
def test_an_endpoint_that_takes_no_request_is_told(endpoint, code, kind):
    endpoint.refuses = code
    with pytest.raises(NotAnswered) as refusal:
        endpoint.submit()
    assert refusal.value.kind == kind
