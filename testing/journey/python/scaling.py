"""Application Auto Scaling, as far as deployments see it: which endpoints are scaled.

After the SageMaker developer guide, "Delete or update endpoints that use automatic scaling": a target that is left
behind by its endpoint must not be in the way of another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway import Gateway, client_error
from permissions import Request
from values import Place

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
Target = tuple[Place, str]


@dataclass
class Scaling:
    """The scalable targets of all accounts."""

    gateway: Gateway
    targets: dict[Target, dict[str, Any]] = field(default_factory=dict)
    policies: dict[tuple[Place, str, str], dict[str, Any]] = field(default_factory=dict)

    def install(self) -> None:
        """Answers the gateway's calls."""
        fakes = {
            "RegisterScalableTarget": self._register, "DeregisterScalableTarget": self._deregister,
            "PutScalingPolicy": self._put, "DeleteScalingPolicy": self._delete,
            "DescribeScalableTargets": self._describe,
        }  # fmt: skip
        for operation, fake in fakes.items():
            self.gateway.fakes[("application-autoscaling", operation)] = fake

    def _register(self, request: Request, place: Place) -> dict[str, Any]:
        self.targets[(place, request["ResourceId"])] = dict(request.params)
        return {}

    def _deregister(self, request: Request, place: Place) -> dict[str, Any]:
        if self.targets.pop((place, request["ResourceId"]), None) is None:
            text = f"No scalable target found for {request['ResourceId']}"
            raise client_error("DeregisterScalableTarget", "ObjectNotFoundException", text)
        self.policies = {k: v for k, v in self.policies.items() if k[:2] != (place, request["ResourceId"])}
        return {}

    def _put(self, request: Request, place: Place) -> dict[str, Any]:
        if (place, request["ResourceId"]) not in self.targets:
            text = f"No scalable target registered for {request['ResourceId']}"
            raise client_error("PutScalingPolicy", "ObjectNotFoundException", text)
        self.policies[(place, request["ResourceId"], request["PolicyName"])] = dict(request.params)
        arn = place.arn("autoscaling", f"scalingPolicy:1:resource/sagemaker/{request['ResourceId']}")
        return {"PolicyARN": f"{arn}:policyName/{request['PolicyName']}"}

    def _delete(self, request: Request, place: Place) -> dict[str, Any]:
        # It went with its target, if that was removed before.
        self.policies.pop((place, request["ResourceId"], request["PolicyName"]), None)
        return {}

    def _describe(self, request: Request, place: Place) -> dict[str, Any]:
        names = request.params.get("ResourceIds")
        found = [
            {**target, "RoleARN": place.arn("iam", "role/scaling"), "CreationTime": EPOCH}
            for (where, name), target in self.targets.items()
            if where == place and (not names or name in names)
        ]
        return {"ScalableTargets": found}
