"""What CloudFormation does to make, change and delete the resources of an endpoint stack."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

from gateway import Gateway
from values import Place

Properties = dict[str, Any]


class ProviderFailed(Exception):
    """A resource could not be made; CloudFormation rolls back."""


@dataclass(frozen=True)
class Work:
    """With whose rights, and where."""

    gateway: Gateway
    role: str
    place: Place

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """A call of SageMaker."""
        return self.ask("sagemaker", operation, params)

    def ask(self, service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """A call of any service."""
        return self.gateway.call(self.role, self.place.region, service, operation, params)


@dataclass(frozen=True)
class Administrator(Work):
    """Somebody whom no policy of the delivery limits."""

    def ask(self, service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        return self.gateway.unjudged(self.role, self.place, service, operation, params)


@dataclass(frozen=True)
class Made:
    """A resource that is there."""

    kind: str
    physical: str
    properties: Properties
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"

    def with_policies(self, deletion: str, replacement: str) -> Made:
        """The same with the template's policies of now."""
        return replace(self, deletion_policy=deletion, replace_policy=replacement)


class Provider(ABC):
    """One resource type."""

    kind: str
    name_property: str

    def name(self, stack: str, identity: str, properties: Properties, old: Made | None) -> str:
        """What the new resource is called; one that is replaced and keeps its name cannot be made."""
        given: str | None = properties.get(self.name_property)
        if given and old and given == old.physical:
            raise ProviderFailed(f"cannot replace {identity}: it is named {given}, and a resource of that name exists")
        # The form in which CloudFormation makes up names of SageMaker's resources.
        return given or f"{identity[-20:]}-{uuid.uuid4().hex[:12]}"

    def updates_in_place(self, old: Properties, new: Properties) -> bool:
        """Whether a change of these properties needs no replacement."""
        return False

    def update(self, work: Work, old: Made, properties: Properties) -> Made:
        """Changes the resource."""
        raise ProviderFailed(f"{self.kind} cannot be updated")

    @abstractmethod
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        """Makes the resource."""

    @abstractmethod
    def delete(self, work: Work, made: Made) -> None:
        """Deletes the resource."""

    @abstractmethod
    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        """What Ref (the empty name) and Fn::GetAtt give."""


def _without(properties: Properties, *names: str) -> Properties:
    return {k: v for k, v in properties.items() if k not in names}


class _Model(Provider):
    kind, name_property = "AWS::SageMaker::Model", "ModelName"

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        work.call("CreateModel", ModelName=name, **_without(properties, "ModelName"))
        work.call("DescribeModel", ModelName=name)
        return Made(self.kind, name, properties)

    def delete(self, work: Work, made: Made) -> None:
        work.call("DeleteModel", ModelName=made.physical)

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        arn = place.arn("sagemaker", f"model/{made.physical}")
        return {"": arn, "ModelName": made.physical, "Id": arn}


class _EndpointConfig(Provider):
    kind, name_property = "AWS::SageMaker::EndpointConfig", "EndpointConfigName"

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        work.call("CreateEndpointConfig", EndpointConfigName=name, **_without(properties, "EndpointConfigName"))
        work.call("DescribeEndpointConfig", EndpointConfigName=name)
        return Made(self.kind, name, properties)

    def delete(self, work: Work, made: Made) -> None:
        work.call("DeleteEndpointConfig", EndpointConfigName=made.physical)

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        arn = place.arn("sagemaker", f"endpoint-config/{made.physical}")
        return {"": arn, "EndpointConfigName": made.physical, "Id": arn}


class _Endpoint(Provider):
    kind, name_property = "AWS::SageMaker::Endpoint", "EndpointName"

    def updates_in_place(self, old: Properties, new: Properties) -> bool:
        return old.get("EndpointName") == new.get("EndpointName")

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        known = {k: properties[k] for k in ("EndpointConfigName", "Tags", "DeploymentConfig") if k in properties}
        work.call("CreateEndpoint", EndpointName=name, **known)
        try:
            return self._settled(work, Made(self.kind, name, properties))
        except ProviderFailed:
            work.call("DeleteEndpoint", EndpointName=name)
            raise

    def update(self, work: Work, old: Made, properties: Properties) -> Made:
        known = {k: properties[k] for k in ("EndpointConfigName", "DeploymentConfig") if k in properties}
        work.call("UpdateEndpoint", EndpointName=old.physical, **known)
        return self._settled(work, replace(old, properties=properties))

    def delete(self, work: Work, made: Made) -> None:
        work.call("DeleteEndpoint", EndpointName=made.physical)

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        arn = place.arn("sagemaker", f"endpoint/{made.physical}")
        return {"": arn, "EndpointName": made.physical, "Id": arn}

    def _settled(self, work: Work, made: Made) -> Made:
        found = work.call("DescribeEndpoint", EndpointName=made.physical)
        # SageMaker goes back to the old configuration when the new one does not come up. That CloudFormation notices
        # when SageMaker gives no reason is not documented; here it does not.
        kept_old = found["EndpointConfigName"] != made.properties["EndpointConfigName"] and found.get("FailureReason")
        if found["EndpointStatus"] != "InService" or kept_old:
            raise ProviderFailed(
                f"the endpoint {made.physical} is {found['EndpointStatus']}: {found.get('FailureReason')}"
            )
        return made


class _Alarm(Provider):
    kind, name_property = "AWS::CloudWatch::Alarm", "AlarmName"

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        work.ask("cloudwatch", "PutMetricAlarm", {**properties, "AlarmName": name})
        work.ask("cloudwatch", "DescribeAlarms", {"AlarmNames": [name]})
        return Made(self.kind, name, properties)

    def delete(self, work: Work, made: Made) -> None:
        work.ask("cloudwatch", "DeleteAlarms", {"AlarmNames": [made.physical]})

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        return {"": made.physical, "Arn": place.arn("cloudwatch", f"alarm:{made.physical}")}


PROVIDERS: dict[str, Provider] = {p.kind: p for p in (_Model(), _EndpointConfig(), _Endpoint(), _Alarm())}
