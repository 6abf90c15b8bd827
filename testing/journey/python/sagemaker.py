"""What moto's SageMaker lacks: endpoints load their model with its role, are updated in place, and answer from it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from moto.sagemaker.models import sagemaker_backends

from capture import Captured, capture
from gateway import Gateway, client_error
from identities import Identity
from moto_client import described, raw_client
from permissions import Request
from story import Story
from values import Denied, JourneyError, NotThere, Place, in_bucket, parse_arn

SERVICE = "sagemaker.amazonaws.com"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Served:
    """What an endpoint runs at a moment."""

    endpoint: str
    package: str


@dataclass
class SageMaker:
    """Endpoints of all accounts."""

    gateway: Gateway
    story: Story
    invocations: list[Served] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    """ARNs of endpoints that were deleted."""
    deleters: dict[str, str] = field(default_factory=dict)
    """Who deleted each of them."""
    goes_back: set[tuple[Place, str]] = field(default_factory=set)
    """Endpoints that will return from their next update to what they had before, without a word."""
    maintained: dict[tuple[Place, str], int] = field(default_factory=dict)
    """Endpoints that SageMaker maintains, and how many questions about them until it is done."""
    ages: dict[str, int] = field(default_factory=dict)
    """ARNs of models and configurations in the order in which they were made."""
    broken: set[str] = field(default_factory=set)
    """ARNs of packages whose container does not come up."""
    answer: int = 1
    """What models answer to each row."""
    answers: dict[str, Any] = field(default_factory=dict)
    """What models of certain packages answer to each row instead."""
    erring: set[str] = field(default_factory=set)
    """ARNs of packages whose container answers with an error."""
    answers_in: dict[tuple[Place, str], Any] = field(default_factory=dict)
    """What models of certain packages answer in a place, where that is something else than elsewhere."""
    changed: list[str] = field(default_factory=list)
    """Packages with another approval status than before, of which nobody has been told."""
    modified: dict[str, Identity] = field(default_factory=dict)
    """Who changed each package last."""
    happen: Callable[[Place, str, str, list[str], dict[str, Any]], None] = lambda *_: None
    """Says that something happened."""
    now: datetime | None = None
    """When endpoints are asked, as a scene wants it; only then what they are asked is captured."""
    loaded: dict[str, bytes] = field(default_factory=dict)
    """ARN of each package that an instance has loaded, with the bytes of its artifact."""

    def install(self) -> None:
        """Answers the gateway's calls."""
        fakes = self.gateway.fakes
        fakes[("sagemaker", "CreateModelPackage")] = self._register
        fakes[("sagemaker", "DescribeModelPackage")] = self._describe_package
        fakes[("sagemaker", "UpdateModelPackage")] = self._update_package
        fakes[("sagemaker", "CreateModel")] = self._create_model
        fakes[("sagemaker", "CreateEndpointConfig")] = self._create_config
        fakes[("sagemaker", "AddTags")] = self._add_tags
        fakes[("sagemaker", "DeleteTags")] = self._delete_tags
        fakes[("sagemaker", "ListModels")] = self._list_models
        fakes[("sagemaker", "ListEndpointConfigs")] = self._list_configs
        fakes[("sagemaker", "ListEndpoints")] = self._list_endpoints
        fakes[("sagemaker", "DescribeEndpoint")] = self._describe
        fakes[("sagemaker", "CreateEndpoint")] = self._create
        fakes[("sagemaker", "UpdateEndpoint")] = self._update
        fakes[("sagemaker", "DeleteEndpoint")] = self._delete
        fakes[("sagemaker-runtime", "InvokeEndpoint")] = self._invoke

    def served(self, place: Place, endpoint: str) -> str | None:
        """ARN of the package that an endpoint runs; None where there is no endpoint."""
        found = _backend(place).endpoints.get(endpoint)
        # It goes on serving when somebody removes its configuration; what, nobody can tell any more.
        known = found and found.endpoint_config_name in _backend(place).endpoint_configs
        return self.package_of(place, found.endpoint_config_name) if known else None

    def configs(self, place: Place, endpoint: str) -> list[str]:
        """Names of the configurations that deployments of an endpoint have left, in the order they were made."""
        return self._left(place, "endpoint-config", _backend(place).endpoint_configs, endpoint)

    def models(self, place: Place, endpoint: str) -> list[str]:
        """The same for models."""
        return self._left(place, "model", _backend(place)._models, endpoint)

    def _left(self, place: Place, kind: str, there: Iterable[str], endpoint: str) -> list[str]:
        tags = self.gateway.cloud.tags
        arn = lambda name: place.arn("sagemaker", f"{kind}/{name}")
        own = [n for n in there if endpoint in tags.get(arn(n), {}).values()]
        return sorted(own, key=lambda n: self.ages[arn(n)])

    def _register(self, request: Request, place: Place) -> dict[str, Any]:
        """moto knows no life-cycle."""
        given = {k: v for k, v in request.params.items() if k != "ModelLifeCycle"}
        arn: str = raw_client("sagemaker", place).create_model_package(**given)["ModelPackageArn"]
        self._life_cycle(arn, request)
        return {"ModelPackageArn": arn}

    def _describe_package(self, request: Request, place: Place) -> dict[str, Any]:
        answer = raw_client("sagemaker", place).describe_model_package(**request.params)
        arn = answer["ModelPackageArn"]
        stage = self.gateway.cloud.life_cycles.get(arn)
        found = {k: v for k, v in answer.items() if k not in ("ResponseMetadata", "LastModifiedBy")}
        found.setdefault("ModelPackageName", answer.get("ModelPackageGroupName"))
        return {**found, **({"ModelLifeCycle": stage} if stage else {}), **self._modified_by(arn)}

    def _modified_by(self, arn: str) -> dict[str, Any]:
        who = self.modified.get(arn)
        if who is None:
            return {}
        source = {"SourceIdentity": who.source} if who.source else {}
        return {"LastModifiedBy": {"IamIdentity": {"Arn": who.principal, "PrincipalId": who.user_id, **source}}}

    def _life_cycle(self, arn: str, request: Request) -> None:
        if "ModelLifeCycle" in request.params:
            self.gateway.cloud.life_cycles[arn] = dict(request["ModelLifeCycle"])

    def _update_package(self, request: Request, place: Place) -> dict[str, Any]:
        """moto knows no life-cycle, and forgets status, reason, metadata and further specifications that a call does
        not bring."""
        client = raw_client("sagemaker", place)
        arn = request["ModelPackageArn"]
        now = client.describe_model_package(ModelPackageName=arn)
        more = now.get("AdditionalInferenceSpecifications") or []
        known = {k: now[k] for k in ("ModelApprovalStatus", "ApprovalDescription") if now.get(k) is not None}
        given = {
            **known,
            **{k: v for k, v in request.params.items() if k != "ModelLifeCycle"},
            "CustomerMetadataProperties": {
                **(now.get("CustomerMetadataProperties") or {}),
                **(request.params.get("CustomerMetadataProperties") or {}),
            },
        }
        if "AdditionalInferenceSpecificationsToAdd" in given and more:
            raise JourneyError(f"{arn} gets a second further specification")
        answer = client.update_model_package(**given)
        self._life_cycle(arn, request)
        self.modified[arn] = self.gateway.identity(request.principal)
        if given["ModelApprovalStatus"] != known["ModelApprovalStatus"]:
            self.changed.append(arn)
        if more:
            kept = next(p for p in _backend(place).model_packages.values() if p.arn == arn)
            kept.additional_inference_specifications = more
        return {"ModelPackageArn": answer["ModelPackageArn"]}

    def _create_model(self, request: Request, place: Place) -> dict[str, Any]:
        package = request.params.get("PrimaryContainer", {}).get("ModelPackageName")
        if package:
            where = parse_arn(package).place
            if where.region != place.region:
                raise client_error(
                    "CreateModel", "ValidationException", f"{package} is in another region than {place.region}"
                )
            found = described(package)
            self._specification(found, request["PrimaryContainer"].get("InferenceSpecificationName"))
        answer: dict[str, Any] = raw_client("sagemaker", place).create_model(**request.params)
        self._tag(answer["ModelArn"], request)
        self.ages[answer["ModelArn"]] = len(self.ages)
        return {"ModelArn": answer["ModelArn"]}

    def _create_config(self, request: Request, place: Place) -> dict[str, Any]:
        answer: dict[str, Any] = raw_client("sagemaker", place).create_endpoint_config(**request.params)
        self._tag(answer["EndpointConfigArn"], request)
        self.ages[answer["EndpointConfigArn"]] = len(self.ages)
        return {"EndpointConfigArn": answer["EndpointConfigArn"]}

    def _add_tags(self, request: Request, place: Place) -> dict[str, Any]:
        raw_client("sagemaker", place).add_tags(**request.params)
        own = self.gateway.cloud.tags.setdefault(request["ResourceArn"], {})
        own |= {t["Key"]: t["Value"] for t in request["Tags"]}
        return {"Tags": request["Tags"]}

    def _delete_tags(self, request: Request, place: Place) -> dict[str, Any]:
        raw_client("sagemaker", place).delete_tags(**request.params)
        own = self.gateway.cloud.tags.get(request["ResourceArn"], {})
        for key in request["TagKeys"]:
            own.pop(key, None)
        return {}

    def _list_models(self, request: Request, place: Place) -> dict[str, Any]:
        return {"Models": self._summaries(request, place, "model", "Model", _backend(place)._models)}

    def _list_configs(self, request: Request, place: Place) -> dict[str, Any]:
        found = self._summaries(request, place, "endpoint-config", "EndpointConfig", _backend(place).endpoint_configs)
        return {"EndpointConfigs": found}

    def _list_endpoints(self, request: Request, place: Place) -> dict[str, Any]:
        found = self._summaries(request, place, "endpoint", "Endpoint", _backend(place).endpoints)
        for each in found:
            status = _backend(place).endpoints[each["EndpointName"]].endpoint_status
            each |= {"LastModifiedTime": each["CreationTime"], "EndpointStatus": status}
        return {"Endpoints": found}

    def endpoints(self, place: Place, prefix: str) -> list[str]:
        """Names of the endpoints that are there and begin so, in the order in which they were made."""
        found = [name for name in _backend(place).endpoints if name.startswith(prefix)]
        return sorted(found, key=lambda n: self.ages[place.arn("sagemaker", f"endpoint/{n}")])

    def _summaries(
        self, request: Request, place: Place, kind: str, word: str, there: Iterable[str]
    ) -> list[dict[str, Any]]:
        """moto knows no list of configurations, and times of whole seconds."""
        arns = {name: place.arn("sagemaker", f"{kind}/{name}") for name in there}
        return [
            {f"{word}Name": name, f"{word}Arn": arn, "CreationTime": EPOCH + timedelta(seconds=self.ages[arn])}
            for name, arn in arns.items()
            if request.params.get("NameContains", "") in name
        ]

    def _describe(self, request: Request, place: Place) -> dict[str, Any]:
        identity = (place, request["EndpointName"])
        if identity in self.maintained:
            self.maintained[identity] -= 1
            if self.maintained[identity] <= 0:
                del self.maintained[identity]
        answer: dict[str, Any] = raw_client("sagemaker", place).describe_endpoint(EndpointName=identity[1])
        if identity in self.maintained:
            answer["EndpointStatus"] = "SystemUpdating"
        # moto answers with an empty capture, which SageMaker does not know.
        return {k: v for k, v in answer.items() if k not in ("DataCaptureConfig", "ResponseMetadata")}

    def _create(self, request: Request, place: Place) -> dict[str, Any]:
        answer = raw_client("sagemaker", place).create_endpoint(**request.params)
        self._tag(answer["EndpointArn"], request)
        self.ages[answer["EndpointArn"]] = len(self.ages)
        config = request["EndpointConfigName"]
        failure = self._load(place, config) or self._look_at_alarms(request, place, config)
        if failure:
            made = _backend(place).endpoints[request["EndpointName"]]
            made.endpoint_status, made.failure_reason = "Failed", failure
        else:
            self._serves(place, request["EndpointName"])
        return {"EndpointArn": answer["EndpointArn"]}

    def _update(self, request: Request, place: Place) -> dict[str, Any]:
        backend, name, config = _backend(place), request["EndpointName"], request["EndpointConfigName"]
        if name not in backend.endpoints or config not in backend.endpoint_configs:
            raise client_error(
                "UpdateEndpoint", "ValidationException", f"Could not find endpoint {name} or configuration {config}"
            )
        endpoint = backend.endpoints[name]
        if (place, name) in self.maintained:
            raise client_error("UpdateEndpoint", "ValidationException", f"Cannot update in-progress endpoint {name}")
        if (place, name) in self.goes_back:
            self.goes_back.remove((place, name))
            self.story.tell(f"endpoint {name}", f"returns to {endpoint.endpoint_config_name} without an error")
            endpoint.failure_reason = None
            self._serves(place, name)
            return {"EndpointArn": endpoint.arn}
        failure = self._load(place, config) or self._look_at_alarms(request, place, config)
        endpoint.failure_reason = failure
        if failure is None:
            endpoint.endpoint_config_name = config
        self._serves(place, name)
        return {"EndpointArn": endpoint.arn}

    def returns(self, place: Place, name: str, config: str) -> None:
        """An endpoint goes back to an older configuration, long after its deployment."""
        self.story.tell(f"endpoint {name}", f"returns to {config}")
        _backend(place).endpoints[name].endpoint_config_name = config
        self._serves(place, name)

    def _serves(self, place: Place, name: str) -> None:
        """The event of an endpoint that is in service after a change (SageMaker guide, "SageMaker endpoint state
        change")."""
        endpoint = _backend(place).endpoints[name]
        detail = {
            "EndpointName": name,
            "EndpointArn": endpoint.arn,
            "EndpointConfigName": endpoint.endpoint_config_name,
            "EndpointStatus": "IN_SERVICE",
        }
        self.happen(place, "aws.sagemaker", "SageMaker Endpoint State Change", [endpoint.arn], detail)

    def _delete(self, request: Request, place: Place) -> dict[str, Any]:
        endpoint = _backend(place).endpoints[request["EndpointName"]]
        # One that never came up serves nobody.
        if endpoint.endpoint_status != "Failed":
            self.deleted.append(endpoint.arn)
            self.deleters[endpoint.arn] = request.principal
        raw_client("sagemaker", place).delete_endpoint(EndpointName=request["EndpointName"])
        return {}

    def _invoke(self, request: Request, place: Place) -> dict[str, Any]:
        endpoint = _backend(place).endpoints.get(request["EndpointName"])
        if endpoint is None or endpoint.endpoint_status != "InService":
            raise client_error("InvokeEndpoint", "ValidationError", f"Endpoint {request['EndpointName']} not found")
        package = self.package_of(place, endpoint.endpoint_config_name)
        self.invocations.append(Served(endpoint.arn, package))
        if package in self.erring:
            text = "Received server error (500) from primary with message"
            raise client_error("InvokeEndpoint", "ModelError", text, 424)
        rows = rows_in(bytes(request["Body"]).decode(), request.params.get("ContentType", ""))
        answer = self.answers_in.get((place, package), self.answers.get(package, self.answer))
        body = json.dumps({"predictions": [answer] * rows}).encode()
        if self.now:
            role = self._model_role(place, endpoint.endpoint_config_name)[1]
            config = _backend(place).endpoint_configs[endpoint.endpoint_config_name].data_capture_config
            capture(self.gateway, role, config, Captured(request, place, body.decode(), self.now))
        return {
            "Body": StreamingBody(io.BytesIO(body), len(body)),
            "ContentType": request.params.get("Accept", "application/json"),
        }

    def package_of(self, place: Place, config: str) -> str:
        """The package behind an endpoint configuration."""
        backend = _backend(place)
        model = backend._models[backend.endpoint_configs[config].production_variants[0]["ModelName"]]
        return str(model.primary_container["ModelPackageName"])

    def _look_at_alarms(self, request: Request, place: Place, config: str) -> str | None:
        """With the model's role (SageMaker developer guide, "Auto-Rollback Configuration and Monitoring")."""
        rollback = request.params.get("DeploymentConfig", {}).get("AutoRollbackConfiguration", {})
        names = [alarm["AlarmName"] for alarm in rollback.get("Alarms", [])]
        if not names:
            return None
        try:
            role = self._model_role(place, config)[1]
            found = self.gateway.call(role, place.region, "cloudwatch", "DescribeAlarms", {"AlarmNames": names})
        except Denied as error:
            return f"the alarms cannot be looked at: {error}"
        alarms = {alarm["AlarmName"]: alarm for alarm in found["MetricAlarms"]}
        if missing := set(names) - set(alarms):
            return f"there are no alarms {sorted(missing)}"
        astray = [name for name, alarm in alarms.items() if _watched(alarm) != {config}]
        return f"the alarms {astray} do not watch {config} alone" if astray else None

    def _model_role(self, place: Place, config: str) -> tuple[Any, str]:
        """The model of a configuration, and its role, which SageMaker assumes."""
        backend = _backend(place)
        model = backend._models[backend.endpoint_configs[config].production_variants[0]["ModelName"]]
        arn = place.arn("sagemaker", f"model/{model.model_name}")
        return model, self.gateway.assume_as_service(SERVICE, model.execution_role_arn, arn).role

    def _load(self, place: Place, config: str) -> str | None:
        """An instance starts: the model's role fetches the artifact. Gives what went wrong."""
        try:
            model, role = self._model_role(place, config)
            package = self.package_of(place, config)
            found = described(package)
            if package in self.broken:
                return "the container does not answer /ping"
            name = model.primary_container.get("InferenceSpecificationName")
            for container in self._specification(found, name)["Containers"]:
                bucket, key = in_bucket(container["ModelDataUrl"])
                where = self.gateway.cloud.bucket(bucket)
                if where is None or where.place.region != place.region:
                    return f"{container['ModelDataUrl']} is not in {place.region}"
                answer = self.gateway.call(role, place.region, "s3", "GetObject", {"Bucket": bucket, "Key": key})
                self.loaded[package] = answer["Body"].read()
        except (Denied, ClientError, NotThere) as error:
            return f"the model cannot be loaded: {error}"
        return None

    def _specification(self, package: dict[str, Any], name: str | None) -> dict[str, Any]:
        """The inference specification that a model is made from: the registered one, or one by its name."""
        if name is None:
            return dict(package["InferenceSpecification"])
        for found in package.get("AdditionalInferenceSpecifications") or []:
            if found["Name"] == name:
                return dict(found)
        message = f"{package['ModelPackageArn']} has no inference specification {name}"
        raise client_error("CreateModel", "ValidationException", message)

    def _tag(self, arn: str, request: Request) -> None:
        self.gateway.cloud.tags[arn] = {t["Key"]: t["Value"] for t in request.params.get("Tags", [])}


def rows_in(body: str, content_type: str) -> int:
    """How many rows a request has."""
    if content_type.startswith("application/json"):
        found = json.loads(body)
        return len(found["instances"] if isinstance(found, dict) else found)
    return len(body.strip().splitlines())


def _backend(place: Place) -> Any:
    if not place.account:
        raise JourneyError("SageMaker is asked in no account")
    return sagemaker_backends[place.account][place.region]


def _watched(alarm: dict[str, Any]) -> set[str | None]:
    """The configurations whose instances an alarm counts; None among them where it counts those of all."""
    queries = [q["MetricStat"]["Metric"] for q in alarm.get("Metrics") or [] if "MetricStat" in q]
    named = [{d["Name"]: d["Value"] for d in metric["Dimensions"]} for metric in queries or [alarm]]
    return {dimensions.get("EndpointConfigName") for dimensions in named}
