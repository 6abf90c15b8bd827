"""
A second look at who calls.

API Gateway checks tokens and signatures, and says so in its event. The handler answers only events that say
so, by the rules of its own environment: a route that somebody adds without an authoriser, or with another
one, leads nowhere. It cannot check a signature again, and need not: only API Gateway's role may call the
alias.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from events import Call
from settings import Authorization

UNAUTHORISED, FORBIDDEN = 401, 403

CHALLENGE = {"www-authenticate": "Bearer"}

LEEWAY = 60
"""Seconds by which the gateway's clock may differ; it has looked at the same times a moment ago."""


def refusal(
    call: Call, rules: Authorization, needs_key: bool = False, now: Callable[[], float] = time.time
) -> tuple[int, str] | None:
    """Status and reason for a call that the configured authoriser did not pass; None for one that it did."""
    if call.direct:
        return None
    if needs_key and not call.key_id:
        return FORBIDDEN, "The request came without an API key."
    if rules.type == "iam":
        return None if call.iam else (UNAUTHORISED, "The request is not signed with AWS credentials.")
    if rules.type == "jwt":
        return _token(call.claims, rules, now())
    return None


def _token(claims: Mapping[str, str] | None, rules: Authorization, now: float) -> tuple[int, str] | None:
    """
    The claims that API Gateway looks at (API Gateway developer guide, "Control access to HTTP APIs with JWT
    authorizers").
    """
    if not claims:
        return UNAUTHORISED, "The request has no token."
    if claims.get("iss") != rules.issuer:
        return UNAUTHORISED, "The token is from another issuer."
    audience = _listed(claims["aud"]) if claims.get("aud") else {str(claims.get("client_id", ""))}
    if not audience & set(rules.audience):
        return UNAUTHORISED, "The token is for another audience."
    expires, begins, issued = (_number(claims.get(name)) for name in ("exp", "nbf", "iat"))
    if expires is None or expires + LEEWAY <= now:
        return UNAUTHORISED, "The token has expired."
    if any(value is not None and value > now + LEEWAY for value in (begins, issued)):
        return UNAUTHORISED, "The token is not valid yet."
    if rules.scopes and not _listed(claims.get("scope") or claims.get("scp") or "") & set(rules.scopes):
        return FORBIDDEN, "The token has none of the scopes that the API asks for."
    return None


def _listed(claim: object) -> set[str]:
    """Members of a claim; API Gateway writes lists as `[a b]`."""
    if isinstance(claim, list):
        return set(map(str, claim))
    text = str(claim).strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return set(text.split())


def _number(claim: object) -> float | None:
    try:
        return float(str(claim))
    except ValueError:
        return None
