"""
Who is answered. The stand-in gateway (ours, PyJWT verifies) says what API Gateway would let through; the
handler alone must refuse what reaches it otherwise.
"""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest

from api_events import direct_event, http_event, rest_event
from authorising import refusal
from events import read_event
from settings import Authorization
from token_gateway import Issuer, TokenGateway

ISSUER = Issuer("https://login.example.org")
OTHER = Issuer("https://login.example.net")
IMPOSTOR = Issuer("https://login.example.org")
AUTHORIZER = {"JwtConfiguration": {"Issuer": ISSUER.url, "Audience": ["churn", "other-app"]}}
SCOPES = ["churn/predict"]
RULES = Authorization("jwt", ISSUER.url, ("churn", "other-app"), tuple(SCOPES))
GATEWAY = TokenGateway(AUTHORIZER, SCOPES, ISSUER)


def status(call_claims: dict[str, str] | None, rules: Authorization = RULES) -> int:
    """What the handler alone makes of an event with these claims."""
    event = http_event("POST", "/predict", "", claims=call_claims, signed=False)
    refused = refusal(read_event(event), rules)
    return refused[0] if refused else 200


def unverified(token: str) -> dict[str, str]:
    """The claims as an event would have them if nobody had verified the token."""
    parts = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(parts + "=" * (-len(parts) % 4)))
    return {name: str(value) for name, value in claims.items()}


PASSED = [
    ISSUER.token(aud="churn", scope="churn/predict"),
    ISSUER.token(aud=["x", "other-app"], scope="a churn/predict b"),
    ISSUER.token(client_id="churn", scope="churn/predict"),
    ISSUER.token(aud="churn", scp=["churn/predict"]),
    ISSUER.token(aud="churn", scp="churn/predict", nbf=int(time.time()) - 5),
]


@pytest.mark.parametrize("token", PASSED)
def test_what_the_gateway_lets_through_is_answered(token):
    admitted, claims = GATEWAY.admit(token)
    assert admitted == 200
    assert status(claims) == 200


def past(**claims):
    return ISSUER.token(exp=int(time.time()) - 3600, iat=int(time.time()) - 7200, **claims)


REFUSED = {
    "wrong issuer": (OTHER.token(aud="churn", scope="churn/predict"), 401),
    "wrong audience": (ISSUER.token(aud="billing", scope="churn/predict"), 401),
    "audience that only begins so": (ISSUER.token(aud="churn-2", scope="churn/predict"), 401),
    "another client, beside no audience": (ISSUER.token(client_id="x", scope="churn/predict"), 401),
    "client in place of a wrong audience": (
        ISSUER.token(aud="billing", client_id="churn", scope="churn/predict"), 401,
    ),
    "no audience": (ISSUER.token(scope="churn/predict"), 401),
    "expired": (past(aud="churn", scope="churn/predict"), 401),
    "never expires": (ISSUER.token(aud="churn", scope="churn/predict", exp=None), 401),
    "not valid yet": (ISSUER.token(aud="churn", scope="churn/predict", nbf=int(time.time()) + 3600), 401),
    "issued in the future": (ISSUER.token(aud="churn", scope="churn/predict", iat=time.time() + 3600), 401),
    "no scope": (ISSUER.token(aud="churn"), 403),
    "other scope": (ISSUER.token(aud="churn", scope="churn/train"), 403),
    "scope that only begins so": (ISSUER.token(aud="churn", scope="churn/predict-all"), 403),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_gateway_refuses_the_handler_refuses_too(case):
    token, expected = REFUSED[case]
    assert GATEWAY.admit(token)[0] == expected
    assert status(unverified(token)) == expected


def test_tokens_that_nobody_signed_or_somebody_else_end_at_the_gateway():
    for token in (
        jwt.encode(unverified(PASSED[0]), None, algorithm="none", headers={"kid": "k1"}),
        IMPOSTOR.token(aud="churn", scope="churn/predict"),
        PASSED[0][:-6] + "AAAAAA",
        "no token",
        None,
    ):
        assert GATEWAY.admit(token)[0] == 401


@pytest.mark.parametrize("claims", [None, {}])
def test_an_event_without_verified_claims_is_refused_whatever_its_headers_say(claims):
    """As of a route that somebody added without an authoriser."""
    event = http_event(
        "POST", "/predict", "", {"authorization": f"Bearer {PASSED[0]}"}, claims=claims, signed=False
    )
    assert refusal(read_event(event), RULES) == (401, "The request has no token.")


def test_a_signed_request_is_no_token_and_a_token_is_no_signature():
    signed = read_event(http_event("POST", "/predict", ""))
    assert refusal(signed, RULES) == (401, "The request has no token.")
    assert refusal(signed, Authorization("iam")) is None
    token = read_event(http_event("POST", "/predict", "", claims=GATEWAY.admit(PASSED[0])[1]))
    assert refusal(token, Authorization("iam")) == (401, "The request is not signed with AWS credentials.")


@pytest.mark.parametrize("make", [http_event, rest_event])
def test_unsigned_requests_are_refused_where_they_must_be_signed(make):
    assert refusal(read_event(make("POST", "/predict", "", signed=False)), Authorization("iam")) is not None
    assert refusal(read_event(make("POST", "/predict", "")), Authorization("iam")) is None


def test_where_nothing_is_asked_for_a_key_still_may_be():
    without = read_event(rest_event("POST", "/predict", "", signed=False))
    assert refusal(without, Authorization("none")) is None
    assert refusal(without, Authorization("none"), needs_key=True) == (
        403, "The request came without an API key.",
    )  # fmt: skip
    with_key = read_event(rest_event("POST", "/predict", "", signed=False, key_id="abc"))
    assert refusal(with_key, Authorization("none"), needs_key=True) is None


def test_the_gateways_clock_may_be_a_little_ahead():
    now = time.time()
    claims = {
        "iss": ISSUER.url,
        "aud": "churn",
        "scope": "churn/predict",
        "exp": str(now + 100),
        "iat": str(now + 5),
    }
    assert status(claims) == 200


@pytest.mark.parametrize("kind", ["iam", "jwt"])
def test_a_direct_call_is_iams_to_allow(kind):
    call = read_event(direct_event("POST", "/predict", ""))
    assert refusal(call, RULES if kind == "jwt" else Authorization("iam"), needs_key=True) is None


@pytest.mark.parametrize(
    "given",
    [
        {"type": "oauth"},
        {"type": "jwt"},
        {"type": "jwt", "issuer": "https://login.example.org"},
        {"type": "jwt", "issuer": "https://login.example.org", "audience": []},
    ],
)
def test_rules_that_would_protect_nothing_are_no_rules(given):
    with pytest.raises(ValueError, match="authorization"):
        Authorization.of(given)
