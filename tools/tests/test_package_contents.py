"""Copies of what belongs to a model package: artifacts, code, manifests, images."""

from __future__ import annotations

import json
from typing import Any

import pytest

import package_request
from package_copies import REGIONS, container, no_image
from registries import BUCKET, COPIES, DIGEST, SOURCE, XGBOOST, Registries, specification
from targets import Refused


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
