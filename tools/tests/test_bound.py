"""What a record is bound to, of packages as the pipeline registers and the sealer seals them."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from bound import bound_of, is_report_changed, missing, report_of
from seal import Seal, specification

ROOT = Path(__file__).resolve().parents[2]
ARN = "arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-main/7"
ARTIFACT, CODE, DATA = (hashlib.sha256(name).hexdigest() for name in (b"artifact", b"code", b"data"))
REPORT = b'{"binary_classification_metrics":{"auc":{"value":0.93}}}'


def package(**more: Any) -> dict[str, Any]:
    """The answer of DescribeModelPackage for a sealed version of a generated repository."""
    made: dict[str, Any] = {
        "ModelPackageArn": ARN,
        "ModelPackageGroupName": "churn-main",
        "ModelPackageVersion": 7,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [{"Image": "image@sha256:abc", "ModelDataUrl": "s3://artifacts/run/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {"ContentType": "application/json", "S3Uri": "s3://artifacts/evaluation.json"}
            }
        },
        "CustomerMetadataProperties": {"GitCommit": "0123abc", "CodeHash": CODE, "DataVersion": DATA},
    }
    seal = Seal(ARTIFACT, 5, "v1", "v2", "s3://artifacts/sealed/churn-main/7/model.tar.gz")
    made["CustomerMetadataProperties"] |= seal.metadata()
    made["AdditionalInferenceSpecifications"] = [specification(made, seal.address)]
    return made | more


def test_every_hash_is_found() -> None:
    bound = bound_of(package(), "f" * 64, {"s3://artifacts/evaluation.json": REPORT}.get)
    assert bound.pop("registration") is not None
    assert bound == {
        "package": ARN,
        "artifact": ARTIFACT,
        "code": CODE,
        "data": DATA,
        "evaluation": hashlib.sha256(REPORT).hexdigest(),
        "policy": "f" * 64,
    }
    assert missing(bound_of(package())) == ["evaluation"]


def test_the_names_of_the_metadata_are_those_that_the_pipeline_registers() -> None:
    pipeline = (ROOT / "templates/python/pipelines/pipeline.py").read_text(encoding="utf-8")
    for name in ("DataVersion", "CodeHash"):
        assert re.search(rf'"{name}": ', pipeline)
    # Files of the evaluation are named with their digests.
    recorded = (ROOT / "templates/python/pipelines/recorded.py").read_text(encoding="utf-8")
    assert re.search(r'\{key: address, f"\{key\}Sha256": sha256\}', recorded)
    assert re.search(r'named\("GoldenRows", ', recorded)


def test_the_digest_of_sealing_counts_and_not_what_the_registration_says() -> None:
    made = package()
    made["ModelMetrics"]["ModelQuality"]["Statistics"]["ContentDigest"] = f"SHA256:{'AB' * 32}"
    assert bound_of(made)["evaluation"] is None
    made["CustomerMetadataProperties"] = {**made["CustomerMetadataProperties"], "EvaluationSha256": "cd" * 32}
    assert bound_of(made)["evaluation"] == "cd" * 32


def test_a_report_that_changed_since_it_was_sealed_is_noticed() -> None:
    sealed = hashlib.sha256(b"sealed").hexdigest()
    metadata = {**package()["CustomerMetadataProperties"], "EvaluationSha256": sealed}
    made = package(CustomerMetadataProperties=metadata)
    assert is_report_changed(made, lambda _: b"other")
    assert not is_report_changed(made, lambda _: b"sealed")
    assert not is_report_changed(made, lambda _: None), "one that is gone is told elsewhere"
    assert not is_report_changed(package(), lambda _: b"other"), "it was sealed before reports were"


@pytest.mark.parametrize("value", [None, "", "main", "0" * 63, "0" * 65, 7])
def test_what_is_no_hash_is_not_taken_for_one(value: object) -> None:
    known = {**package()["CustomerMetadataProperties"], "DataVersion": value, "CodeHash": value}
    bound = bound_of(package(CustomerMetadataProperties=known))
    assert (bound["data"], bound["code"]) == (None, None)
    assert missing(bound) == ["code", "data", "evaluation"]


def test_a_package_without_metadata_is_bound_to_its_registration() -> None:
    bound = bound_of({"ModelPackageArn": ARN})
    assert missing(bound) == ["artifact", "code", "data", "evaluation"]
    assert bound["registration"] and report_of({}) is None


def _containers(made: dict[str, Any]) -> None:
    made["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] = "s3://artifacts/other.tar.gz"


def _metadata(made: dict[str, Any]) -> None:
    made["CustomerMetadataProperties"]["GitCommit"] = "fffffff"


def _sealed(made: dict[str, Any]) -> None:
    made["AdditionalInferenceSpecifications"][0]["Containers"][0]["Image"] = "other"


def _report(made: dict[str, Any]) -> None:
    made["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] = "s3://artifacts/other.json"


@pytest.mark.parametrize("change", [_containers, _metadata, _sealed, _report])
def test_whatever_is_registered_changes_the_hash(change: Any) -> None:
    made = package()
    before = bound_of(made)["registration"]
    changed = copy.deepcopy(made)
    change(changed)
    assert bound_of(changed)["registration"] != before


def test_a_decision_does_not_change_what_it_is_bound_to() -> None:
    decided = package(
        ModelApprovalStatus="Approved", ApprovalDescription="[approval] good", LastModifiedTime="2026-03-01"
    )
    assert bound_of(decided) == bound_of(package())


def test_the_fields_are_those_of_the_service() -> None:
    """botocore's model of the service is the judge."""
    shape = boto3.client("sagemaker", region_name="eu-west-1").meta.service_model.shape_for(
        "DescribeModelPackageOutput"
    )
    from bound import _REGISTERED

    assert set(_REGISTERED) <= set(shape.members)
    statistics = shape.members["ModelMetrics"].members["ModelQuality"].members["Statistics"].members
    assert {"S3Uri", "ContentDigest"} <= set(statistics)
    assert re.fullmatch(statistics["ContentDigest"].metadata["pattern"], f"sha256:{'a' * 64}")
    assert json.loads(json.dumps(package()))["ModelPackageArn"] == ARN
