"""What a build for AWS makes of the definition: bucket, keys, roles and network, with the real SDK."""

from __future__ import annotations

import json
from typing import Any

import pytest

from building import BUILD, Build, Definition, steps
from conftest import Repository


def volume_keys(definition: Definition) -> dict[str, Any]:
    """The key of the volumes of each job that has one."""
    found = {}
    for name, step in steps(definition).items():
        arguments = step["Arguments"]
        machines = arguments.get("ProcessingResources", {}).get("ClusterConfig") or arguments.get(
            "ResourceConfig"
        )
        if machines and "VolumeKmsKeyId" in machines:
            found[name] = machines["VolumeKmsKeyId"]
    return found


def test_volumes_get_the_key_by_a_parameter(repository: Repository, build: Build) -> None:
    definition = build(**BUILD)
    key = {"Get": "Parameters.VolumeKmsKey"}
    assert volume_keys(definition) == {"Preprocess": key, "Train": key, "Evaluate": key}
    [parameter] = [p for p in definition["Parameters"] if p["Name"] == "VolumeKmsKey"]
    assert parameter["DefaultValue"] == BUILD["ARTIFACT_BUCKET_KMS_KEY"]


def test_without_a_key_there_is_no_parameter_for_it(repository: Repository, build: Build) -> None:
    definition = build()
    assert volume_keys(definition) == {}
    assert "VolumeKmsKey" not in {p["Name"] for p in definition["Parameters"]}


@pytest.mark.parametrize(
    ("processing", "training", "given", "encrypted"),
    [
        ("ml.m5.large", "ml.g5.xlarge", {}, {"Preprocess", "Evaluate"}),
        ("ml.r5d.large", "ml.m5.large", {}, {"Train"}),
        ("ml.g4dn.xlarge", "ml.p4d.24xlarge", {}, set()),
        ("ml.m5.large", "ml.m5.large", {"TrainingInstanceType": "ml.g5.xlarge"}, {"Preprocess", "Evaluate"}),
        (
            "ml.m5.large",
            "ml.g5.xlarge",
            {"TrainingInstanceType": "ml.m5.large"},
            {"Preprocess", "Train", "Evaluate"},
        ),
        ("ml.m5.large", "ml.m5.large", {"ProcessingInstanceType": "ml.r5d.large"}, {"Train"}),
    ],
)
def test_instances_with_storage_of_their_own_get_no_key(
    repository: Repository,
    build: Build,
    processing: str,
    training: str,
    given: dict[str, str],
    encrypted: set[str],
) -> None:
    repository.settings["processing"]["instanceType"] = processing
    repository.settings["training"]["instanceType"] = training
    definition = build(**BUILD, PIPELINE_PARAMETERS=json.dumps(given))
    assert set(volume_keys(definition)) == encrypted
    names = [p["Name"] for p in definition["Parameters"]]
    assert names.count("VolumeKmsKey") == bool(encrypted)


@pytest.mark.parametrize(
    "network", [{}, {"SAGEMAKER_SUBNET_IDS": "s-1", "SAGEMAKER_SECURITY_GROUP_IDS": "sg-1"}]
)
def test_traffic_between_containers_is_encrypted_when_asked(
    repository: Repository, build: Build, network: dict[str, str]
) -> None:
    assert 'EnableInterContainerTrafficEncryption": true' not in json.dumps(build(**BUILD, **network))
    repository.settings["processing"]["encryptInterContainerTraffic"] = True
    repository.settings["training"]["encryptInterContainerTraffic"] = True
    found = steps(build(**BUILD, **network))
    for name in ("Preprocess", "Evaluate"):
        config = found[name]["Arguments"]["NetworkConfig"]
        assert config["EnableInterContainerTrafficEncryption"] is True
        assert ("VpcConfig" in config) == bool(network)
    assert found["Train"]["Arguments"]["EnableInterContainerTrafficEncryption"] is True
    assert ("VpcConfig" in found["Train"]["Arguments"]) == bool(network)


def test_jobs_run_with_the_roles_of_their_kind_in_the_network_that_is_given(
    repository: Repository, build: Build
) -> None:
    role = "arn:aws:iam::123456789012:role/"
    definition = build(
        ARTIFACT_BUCKET="build-artifacts",
        AWS_REGION="eu-west-1",
        SAGEMAKER_PIPELINE_ROLE_ARN=f"{role}pipeline",
        SAGEMAKER_PROCESSING_ROLE_ARN=f"{role}processing",
        SAGEMAKER_TRAINING_ROLE_ARN=f"{role}training",
        SAGEMAKER_SUBNET_IDS="subnet-1,subnet-2",
        SAGEMAKER_SECURITY_GROUP_IDS="sg-1",
    )
    found = steps(definition)
    vpc = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    for name in ("Preprocess", "Evaluate"):
        assert found[name]["Arguments"]["RoleArn"] == f"{role}processing"
        assert found[name]["Arguments"]["NetworkConfig"]["VpcConfig"] == vpc
    assert found["Train"]["Arguments"]["RoleArn"] == f"{role}training"
    assert found["Train"]["Arguments"]["VpcConfig"] == vpc
    assert f"{role}pipeline" not in json.dumps(found)
