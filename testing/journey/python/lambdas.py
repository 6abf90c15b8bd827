"""Lambda's own API: functions that CloudFormation makes, their versions, and aliases that share requests among them.

After the Lambda developer guide ("Manage Lambda function versions", "Create an alias", "Implement Lambda canary
deployments using a weighted alias") and the API reference (PublishVersion, UpdateAlias, Invoke). The code of a version
is the code that the function had when it was published.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from cloud import Resource
from functions import Failure, Functions
from gateway import Gateway, client_error
from permissions import Request
from story import Story
from values import NotThere, Place, parse_arn

LATEST = "$LATEST"
LAMBDA = "AWS::Lambda::Function"
CONFIGURED = (
    "Role", "Runtime", "Handler", "Environment", "Timeout", "MemorySize", "LoggingConfig", "Layers", "Description",
    "KMSKeyArn", "TracingConfig", "DeadLetterConfig", "Architectures", "EphemeralStorage",
)  # fmt: skip
"""What of a function a version keeps, beside its code."""


@dataclass
class Alias:
    """A name for a version, or for two that share the requests."""

    version: str
    weights: dict[str, float] = field(default_factory=dict)
    """Share of the requests that other versions get."""
    revision: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Another one after each change."""
    passed: float = 0.5
    """How much of a request the other version is owed; at first as much as the middle of chance."""

    def choose(self) -> str:
        """The version that gets the next request."""
        for other, weight in self.weights.items():
            self.passed += weight
            # A sum of shares that are no binary fractions is never quite what it should be.
            if self.passed > 1 - 1e-9:
                self.passed -= 1
                return other
        return self.version


@dataclass
class Managed:
    """A function with its versions."""

    function: Resource
    versions: dict[str, Resource] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    published: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    reserved: int | None = None


