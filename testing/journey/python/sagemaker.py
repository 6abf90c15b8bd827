"""What moto's SageMaker lacks: endpoints load their model with its role, are updated in place, and answer from it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from moto.sagemaker.models import sagemaker_backends

from gateway import Gateway, client_error
from moto_client import raw_client
from permissions import Request
from story import Story
from values import Denied, JourneyError, NotThere, Place, parse_arn

SERVICE = "sagemaker.amazonaws.com"


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

    def install(self) -> None:
        """Answers the gateway's calls."""
        fakes = self.gateway.fakes
        fakes[("sagemaker", "UpdateModelPackage")] = self._update_package
        fakes[("sagemaker", "CreateModel")] = self._create_model
        fakes[("sagemaker", "CreateEndpoint")] = self._create
        fakes[("sagemaker", "UpdateEndpoint")] = self._update
        fakes[("sagemaker", "DeleteEndpoint")] = self._delete
        fakes[("sagemaker-runtime", "InvokeEndpoint")] = self._invoke

    def served(self, place: Place, endpoint: str) -> str | None:
        """ARN of the package that an endpoint runs; None where there is no endpoint."""
        found = _backend(place).endpoints.get(endpoint)
        return self._package(place, found.endpoint_config_name) if found else None

    def _update_package(self, request: Request, place: Place) -> dict[str, Any]:
        """moto forgets the metadata of a package when a call does not bring any."""
        client = raw_client("sagemaker", place)
        known = (
            client.describe_model_package(ModelPackageName=request["ModelPackageArn"]).get("CustomerMetadataProperties")
            or {}
        )
        given = request.params.get("CustomerMetadataProperties") or {}
        answer = client.update_model_package(**{**request.params, "CustomerMetadataProperties": {**known, **given}})
        return {"ModelPackageArn": answer["ModelPackageArn"]}

    def _create_model(self, request: Request, place: Place) -> dict[str, Any]:
        package = request.params.get("PrimaryContainer", {}).get("ModelPackageName")
        if package:
            where = parse_arn(package).place
            if where.region != place.region:
                raise client_error(
                    "CreateModel", "ValidationException", f"{package} is in another region than {place.region}"
                )
            raw_client("sagemaker", where).describe_model_package(ModelPackageName=package)
        answer: dict[str, Any] = raw_client("sagemaker", place).create_model(**request.params)
        self._tag(answer["ModelArn"], request)
        return {"ModelArn": answer["ModelArn"]}

    def _create(self, request: Request, place: Place) -> dict[str, Any]:
        answer = raw_client("sagemaker", place).create_endpoint(**request.params)
        self._tag(answer["EndpointArn"], request)
        failure = self._load(place, request["EndpointConfigName"])
        if failure:
            made = _backend(place).endpoints[request["EndpointName"]]
            made.endpoint_status, made.failure_reason = "Failed", failure
        return {"EndpointArn": answer["EndpointArn"]}

    def _update(self, request: Request, place: Place) -> dict[str, Any]:
        backend, name, config = _backend(place), request["EndpointName"], request["EndpointConfigName"]
        if name not in backend.endpoints or config not in backend.endpoint_configs:
            raise client_error(
                "UpdateEndpoint", "ValidationException", f"Could not find endpoint {name} or configuration {config}"
            )
        endpoint = backend.endpoints[name]
        failure = self._load(place, config)
        endpoint.failure_reason = failure
        if failure is None:
            endpoint.endpoint_config_name = config
        return {"EndpointArn": endpoint.arn}

    def _delete(self, request: Request, place: Place) -> dict[str, Any]:
        endpoint = _backend(place).endpoints[request["EndpointName"]]
        # One that never came up serves nobody.
        if endpoint.endpoint_status != "Failed":
            self.deleted.append(endpoint.arn)
        raw_client("sagemaker", place).delete_endpoint(EndpointName=request["EndpointName"])
        return {}

    def _invoke(self, request: Request, place: Place) -> dict[str, Any]:
        endpoint = _backend(place).endpoints.get(request["EndpointName"])
        if endpoint is None or endpoint.endpoint_status != "InService":
            raise client_error("InvokeEndpoint", "ValidationError", f"Endpoint {request['EndpointName']} not found")
        package = self._package(place, endpoint.endpoint_config_name)
        self.invocations.append(Served(endpoint.arn, package))
        rows = len(bytes(request["Body"]).decode().strip().splitlines())
        body = json.dumps({"predictions": [1] * rows}).encode()
        return {
            "Body": StreamingBody(io.BytesIO(body), len(body)),
            "ContentType": request.params.get("Accept", "application/json"),
        }

    def _package(self, place: Place, config: str) -> str:
        backend = _backend(place)
        model = backend._models[backend.endpoint_configs[config].production_variants[0]["ModelName"]]
        return str(model.primary_container["ModelPackageName"])

    def _load(self, place: Place, config: str) -> str | None:
        """An instance starts: the model's role fetches the artifact. Gives what went wrong."""
        backend = _backend(place)
        model = backend._models[backend.endpoint_configs[config].production_variants[0]["ModelName"]]
        arn = place.arn("sagemaker", f"model/{model.model_name}")
        try:
            role = self.gateway.assume_as_service(SERVICE, model.execution_role_arn, arn).role
            package = self._package(place, config)
            found = raw_client("sagemaker", parse_arn(package).place).describe_model_package(ModelPackageName=package)
            for container in found["InferenceSpecification"]["Containers"]:
                bucket, key = container["ModelDataUrl"].removeprefix("s3://").split("/", 1)
                where = self.gateway.cloud.bucket(bucket)
                if where is None or where.place.region != place.region:
                    return f"{container['ModelDataUrl']} is not in {place.region}"
                self.gateway.call(role, place.region, "s3", "GetObject", {"Bucket": bucket, "Key": key})
        except (Denied, ClientError, NotThere) as error:
            return f"the model cannot be loaded: {error}"
        return None

    def _tag(self, arn: str, request: Request) -> None:
        self.gateway.cloud.tags[arn] = {t["Key"]: t["Value"] for t in request.params.get("Tags", [])}


def _backend(place: Place) -> Any:
    if not place.account:
        raise JourneyError("SageMaker is asked in no account")
    return sagemaker_backends[place.account][place.region]
