"""API Gateway: requests to the synthesized APIs, from the route and its authoriser to the version that answers.

After the API Gateway developer guide: "Working with AWS Lambda proxy integrations for HTTP APIs" (payload 2.0), "Lambda
proxy integrations in API Gateway" (payload 1.0), "Control access to HTTP APIs with JWT authorizers", "Usage plans and
API keys for REST APIs", "Work with binary media types for REST APIs". Nobody's token is really signed: whoever makes
one says so.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cloud import Resource
from functions import Failure
from gateway import Gateway
from lambdas import Lambda, split
from metrics import Metrics
from permissions import Call
from values import Denied, JourneyError, NotThere, Place

SERVICE = "apigateway.amazonaws.com"
HTTP, REST = "AWS::ApiGatewayV2::", "AWS::ApiGateway::"
_TEXT = re.compile(r"text/|application/(json|xml|javascript)")
_FUNCTION = re.compile(r"^arn:aws:apigateway:[^:]+:lambda:path/2015-03-31/functions/(.+)/invocations$")


@dataclass(frozen=True)
class Caller:
    """Who calls, and how he shows it."""

    user: str | None = None
    """ARN of whoever signs the request; his own policies let him call the API."""
    claims: dict[str, Any] | None = None
    """Of a token that its issuer has signed."""
    key: str | None = None
    """API key."""


@dataclass(frozen=True)
class Request:
    """What a caller sends."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    caller: Caller = Caller()


@dataclass(frozen=True)
class Answer:
    """What a caller gets."""

    status: int
    headers: dict[str, str]
    body: bytes
    version: str = ""
    """The version of the handler that answered; empty where API Gateway did."""
    at: float = 0.0
    identity: str = ""
    """Id of the request."""

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class ApiGateway:
    """All APIs."""

    gateway: Gateway
    lambdas: Lambda
    metrics: Metrics
    answers: dict[tuple[Place, str], list[Answer]] = field(default_factory=dict)
    """What each API has answered."""

    def call(self, place: Place, name: str, request: Request) -> Answer:
        """One request to an API by its name."""
        for family in (HTTP, REST):
            for api in self.gateway.cloud.all(f"{family}{'Api' if family == HTTP else 'RestApi'}"):
                if api.place == place and api.properties["Name"] == name:
                    front: Any = (HttpApi if family == HTTP else RestApi)(self, api)
                    answer: Answer = front.answer(request)
                    self.answers.setdefault((place, name), []).append(answer)
                    return answer
        raise NotThere(f"there is no API {name} in {place.account}")

    def answers_of(self, place: Place, name: str) -> list[Answer]:
        """What an API has answered, the oldest first."""
        return self.answers.get((place, name), [])

    def own(self, kind: str, api: Resource, property_name: str) -> Iterator[Resource]:
        """What belongs to an API."""
        for resource in self.gateway.cloud.all(kind):
            if resource.place == api.place and resource.properties.get(property_name) == api.name:
                yield resource

    def invoke(self, api: Resource, uri: str, role: str | None, event: dict[str, Any]) -> tuple[Any, str]:
        """Calls the function of an integration with the role that it names."""
        if role is None:
            raise Denied(
                SERVICE, "lambda:InvokeFunction", uri, "the integration names no role, and no permission is known"
            )
        source = api.place.arn("execute-api", f"{api.name}/*")
        session = self.gateway.assume_as_service(SERVICE, role, source)
        self.gateway.judge.ask(session.role, [Call("lambda:InvokeFunction", uri)])
        try:
            return self.lambdas.run(uri, event)
        except Failure:
            plain, qualifier = split(uri)
            self.metrics.failed(api.place, plain.rpartition(":")[2], qualifier, self.lambdas.last_version)
            raise