@dataclass
class Lambda:
    """Functions that stacks of endpoints make; those of the infrastructure can be invoked as well."""

    gateway: Gateway
    functions: Functions
    story: Story
    managed: dict[str, Managed] = field(default_factory=dict)
    """By ARN."""
    invoked: list[tuple[str, str, str]] = field(default_factory=list)
    """Who invoked which version of which function."""
    last_version: str = ""
    """The version that was run last."""
    published: Callable[[str, str], None] = lambda *_: None
    """Is told of each new version."""
    moved: Callable[[str, str, Alias], None] = lambda *_: None
    """Is told when an alias is another one than before."""

    def install(self) -> None:
        """Answers the gateway's calls."""
        fakes = {
            "CreateFunction": self._create, "GetFunction": self._get, "UpdateFunctionCode": self._update,
            "UpdateFunctionConfiguration": self._update, "PublishVersion": self._publish,
            "DeleteFunction": self._delete, "GetFunctionConfiguration": self._configuration,
            "ListVersionsByFunction": self._versions, "CreateAlias": self._create_alias, "GetAlias": self._get_alias,
            "UpdateAlias": self._update_alias, "DeleteAlias": self._delete_alias, "ListAliases": self._aliases,
            "Invoke": self._invoke,
            "PutFunctionConcurrency": self._reserve, "TagResource": self._tag, "UntagResource": self._untag,
        }  # fmt: skip
        for operation, fake in fakes.items():
            self.gateway.fakes[("lambda", operation)] = fake

    # Looking

    def alias(self, place: Place, name: str, alias: str) -> Alias | None:
        """What an alias of a function is; None where there is no such alias."""
        found = self.managed.get(place.arn("lambda", f"function:{name}"))
        return found.aliases.get(alias) if found else None

    def version(self, place: Place, name: str, number: str) -> Resource:
        """A version as it was published."""
        return self.managed[place.arn("lambda", f"function:{name}")].versions[number]

    def variables(self, place: Place, name: str, number: str) -> dict[str, str]:
        """The variables of a version."""
        return dict(self.version(place, name, number).properties.get("Environment", {}).get("Variables", {}))

    def run(self, arn: str, event: Any) -> tuple[Any, str]:
        """Runs what a qualified ARN stands for, without asking who may; gives the answer and the version."""
        plain, qualifier = split(arn)
        managed = self.managed.get(plain)
        if managed is None:
            return self.functions.run(self.functions.function(plain), event), LATEST
        number, function = self._which(managed, qualifier)
        self.last_version = number
        return self.functions.run(function, event, number, arn), number

    def _which(self, managed: Managed, qualifier: str) -> tuple[str, Resource]:
        number = managed.aliases[qualifier].choose() if qualifier in managed.aliases else qualifier
        if number in ("", LATEST):
            return LATEST, managed.function
        if number not in managed.versions:
            raise NotThere(f"there is no {managed.function.arn}:{qualifier}")
        return number, managed.versions[number]

    # Functions and versions

    def _managed(self, request: Request, place: Place) -> tuple[Managed, str]:
        """The function of a call, and its qualifier."""
        given = request["FunctionName"]
        arn = given if given.startswith("arn:") else place.arn("lambda", f"function:{given}")
        plain, qualifier = split(arn)
        if plain not in self.managed:
            raise missing(request.operation, plain)
        return self.managed[plain], request.params.get("Qualifier") or qualifier

    def _create(self, request: Request, place: Place) -> dict[str, Any]:
        arn = place.arn("lambda", f"function:{request['FunctionName']}")
        if arn in self.managed:
            text = f"Function already exist: {request['FunctionName']}"
            raise client_error("CreateFunction", "ResourceConflictException", text, 409)
        given = {k: v for k, v in request.params.items() if k not in ("FunctionName", "Tags", "Publish")}
        self.managed[arn] = Managed(Resource(LAMBDA, place, request["FunctionName"], arn, given, ""))
        self.managed[arn].tags = dict(request.params.get("Tags", {}))
        return _described(self.managed[arn].function, LATEST)

    def _update(self, request: Request, place: Place) -> dict[str, Any]:
        managed, _ = self._managed(request, place)
        properties = dict(managed.function.properties)
        if request.operation == "UpdateFunctionCode":
            properties["Code"] = {k: request[k] for k in ("S3Bucket", "S3Key")}
        else:
            properties |= {k: request[k] for k in CONFIGURED if k in request.params}
        managed.function = replace(managed.function, properties=properties)
        return _described(managed.function, LATEST)

    def _get(self, request: Request, place: Place) -> dict[str, Any]:
        return {"Configuration": self._configuration(request, place), "Code": {}}

    def _configuration(self, request: Request, place: Place) -> dict[str, Any]:
        managed, qualifier = self._managed(request, place)
        alias = managed.aliases.get(qualifier)
        number = alias.version if alias else qualifier or LATEST
        if number != LATEST and number not in managed.versions:
            raise missing(request.operation, f"{managed.function.arn}:{number}")
        function = managed.function if number == LATEST else managed.versions[number]
        answer = _described(function, number)
        if number in managed.descriptions:
            answer["Description"] = managed.descriptions[number]
        return answer

    def _publish(self, request: Request, place: Place) -> dict[str, Any]:
        """An unchanged function gives the version that was published last (API reference, PublishVersion)."""
        managed, _ = self._managed(request, place)
        last = managed.versions.get(str(managed.published))
        if last is None or fingerprint(last) != fingerprint(managed.function):
            managed.published += 1
            managed.versions[str(managed.published)] = managed.function
            managed.descriptions[str(managed.published)] = request.params.get("Description", "")
            self.published(managed.function.arn, str(managed.published))
        number = str(managed.published)
        described = _described(managed.versions[number], number)
        return {**described, "Description": managed.descriptions[number]}

    def _delete(self, request: Request, place: Place) -> dict[str, Any]:
        managed, qualifier = self._managed(request, place)
        if not qualifier:
            del self.managed[managed.function.arn]
            return {}
        if qualifier not in managed.versions:
            raise missing(request.operation, f"{managed.function.arn}:{qualifier}")
        used = [n for n, a in managed.aliases.items() if qualifier in (a.version, *a.weights)]
        if used:
            text = f"Version {qualifier} is used by the alias {used[0]}"
            raise client_error("DeleteFunction", "ResourceConflictException", text, 409)
        del managed.versions[qualifier]
        return {}

    def _versions(self, request: Request, place: Place) -> dict[str, Any]:
        managed, _ = self._managed(request, place)
        numbered = {LATEST: managed.function, **managed.versions}
        found = [{**_described(f, n), "Description": managed.descriptions.get(n, "")} for n, f in numbered.items()]
        return {"Versions": found}

    def _reserve(self, request: Request, place: Place) -> dict[str, Any]:
        managed, _ = self._managed(request, place)
        managed.reserved = request["ReservedConcurrentExecutions"]
        return {"ReservedConcurrentExecutions": managed.reserved}

    def _tag(self, request: Request, _: Place) -> dict[str, Any]:
        self.managed[split(request["Resource"])[0]].tags |= request["Tags"]
        return {}

    def _untag(self, request: Request, _: Place) -> dict[str, Any]:
        for key in request["TagKeys"]:
            self.managed[split(request["Resource"])[0]].tags.pop(key, None)
        return {}

    # Aliases

    def _create_alias(self, request: Request, place: Place) -> dict[str, Any]:
        managed, _ = self._managed(request, place)
        name = request["Name"]
        if name in managed.aliases:
            text = f"Alias already exists: {managed.function.arn}:{name}"
            raise client_error("CreateAlias", "ResourceConflictException", text, 409)
        return self._set_alias(managed, name, Alias(""), request)

    def _update_alias(self, request: Request, place: Place) -> dict[str, Any]:
        managed, name = self._managed(request, place)[0], request["Name"]
        if name not in managed.aliases:
            raise missing(request.operation, f"{managed.function.arn}:{name}")
        if request.params.get("RevisionId", managed.aliases[name].revision) != managed.aliases[name].revision:
            text = "The RevisionId provided does not match the latest RevisionId of the alias."
            raise client_error(request.operation, "PreconditionFailedException", text, 412)
        return self._set_alias(managed, name, managed.aliases[name], request)

    def _set_alias(self, managed: Managed, name: str, alias: Alias, request: Request) -> dict[str, Any]:
        version = request.params.get("FunctionVersion", alias.version)
        routing = request.params.get("RoutingConfig")
        weights = alias.weights if routing is None else dict(routing.get("AdditionalVersionWeights") or {})
        for number in (version, *weights):
            if number not in managed.versions:
                raise missing(request.operation, f"{managed.function.arn}:{number}")
        if len(weights) > 1 or version in weights or any(not 0 <= w <= 1 for w in weights.values()):
            text = f"Invalid routing: {version} with {weights}"
            raise client_error(request.operation, "InvalidParameterValueException", text)
        managed.aliases[name] = Alias(version, weights)
        shown = "".join(f", {weight:.0%} of them to version {number}" for number, weight in weights.items())
        who = parse_arn(request.principal).name
        self.story.tell(f"role {who}", f"moves {managed.function.name}:{name} to version {version}{shown}")
        self.moved(managed.function.arn, name, managed.aliases[name])
        return self._alias_of(managed, name)

    def _get_alias(self, request: Request, place: Place) -> dict[str, Any]:
        managed, name = self._managed(request, place)[0], request["Name"]
        if name not in managed.aliases:
            raise missing(request.operation, f"{managed.function.arn}:{name}")
        return self._alias_of(managed, name)

    def _aliases(self, request: Request, place: Place) -> dict[str, Any]:
        managed, _ = self._managed(request, place)
        return {"Aliases": [self._alias_of(managed, name) for name in managed.aliases]}

    def _delete_alias(self, request: Request, place: Place) -> dict[str, Any]:
        self._managed(request, place)[0].aliases.pop(request["Name"], None)
        self.story.tell(f"role {parse_arn(request.principal).name}", f"deletes the alias {request['Name']}")
        return {}

    def _alias_of(self, managed: Managed, name: str) -> dict[str, Any]:
        alias = managed.aliases[name]
        routing = {"RoutingConfig": {"AdditionalVersionWeights": alias.weights}} if alias.weights else {}
        return {
            "AliasArn": f"{managed.function.arn}:{name}", "Name": name, "FunctionVersion": alias.version,
            "Description": "", "RevisionId": alias.revision, **routing,
        }  # fmt: skip

    # Invoking

    def _invoke(self, request: Request, place: Place) -> dict[str, Any]:
        given = request["FunctionName"]
        arn = given if given.startswith("arn:") else place.arn("lambda", f"function:{given}")
        if "Qualifier" in request.params:
            arn = f"{arn}:{request['Qualifier']}"
        if request.params.get("InvocationType", "RequestResponse") != "RequestResponse":
            self.functions.later(arn, json.loads(request.params.get("Payload") or b"{}"))
            return {"StatusCode": 202}
        number, error = LATEST, {}
        managed = self.managed.get(split(arn)[0])
        named = split(arn)[1]
        if managed and named not in ("", LATEST, *managed.versions, *managed.aliases):
            raise missing("Invoke", arn)
        try:
            answer, number = self.run(arn, json.loads(request.params.get("Payload") or b"{}"))
        except Failure as failure:
            # Lambda gives a failure to whoever waits for it (API reference, Invoke, "FunctionError").
            answer, error = {"errorMessage": str(failure), "errorType": "Exception"}, {"FunctionError": "Unhandled"}
        self.invoked.append((request.principal, split(arn)[0], number))
        body = json.dumps(answer).encode()
        return {
            "StatusCode": 200, "ExecutedVersion": number, "Payload": StreamingBody(io.BytesIO(body), len(body)),
            **error,
        }  # fmt: skip


