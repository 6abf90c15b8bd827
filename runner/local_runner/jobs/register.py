"""RegisterModel steps: a new version in the local model registry."""

from __future__ import annotations

from typing import Any

from ..arguments import HARMLESS, check, items, strings
from ..context import Job, Result
from ..errors import DefinitionError, NotRegistered
from ..expressions import Pending
from ..registry import STATES
from .models import model_data, normalize_container

_USED = {"InferenceSpecification", "ModelApprovalStatus", "CustomerMetadataProperties", "ModelMetrics"}
_HARMLESS = {
    *HARMLESS, "ModelPackageDescription", "SkipModelValidation", "DriftCheckBaselines",
    "MetadataProperties",
    "Domain", "Task", "SamplePayloadUrl", "SourceUri", "ModelCard", "ModelLifeCycle", "SecurityConfig",
    "AdditionalInferenceSpecifications", "ValidationSpecification", "ManagedStorageType",
    "ModelPackageRegistrationType", "CertifyForMarketplace",
}  # fmt: skip


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Give the arguments the types that SageMaker's API has; raises DefinitionError for unknown ones."""
    check(
        arguments, place, _USED, _HARMLESS, required=("ModelPackageGroupName", "InferenceSpecification"),
        elsewhere=("ModelPackageName", "SourceAlgorithmSpecification"),
    )  # fmt: skip
    if "CustomerMetadataProperties" in arguments:
        key = "CustomerMetadataProperties"
        arguments[key] = strings(arguments[key], f"{place}.{key}")
    status = arguments.get("ModelApprovalStatus")
    if status is not None and not isinstance(status, Pending) and status not in STATES:
        raise DefinitionError(f"{place}.ModelApprovalStatus", f"{status!r} is not one of {', '.join(STATES)}")
    place = f"{place}.InferenceSpecification"
    containers = items(arguments["InferenceSpecification"].get("Containers"), f"{place}.Containers")
    if not containers:
        raise DefinitionError(place, "Containers is missing")
    for index, container in enumerate(containers):
        normalize_container(container, f"{place}.Containers[{index}]")


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return nothing: a model package is no object in S3."""
    return []


def run(job: Job) -> Result:
    """Register the model package; its artifact must be in the local store.

    Raises NotRegistered at the end of an experiment.
    """
    arguments, place = job.arguments, f"{job.place}.InferenceSpecification.Containers"
    containers = arguments["InferenceSpecification"]["Containers"]
    uris = [model_data(container, place) for container in containers]
    for uri in uris:
        job.context.store.sources(uri, place)
    if not job.context.registers:
        raise NotRegistered(arguments)
    package = job.context.registry.register(
        arguments["ModelPackageGroupName"], arguments, job.context.user(), job.context.execution_id
    )
    return Result({**arguments, **package}, [("model", uris[0])])
