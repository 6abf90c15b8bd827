"""Processing steps: a script with inputs copied in and outputs moved out."""

from __future__ import annotations

from typing import Any

from ..arguments import HARMLESS, MACHINES, check, choice, items, only_strings, time_limit, whole
from ..container import JobDirectory, host_config, run_container
from ..context import Job, Result
from ..errors import NotEmulatedError
from ..files import publish
from .left import Left, note_siblings

_USED = {
    "ProcessingInputs", "ProcessingOutputConfig", "ProcessingResources", "AppSpecification", "Environment",
    "StoppingCondition", "ProcessingJobName",
}  # fmt: skip


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Check everything that is used; raises DefinitionError for what is wrong or unknown."""
    check(arguments, place, _USED, HARMLESS, required=("AppSpecification", "ProcessingResources"))
    application = check(
        arguments["AppSpecification"], f"{place}.AppSpecification",
        {"ContainerEntrypoint", "ContainerArguments"}, {"ImageUri"},
    )  # fmt: skip
    for key in ("ContainerEntrypoint", "ContainerArguments"):
        only_strings(
            items(application.get(key), f"{place}.AppSpecification.{key}"), f"{place}.AppSpecification.{key}"
        )
    only_strings(arguments.get("Environment"), f"{place}.Environment")
    time_limit(arguments, place)
    _cluster(arguments, place)
    inputs_of(arguments, place)
    outputs_of(arguments, place)


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return the uris below which the step leaves its outputs."""
    return [item["S3Output"]["S3Uri"] for item, _ in outputs_of(arguments, name)]


def code(arguments: dict[str, Any]) -> list[Any]:
    """Return the uris that may hold code of the step."""
    return [uri for _, uri, _, _ in inputs_of(arguments, "")]


def cache_parts(job: Job) -> dict[str, Any]:
    """Return what decides whether an earlier result can be used again."""
    inputs = [
        {**item, "S3Input": {**item["S3Input"], "S3Uri": _digest(job, uri, place)}}
        for item, uri, _, place in inputs_of(job.arguments, job.place)
    ]
    outputs = [
        [item["OutputName"], item["S3Output"]["LocalPath"]]
        for item, _ in outputs_of(job.arguments, job.place)
    ]
    keys = ("AppSpecification", "Environment")
    return {**{key: job.arguments.get(key) for key in keys}, "ProcessingInputs": inputs, "Outputs": outputs}


def _digest(job: Job, uri: str, place: str) -> list[str]:
    return [job.context.hasher.digest(path) for path in job.context.store.prefix(uri, place)]


def run(job: Job) -> Result:
    """Run the script of the step; its outputs appear in the local store only after it succeeded."""
    arguments, place, store = job.arguments, job.place, job.context.store
    application = arguments["AppSpecification"]
    if not application.get("ContainerEntrypoint"):
        raise NotEmulatedError(
            f"it has no ContainerEntrypoint: what the image {application.get('ImageUri')} runs is inside it"
        )
    instance, count = _cluster(arguments, place)
    if count > 1:
        job.note(f"InstanceCount is {count}; here the script ran once, on this machine.")
    directory = JobDirectory(job)
    for _, uri, inside, input_place in inputs_of(arguments, place):
        store.download(uri, directory.path(inside, input_place), input_place)
        note_siblings(job, uri)
    outputs = outputs_of(arguments, place)
    for output, output_place in outputs:
        if output["S3Output"].get("S3UploadMode") == "Continuous":
            job.note(
                f"Output {output['OutputName']!r} is uploaded continuously on SageMaker; here at the end."
            )
        target = directory.path(output["S3Output"]["LocalPath"], output_place)
        target.mkdir(parents=True, exist_ok=True)
        store.target(output["S3Output"]["S3Uri"], output_place)
    directory.write_config("config/processingjobconfig.json", {**arguments, "ProcessingJobName": job.name})
    directory.write_config("config/resourceconfig.json", host_config(instance))
    left = Left(job, directory)
    run_container(
        job, directory, [*application["ContainerEntrypoint"], *application.get("ContainerArguments", [])],
        {"SM_PROCESSING_DIR": "/opt/ml/processing", "SM_CURRENT_HOST": "algo-1", "SM_HOSTS": '["algo-1"]',
         "PROCESSING_JOB_NAME": job.name, **arguments.get("Environment", {})},
        directory.opt_ml, time_limit(arguments, place),
    )  # fmt: skip
    folders = {
        output["OutputName"]: directory.path(output["S3Output"]["LocalPath"], output_place)
        for output, output_place in outputs
    }
    left.check_outputs(folders)
    left.check_property_files(folders)
    for output, output_place in outputs:
        if (folder := folders[output["OutputName"]]).is_dir():
            publish(folder, store.target(output["S3Output"]["S3Uri"], output_place))
    return _result(job, directory)