def split(arn: str) -> tuple[str, str]:
    """A function's ARN without its qualifier, and the qualifier."""
    parts = arn.split(":")
    return ":".join(parts[:7]), ":".join(parts[7:])


def missing(operation: str, arn: str) -> ClientError:
    """What Lambda says of a function, version or alias that is not there."""
    return client_error(operation, "ResourceNotFoundException", f"Function not found: {arn}", 404)


def fingerprint(function: Resource) -> str:
    """A hash of everything that a version keeps."""
    kept = {k: function.properties.get(k) for k in ("Code", *CONFIGURED)}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _described(function: Resource, number: str) -> dict[str, Any]:
    given = function.properties
    variables = {k: str(v) for k, v in given.get("Environment", {}).get("Variables", {}).items()}
    return {
        "FunctionName": function.name,
        "FunctionArn": function.arn if number == LATEST else f"{function.arn}:{number}",
        "Version": number,
        "Role": given["Role"],
        "Handler": given["Handler"],
        "Runtime": given["Runtime"],
        "Description": str(given.get("Description", "")),
        "Environment": {"Variables": variables},
        "Timeout": int(given.get("Timeout", 3)),
        "MemorySize": int(given.get("MemorySize", 128)),
        "CodeSha256": hashlib.sha256(json.dumps(given["Code"], sort_keys=True).encode()).hexdigest(),
        "LastModified": "2026-01-01T00:00:00.000+0000",
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }
