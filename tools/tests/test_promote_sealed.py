"""What is promoted is what was sealed; without a seal, it is promoted only on request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

import promote
import seals
from package_request import Reference
from registries import BUCKET, COPIES, TARGET, XGBOOST, Registries, promotion, specification

PREFIX = f"s3://{BUCKET}/churn/sealed"
COPY = f"arn:aws:sagemaker:us-east-1:{TARGET.account}:model-package/{TARGET.name}/1"


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    monkeypatch.setattr(promote, "SEAL_SECONDS", 0)
    with promotion(monkeypatch, ACCEPT_UNSEALED="false") as made:
        made.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield made


def seal(registries: Registries, arn: str, content: bytes = b"weights") -> None:
    seals.seal(registries.source, registries.s3, arn, PREFIX, content)


def copied(registries: Registries) -> dict[str, str]:
    found = registries.target.describe_model_package(ModelPackageName=COPY)
    return dict(found["CustomerMetadataProperties"])


def test_a_version_that_nobody_sealed_is_refused_with_what_to_do(registries, capsys):
    registries.register(content=b"weights")
    assert promote.main() == 1
    message = capsys.readouterr().err
    assert "is not sealed, so nothing proves that its artifact is the approved one" in message
    assert "set the approval status of" in message
    assert "set acceptUnsealed to true" in message
    assert registries.state() == []


def test_what_cannot_be_sealed_is_refused_with_the_reason(registries, capsys):
    data = {"S3Uri": f"s3://{BUCKET}/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    registries.put("llm/part")
    containers = specification({"Image": XGBOOST, "ModelDataSource": {"S3DataSource": data}})
    registries.register(InferenceSpecification=containers)
    assert promote.main() == 1
    assert "It cannot be sealed: " in capsys.readouterr().err


def test_what_is_there_stays_when_a_newer_version_is_not_sealed(registries):
    seal(registries, registries.register(content=b"weights"))
    assert promote.main() == 0
    registries.register(content=b"newer")
    assert promote.main() == 1
    assert registries.state() == [(1, "Approved", "1")]


def test_an_approval_that_comes_before_the_sealing_is_done_waits_for_it(registries, monkeypatch):
    arn = registries.register(content=b"weights")
    monkeypatch.setattr(promote, "SEAL_SECONDS", 60)
    monkeypatch.setattr(promote.wait_for_seal, "__defaults__", (lambda _: seal(registries, arn),))
    assert promote.main() == 0
    assert copied(registries)["ArtifactSha256"] == hashlib.sha256(b"weights").hexdigest()


def test_a_version_that_is_rejected_while_it_is_waited_for_gives_way_to_the_one_before(
    registries, monkeypatch
):
    seal(registries, registries.register(content=b"weights"))
    arn = registries.register(content=b"newer")
    monkeypatch.setattr(promote, "SEAL_SECONDS", 1)
    monkeypatch.setattr(
        promote.wait_for_seal, "__defaults__", (lambda _: registries.approve(arn, "Rejected"),)
    )
    assert promote.main() == 0
    assert registries.state() == [(1, "Approved", "1")]


@pytest.mark.parametrize("versions", ["Enabled", "Suspended"])
@pytest.mark.parametrize("content", [b"planted", b"longer than before"])
def test_a_copy_that_was_replaced_is_told_by_the_next_run(registries, capsys, versions, content):
    registries.target_s3.put_bucket_versioning(Bucket=COPIES, VersioningConfiguration={"Status": versions})
    seal(registries, registries.register(content=b"weights"))
    assert promote.main() == 0
    assert promote.main() == 0
    key = copied(registries)["SealedArtifact"].removeprefix(f"s3://{COPIES}/")
    registries.target_s3.put_object(Bucket=COPIES, Key=key, Body=content)
    assert promote.main() == 1
    assert f"is not what {COPY} records" in capsys.readouterr().err


def test_unsealed_versions_are_promoted_with_what_is_found_when_that_is_asked_for(registries, monkeypatch):
    monkeypatch.setenv("ACCEPT_UNSEALED", "true")
    registries.register(content=b"weights")
    assert promote.main() == 0
    assert copied(registries)["ArtifactSha256"] == hashlib.sha256(b"weights").hexdigest()


def test_an_unsealed_artifact_that_was_written_after_its_registration_is_refused(
    registries, monkeypatch, capsys
):
    monkeypatch.setenv("ACCEPT_UNSEALED", "true")
    registries.registered = timedelta(hours=-1)
    registries.register(content=b"weights")
    assert promote.main() == 1
    assert "was written at" in capsys.readouterr().err
    assert registries.state() == []


@pytest.mark.parametrize(
    ("field", "is_model"),
    [
        ("InferenceSpecification.Containers[0].ModelDataUrl", True),
        ("AdditionalInferenceSpecifications.small.Containers[0].ModelDataSource.S3DataSource.S3Uri", True),
        ("InferenceSpecification.Containers[0].Environment.SAGEMAKER_SUBMIT_DIRECTORY", False),
        ("ModelMetrics.ModelQuality.Statistics.S3Uri", False),
    ],
)
def test_code_and_reports_may_be_younger_than_the_registration(field, is_model):
    assert Reference("s3://bucket/key", field, "any").is_model == is_model
