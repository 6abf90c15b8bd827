"""Model steps: what CreateModel describes, kept so that batch transforms can use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..archives import has_entry
from ..arguments import HARMLESS, check, items, only_strings
from ..context import ACCOUNT, Context, Job, Result
from ..errors import DefinitionError, NotEmulatedError
from ..files import read_json, write_json
from ..images import XGBOOST, kind_of

_CONTAINER = {"Environment", "ModelDataUrl", "ModelDataSource"}
_HARMLESS = {
    "Image", "ContainerHostname", "Mode", "ImageConfig", "ImageDigest", "Framework", "FrameworkVersion",
    "ProductId",
    "NearestModelName", "AdditionalS3DataSource", "ModelInput", "InferenceSpecificationName", "ModelDataETag",
    "ContainerMetricsConfig", "BaseModel", "IsCheckpoint",
}  # fmt: skip

PROGRAM, SUBMIT_DIRECTORY = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
_ELSEWHERE = ("ModelPackageName", "MultiModelConfig", "AdditionalModelDataSources")


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Give the arguments the types that SageMaker's API has; raises DefinitionError for unknown ones."""
    check(arguments, place, {"PrimaryContainer", "Containers", "ModelName"},
          {*HARMLESS, "ExecutionRoleArn", "InferenceExecutionConfig"})  # fmt: skip
    if "PrimaryContainer" in arguments:
        normalize_container(arguments["PrimaryContainer"], f"{place}.PrimaryContainer")
    for index, container in enumerate(items(arguments.get("Containers"), f"{place}.Containers")):
        normalize_container(container, f"{place}.Containers[{index}]")


def normalize_container(container: Any, place: str) -> None:
    """Check one container of a model or model package."""
    check(container, place, _CONTAINER, _HARMLESS, elsewhere=_ELSEWHERE)
    only_strings(container.get("Environment"), f"{place}.Environment")


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return nothing: a model is no object in S3."""
    return []


def model_data(container: dict[str, Any], place: str) -> str:
    """Return the uri of the model artifact of a container."""
    uri = container.get("ModelDataUrl")
    uri = uri or container.get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri")
    if not isinstance(uri, str):
        raise NotEmulatedError(
            f"its container has no model artifact: what is served is in the image {container.get('Image')}"
        )
    return uri


def check_inference_code(context: Context, container: dict[str, Any], place: str) -> None:
    """Raise NotEmulatedError for a model that is served by code inside its image, as built-in ones are."""
    variables = container.get("Environment") or {}
    image = container.get("Image")
    if kind_of(image) == XGBOOST and PROGRAM not in variables:
        raise NotEmulatedError(
            f"{PROGRAM} of its container is not set: the image {image} serves it by code of its own, which"
            " cannot be run on this machine"
        )
    if kind_of(image) or variables.get(PROGRAM) or variables.get(SUBMIT_DIRECTORY):
        return
    for path in context.store.sources(model_data(container, place), place):
        if path.is_file() and not has_entry(path, "code/inference.py"):
            raise NotEmulatedError(
                f"the model artifact has no code/inference.py and no {PROGRAM} names another: it is"
                f" served by code of the image {image}, which cannot be run on this machine"
            )


def default_accept(container: dict[str, Any]) -> str:
    """Return what the container answers when nothing is asked for; empty for an image that is not known."""
    variables = container.get("Environment") or {}
    default = "application/json" if kind_of(container.get("Image")) else ""
    return str(variables.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or default)


def run(job: Job) -> Result:
    """Keep the model under a name of its own, after checking that its artifact is there."""
    arguments, place = job.arguments, job.place
    containers = (
        [arguments["PrimaryContainer"]]
        if "PrimaryContainer" in arguments
        else arguments.get("Containers", [])
    )
    if not containers:
        raise DefinitionError(place, "a model needs a PrimaryContainer or Containers")
    for container in containers:
        job.context.store.sources(model_data(container, place), f"{place}.ModelDataUrl")
    properties = {**arguments, "ModelName": job.name, "ModelArn": f"{ACCOUNT}:model/{job.name.lower()}"}
    path = _path(job.context, job.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"ModelName": job.name, "Containers": containers})
    return Result(properties)


def find_container(context: Context, name: object, place: str) -> dict[str, Any]:
    """Return the container of a model that a Model step made, in this run or an earlier one."""
    model = read_json(_path(context, str(name))) if isinstance(name, str) and "/" not in name else None
    if model is None:
        raise NotEmulatedError(f"{place}.ModelName: no Model step of a run here made a model {name!r}")
    containers = model["Containers"]
    if len(containers) != 1:
        raise NotEmulatedError(
            f"{place}.ModelName: {name!r} has {len(containers)} containers in a row; one can be run here"
        )
    return dict(containers[0])


def _path(context: Context, name: str) -> Path:
    return context.store.work / "models" / f"{name}.json"
