"""Processing steps: a script with inputs copied in and outputs moved out."""

from __future__ import annotations

from typing import Any

from ..arguments import HARMLESS, check, choice, items, strings, time_limit, whole
from ..container import JobDirectory, host_config, run_container
from ..context import Job, Result
from ..errors import DefinitionError
from ..expressions import text
from ..files import publish

_USED = {
    "ProcessingInputs", "ProcessingOutputConfig", "ProcessingResources", "AppSpecification", "Environment",
    "StoppingCondition", "ProcessingJobName",
}  # fmt: skip


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Give the arguments the types that SageMaker's API has; raises DefinitionError for unknown ones."""
    check(arguments, place, _USED, HARMLESS, required=("AppSpecification", "ProcessingResources"))
    application = check(
        arguments["AppSpecification"],
        f"{place}.AppSpecification",
        {"ContainerEntrypoint", "ContainerArguments"},
        {"ImageUri"},
        required=("ContainerEntrypoint",),
    )
    for key in ("ContainerEntrypoint", "ContainerArguments"):
        if key in application:
            application[key] = [
                text(item) for item in items(application[key], f"{place}.AppSpecification.{key}")
            ]
    if "Environment" in arguments:
        arguments["Environment"] = strings(arguments["Environment"], f"{place}.Environment")


def cache_parts(job: Job) -> dict[str, Any]:
    """Return what decides whether an earlier result can be used again."""
    inputs = [
        {**item, "S3Input": {**item["S3Input"], "S3Uri": _digest(job, uri, place)}}
        for item, uri, _, place in _inputs(job)
    ]
    outputs = [[item["OutputName"], item["S3Output"]["LocalPath"]] for item, _ in _outputs(job)]
    keys = ("AppSpecification", "Environment")
    return {**{key: job.arguments.get(key) for key in keys}, "ProcessingInputs": inputs, "Outputs": outputs}


def _digest(job: Job, uri: str, place: str) -> list[str]:
    return [job.context.hasher.digest(path) for path in job.context.store.sources(uri, place)]


def run(job: Job) -> Result:
    """Run the script of the step; its outputs appear in the local store only after it succeeded."""
    arguments, place, store = job.arguments, job.place, job.context.store
    resources = check(
        arguments["ProcessingResources"], f"{place}.ProcessingResources", (), required=("ClusterConfig",)
    )
    cluster = check(
        resources["ClusterConfig"], f"{place}.ProcessingResources.ClusterConfig",
        {"InstanceCount"}, {"InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId"},
    )  # fmt: skip
    if (count := whole(cluster, "InstanceCount", 1, f"{place}.ProcessingResources.ClusterConfig")) > 1:
        job.note(f"InstanceCount is {count}; here the script ran once, on this machine.")
    directory = JobDirectory(job)
    for _, uri, inside, input_place in _inputs(job):
        store.download(uri, directory.path(inside, input_place), input_place)
    outputs = _outputs(job)
    for output, output_place in outputs:
        target = directory.path(output["S3Output"]["LocalPath"], output_place)
        target.mkdir(parents=True, exist_ok=True)
        store.target(output["S3Output"]["S3Uri"], output_place)
    directory.write_config("config/processingjobconfig.json", {**arguments, "ProcessingJobName": job.name})
    directory.write_config("config/resourceconfig.json", host_config(str(cluster.get("InstanceType"))))
    application = arguments["AppSpecification"]
    run_container(
        job, directory, [*application["ContainerEntrypoint"], *application.get("ContainerArguments", [])],
        {"SM_PROCESSING_DIR": "/opt/ml/processing", "SM_CURRENT_HOST": "algo-1", "SM_HOSTS": '["algo-1"]',
         "PROCESSING_JOB_NAME": job.name, **arguments.get("Environment", {})},
        directory.opt_ml, time_limit(arguments, place),
    )  # fmt: skip
    for output, output_place in outputs:
        uri = output["S3Output"]["S3Uri"]
        publish(
            directory.path(output["S3Output"]["LocalPath"], output_place), store.target(uri, output_place)
        )
    return _result(job, directory)


def _result(job: Job, directory: JobDirectory) -> Result:
    uris = {item["OutputName"]: item["S3Output"]["S3Uri"] for item, _ in _outputs(job)}
    files = {}
    for file in job.step.property_files:
        if file.output not in uris:
            raise DefinitionError(f"{job.step.place}.PropertyFiles", f"there is no output {file.output!r}")
        files[file.name] = f"{uris[file.output].rstrip('/')}/{file.path}"
    properties = {
        **job.arguments, "ProcessingJobName": job.name, "ProcessingJobArn": job.arn("processing-job"),
        "ProcessingJobStatus": "Completed", "ExitMessage": directory.message() or "", "PropertyFiles": files,
    }  # fmt: skip
    return Result(properties, list(uris.items()))


def _inputs(job: Job) -> list[tuple[dict[str, Any], str, str, str]]:
    found = []
    for index, item in enumerate(
        items(job.arguments.get("ProcessingInputs"), f"{job.place}.ProcessingInputs")
    ):
        place = f"{job.place}.ProcessingInputs[{index}]"
        check(item, place, {"InputName"}, {"AppManaged"}, required=("S3Input",))
        place = f"{place}.S3Input"
        source = check(
            item["S3Input"],
            place,
            {"S3DataType", "S3InputMode", "S3DataDistributionType", "S3CompressionType"},
            required=("S3Uri", "LocalPath"),
        )
        choice(source, "S3DataType", ("S3Prefix",), "S3Prefix", place)
        choice(source, "S3InputMode", ("File",), "File", place)
        choice(
            source, "S3DataDistributionType", ("FullyReplicated", "ShardedByS3Key"), "FullyReplicated", place
        )
        choice(source, "S3CompressionType", ("None",), "None", place)
        found.append((item, source["S3Uri"], source["LocalPath"], place))
    return found


def _outputs(job: Job) -> list[tuple[dict[str, Any], str]]:
    place = f"{job.place}.ProcessingOutputConfig"
    config = check(job.arguments.get("ProcessingOutputConfig") or {}, place, {"Outputs"}, {"KmsKeyId"})
    found = []
    for index, item in enumerate(items(config.get("Outputs"), f"{place}.Outputs")):
        here = f"{place}.Outputs[{index}]"
        check(item, here, (), {"AppManaged"}, required=("OutputName", "S3Output"))
        check(item["S3Output"], f"{here}.S3Output", {"S3UploadMode"}, required=("S3Uri", "LocalPath"))
        mode = choice(
            item["S3Output"], "S3UploadMode", ("EndOfJob", "Continuous"), "EndOfJob", f"{here}.S3Output"
        )
        if mode == "Continuous":
            job.note(f"Output {item['OutputName']!r} is uploaded continuously on SageMaker; here at the end.")
        found.append((item, f"{here}.S3Output.LocalPath"))
    return found