def _result(job: Job, directory: JobDirectory) -> Result:
    outputs = outputs_of(job.arguments, job.place)
    uris = {item["OutputName"]: item["S3Output"]["S3Uri"] for item, _ in outputs}
    files = {file.name: f"{uris[file.output].rstrip('/')}/{file.path}" for file in job.step.property_files}
    properties = {
        **job.arguments, "ProcessingJobName": job.name, "ProcessingJobArn": job.arn("processing-job"),
        "ProcessingJobStatus": "Completed", "ExitMessage": directory.message() or "", "PropertyFiles": files,
    }  # fmt: skip
    return Result(properties, list(uris.items()))


def _cluster(arguments: dict[str, Any], place: str) -> tuple[str, int]:
    """Return the instance type and how many instances there would be."""
    place = f"{place}.ProcessingResources"
    resources = check(arguments["ProcessingResources"], place, (), required=("ClusterConfig",))
    place = f"{place}.ClusterConfig"
    cluster = check(
        resources["ClusterConfig"], place, {"InstanceCount"},
        {*MACHINES, "InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId"},
    )  # fmt: skip
    return str(cluster.get("InstanceType")), whole(cluster, "InstanceCount", 1, place)


def inputs_of(arguments: dict[str, Any], place: str) -> list[tuple[dict[str, Any], str, str, str]]:
    """Return each input with its uri, its path in the container, and its place in the definition."""
    found = []
    for index, item in enumerate(items(arguments.get("ProcessingInputs"), f"{place}.ProcessingInputs")):
        here = f"{place}.ProcessingInputs[{index}]"
        check(item, here, {"InputName"}, {"AppManaged"}, ("S3Input",), elsewhere=("DatasetDefinition",))
        here = f"{here}.S3Input"
        source = check(
            item["S3Input"], here,
            {"S3DataType", "S3InputMode", "S3DataDistributionType", "S3CompressionType"},
            required=("S3Uri", "LocalPath"),
        )  # fmt: skip
        choice(source, "S3DataType", ("S3Prefix",), "S3Prefix", here)
        choice(source, "S3InputMode", ("File",), "File", here)
        modes = ("FullyReplicated", "ShardedByS3Key")
        choice(source, "S3DataDistributionType", modes, "FullyReplicated", here)
        choice(source, "S3CompressionType", ("None",), "None", here)
        found.append((item, source["S3Uri"], source["LocalPath"], here))
    return found


def outputs_of(arguments: dict[str, Any], place: str) -> list[tuple[dict[str, Any], str]]:
    """Return each output with the place of its path in the definition."""
    place = f"{place}.ProcessingOutputConfig"
    config = check(arguments.get("ProcessingOutputConfig") or {}, place, {"Outputs"}, {"KmsKeyId"})
    found = []
    for index, item in enumerate(items(config.get("Outputs"), f"{place}.Outputs")):
        here = f"{place}.Outputs[{index}]"
        check(item, here, (), {"AppManaged"}, ("OutputName", "S3Output"), elsewhere=("FeatureStoreOutput",))
        here = f"{here}.S3Output"
        check(item["S3Output"], here, {"S3UploadMode"}, required=("S3Uri", "LocalPath"))
        choice(item["S3Output"], "S3UploadMode", ("EndOfJob", "Continuous"), "EndOfJob", here)
        found.append((item, f"{here}.LocalPath"))
    return found
