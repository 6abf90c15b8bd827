"""Events as API Gateway makes them (API Gateway developer guide, payload format 2.0; proxy input format)."""

from __future__ import annotations

import re
from typing import Any

USER = "arn:aws:sts::333333333333:assumed-role/caller/session"


def _filled(route: str, parameters: dict[str, str] | None) -> str:
    return re.sub(r"\{([^}+]+)\+?\}", lambda found: (parameters or {})[found[1]], route)


def http_event(
    method: str,
    route: str,
    body: str | None,
    headers: dict[str, str] | None = None,
    *,
    encoded: bool = False,
    stage: str = "$default",
    mapped: str = "",
    parameters: dict[str, str] | None = None,
    claims: dict[str, str] | None = None,
    signed: bool = True,
) -> dict[str, Any]:
    """Of an HTTP API, payload 2.0: signed by a caller, or with the claims of a token."""
    path = (mapped or ("" if stage == "$default" else f"/{stage}")) + _filled(route, parameters)
    context: dict[str, Any] = {
        "accountId": "333333333333",
        "apiId": "a1b2c3d4e5",
        "domainName": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
        "domainPrefix": "a1b2c3d4e5",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "curl/8.5.0",
        },
        "requestId": "E5zKXhOqjoEEPzg=",
        "routeKey": f"{method} {route}",
        "stage": stage,
        "time": "28/Nov/2026:10:00:00 +0000",
        "timeEpoch": 1795860000000,
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    elif signed:
        context["authorizer"] = {
            "iam": {
                "accessKey": "ASIAEXAMPLE",
                "accountId": "333333333333",
                "callerId": "AROAEXAMPLE:session",
                "cognitoIdentity": None,
                "principalOrgId": "aws:PrincipalOrgID",
                "userArn": USER,
                "userId": "AROAEXAMPLE:session",
            }
        }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers or {"content-type": "application/json"},
        "requestContext": context,
        "isBase64Encoded": encoded,
    }
    if body is not None:
        event["body"] = body
    if parameters:
        event["pathParameters"] = parameters
    return event


def rest_event(
    method: str,
    route: str,
    body: str | None,
    headers: dict[str, str] | None = None,
    *,
    encoded: bool = False,
    stage: str = "live",
    mapped: str = "",
    parameters: dict[str, str] | None = None,
    signed: bool = True,
    key_id: str | None = None,
) -> dict[str, Any]:
    """Of a REST API with a proxy integration."""
    given = headers or {"Content-Type": "application/json"}
    path = mapped + _filled(route, parameters)
    whole = path if mapped else f"/{stage}{path}"
    return {
        "resource": route,
        "path": path,
        "httpMethod": method,
        "headers": dict(given),
        "multiValueHeaders": {name: [value] for name, value in given.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "stageVariables": None,
        "requestContext": {
            "accountId": "444444444444",
            "apiId": "f6g7h8i9j0",
            "domainName": "f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "f6g7h8i9j0",
            "extendedRequestId": "JJbxmplHYosFVYQ=",
            "httpMethod": method,
            "identity": {
                "accessKey": "ASIAEXAMPLE" if signed else None,
                "accountId": "444444444444" if signed else None,
                "apiKey": "secret" if key_id else None,
                "apiKeyId": key_id,
                "caller": "AROAEXAMPLE:session" if signed else None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "192.0.2.1",
                "user": "AROAEXAMPLE:session" if signed else None,
                "userAgent": "curl/8.5.0",
                "userArn": USER if signed else None,
            },
            "path": whole,
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "28/Nov/2026:10:00:00 +0000",
            "requestTimeEpoch": 1795860000000,
            "resourceId": "123456",
            "resourcePath": route,
            "stage": stage,
        },
        "body": body,
        "isBase64Encoded": encoded,
    }


def direct_event(
    method: str, path: str, body: str, headers: dict[str, str] | None = None, *, encoded: bool = False
) -> dict[str, Any]:
    """As hooks and deploy tools send it."""
    given = {
        "method": method,
        "path": path,
        "headers": headers or {},
        "body": body,
        "isBase64Encoded": encoded,
    }
    return {"direct": given}
