"""What is looked up in AWS: the newest approved version and what the data holds, and the key of volumes.

The first two become parameters of an execution, so the execution says what it was compared with, and step
caching, which compares addresses, sees new data under an old address.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import Any

from botocore.exceptions import ClientError

from pipelines.compiler import State
from pipelines.environment import VOLUME_KEY
from pipelines.errors import PipelineError

GONE = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")
DENIED = ("AccessDenied", "AccessDeniedException")
APPROVED = ("ApprovedModelUrl", "ApprovedModelPackage", "ApprovedModelImage")
Session = Any  # boto3.Session: its clients are made at run time and have no types


def definition(state: State, aws: Session) -> str:
    """The compiled definition with the ARN of the volumes' key. Raises `PipelineError`.

    Builds know the key by its alias. For volumes of training jobs SageMaker's API reference lists only the id
    and the ARN of a key (ResourceConfig, "VolumeKmsKeyId"), for those of processing jobs no form at all; for
    what goes to S3 it lists aliases too.
    """
    compiled: dict[str, Any] = json.loads(state.definition())
    for parameter in compiled["Parameters"]:
        if parameter["Name"] == VOLUME_KEY:
            parameter["DefaultValue"] = key_arn(aws.client("kms"), parameter["DefaultValue"])
    return json.dumps(compiled)


def key_arn(client: Any, alias: str) -> str:
    """The ARN of the key behind an alias, or behind an ARN of either. Raises `PipelineError`."""
    try:
        return str(client.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in (*DENIED, "NotFoundException"):
            raise
        raise PipelineError(
            f"upsert: {alias}: {error}; the build role asks for the key of the jobs' volumes: deploy the "
            "infrastructure, which makes the key and gives the role this right"
        ) from None


def parameters(state: State, aws: Session, given: dict[str, str]) -> dict[str, str]:
    """Values of the parameters that the pipeline has and `given` has not. Raises `PipelineError`."""
    defaults = {p["Name"]: p.get("DefaultValue") for p in json.loads(state.definition())["Parameters"]}
    found: dict[str, str] = {}
    if set(APPROVED) <= set(defaults) and not set(APPROVED) & set(given):
        found |= approved_model(aws.client("sagemaker"), state.environment.model_package_group)
    if "InputDataListing" in defaults and "InputDataListing" not in given:
        url = given.get("InputDataUrl") or defaults.get("InputDataUrl") or ""
        if url == state.package.data_url and (prefix := state.package.data_prefix):
            found["InputDataListing"] = prefix.rstrip("/").rpartition("/")[2]  # the hash of the files
        elif url.startswith("s3://"):
            found["InputDataListing"] = listing(aws.client("s3"), url)
    return found


def approved_model(client: Any, group: str) -> dict[str, str]:
    """Package, image and artifact of a group's newest approved version; empty if there is none.

    A version whose artifact is not one archive has no URL here, so that the evaluation finds a package and no
    model, and says that they cannot be compared.
    """
    try:
        pages = client.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group,
            ModelApprovalStatus="Approved",
            SortBy="CreationTime",
            SortOrder="Descending",
        )
        for summary in (entry for page in pages for entry in page["ModelPackageSummaryList"]):
            package = client.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            # The list may lag behind a change of status.
            if package.get("ModelApprovalStatus") == "Approved":
                return _described(package)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in DENIED:
            raise PipelineError(
                f"start: {error}; the build role reads the model package group to compare the new model with "
                "its newest approved version: deploy the infrastructure, which gives it this right"
            ) from None
        if code not in GONE:
            raise
    return {}


def _described(package: dict[str, Any]) -> dict[str, str]:
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    image = containers[0].get("Image") if len(containers) == 1 else None
    found = {"ApprovedModelPackage": package["ModelPackageArn"], "ApprovedModelImage": image or "unknown"}
    url = _archive(containers[0]) if len(containers) == 1 else None
    return {**found, "ApprovedModelUrl": url} if url else found


def _archive(container: dict[str, Any]) -> str | None:
    """The address of a model.tar.gz; None for an uncompressed model."""
    if url := container.get("ModelDataUrl"):
        return str(url)
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    return str(source["S3Uri"]) if source.get("CompressionType") == "Gzip" and "S3Uri" in source else None


def listing(client: Any, url: str) -> str:
    """A hash of keys, ETags and sizes of all objects whose address begins with an S3 URL."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    try:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        objects = [(o["Key"], o["ETag"], o["Size"]) for page in pages for o in page.get("Contents", [])]
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        print(
            f"warning: {url} cannot be listed ({error}): whether the data is new is unknown, so no step is "
            f"reused; the build role needs s3:ListBucket on {bucket}",
            file=sys.stderr,
        )
        return f"not-listed-{time.time_ns()}"
    if not objects:
        raise PipelineError(f"start: InputDataUrl is {url}, and there is no object below it")
    return hashlib.sha256(json.dumps(sorted(objects)).encode()).hexdigest()[:32]
