"""Copies of model packages: what is read, copied and registered; requests are checked by botocore's model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

import package_request
from package_groups import copies, describe, newest_approved, parse_group
from packages import replicate
from registries import BUCKET, COPIES, DIGEST, SOURCE, TARGET, XGBOOST, Registries, specification
from targets import Refused


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    with mock_aws():
        yield Registries(monkeypatch)


def register(registries: Registries, **more: Any) -> dict[str, Any]:
    """Registers a package, copies it, and gives the request that registered the copy."""
    arn = registries.register(**more)
    registries.calls.clear()
    registries.prepare(arn).register(registries.target)
    [request] = registries.named("CreateModelPackage")
    return request


def container(registries: Registries, **more: Any) -> dict[str, Any]:
    """The container of a copy whose original has these fields."""
    request = register(registries, InferenceSpecification=specification({"Image": XGBOOST, **more}))
    found: dict[str, Any] = request["InferenceSpecification"]["Containers"][0]
    return found


def test_everything_about_a_package_reaches_its_copy(registries):
    files = {name: registries.put(f"reports/{name}", name.encode()) for name in "abcdefgh"}
    source = lambda name: {"ContentType": "application/json", "S3Uri": files[name], "ContentDigest": DIGEST}  # noqa: E731
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
    assert any("without room in the copy: k4" in line for line in registries.said)


def test_the_targets_project_replaces_the_sources(registries):
    arn = registries.register(MetadataProperties={"CommitId": "0123abcd", "ProjectId": "p-source"})
    registries.prepare(arn, project_id="p-target").register(registries.target)
    request = registries.named("CreateModelPackage")[-1]
    assert request["MetadataProperties"] == {"CommitId": "0123abcd", "ProjectId": "p-target"}


def test_uncompressed_model_data_is_copied_object_by_object(registries):
    for key in ("llm/config.json", "llm/weights/1.bin", "llm/weights/2.bin", "llm-other/no.bin"):
        registries.put(key, key.encode())
    source = {"S3Uri": f"s3://{BUCKET}/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    made = container(
        registries, ModelDataSource={"S3DataSource": {**source, "ModelAccessConfig": {"AcceptEula": True}}}
    )
    place = made["ModelDataSource"]["S3DataSource"]
    assert place["S3Uri"].startswith(f"s3://{COPIES}/") and place["S3Uri"].endswith("/")
    assert {k: place[k] for k in source if k != "S3Uri"} == {
        "S3DataType": "S3Prefix",
        "CompressionType": "None",
    }
    assert place["ModelAccessConfig"] == {"AcceptEula": True}
    below = registries.target_s3.list_objects_v2(Bucket=COPIES, Prefix=place["S3Uri"].split("/", 3)[3])[
        "Contents"
    ]
    assert sorted(o["Key"].rsplit("/0/", 1)[1] for o in below) == [
        "config.json",
        "weights/1.bin",
        "weights/2.bin",
    ]
    assert registries.content(place["S3Uri"] + "weights/2.bin") == b"llm/weights/2.bin"


def test_additional_data_sources_and_code_in_the_environment_go_along(registries):
    registries.put("extra/a.bin", b"a")
    code = registries.put("code/sourcedir.tar.gz", b"code")
    made = container(
        registries,
        ModelDataUrl=registries.put("m/model.tar.gz"),
        AdditionalS3DataSource={
            "S3DataType": "S3Prefix",
            "S3Uri": f"s3://{BUCKET}/extra/",
            "CompressionType": "None",
        },
        Environment={"SAGEMAKER_SUBMIT_DIRECTORY": code, "OUTPUT": f"s3://{BUCKET}/nothing/yet"},
    )
    assert registries.content(made["AdditionalS3DataSource"]["S3Uri"] + "a.bin") == b"a"
    assert registries.content(made["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"]) == b"code"
    assert made["Environment"]["OUTPUT"] == f"s3://{BUCKET}/nothing/yet"


def no_image(uri: str) -> str:
    return uri


REGIONS = package_request.Regions("eu-west-1", "us-east-1")


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


def with_manifest(registries: Registries, text: str) -> tuple[dict[str, Any], str]:
    """The data source and manifest of a copy; the installed boto3 may not know manifests."""
    for key in ("llm/1.bin", "llm/2.bin", "shared/3.bin", "shared/4.bin"):
        registries.put(key, key.encode())
    manifest = registries.put("llm.manifest", text.encode())
    source = {"S3Uri": f"s3://{BUCKET}/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    arn = registries.register(
        InferenceSpecification=specification({"Image": XGBOOST, "ModelDataSource": {"S3DataSource": source}})
    )
    copy = registries.prepare(arn)
    data = copy.package["InferenceSpecification"]["Containers"][0]["ModelDataSource"]["S3DataSource"]
    data["ManifestS3Uri"] = manifest
    copy = type(copy)(copy.package, copy.destination, copy.copier, copy.ecr, copy.say)
    copy._transfer()
    request = package_request.rewrite(copy.package, copy._place, no_image, REGIONS)
    made = request["InferenceSpecification"]["Containers"][0]["ModelDataSource"]["S3DataSource"]
    return made, registries.content(made["ManifestS3Uri"]).decode()


def test_a_manifest_with_addresses_is_rewritten_and_what_it_names_elsewhere_is_copied(registries):
    made, text = with_manifest(registries, f"s3://{BUCKET}/llm/1.bin,1\ns3://{BUCKET}/shared/3.bin,2\n")
    first, second = (line.split(",")[0] for line in text.splitlines())
    assert first == made["S3Uri"] + "1.bin"
    assert registries.content(first) == b"llm/1.bin" and registries.content(second) == b"shared/3.bin"
    keys = [o["Key"] for o in registries.target_s3.list_objects_v2(Bucket=COPIES)["Contents"]]
    assert len(keys) == 4 and not any(k.endswith("4.bin") for k in keys)


def test_a_manifest_with_a_prefix_and_paths_is_rewritten_and_only_those_paths_are_copied(registries):
    _, text = with_manifest(registries, json.dumps([{"prefix": f"s3://{BUCKET}/shared/"}, "4.bin"]))
    prefix, path = json.loads(text)
    assert registries.content(prefix["prefix"] + path) == b"shared/4.bin"
    keys = [o["Key"] for o in registries.target_s3.list_objects_v2(Bucket=COPIES)["Contents"]]
    assert not any(k.endswith("3.bin") for k in keys)


def test_a_manifest_of_relative_paths_stays_as_it_is(registries):
    assert with_manifest(registries, "1.bin\n2.bin\n")[1] == "1.bin\n2.bin\n"


def test_a_manifest_that_names_what_is_not_there_is_refused(registries):
    with pytest.raises(Refused, match=r"lists 9\.bin, which"):
        with_manifest(registries, json.dumps([{"prefix": f"s3://{BUCKET}/shared/"}, "9.bin"]))


def test_an_artifact_that_is_gone_is_refused_before_anything_is_copied(registries):
    arn = registries.register(
        InferenceSpecification=specification({"Image": XGBOOST, "ModelDataUrl": f"s3://{BUCKET}/no"})
    )
    registries.calls.clear()
    with pytest.raises(
        Refused, match=r"s3://artifacts-eu/no \(InferenceSpecification\.Containers\[0\]\.ModelDataUrl of arn"
    ):
        registries.prepare(arn)
    assert registries.writes() == []


def test_an_artifact_that_is_not_the_one_that_was_registered_is_refused(registries):
    copy = registries.prepare(registries.register())
    copy.package["InferenceSpecification"]["Containers"][0]["ModelDataETag"] = "0" * 32
    with pytest.raises(Refused, match="is not the object that was registered"):
        type(copy)(copy.package, copy.destination, copy.copier, copy.ecr, copy.say)


def test_an_image_that_may_not_be_pulled_stops_everything_before_anything_is_copied(registries):
    own = f"{SOURCE.account}.dkr.ecr.us-east-1.amazonaws.com/team/churn:1"
    registries.ecr.put(own, DIGEST)
    registries.ecr.denied.add("team/churn")
    model = registries.put("m/model.tar.gz")
    arn = registries.register(InferenceSpecification=specification({"Image": own, "ModelDataUrl": model}))
    registries.calls.clear()
    with pytest.raises(Refused, match="Add this statement to the policy of the repository team/churn"):
        registries.prepare(arn).register(registries.target)
    assert registries.writes() == []


def test_the_checksum_changes_with_the_artifact_and_the_specification_but_not_with_metadata(registries):
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


def test_a_copy_that_cannot_be_completed_is_told_with_the_reason(registries, monkeypatch):
    copy = registries.prepare(registries.register())
    from moto.sagemaker.models import ModelPackage

    monkeypatch.setattr(
        ModelPackage,
        "gen_response_object",
        lambda self: {"ModelPackageArn": self.arn, "ModelPackageStatus": "Failed"},
    )
    with pytest.raises(Refused, match="could not be registered"):
        copy.register(registries.target)


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
