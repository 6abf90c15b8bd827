"""Copies of model packages: what is read, copied and registered; requests are checked by botocore's model."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import boto3
import pytest

import package_request
from package_copies import REGIONS, no_image, register
from package_groups import copies, describe, newest_approved, parse_group
from packages import replicate
from registries import BUCKET, DIGEST, SOURCE, TARGET, XGBOOST, specification
from targets import Refused


def test_everything_about_a_package_reaches_its_copy(registries):
    files = {name: registries.put(f"reports/{name}", name.encode()) for name in "abcdefgh"}

    def source(name: str) -> dict[str, str]:
        return {"ContentType": "application/json", "S3Uri": files[name], "ContentDigest": DIGEST}

    model = registries.put("train/model.tar.gz", b"weights")
    first = {
        "Image": XGBOOST,
        "ModelDataUrl": model,
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_REGION": "eu-west-1"},
        "Framework": "XGBOOST",
        "FrameworkVersion": "3.2-0",
        "NearestModelName": "xgboost",
        "ContainerHostname": "first",
        "ModelInput": {"DataInputConfig": "{}"},
        "ImageDigest": DIGEST,
    }
    request = register(
        registries,
        InferenceSpecification=specification(first, {"Image": XGBOOST, "ContainerHostname": "second"}),
        AdditionalInferenceSpecifications=[
            {"Name": "small", "Containers": [{"Image": XGBOOST, "ModelDataUrl": files["h"]}]}
        ],
        ModelMetrics={
            "ModelQuality": {"Statistics": source("a"), "Constraints": source("b")},
            "Bias": {"Report": source("c"), "PreTrainingReport": source("d")},
            "Explainability": {"Report": source("e")},
        },
        DriftCheckBaselines={
            "Bias": {"ConfigFile": source("f")},
            "ModelDataQuality": {"Statistics": source("a")},
        },
        ModelPackageDescription="churn",
        Domain="MACHINE_LEARNING",
        Task="CLASSIFICATION",
        SamplePayloadUrl=files["g"],
        SkipModelValidation="All",
        MetadataProperties={"CommitId": "0123abcd", "GeneratedBy": "pipeline", "ProjectId": "p-source"},
        CustomerMetadataProperties={"accuracy": "0.97"},
        ModelCard={"ModelCardContent": "{}", "ModelCardStatus": "Approved"},
        SourceUri="s3://somewhere",
        SecurityConfig={"KmsKeyId": "key-of-the-source"},
    )
    made = request["InferenceSpecification"]["Containers"][0]
    assert made["Image"] == "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
    assert made["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_REGION": "us-east-1"}
    kept = ("Framework", "FrameworkVersion", "NearestModelName", "ContainerHostname", "ModelInput")
    assert {k: made[k] for k in kept} == {k: first[k] for k in kept}
    assert "ImageDigest" not in made
    assert registries.content(made["ModelDataUrl"]) == b"weights"
    assert made["ModelDataUrl"].endswith("/model.tar.gz")
    [small] = request["AdditionalInferenceSpecifications"]
    assert small["Name"] == "small" and registries.content(small["Containers"][0]["ModelDataUrl"]) == b"h"
    metrics, baselines = request["ModelMetrics"], request["DriftCheckBaselines"]
    for file, place in (
        (b"a", metrics["ModelQuality"]["Statistics"]),
        (b"b", metrics["ModelQuality"]["Constraints"]),
        (b"c", metrics["Bias"]["Report"]),
        (b"d", metrics["Bias"]["PreTrainingReport"]),
        (b"e", metrics["Explainability"]["Report"]),
        (b"f", baselines["Bias"]["ConfigFile"]),
        (b"a", baselines["ModelDataQuality"]["Statistics"]),
    ):
        assert registries.content(place["S3Uri"]) == file
        assert (place["ContentType"], place["ContentDigest"]) == ("application/json", DIGEST)
    assert registries.content(request["SamplePayloadUrl"]) == b"g"
    expected = {
        "ModelPackageGroupName": TARGET.name,
        "ModelApprovalStatus": "Approved",
        "ModelPackageDescription": "churn",
        "Domain": "MACHINE_LEARNING",
        "Task": "CLASSIFICATION",
        "SkipModelValidation": "All",
        "ModelCard": {"ModelCardContent": "{}", "ModelCardStatus": "Approved"},
        "MetadataProperties": {"CommitId": "0123abcd", "GeneratedBy": "pipeline", "ProjectId": "p-source"},
    }
    assert {k: request.get(k) for k in expected} == expected
    assert "SourceUri" not in request and "SecurityConfig" not in request
    assert BUCKET not in json.dumps(request).replace("artifacts-eu/eu-west-1", "")


def test_the_copy_says_where_it_comes_from(registries):
    arn = registries.register(CustomerMetadataProperties={"accuracy": "0.97"})
    copy = registries.prepare(arn)
    made = describe(registries.target, copy.register(registries.target))
    metadata = made["CustomerMetadataProperties"]
    assert metadata["accuracy"] == "0.97"
    assert metadata["sourceModelPackageArn"] == arn
    assert metadata["sourceModelPackageVersion"] == "1"
    assert metadata["sourceChecksum"] == copy.checksum and len(copy.checksum) == 64


def test_the_time_of_the_last_change_is_kept_and_so_is_the_first_origin_of_a_copy_of_a_copy(registries):
    registries.register(
        CustomerMetadataProperties={"sourceModelPackageArn": "arn:first", "sourceChecksum": "old"}
    )
    copy = registries.prepare(f"arn:aws:sagemaker:eu-west-1:{SOURCE.account}:model-package/{SOURCE.name}/1")
    copy.package["LastModifiedTime"] = datetime(2026, 3, 4, 5, 6, 7)
    copy.register(registries.target)
    request = registries.named("CreateModelPackage")[-1]
    metadata = request["CustomerMetadataProperties"]
    assert metadata["sourceLastModifiedTime"] == "2026-03-04T05:06:07Z"
    assert metadata["originModelPackageArn"] == "arn:first"
    assert metadata["sourceModelPackageArn"] == copy.package["ModelPackageArn"]


def test_lineage_has_room_in_a_package_full_of_metadata(registries):
    request = register(registries, CustomerMetadataProperties={f"k{i:02}": "v" for i in range(50)})
    assert len(request["CustomerMetadataProperties"]) == 50
    assert "sourceChecksum" in request["CustomerMetadataProperties"]
    assert any("does not fit in the copy: k4" in line for line in registries.said)


def test_the_targets_project_replaces_the_sources(registries):
    arn = registries.register(MetadataProperties={"CommitId": "0123abcd", "ProjectId": "p-source"})
    registries.prepare(arn, project_id="p-target").register(registries.target)
    request = registries.named("CreateModelPackage")[-1]
    assert request["MetadataProperties"] == {"CommitId": "0123abcd", "ProjectId": "p-target"}


def test_fields_that_older_versions_of_boto3_do_not_know_are_rewritten_too():
    package = {
        "InferenceSpecification": specification(
            {
                "Image": XGBOOST,
                "ModelDataUrl": "s3://b/m/",
                "ModelDataETag": "found out",
                "ModelDataSource": {
                    "S3DataSource": {
                        "S3Uri": "s3://b/m/",
                        "S3DataType": "S3Prefix",
                        "CompressionType": "None",
                        "ManifestS3Uri": "s3://b/manifest.csv",
                        "ManifestEtag": "found out",
                        "ETag": "found out",
                        "HubAccessConfig": {"HubContentArn": "arn"},
                    }
                },
                "AdditionalModelDataSources": [
                    {
                        "ChannelName": "draft",
                        "S3DataSource": {
                            "S3Uri": "s3://b/d",
                            "S3DataType": "S3Object",
                            "CompressionType": "None",
                        },
                    }
                ],
            }
        )
    }
    seen: list[package_request.Reference] = []

    def replace(reference: package_request.Reference) -> str:
        seen.append(reference)
        return f"copy of {reference.uri}"

    request = package_request.rewrite(package, replace, no_image, REGIONS)
    [made] = request["InferenceSpecification"]["Containers"]
    assert "found out" not in json.dumps(request) and "ModelDataUrl" not in made
    assert made["ModelDataSource"]["S3DataSource"] == {
        "S3Uri": "copy of s3://b/m/",
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
        "ManifestS3Uri": "copy of s3://b/manifest.csv",
    }
    assert made["AdditionalModelDataSources"][0]["S3DataSource"]["S3Uri"] == "copy of s3://b/d"
    assert [(r.form, r.etag) for r in seen] == [("prefix", None), ("manifest", "found out"), ("object", None)]


def test_the_checksum_changes_with_the_artifact_and_the_specification_but_not_with_metadata(registries):
    registries.registered = timedelta(hours=1)
    arn = registries.register(content=b"first")
    first = registries.prepare(arn).checksum
    registries.source.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"note": "read"})
    assert registries.prepare(arn).checksum == first
    registries.put("train/0/model.tar.gz", b"other")
    second = registries.prepare(arn).checksum
    copy = registries.prepare(arn)
    copy.package["InferenceSpecification"]["SupportedContentTypes"] = ["application/json"]
    third = type(copy)(copy.package, copy.destination, copy.copier, copy.ecr, copy.say).checksum
    assert len({first, second, third}) == 3


def test_replicating_twice_registers_and_copies_once(registries):
    registries.registered = timedelta(hours=1)
    arn = registries.register()
    made = replicate(registries.prepare(arn), registries.target)
    registries.calls.clear()
    assert replicate(registries.prepare(arn), registries.target) == made
    assert registries.writes() == []
    registries.put("train/0/model.tar.gz", b"other")
    assert replicate(registries.prepare(arn), registries.target) != made


def test_a_replica_that_somebody_rejected_is_not_used(registries):
    arn = registries.register()
    made = replicate(registries.prepare(arn), registries.target)
    registries.target.update_model_package(ModelPackageArn=made, ModelApprovalStatus="Rejected")
    assert replicate(registries.prepare(arn), registries.target) != made


def test_the_copies_of_a_group_are_found_by_their_metadata(registries):
    arn = registries.register()
    copy = registries.prepare(arn)
    made = copy.register(registries.target)
    registries.target.create_model_package(ModelPackageGroupName=TARGET.name, ModelApprovalStatus="Approved")
    [found] = copies(registries.target, TARGET)
    assert (found.arn, found.version, found.approval, found.source, found.checksum) == (
        made,
        1,
        "Approved",
        arn,
        copy.checksum,
    )


@pytest.mark.parametrize("status", ["Failed", "Deleting"])
def test_a_copy_that_cannot_be_completed_is_told_with_the_reason(registries, monkeypatch, status):
    copy = registries.prepare(registries.register())
    from moto.sagemaker.models import ModelPackage

    monkeypatch.setattr(
        ModelPackage,
        "gen_response_object",
        lambda self: {"ModelPackageArn": self.arn, "ModelPackageStatus": status},
    )
    with pytest.raises(Refused, match="could not be registered"):
        copy.register(registries.target)


@pytest.mark.parametrize("status", ["Failed", "Deleting"])
def test_a_copy_that_failed_or_is_being_deleted_is_none(registries, monkeypatch, status):
    replicate(registries.prepare(registries.register()), registries.target)
    assert len(copies(registries.target, TARGET)) == 1
    from moto.sagemaker.models import ModelPackage

    whole = ModelPackage.gen_response_object
    monkeypatch.setattr(
        ModelPackage, "gen_response_object", lambda self: {**whole(self), "ModelPackageStatus": status}
    )
    assert copies(registries.target, TARGET) == []


def test_the_newest_approved_version_is_found_in_another_account_by_the_groups_arn(registries):
    registries.register()
    second = registries.register()
    registries.register("Rejected")
    registries.register("PendingManualApproval")
    registries.calls.clear()
    assert newest_approved(registries.source, SOURCE)["ModelPackageArn"] == second
    assert registries.named("ListModelPackages")[0]["ModelPackageGroupName"] == SOURCE.arn


def test_a_package_without_containers_is_refused(registries):
    with pytest.raises(Refused, match="has no inference specification"):
        package_request.rewrite({"ModelPackageArn": "arn"}, lambda r: r.uri, no_image, REGIONS)


def test_every_field_of_the_request_is_either_copied_or_left_out_for_a_reason():
    client = boto3.client("sagemaker", region_name="eu-west-1")
    known = set(client.meta.service_model.operation_model("CreateModelPackage").input_shape.members)
    handled = {
        *package_request.KEPT,
        *package_request.REWRITTEN,
        *package_request.SET,
        *package_request.LEFT_OUT,
    }
    assert known <= handled


def test_an_arn_of_something_else_is_refused():
    assert parse_group(SOURCE.arn) == SOURCE
    with pytest.raises(Refused, match="is not the ARN of a model package group"):
        parse_group("arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/1")
