"""The only way to AWS: each call is judged, then answered by moto or by a fake that botocore's service model checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

import bootstrap_roles
from bootstrap_roles import BOOTSTRAP
from cloud import Cloud
from identities import Identity
from judge import Judge
from moto_client import raw_client
from permission_table import needed
from permissions import Call, Request
from values import Denied, JourneyError, NotThere, Place, parse_arn

MAY_BE_SILENT = ("cloudformation.amazonaws.com", "codepipeline.amazonaws.com")
"""Services whose guides do not say that they name an account when they take a role on, so both must do."""

Answer = dict[str, Any]
Fake = Callable[[Request, Place], Answer]


@dataclass(frozen=True)
class Session:
    """Temporary credentials and whose they are."""

    role: str
    key: str
    principal: str
    """ARN with which it calls: of the session where its name matters, otherwise of the role."""


@dataclass(frozen=True)
class Called:
    """A call and what became of it."""

    request: Request
    place: Place
    """Where the call was answered."""
    identity: Identity
    answer: Answer | None
    error: Exception | None


@dataclass
class Gateway:
    """Judges and carries out calls; knows whose each access key is."""

    cloud: Cloud
    judge: Judge
    fakes: dict[tuple[str, str], Fake] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    """Access key to the ARN of whoever calls with it."""
    identities: dict[str, Identity] = field(default_factory=dict)
    """Who is behind the ARN of a session."""
    watch: Callable[[Called], None] = lambda _: None
    """Is told of every call by somebody of the delivery, refused ones too."""
    faked: dict[str, int] = field(default_factory=dict)
    """What a fake has answered, and how often."""
    answered: dict[str, int] = field(default_factory=dict)
    """What moto has answered."""

    def call(self, principal: str, region: str, service: str, operation: str, params: Answer) -> Answer:
        """One call by a role; raises Denied, or ClientError as AWS would."""
        request = Request(principal, Place(parse_arn(principal).account, region), service, operation, params)
        if BOOTSTRAP.search(principal):
            bootstrap_roles.ask(request)
            return self._carry_out(request, request.place)
        need = needed(self.cloud, request)
        try:
            self.judge.ask(principal, self.as_called(principal, need.calls))
            answer = self._carry_out(request, need.place)
        except (Denied, ClientError) as error:
            self.watch(Called(request, need.place, self.identity(principal), None, error))
            raise
        self.watch(Called(request, need.place, self.identity(principal), answer, None))
        return answer

    def identity(self, principal: str) -> Identity:
        """Who is behind an ARN; a role that a service took on has a session of that service's."""
        return self.identities.get(principal) or Identity(principal, "service")

    def as_called(self, principal: str, calls: list[Call]) -> list[Call]:
        """The calls with what is known of whoever makes them."""
        known = self.identities.get(principal)
        return [replace(c, context={**known.context(), **c.context}) for c in calls] if known else calls

    def unjudged(self, principal: str, place: Place, service: str, operation: str, params: Answer) -> Answer:
        """A call by somebody who may do everything."""
        return self._carry_out(Request(principal, place, service, operation, params), place)

    def assume_as_service(self, service: str, role: str, source: str) -> Session:
        """A service takes a role on, for a resource of the role's account."""
        if self.cloud.find("AWS::IAM::Role", role) is None:
            raise NotThere(f"{service} cannot take on {role}: there is no such role")
        context: dict[str, str | list[str]] = {"aws:SourceAccount": parse_arn(source).account, "aws:SourceArn": source}
        self.judge.ask(service, [Call("sts:AssumeRole", role, context)])
        if service in MAY_BE_SILENT:
            self.judge.ask(service, [Call("sts:AssumeRole", role)])
        return self.session(role)

    def assume(self, principal: str, role: str) -> Session:
        """A role takes another one on."""
        self.judge.ask(principal, [Call("sts:AssumeRole", role)])
        if self.cloud.find("AWS::IAM::Role", role) is None:
            raise NotThere(f"{principal} cannot take on {role}: there is no such role")
        return self.session(role)

    def session(self, role: str, identity: Identity | None = None) -> Session:
        """Credentials of a role; with an identity those of a session that has a name of its own."""
        key = f"ASIA{len(self.sessions):016d}"
        principal = role
        if identity:
            principal = identity.principal
            self.identities[principal] = identity
        self.sessions[key] = principal
        return Session(role, key, principal)

    def _carry_out(self, request: Request, place: Place) -> Answer:
        name = f"{request.service}:{request.operation}"
        if request.service == "sts":
            return self._sts(request)
        fake = self.fakes.get((request.service, request.operation))
        model = raw_client(request.service, place).meta.service_model.operation_model(request.operation)
        if fake is None:
            self.answered[name] = self.answered.get(name, 0) + 1
            answer: Answer = raw_client(request.service, place)._make_api_call(request.operation, request.params)
            self._remember_tags(request, answer)
            return answer
        self.faked[name] = self.faked.get(name, 0) + 1
        _check(f"{request.principal} calls {name}", request.params, model.input_shape)
        answer = fake(request, place)
        _check(f"the fake of {name} answers", answer, model.output_shape)
        return answer

    def _sts(self, request: Request) -> Answer:
        if request.operation == "GetCallerIdentity":
            known = self.identity(request.principal)
            return {"Account": request.place.account, "Arn": known.principal, "UserId": known.user_id}
        role = request["RoleArn"]
        if not BOOTSTRAP.search(role) and self.cloud.find("AWS::IAM::Role", role) is None:
            raise NotThere(f"{request.principal} cannot take on {role}: there is no such role")
        source = request.params.get("SourceIdentity") or self.identity(request.principal).source
        taken = Identity(role, request["RoleSessionName"], source)
        session = self.session(role) if BOOTSTRAP.search(role) else self.session(role, taken)
        secret = {
            "SecretAccessKey": "secret",
            "SessionToken": session.key,
            "Expiration": datetime(2099, 1, 1, tzinfo=UTC),
        }
        return {
            "Credentials": {"AccessKeyId": session.key, **secret},
            "AssumedRoleUser": {"AssumedRoleId": taken.user_id, "Arn": taken.principal},
        }

    def _remember_tags(self, request: Request, answer: Answer) -> None:
        arns = [value for key, value in answer.items() if key.endswith("Arn") and isinstance(value, str)]
        if "Tags" in request.params and len(arns) == 1:
            self.cloud.tags[arns[0]] = {t["Key"]: t["Value"] for t in request["Tags"]}


def _check(who: str, value: Answer, shape: Any) -> None:
    if shape is None:
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise JourneyError(f"{who} with something that the service does not know: {report.generate_report()}")


def client_error(operation: str, code: str, message: str, status: int = 400) -> ClientError:
    """An error as a service gives it."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r"},
    }
    return ClientError(response, operation)


def denied_error(operation: str, denied: Denied) -> ClientError:
    """A refusal of the judge as a service gives it."""
    return client_error(operation, "AccessDeniedException", str(denied), 403)
