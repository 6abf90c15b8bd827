"""
Events of API Gateway as requests, and responses in the form that it takes.

An HTTP API sends payload 2.0 or 1.0, a REST API the latter. The deploy tools and hooks call a version of the
handler without a gateway, by IAM's leave alone: `{"direct": {"method": ..., "path": ..., "headers": {...},
"body": ..., "isBase64Encoded": ...}}`. No gateway can send that, since callers fill in only what is inside of
its events.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RESPONSE_BYTES = 6 * 1024 * 1024
"""Of what a function returns, as JSON (Lambda guide, quotas)."""

TEXTUAL = re.compile(r"text/|application/(json|[a-z0-9.+-]+\+json|xml|x-www-form-urlencoded|jsonlines)")

_PARAMETER = re.compile(r"\{([^{}+]+)\+?\}")

_FUNCTION_URL = ".lambda-url."


class NotAnEvent(ValueError):
    """Something that no API sends."""

    def __init__(self, event: object) -> None:
        found = f"with {', '.join(sorted(map(str, event))[:8])}" if isinstance(event, Mapping) else "of JSON"
        super().__init__(
            "The handler answers events of API Gateway (HTTP API, REST API with a proxy integration) and "
            f'{{"direct": {{"method", "path", "headers", "body"}}}}; this is another one {found}. '
            "Call the API, or see the documentation of the handler."
        )


@dataclass(frozen=True)
class Call:
    """A request as the gateway hands it over."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By names in lower case; several values of one name are joined."""
    body: bytes | None
    """None where it is not what it says, base64."""
    request_id: str | None
    prefix: str = ""
    """What comes before the path in the address: a stage, or what a domain maps to the API."""
    direct: bool = False
    iam: str | None = None
    """ARN of the caller that signed it."""
    claims: Mapping[str, str] | None = None
    """Claims of the token that the gateway verified."""
    key_id: str | None = None
    """ID of the API key that came with it."""


def read_event(event: Any) -> Call:
    """The request of an event. Raises `NotAnEvent`."""
    try:
        if set(event) == {"direct"}:
            return _direct(event["direct"])
        context = event["requestContext"]
        if "http" in context and event.get("version") == "2.0":
            if _FUNCTION_URL in context.get("domainName", ""):
                raise NotAnEvent(event)
            return _second(event, context)
        if "httpMethod" in event and "elb" not in context and "resource" in event:
            return _first(event, context)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAnEvent(event) from error
    raise NotAnEvent(event)


def _direct(given: Any) -> Call:
    headers = {str(name).lower(): str(value) for name, value in (given.get("headers") or {}).items()}
    return Call(
        given["method"].upper(), given["path"], headers, _body(given), given.get("requestId"), direct=True
    )


def _second(event: Any, context: Any) -> Call:
    """An HTTP API's event, payload 2.0."""
    authorizer = context.get("authorizer") or {}
    template = event.get("routeKey", "").partition(" ")[2]
    whole = context["http"].get("path") or event["rawPath"]
    path = _filled(template, event) if template else _without_stage(event["rawPath"], context.get("stage"))
    return Call(
        context["http"]["method"].upper(),
        path,
        {name.lower(): value for name, value in (event.get("headers") or {}).items()},
        _body(event),
        context.get("requestId"),
        _before(path, whole),
        iam=(authorizer.get("iam") or {}).get("userArn"),
        claims=(authorizer.get("jwt") or {}).get("claims"),
    )


def _first(event: Any, context: Any) -> Call:
    """A REST API's event, or an HTTP API's with payload 1.0."""
    single, several = event.get("headers") or {}, event.get("multiValueHeaders") or {}
    headers = {name.lower(): value for name, value in single.items()}
    headers |= {name.lower(): ", ".join(values) for name, values in several.items()}
    identity = context.get("identity") or {}
    authorizer = context.get("authorizer") or {}
    by_route = event["resource"].startswith("/")
    stage = context.get("stage")
    path = _filled(event["resource"], event) if by_route else _without_stage(event["path"], stage)
    return Call(
        event["httpMethod"].upper(),
        path,
        headers,
        _body(event),
        context.get("requestId"),
        _before(path, context.get("path") or event["path"]),
        iam=identity.get("userArn"),
        claims=authorizer.get("claims") if isinstance(authorizer, dict) else None,
        key_id=identity.get("apiKeyId"),
    )


def _filled(template: str, event: Any) -> str:
    """
    The path by its route: what a request's own path begins with depends on the stage and the domain, the
    route and its parameters do not.
    """
    parameters = event.get("pathParameters") or {}
    return _PARAMETER.sub(lambda found: str(parameters.get(found[1], "")), template)


def _before(path: str, whole: str) -> str:
    """What the path of an address has before that of the route."""
    return whole[: -len(path)] if whole.endswith(path) else ""


def _without_stage(path: str, stage: str | None) -> str:
    prefix = f"/{stage}"
    return path[len(prefix) :] or "/" if path == prefix or path.startswith(f"{prefix}/") else path


def _body(event: Any) -> bytes | None:
    body = event.get("body")
    if body is None:
        return b""
    if not event.get("isBase64Encoded"):
        return bytes(body.encode("utf-8", "surrogatepass"))
    try:
        return base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        return None


def response_of(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """A response in the form that both kinds of API and direct callers take."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    text = _text(body) if TEXTUAL.match(kind) or not body else None
    encoded = text is None
    return {
        "statusCode": status,
        "headers": dict(headers),
        "body": base64.b64encode(body).decode() if text is None else text,
        "isBase64Encoded": encoded,
    }


def is_too_large(response: Mapping[str, Any]) -> bool:
    """Whether Lambda would not return it."""
    body = response["body"]
    # Characters take up to six bytes in JSON.
    return len(body) * 6 > RESPONSE_BYTES and len(json.dumps(response)) > RESPONSE_BYTES


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
