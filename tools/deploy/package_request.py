"""
The request that registers a copy of a model package, from what DescribeModelPackage says of the original.

Nothing is called here. Whatever the package refers to, objects in S3 and container images, is handed to
functions that say what stands for it in the copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from targets import Refused

Fields = dict[str, Any]

KEPT = (
    "ModelPackageDescription",
    "ModelPackageRegistrationType",
    "MetadataProperties",
    "Domain",
    "Task",
    "SkipModelValidation",
    "ModelCard",
)
"""Taken over as they are."""

REWRITTEN = (
    "InferenceSpecification",
    "AdditionalInferenceSpecifications",
    "ModelMetrics",
    "DriftCheckBaselines",
    "SamplePayloadUrl",
)
"""Taken over with what they refer to."""

SET = ("ModelPackageGroupName", "ModelApprovalStatus", "CustomerMetadataProperties", "ClientToken")
"""The copy's own; boto3 makes the token."""

LEFT_OUT = {
    "ModelPackageName": "versions of a group have none",
    "Tags": "versions of a group have none",
    "ValidationSpecification": "it names a role of the source account, and the original was validated",
    "SourceAlgorithmSpecification": "the algorithm is of the source account; its containers are copied",
    "CertifyForMarketplace": "copies are not offered on the marketplace",
    "SourceUri": "it is a resource of the source account",
    "SecurityConfig": "it names a key of the source account",
    "ModelLifeCycle": "it is the original's stage in its own account",
    "ManagedStorageType": "copies are in a bucket of the user",
}
"""Fields of the request that a copy does not have, and why."""

GOLDEN_ROWS = "GoldenRows"
"""Customer metadata that refers to an object: rows with the answers that the model gave when measured."""
MODEL_SCHEMA = "ModelSchema"
"""Customer metadata that refers to an object: the columns that the model takes."""
EVALUATION_ROWS = "EvaluationRows"
"""Customer metadata that refers to an object: test rows with the truth and the model's answers."""
NAMED = (GOLDEN_ROWS, MODEL_SCHEMA, EVALUATION_ROWS)
"""Customer metadata that refers to objects."""

# ETags and digests are what SageMaker found out about the original's artifacts.
_FOUND_OUT = ("ETag", "ManifestEtag", "ModelDataETag", "ImageDigest", "HubAccessConfig")


@dataclass(frozen=True)
class Reference:
    """Something in S3 that a package refers to."""

    uri: str
    field: str
    form: Literal["object", "prefix", "manifest", "any"]
    etag: str | None = None
    required: bool = True
    members: tuple[str, ...] | None = None
    """Keys below the prefix that belong to it; all of them unless given."""

    @property
    def is_model(self) -> bool:
        """Whether it is what a container loads, rather than code, reports and samples."""
        return "InferenceSpecification" in self.field and ".Environment." not in self.field


Replace = Callable[[Reference], str]
Image = Callable[[str], str]


@dataclass(frozen=True)
class Regions:
    """Where the original is, and where the copy will be."""

    source: str
    target: str


def rewrite(package: Fields, replace: Replace, image: Image, regions: Regions) -> Fields:
    """The fields of a copy, but for its group, its approval and its customer metadata."""
    if "InferenceSpecification" not in package:
        raise Refused(
            f"{package.get('ModelPackageArn')} has no inference specification, so nothing can be deployed."
        )
    request = {name: package[name] for name in KEPT if package.get(name)}
    request["InferenceSpecification"] = _specification(
        package["InferenceSpecification"], "InferenceSpecification", replace, image, regions
    )
    if package.get("AdditionalInferenceSpecifications"):
        request["AdditionalInferenceSpecifications"] = [
            _specification(s, f"AdditionalInferenceSpecifications.{s['Name']}", replace, image, regions)
            for s in package["AdditionalInferenceSpecifications"]
        ]
    for name in ("ModelMetrics", "DriftCheckBaselines"):
        if package.get(name):
            request[name] = _reports(package[name], name, replace)
    if package.get("SamplePayloadUrl"):
        request["SamplePayloadUrl"] = replace(
            Reference(package["SamplePayloadUrl"], "SamplePayloadUrl", "object")
        )
    return request


