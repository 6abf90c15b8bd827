"""
Events of API Gateway as requests.

Judges: the models and data classes of Powertools for AWS Lambda say whether the events below are events of
API Gateway, and what is in them.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayProxyEventModel,
    APIGatewayProxyEventV2Model,
)

import events
from api_events import direct_event, http_event, rest_event
from events import NotAnEvent, read_event, response_of

BODY = '{"instances": [["c-1", 31, "a"]]}'


def test_events_of_an_http_api_are_read_as_powertools_reads_them():
    event = http_event("POST", "/predict", BODY, {"content-type": "application/json", "x-two": "1,2"})
    APIGatewayProxyEventV2Model.model_validate(event)
    judge, call = APIGatewayProxyEventV2(event), read_event(event)
    assert (call.method, call.path) == (judge.request_context.http.method, judge.path)
    assert call.body == judge.decoded_body.encode()
    assert call.headers == {name.lower(): value for name, value in judge.headers.items()}
    assert call.request_id == judge.request_context.request_id
    assert call.iam == judge.request_context.authorizer.iam.user_arn
    assert not call.direct


def test_events_of_a_rest_api_are_read_as_powertools_reads_them():
    event = rest_event("POST", "/api", BODY, {"Content-Type": "application/json"}, stage="live")
    APIGatewayProxyEventModel.model_validate(event)
    judge, call = APIGatewayProxyEvent(event), read_event(event)
    assert (call.method, call.path) == (judge.http_method, judge.path)
    assert call.body == judge.decoded_body.encode()
    assert {name: [value] for name, value in call.headers.items()} == judge.resolved_headers_field
    assert call.request_id == judge.request_context.request_id
    assert call.iam == judge.request_context.identity.user_arn
    assert call.prefix == "/live"


def test_claims_of_a_verified_token_are_those_of_the_event():
    claims = {"iss": "https://login.example.org", "aud": "churn", "exp": "1", "scope": "a b"}
    event = http_event("POST", "/predict", BODY, claims=claims)
    APIGatewayProxyEventV2Model.model_validate(event)
    assert (
        read_event(event).claims
        == APIGatewayProxyEventV2(event).request_context.authorizer.jwt_claim
        == claims
    )


@pytest.mark.parametrize("make", [http_event, rest_event])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", BODY.encode(), "é".encode()])
def test_bodies_in_base64_are_decoded(make, content):
    event = make("POST", "/predict", base64.b64encode(content).decode(), encoded=True)
    assert read_event(event).body == content


@pytest.mark.parametrize("make", [http_event, rest_event])
def test_a_body_that_is_not_the_base64_that_it_says_is_none(make):
    assert read_event(make("POST", "/predict", "n*t base64", encoded=True)).body is None


@pytest.mark.parametrize("make", [http_event, rest_event])
def test_no_body_is_an_empty_one(make):
    assert read_event(make("GET", "/health", None)).body == b""


def test_several_values_of_a_header_are_joined():
    event = rest_event("POST", "/api", BODY)
    event["headers"]["Accept"] = "text/csv"
    event["multiValueHeaders"]["Accept"] = ["application/json", "text/csv"]
    assert read_event(event).headers["accept"] == "application/json, text/csv"


@pytest.mark.parametrize(
    ("stage", "mapped", "prefix"),
    [("$default", "", ""), ("dev", "", "/dev"), ("$default", "/v1", "/v1"), ("dev", "/v1", "/v1")],
)
def test_the_path_is_that_of_the_route_whatever_stage_and_domain_put_before_it(stage, mapped, prefix):
    call = read_event(
        http_event("GET", "/predict/{id}", None, stage=stage, mapped=mapped, parameters={"id": "a1"})
    )
    assert (call.path, call.prefix) == ("/predict/a1", prefix)
    call = read_event(
        rest_event("GET", "/predict/{id}", None, stage="live", mapped=mapped, parameters={"id": "a1"})
    )
    assert (call.path, call.prefix) == ("/predict/a1", mapped or "/live")


@pytest.mark.parametrize(
    ("stage", "path"), [("dev", "/predict"), ("$default", "/predict"), ("dev", "/device")]
)
def test_where_a_route_takes_every_path_the_stage_is_left_out(stage, path):
    event = http_event("POST", path, BODY, stage=stage)
    event["routeKey"] = event["requestContext"]["routeKey"] = "$default"
    call = read_event(event)
    assert (call.path, call.prefix) == (path, "" if stage == "$default" else "/dev")


def test_a_greedy_parameter_is_the_rest_of_the_path():
    event = rest_event("POST", "/{proxy+}", BODY, parameters={"proxy": "predict/a1"})
    assert read_event(event).path == "/predict/a1"


def test_an_http_api_with_the_older_payload_is_read_too():
    event = {**rest_event("POST", "/predict", BODY), "version": "1.0"}
    event["requestContext"]["authorizer"] = {"claims": {"iss": "i"}, "scopes": None}
    assert read_event(event).claims == {"iss": "i"}
    event["requestContext"]["authorizer"] = {"claims": None, "scopes": None}
    assert read_event(event).claims is None


def test_direct_calls_need_no_gateway():
    call = read_event(direct_event("POST", "/predict", "1,2\n", {"Content-Type": "text/csv"}))
    assert (call.direct, call.method, call.path, call.body) == (True, "POST", "/predict", b"1,2\n")
    assert call.headers == {"content-type": "text/csv"}


def test_no_caller_of_a_gateway_can_make_a_direct_call():
    event = http_event("POST", "/predict", json.dumps(direct_event("POST", "/predict", "")))
    event["queryStringParameters"] = {"direct": "1"}
    assert not read_event(event).direct
    for made in (http_event, rest_event):
        both = {**made("POST", "/predict", BODY), **direct_event("POST", "/predict", "")}
        assert not read_event(both).direct


FUNCTION_URL = http_event("POST", "/predict", BODY)
FUNCTION_URL["requestContext"]["domainName"] = "abc.lambda-url.eu-west-1.on.aws"
LOAD_BALANCER = {
    "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/a/b"}},
    "httpMethod": "POST", "path": "/predict", "headers": {}, "body": BODY, "isBase64Encoded": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        [],
        "text",
        7,
        {"Records": [{"eventSource": "aws:sqs", "body": BODY}]},
        {"requestContext": None},
        {"requestContext": {"http": {}}, "version": "2.0"},
        {"direct": None},
        {"direct": {"path": "/predict"}},
        LOAD_BALANCER,
        FUNCTION_URL,
    ],
)
def test_anything_else_is_refused_in_one_sentence_that_says_what_is_taken(event: Any):
    with pytest.raises(NotAnEvent, match=r"answers events of API Gateway .* this is another one"):
        read_event(event)


def test_a_refusal_repeats_no_values():
    with pytest.raises(NotAnEvent) as refusal:
        read_event({"Records": [{"body": "a secret"}]})
    assert "secret" not in str(refusal.value)


def test_text_goes_back_as_text_and_anything_else_as_base64():
    assert response_of(200, {"Content-Type": "text/csv"}, "é\n".encode()) == {
        "statusCode": 200,
        "headers": {"Content-Type": "text/csv"},
        "body": "é\n",
        "isBase64Encoded": False,
    }
    for kind, body in (("application/x-npy", b"\x93NUMPY"), ("text/plain", b"\xff"), ("image/png", b"text")):
        found = response_of(200, {"content-type": kind}, body)
        assert found["isBase64Encoded"] and base64.b64decode(found["body"]) == body


@pytest.mark.parametrize(("size", "large"), [(1000, False), (5 * 2**20, False), (6 * 2**20, True)])
def test_what_lambda_would_not_return_is_known_beforehand(size, large):
    found = response_of(200, {"content-type": "text/plain"}, b"x" * size)
    assert events.is_too_large(found) is large
    quotes = response_of(200, {"content-type": "text/plain"}, b'"' * (4 * 2**20))
    assert events.is_too_large(quotes)
