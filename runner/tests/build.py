"""Small definitions in the forms that people's pipelines have, written for these tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ROLE = "arn:aws:iam::111122223333:role/service"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/image:1"


def pipeline(*steps: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    kinds = {bool: "Boolean", int: "Integer", float: "Float", str: "String"}
    declared = [
        {"Name": name, "Type": kinds[type(value)], "DefaultValue": value}
        for name, value in parameters.items()
    ]
    return {"Version": "2020-12-01", "Parameters": declared, "Steps": list(steps)}


def get(path: str) -> dict[str, str]:
    return {"Get": path}


def output_of(step: str, name: str) -> dict[str, str]:
    return get(f"Steps.{step}.ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri")


def json_get(step: str, file: str, path: Any) -> dict[str, Any]:
    return {"Std:JsonGet": {"PropertyFile": get(f"Steps.{step}.PropertyFiles.{file}"), "Path": path}}


def processing(
    name: str, script: str | None, inputs: Mapping[str, Any] | None = None, outputs: Sequence[str] = (),
    files: Sequence[tuple[str, str, str]] = (), arguments: Sequence[Any] = (), **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A step whose script is given as text of `python3 -c`; inputs and outputs stand below /opt/ml/processing."""
    application: dict[str, Any] = {"ImageUri": IMAGE}
    if script is not None:
        application["ContainerEntrypoint"] = ["python3", "-c", script]
    if arguments:
        application["ContainerArguments"] = list(arguments)
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30}
    body: dict[str, Any] = {
        "ProcessingResources": {"ClusterConfig": cluster}, "AppSpecification": application, "RoleArn": ROLE,
        "ProcessingInputs": [source(key, uri) for key, uri in (inputs or {}).items()],
        "ProcessingOutputConfig": {"Outputs": [sink(name, key) for key in outputs]},
    }  # fmt: skip
    step = {"Name": name, "Type": "Processing", "Arguments": {**body, **more.pop("extra", {})}, **more}
    if files:
        keys = ("PropertyFileName", "OutputName", "FilePath")
        step["PropertyFiles"] = [dict(zip(keys, file, strict=True)) for file in files]
    return step


def source(name: str, uri: Any) -> dict[str, Any]:
    s3 = {
        "S3Uri": uri,
        "LocalPath": f"/opt/ml/processing/{name}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    return {"InputName": name, "S3Input": s3}


def sink(step: str, name: str) -> dict[str, Any]:
    s3 = {
        "S3Uri": f"s3://b/{step}/{name}",
        "LocalPath": f"/opt/ml/processing/{name}",
        "S3UploadMode": "EndOfJob",
    }
    return {"OutputName": name, "S3Output": s3}


def training(name: str, channels: Mapping[str, Any], script: str | None, **more: Any) -> dict[str, Any]:
    """A training job; its script is the text of `python3 -c`, or nothing for a built-in algorithm."""
    algorithm: dict[str, Any] = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    if script is not None:
        algorithm |= {"ContainerEntrypoint": ["python3", "-c", script]}
    arguments = {
        "AlgorithmSpecification": algorithm, "RoleArn": ROLE, "OutputDataConfig": {"S3OutputPath": "s3://b/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "InputDataConfig": [channel(key, uri) for key, uri in channels.items()],
    }  # fmt: skip
    return {"Name": name, "Type": "Training", "Arguments": arguments, **more}


def channel(name: str, uri: Any) -> dict[str, Any]:
    s3 = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": s3}}


def model(name: str, artifact: Any, **container: Any) -> dict[str, Any]:
    primary = {"Image": IMAGE, "ModelDataUrl": artifact, "Environment": {}, **container}
    return {
        "Name": name,
        "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": primary},
    }


def transform(name: str, of: str, data: Any, **more: Any) -> dict[str, Any]:
    source_, output = more.pop("source", {}), more.pop("output", {})
    arguments = {
        "ModelName": get(f"Steps.{of}.ModelName"),
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": data}}, "ContentType": "text/csv",
            "SplitType": "Line", **source_,
        },
        "TransformOutput": {"S3OutputPath": f"s3://b/{name}", "AssembleWith": "Line", **output},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}, **more,
    }  # fmt: skip
    return {"Name": name, "Type": "Transform", "Arguments": arguments}


def condition(name: str, compare: Any, yes: Sequence[Any] = (), no: Sequence[Any] = ()) -> dict[str, Any]:
    arguments = {"Conditions": [compare], "IfSteps": list(yes), "ElseSteps": list(no)}
    return {"Name": name, "Type": "Condition", "Arguments": arguments}


def at_least(left: Any, right: Any) -> dict[str, Any]:
    return {"Type": "GreaterThanOrEqualTo", "LeftValue": left, "RightValue": right}


def register(name: str, artifact: Any, **more: Any) -> dict[str, Any]:
    container = {"Image": IMAGE, "ModelDataUrl": artifact}
    kinds = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
    specification = {"Containers": [container], **kinds}
    arguments = {"ModelPackageGroupName": "group", "InferenceSpecification": specification, **more}
    return {"Name": name, "Type": "RegisterModel", "Arguments": arguments}


def fail(name: str, message: Any = "no", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}, **more}


def write(name: str, text: str = "x", more: str = "") -> str:
    """Python that writes a file below /opt/ml/processing by its absolute path."""
    return f"import pathlib; pathlib.Path('/opt/ml/processing/{name}').write_text({text!r}); {more}"