@dataclass
class HttpApi:
    """An HTTP API."""

    apis: ApiGateway
    api: Resource

    def answer(self, request: Request) -> Answer:
        """Finds the route, asks its authoriser and calls the integration."""
        identity = uuid.uuid4().hex[:15]
        found = self._route(request)
        if found is None:
            return self._own(404, "Not Found", identity)
        route, parameters = found
        refused, authorizer = self._authorize(route, request.caller)
        if refused:
            return self._own(*refused, identity)
        target = route.properties["Target"].removeprefix("integrations/")
        [integration] = [i for i in self.apis.own(f"{HTTP}Integration", self.api, "ApiId") if i.name == target]
        given = integration.properties
        if given["IntegrationType"] != "AWS_PROXY" or given.get("PayloadFormatVersion") != "2.0":
            raise JourneyError(f"an integration {given['IntegrationType']} is not known here")
        event = self._event(request, route, parameters, identity, authorizer)
        try:
            answer, version = self.apis.invoke(self.api, given["IntegrationUri"], given.get("CredentialsArn"), event)
        except (Denied, Failure, NotThere) as error:
            return self._own(500, "Internal Server Error", identity, str(error))
        if not isinstance(answer, dict) or "statusCode" not in answer:
            return self._own(500, "Internal Server Error", identity, f"an answer without statusCode: {answer}")
        return received(answer, version, self.apis.metrics.clock.now, identity)

    def _own(self, status: int, message: str, identity: str, why: str = "") -> Answer:
        body = json.dumps({"message": message, **({"why": why} if why else {})}).encode()
        return Answer(status, {"content-type": "application/json"}, body, "", self.apis.metrics.clock.now, identity)

    def _route(self, request: Request) -> tuple[Resource, dict[str, str]] | None:
        stages = list(self.apis.own(f"{HTTP}Stage", self.api, "ApiId"))
        if [s.properties["StageName"] for s in stages] != ["$default"]:
            raise JourneyError(f"{self.api.name} has other stages than $default")
        for route in self.apis.own(f"{HTTP}Route", self.api, "ApiId"):
            method, _, path = route.properties["RouteKey"].partition(" ")
            found = matches(path, request.path)
            if method in (request.method, "ANY") and found is not None:
                return route, found
        return None

    def _authorize(self, route: Resource, caller: Caller) -> tuple[tuple[int, str] | None, dict[str, Any]]:
        kind = route.properties.get("AuthorizationType", "NONE")
        if kind == "NONE":
            return None, {}
        if kind == "AWS_IAM":
            known = {"iam": {"userArn": caller.user, "accountId": self.api.place.account}}
            return (None, known) if caller.user else ((403, "Forbidden"), {})
        if kind != "JWT":
            raise JourneyError(f"authorisation by {kind} is not known here")
        [authorizer] = [a for a in self.apis.own(f"{HTTP}Authorizer", self.api, "ApiId")
                        if a.name == route.properties["AuthorizerId"]]  # fmt: skip
        wanted, claims = authorizer.properties["JwtConfiguration"], caller.claims
        audience = (claims or {}).get("aud", (claims or {}).get("client_id"))
        given = set(audience if isinstance(audience, list) else [audience])
        now = time.time()
        if (
            not claims
            or claims.get("iss") != wanted["Issuer"]
            or not given & set(wanted["Audience"])
            or float(claims.get("exp", 0)) <= now
            or float(claims.get("nbf", 0)) > now
        ):
            return (401, "Unauthorized"), {}
        scopes = route.properties.get("AuthorizationScopes") or []
        if scopes and not set(scopes) & set(str(claims.get("scope", claims.get("scp", ""))).split()):
            return (403, "Forbidden"), {}
        told = {k: f"[{' '.join(v)}]" if isinstance(v, list) else str(v) for k, v in claims.items()}
        return None, {"jwt": {"claims": told, "scopes": scopes or None}}

    def _event(
        self, request: Request, route: Resource, parameters: dict[str, str], identity: str, authorizer: dict[str, Any]
    ) -> dict[str, Any]:
        headers = {k.lower(): v for k, v in request.headers.items()}
        kind = headers.get("content-type", "application/json")
        text = _TEXT.match(kind) is not None
        body = request.body.decode() if text else base64.b64encode(request.body).decode()
        host = f"{self.api.name}.execute-api.{self.api.place.region}.amazonaws.com"
        return {
            "version": "2.0", "routeKey": route.properties["RouteKey"], "rawPath": request.path, "rawQueryString": "",
            "headers": {**headers, "host": host, "content-length": str(len(request.body))},
            **({"pathParameters": parameters} if parameters else {}),
            "requestContext": {
                "accountId": self.api.place.account, "apiId": self.api.name, "domainName": host,
                "domainPrefix": self.api.name, "requestId": identity, "routeKey": route.properties["RouteKey"],
                "stage": "$default", "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 1767225600000,
                "http": {"method": request.method, "path": request.path, "protocol": "HTTP/1.1",
                         "sourceIp": "192.0.2.1", "userAgent": "caller"},
                **({"authorizer": authorizer} if authorizer else {}),
            },
            **({"body": body} if request.body else {}),
            "isBase64Encoded": not text and bool(request.body),
        }  # fmt: skip


