"""Training steps: a script with its channels, hyperparameters and `SM_*` variables, and a model archive at
the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..archives import make_archive
from ..arguments import HARMLESS, MACHINES, check, choice, items, only_strings, strings, time_limit, whole
from ..container import JobDirectory, below_opt_ml, host_config, run_container
from ..context import Job, Result
from ..files import publish
from .left import Left, note_siblings
from .metrics import final_metrics
from .script_mode import check_program, check_script, decode, script_command
from .variables import job_variables

_USED = {
    "AlgorithmSpecification", "HyperParameters", "InputDataConfig", "OutputDataConfig", "ResourceConfig",
    "StoppingCondition", "Environment", "EnableManagedSpotTraining", "CheckpointConfig", "TrainingJobName",
}  # fmt: skip
_CACHE_KEYS = ("AlgorithmSpecification", "HyperParameters", "Environment")


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Give the arguments the types that SageMaker's API has; raises DefinitionError for unknown ones."""
    check(
        arguments, place, _USED, {*HARMLESS, "RetryStrategy", "MlflowConfig"},
        required=("AlgorithmSpecification", "OutputDataConfig", "ResourceConfig"),
        elsewhere=("ServerlessJobConfig", "ModelPackageConfig"),
    )  # fmt: skip
    check(
        arguments["AlgorithmSpecification"], f"{place}.AlgorithmSpecification",
        {"TrainingInputMode", "MetricDefinitions", "ContainerEntrypoint", "ContainerArguments"},
        {"TrainingImage", "AlgorithmName", "EnableSageMakerMetricsTimeSeries", "TrainingImageConfig"},
    )  # fmt: skip
    if "HyperParameters" in arguments:
        arguments["HyperParameters"] = strings(arguments["HyperParameters"], f"{place}.HyperParameters")
    check_program(arguments, place)
    only_strings(arguments.get("Environment"), f"{place}.Environment")
    time_limit(arguments, place)
    _checkpoints(arguments, place)
    _instances(arguments, place)
    _output(arguments, place)
    _channels(arguments, place)


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return the uris below which the step leaves its outputs."""
    return [_folder(arguments, name)]


def code(arguments: dict[str, Any]) -> list[Any]:
    """Return the uris that may hold code of the step."""
    channels = [uri for channel, uri, _, _ in _channels(arguments, "") if channel != "sm_drivers"]
    source = decode(str((arguments.get("HyperParameters") or {}).get("sagemaker_submit_directory", "")))
    return [source, *channels]


def cache_parts(job: Job) -> dict[str, Any]:
    """Return what decides whether an earlier result can be used again."""
    store, hasher = job.context.store, job.context.hasher
    parts: dict[str, Any] = {key: job.arguments.get(key) for key in _CACHE_KEYS}
    hyperparameters = dict(job.arguments.get("HyperParameters") or {})
    source = decode(hyperparameters.get("sagemaker_submit_directory", ""))
    if isinstance(source, str) and source.startswith("s3://"):
        place = f"{job.place}.HyperParameters.sagemaker_submit_directory"
        hyperparameters["sagemaker_submit_directory"] = ",".join(
            map(hasher.digest, store.sources(source, place))
        )
    parts["HyperParameters"] = hyperparameters
    parts["InputDataConfig"] = [
        [name, list(map(hasher.digest, store.prefix(uri, place))), config]
        for name, uri, config, place in _channels(job.arguments, job.place)
    ]
    parts["CompressionType"] = job.arguments["OutputDataConfig"].get("CompressionType")
    return parts


def run(job: Job) -> Result:
    """Run the training script of the step."""
    return train(job, job.name, job.step.name, job.log)


def train(job: Job, name: str, folder: str, log: Path) -> Result:
    """Run one training job; `folder` is the name of its job directory."""
    arguments, place, store = job.arguments, job.place, job.context.store
    compression = _output(arguments, place)
    check_script(arguments)
    _note_differences(job)
    directory = JobDirectory(job, folder)
    inputs = directory.opt_ml / "input"
    configs = {}
    for channel, uri, config, channel_place in _channels(arguments, place):
        store.download(uri, inputs / "data" / channel, channel_place)
        note_siblings(job, uri)
        configs[channel] = config
    for path in ("model", "output/data"):
        (directory.opt_ml / path).mkdir(parents=True, exist_ok=True)
    if checkpoints := _checkpoints(arguments, place):
        directory.path(checkpoints["LocalPath"], f"{place}.CheckpointConfig.LocalPath").mkdir(
            parents=True, exist_ok=True
        )
        directory.write_config("input/config/checkpointconfig.json", checkpoints)
    hyperparameters = arguments.get("HyperParameters") or {}
    instance = str(arguments["ResourceConfig"].get("InstanceType"))
    directory.write_config("input/config/hyperparameters.json", hyperparameters)
    directory.write_config("input/config/inputdataconfig.json", configs)
    directory.write_config("input/config/resourceconfig.json", host_config(instance))
    command, cwd = script_command(job, directory, hyperparameters)
    variables = job_variables(job, name, list(configs))
    left = Left(job, directory)
    run_container(job, directory, command, variables, cwd, time_limit(arguments, place), log)
    left.check_outputs({"model": directory.opt_ml / "model"})
    uri = _folder(arguments, name)
    model = f"{uri}model.tar.gz" if compression == "GZIP" else f"{uri}model/"
    if compression == "GZIP":
        make_archive(directory.opt_ml / "model", store.target(model, place))
    else:
        publish(directory.opt_ml / "model", store.target(model, place))
    outputs = [("model", model)]
    if any((directory.opt_ml / "output" / "data").iterdir()):
        make_archive(directory.opt_ml / "output" / "data", store.target(f"{uri}output.tar.gz", place))
        outputs.append(("output", f"{uri}output.tar.gz"))
    metrics = final_metrics(arguments["AlgorithmSpecification"].get("MetricDefinitions"), log, place)
    properties = {
        **arguments,
        "TrainingJobName": name,
        "TrainingJobArn": job.arn("training-job"),
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": model},
        "FinalMetricDataList": [{"MetricName": item["name"], "Value": item["value"]} for item in metrics],
    }
    return Result(properties, outputs, metrics)


def _note_differences(job: Job) -> None:
    if (count := _instances(job.arguments, job.place)) > 1:
        job.note(f"InstanceCount is {count}; here the script ran once, on this machine.")
    if "CheckpointConfig" in job.arguments:
        job.note("CheckpointConfig: checkpoints are kept only during the job, which starts without any.")


def _instances(arguments: dict[str, Any], place: str) -> int:
    place = f"{place}.ResourceConfig"
    resources = check(
        arguments["ResourceConfig"], place, {"InstanceCount"},
        {*MACHINES, "InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId", "KeepAlivePeriodInSeconds",
         "TrainingPlanArn"},
        elsewhere=("InstanceGroups",),
    )  # fmt: skip
    return whole(resources, "InstanceCount", 1, place)


def _checkpoints(arguments: dict[str, Any], place: str) -> dict[str, str]:
    """Return where checkpoints go, as the file in the container says it; nothing without a configuration."""
    if "CheckpointConfig" not in arguments:
        return {}
    place = f"{place}.CheckpointConfig"
    config = check(arguments["CheckpointConfig"], place, {"LocalPath"}, required=("S3Uri",))
    local = config.get("LocalPath") or "/opt/ml/checkpoints"
    if isinstance(local, str):
        below_opt_ml(local, f"{place}.LocalPath")
    return {"S3Uri": config["S3Uri"], "LocalPath": local}


def _output(arguments: dict[str, Any], place: str) -> str:
    """Return how the model is packed."""
    place = f"{place}.OutputDataConfig"
    output = check(
        arguments["OutputDataConfig"], place, {"CompressionType"}, {"KmsKeyId"}, required=("S3OutputPath",)
    )
    return choice(output, "CompressionType", ("GZIP", "NONE"), "GZIP", place)


def _folder(arguments: dict[str, Any], name: str) -> str:
    return f"{arguments['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{name}/output/"


def _channels(arguments: dict[str, Any], place: str) -> list[tuple[str, str, dict[str, str], str]]:
    found = []
    default = arguments["AlgorithmSpecification"].get("TrainingInputMode")
    for index, item in enumerate(items(arguments.get("InputDataConfig"), f"{place}.InputDataConfig")):
        here = f"{place}.InputDataConfig[{index}]"
        check(
            item, here, {"ContentType", "CompressionType", "RecordWrapperType", "InputMode"},
            {"ShuffleConfig"}, required=("ChannelName", "DataSource"),
        )  # fmt: skip
        source = check(
            item["DataSource"], f"{here}.DataSource", (), required=("S3DataSource",),
            elsewhere=("FileSystemDataSource", "DatasetSource"),
        )["S3DataSource"]  # fmt: skip
        choice(item, "CompressionType", ("None",), "None", here)
        choice(item, "RecordWrapperType", ("None",), "None", here)
        mode = item.get("InputMode") or default
        choice({"InputMode": mode}, "InputMode", ("File", "FastFile"), "File", here)
        here = f"{here}.DataSource.S3DataSource"
        check(
            source, here, {"S3DataType", "S3DataDistributionType"}, required=("S3Uri",),
            elsewhere=("AttributeNames", "InstanceGroupNames", "ModelAccessConfig", "HubAccessConfig"),
        )  # fmt: skip
        choice(source, "S3DataType", ("S3Prefix",), "S3Prefix", here)
        modes = ("FullyReplicated", "ShardedByS3Key")
        choice(source, "S3DataDistributionType", modes, "FullyReplicated", here)
        config = {
            "TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", "RecordWrapperType": "None",
            "ContentType": str(item.get("ContentType") or ""),
        }  # fmt: skip
        found.append((str(item["ChannelName"]), source["S3Uri"], config, here))
    return found