def _specification(given: Fields, field: str, replace: Replace, image: Image, regions: Regions) -> Fields:
    containers = [
        _container(c, f"{field}.Containers[{i}]", replace, image, regions)
        for i, c in enumerate(given["Containers"])
    ]
    return {**given, "Containers": containers}


def _container(given: Fields, field: str, replace: Replace, image: Image, regions: Regions) -> Fields:
    made = {k: v for k, v in given.items() if k not in _FOUND_OUT}
    if "Image" in given:
        made["Image"] = image(given["Image"])
    if "ModelDataSource" in given:
        # The two exclude each other in a request.
        made.pop("ModelDataUrl", None)
        source = given["ModelDataSource"]
        if "S3DataSource" in source:
            path = f"{field}.ModelDataSource.S3DataSource"
            made["ModelDataSource"] = {
                **source,
                "S3DataSource": _data_source(source["S3DataSource"], path, replace),
            }
    elif given.get("ModelDataUrl"):
        etag = given.get("ModelDataETag")
        made["ModelDataUrl"] = replace(
            Reference(given["ModelDataUrl"], f"{field}.ModelDataUrl", "object", etag)
        )
    if "AdditionalModelDataSources" in given:
        made["AdditionalModelDataSources"] = [
            {**s, "S3DataSource": _data_source(s["S3DataSource"], f"{field}.{s['ChannelName']}", replace)}
            for s in given["AdditionalModelDataSources"]
        ]
    if "AdditionalS3DataSource" in given:
        path = f"{field}.AdditionalS3DataSource"
        made["AdditionalS3DataSource"] = _data_source(given["AdditionalS3DataSource"], path, replace)
    if "Environment" in given:
        made["Environment"] = {
            name: _variable(name, value, f"{field}.Environment.{name}", replace, regions)
            for name, value in given["Environment"].items()
        }
    return made


def _data_source(given: Fields, field: str, replace: Replace) -> Fields:
    made = {k: v for k, v in given.items() if k not in _FOUND_OUT}
    if given["S3DataType"] == "S3Prefix":
        made["S3Uri"] = replace(Reference(given["S3Uri"], f"{field}.S3Uri", "prefix"))
    else:
        made["S3Uri"] = replace(Reference(given["S3Uri"], f"{field}.S3Uri", "object", given.get("ETag")))
    if given.get("ManifestS3Uri"):
        etag = given.get("ManifestEtag")
        made["ManifestS3Uri"] = replace(
            Reference(given["ManifestS3Uri"], f"{field}.ManifestS3Uri", "manifest", etag)
        )
    return made


def _variable(name: str, value: str, field: str, replace: Replace, regions: Regions) -> str:
    """A variable of the container: code in S3 goes along, the region is the copy's."""
    if name == "SAGEMAKER_REGION" and value == regions.source:
        return regions.target
    if value.startswith("s3://"):
        # It may as well be a place that the container writes to, where nothing is yet.
        return replace(Reference(value, field, "any", required=False))
    return value


def _reports(given: Any, field: str, replace: Replace) -> Any:
    """Metrics and baselines are files somewhere in a tree of names."""
    if not isinstance(given, dict):
        return given
    return {
        k: replace(Reference(v, f"{field}.{k}", "any"))
        if k == "S3Uri"
        else _reports(v, f"{field}.{k}", replace)
        for k, v in given.items()
    }


_ADDRESS = re.compile(r"s3://[^\s,\"'\]]+")


def rewrite_manifest(text: str, field: str, replace: Replace) -> str:
    """
    A manifest with the addresses of the copies.

    Either JSON, a prefix with paths below it, or text with addresses or paths (SageMaker API reference,
    S3DataSource and S3ModelDataSource). Paths stay as they are, below a prefix that is copied as a whole.
    """
    try:
        content = json.loads(text)
    except ValueError:
        return _ADDRESS.sub(lambda found: replace(Reference(found[0], field, "any")), text)
    if not (
        isinstance(content, list) and content and isinstance(content[0], dict) and "prefix" in content[0]
    ):
        return _ADDRESS.sub(lambda found: replace(Reference(found[0], field, "any")), text)
    paths = tuple(path for path in content[1:] if isinstance(path, str))
    prefix = replace(Reference(content[0]["prefix"], field, "prefix", members=paths))
    return json.dumps([{**content[0], "prefix": prefix}, *content[1:]])