@dataclass
class RestApi:
    """A REST API with one stage."""

    apis: ApiGateway
    api: Resource

    def answer(self, request: Request) -> Answer:
        """Finds the method, asks who calls and calls the integration."""
        identity = str(uuid.uuid4())
        if self.api.properties.get("Policy"):
            raise JourneyError(f"{self.api.name} has a policy, which is not known here")
        [stage] = list(self.apis.own(f"{REST}Stage", self.api, "RestApiId"))
        found = self._method(request)
        if found is None:
            return self._own(403, "Missing Authentication Token", identity)
        method, template, parameters = found
        kind = method.properties.get("AuthorizationType", "NONE")
        if kind == "AWS_IAM" and not request.caller.user:
            return self._own(403, "Missing Authentication Token", identity)
        if kind not in ("AWS_IAM", "NONE"):
            raise JourneyError(f"authorisation by {kind} is not known here")
        if method.properties.get("ApiKeyRequired") and not self._knows(request.caller.key, stage):
            return self._own(403, "Forbidden", identity)
        wrong = self._look_at_body(method, request)
        if wrong:
            return self._own(400, wrong, identity)
        given = method.properties["Integration"]
        uri = _FUNCTION.match(given.get("Uri", ""))
        if given["Type"] != "AWS_PROXY" or uri is None:
            raise JourneyError(f"an integration {given} is not known here")
        event = self._event(request, method, template, parameters, identity, stage)
        try:
            answer, version = self.apis.invoke(self.api, uri.group(1), given.get("Credentials"), event)
        except (Denied, NotThere) as error:
            return self._own(500, "Internal server error", identity, str(error))
        except Failure as error:
            return self._own(502, "Internal server error", identity, str(error))
        if not isinstance(answer, dict) or "statusCode" not in answer:
            return self._own(502, "Internal server error", identity, f"an answer without statusCode: {answer}")
        return received(answer, version, self.apis.metrics.clock.now, identity)

    def _own(self, status: int, message: str, identity: str, why: str = "") -> Answer:
        body = json.dumps({"message": message, **({"why": why} if why else {})}).encode()
        return Answer(status, {"content-type": "application/json"}, body, "", self.apis.metrics.clock.now, identity)

    def _path(self, identity: str) -> str:
        """The path of a resource; of the root, which is none of the template, the slash."""
        resource = next(
            (r for r in self.apis.own(f"{REST}Resource", self.api, "RestApiId") if r.name == identity), None
        )
        if resource is None:
            return ""
        return f"{self._path(resource.properties['ParentId'])}/{resource.properties['PathPart']}"

    def _method(self, request: Request) -> tuple[Resource, str, dict[str, str]] | None:
        for method in self.apis.own(f"{REST}Method", self.api, "RestApiId"):
            template = self._path(method.properties["ResourceId"]) or "/"
            found = matches(template, request.path)
            if method.properties["HttpMethod"] in (request.method, "ANY") and found is not None:
                return method, template, found
        return None

    def _knows(self, key: str | None, stage: Resource) -> bool:
        """Whether an API key belongs to a plan of the stage; the key's name stands for its value."""
        keys = {k.name for k in self.apis.gateway.cloud.all(f"{REST}ApiKey") if k.properties.get("Name") == key}
        plans = {
            p.name for p in self.apis.gateway.cloud.all(f"{REST}UsagePlan")
            if any(s["ApiId"] == self.api.name and s["Stage"] == stage.properties["StageName"]
                   for s in p.properties.get("ApiStages", []))
        }  # fmt: skip
        return any(
            k.properties["KeyId"] in keys and k.properties["UsagePlanId"] in plans
            for k in self.apis.gateway.cloud.all(f"{REST}UsagePlanKey")
        )

    def _look_at_body(self, method: Resource, request: Request) -> str | None:
        """A body in JSON is looked at where the method has a validator and a model for it."""
        kind = request.headers.get("Content-Type", "application/json").partition(";")[0]
        models = method.properties.get("RequestModels", {})
        if kind not in models or "RequestValidatorId" not in method.properties:
            return None
        try:
            body = json.loads(request.body)
        except ValueError:
            return "Invalid request body"
        return None if isinstance(body, dict | list) else "Invalid request body"

    def _event(
        self, request: Request, method: Resource, template: str, parameters: dict[str, str], identity: str,
        stage: Resource,
    ) -> dict[str, Any]:  # fmt: skip
        kind = request.headers.get("Content-Type", "application/json")
        binary = any(re.fullmatch(t.replace("*", ".*"), kind) for t in self.api.properties.get("BinaryMediaTypes", []))
        body = base64.b64encode(request.body).decode() if binary else request.body.decode()
        name = stage.properties["StageName"]
        host = f"{self.api.name}.execute-api.{self.api.place.region}.amazonaws.com"
        headers = {**request.headers, "Host": host}
        if request.caller.key:
            headers["x-api-key"] = request.caller.key
        return {
            "resource": template, "path": request.path, "httpMethod": request.method, "headers": headers,
            "multiValueHeaders": {k: [v] for k, v in headers.items()}, "queryStringParameters": None,
            "multiValueQueryStringParameters": None, "pathParameters": parameters or None, "stageVariables": None,
            "requestContext": {
                "resourceId": method.properties["ResourceId"], "resourcePath": template, "httpMethod": request.method,
                "extendedRequestId": uuid.uuid4().hex[:14], "requestTime": "01/Jan/2026:00:00:00 +0000",
                "path": f"/{name}{request.path}", "accountId": self.api.place.account, "protocol": "HTTP/1.1",
                "stage": name, "domainPrefix": self.api.name, "requestTimeEpoch": 1767225600000, "requestId": identity,
                "identity": {
                    "sourceIp": "192.0.2.1", "userAgent": "caller", "userArn": request.caller.user,
                    "accountId": self.api.place.account if request.caller.user else None,
                    **({"apiKey": request.caller.key, "apiKeyId": request.caller.key} if request.caller.key else {}),
                },
                "domainName": host, "apiId": self.api.name,
            },
            "body": body if request.body else None, "isBase64Encoded": binary and bool(request.body),
        }  # fmt: skip


def matches(template: str, path: str) -> dict[str, str] | None:
    """The parameters of a path by its template; None where it is another one."""
    parts = re.split(r"(\{[^}]+\})", template)
    pattern = "".join(
        f"(?P<{p.strip('{}+')}>{'.+' if p.endswith('+}') else '[^/]+'})" if p.startswith("{") else re.escape(p)
        for p in parts
    )
    found = re.fullmatch(pattern, path)
    return found.groupdict() if found else None


def received(answer: dict[str, Any], version: str, at: float, identity: str) -> Answer:
    """What a handler returned, as the caller gets it."""
    body = answer.get("body") or ""
    headers = {k.lower(): str(v) for k, v in (answer.get("headers") or {}).items()}
    data = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    return Answer(int(answer["statusCode"]), headers, data, version, at, identity)
