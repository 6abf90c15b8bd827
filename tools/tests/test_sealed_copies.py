"""A copy is made of the sealed artifact, compared byte by byte, and sealed itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

import moto_packages
import seals
from images import map_image
from places import ARTIFACTS, IMAGE, SERVING, Places
from registries import SOURCE, TARGET, XGBOOST, Registries, specification
from registry import describe
from replicate import replicate
from seal import RECORD
from targets import Refused

SHA256 = hashlib.sha256(b"weights").hexdigest()


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, assemblies: Path) -> Iterator[Places]:
    with mock_aws():
        made = Places(monkeypatch, assemblies / "regions")
        made.ecr.put(map_image(IMAGE, made.targets.environment("far").region), "sha256:" + "a" * 64)
        yield made


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    moto_packages.keep_metadata(monkeypatch)
    with mock_aws():
        yield Registries(monkeypatch)


def copied(places: Places, package: str) -> str:
    found = describe(places.registry, package, places.targets.registry)
    return replicate(places.aws, places.targets.environment("far"), found)


def copy_of(places: Places, arn: str) -> dict[str, Any]:
    client = places.of(SERVING, "sagemaker", places.targets.environment("far").region)
    found: dict[str, Any] = client.describe_model_package(ModelPackageName=arn)
    return found


def overwrite(places: Places, package: str, content: bytes, **more: Any) -> None:
    known = describe(places.registry, package, places.targets.registry).metadata
    bucket, _, key = known["SealedArtifact"].removeprefix("s3://").partition("/")
    places.artifacts.put_object(Bucket=bucket, Key=key, Body=content, **more)


def test_the_copy_has_the_sealed_bytes_whatever_is_at_the_registered_address_by_now(places):
    package = places.register(content=b"weights")
    places.artifacts.put_object(Bucket=ARTIFACTS, Key="runs/0/model.tar.gz", Body=b"replaced")
    copy = copy_of(places, copied(places, package))
    [main] = copy["InferenceSpecification"]["Containers"]
    [sealed] = copy["AdditionalInferenceSpecifications"]
    s3, bucket = places.bucket("far")
    known = copy["CustomerMetadataProperties"]
    assert sealed["Name"] == "sealed"
    assert sealed["Containers"][0]["ModelDataUrl"] == main["ModelDataUrl"] == known["SealedArtifact"]
    key = main["ModelDataUrl"].removeprefix(f"s3://{bucket}/")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"weights"
    assert (known["ArtifactSha256"], known["ArtifactSize"]) == (SHA256, "7")
    assert known["ArtifactSourceVersionId"] == "v1"
    assert len([k for k in places.keys("far") if k.endswith("model.tar.gz")]) == 1


@pytest.mark.parametrize("content", [b"other", b"longer than before"])
def test_an_original_that_was_written_again_is_not_copied(places, content):
    package = places.register(content=b"model")
    overwrite(places, package, content)
    with pytest.raises(Refused, match=r"is not what .* records: ArtifactVersionId is"):
        copied(places, package)
    assert places.keys("far") == []


def test_a_copy_whose_bytes_are_not_the_recorded_ones_is_not_registered(places):
    package = places.register(content=b"weights")
    changed = {"ArtifactSha256": "0" * 64}
    places.registry.update_model_package(ModelPackageArn=package, CustomerMetadataProperties=changed)
    with pytest.raises(Refused, match=rf"its SHA-256 is {SHA256}; .* records 0000"):
        copied(places, package)
    region = places.targets.environment("far").region
    name = places.targets.environment("far").replica_group.rsplit("/", 1)[-1]
    client = places.of(SERVING, "sagemaker", region)
    assert client.list_model_packages(ModelPackageGroupName=name)["ModelPackageSummaryList"] == []


def test_a_copy_that_was_written_again_is_not_used(places):
    package = places.register(content=b"weights")
    made = copied(places, package)
    s3, bucket = places.bucket("far")
    address = copy_of(places, made)["CustomerMetadataProperties"]["SealedArtifact"]
    s3.put_object(Bucket=bucket, Key=address.removeprefix(f"s3://{bucket}/"), Body=b"longer than before")
    with pytest.raises(Refused, match=r"is not what .* records"):
        copied(places, package)


def test_half_a_seal_is_no_seal(places):
    package = places.register()
    places.registry.update_model_package(
        ModelPackageArn=package, CustomerMetadataPropertiesToRemove=["ArtifactSize"]
    )
    with pytest.raises(Refused, match="it has no ArtifactSize"):
        copied(places, package)


def test_a_promoted_package_without_a_seal_gets_one_with_what_was_copied(registries):
    arn = registries.register(content=b"weights")
    made = registries.prepare(arn).register(registries.target)
    copy = registries.target.describe_model_package(ModelPackageName=made)
    known = copy["CustomerMetadataProperties"]
    assert set(RECORD) <= set(known)
    assert (known["ArtifactSha256"], known["ArtifactVersionId"]) == (SHA256, "null")
    assert registries.content(known["SealedArtifact"]) == b"weights"
    [sealed] = copy["AdditionalInferenceSpecifications"]
    assert sealed["Containers"] == copy["InferenceSpecification"]["Containers"]


def test_a_promoted_package_with_a_seal_is_compared_with_it(registries):
    arn = registries.register(content=b"weights")
    registries.s3.put_bucket_versioning(Bucket="artifacts-eu", VersioningConfiguration={"Status": "Enabled"})
    seals.seal(registries.source, registries.s3, arn, "s3://artifacts-eu/churn/sealed", b"weights")
    made = registries.prepare(arn).register(registries.target)
    known = registries.target.describe_model_package(ModelPackageName=made)["CustomerMetadataProperties"]
    assert known["ArtifactSha256"] == SHA256
    known = registries.source.describe_model_package(ModelPackageName=arn)["CustomerMetadataProperties"]
    changed = {**known, "ArtifactSha256": "0" * 64}
    registries.source.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=changed)
    with pytest.raises(Refused, match=f"its SHA-256 is {SHA256}"):
        registries.prepare(arn).register(registries.target)


def test_nothing_is_replaced_in_the_target(registries):
    copy = registries.prepare(registries.register(content=b"weights"))
    copy.register(registries.target)
    [first] = [k["Key"] for k in registries.target_s3.list_objects_v2(Bucket="models-us")["Contents"]]
    registries.target_s3.put_object(Bucket="models-us", Key=first, Body=b"planted")
    with pytest.raises(Refused, match="Existing objects are never replaced"):
        copy.register(registries.target)


def test_a_package_that_cannot_be_sealed_is_promoted_as_before(registries):
    data = {"S3Uri": "s3://artifacts-eu/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    registries.put("llm/part")
    arn = registries.register(
        InferenceSpecification=specification({"Image": XGBOOST, "ModelDataSource": {"S3DataSource": data}})
    )
    made = registries.prepare(arn).register(registries.target)
    known = registries.target.describe_model_package(ModelPackageName=made)["CustomerMetadataProperties"]
    assert not set(RECORD) & set(known)
    assert (SOURCE.region, TARGET.region) == ("eu-west-1", "us-east-1")
