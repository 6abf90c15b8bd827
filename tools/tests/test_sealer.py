"""A registered artifact is sealed by version id, once, and recorded; what cannot be known is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sagemaker.models import sagemaker_backends

import copying
import objects
import sealer
from fakes import before_calls, service_error
from seal import RECORD, verify
from sealing import BUCKET, GROUP, IMAGE, KEY, PREFIX, REGION, ROOT, Sealing
from targets import Refused


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sealing]:
    with mock_aws():
        yield Sealing(monkeypatch)


def test_a_sealed_package_names_a_copy_of_the_registered_version_and_its_sha256(build):
    version = build.train()
    package = build.register()
    build.seal(package)
    known = build.metadata(package)
    key = build.sealed_key(package)
    assert known["GitCommit"] == "0123abc"
    assert known["ArtifactSha256"] == hashlib.sha256(b"weights").hexdigest()
    assert known["ArtifactSize"] == "7"
    assert known["ArtifactSourceVersionId"] == version
    assert known["SealedArtifact"] == f"s3://{BUCKET}/{key}"
    assert known["ArtifactVersionId"] == build.s3.head_object(Bucket=BUCKET, Key=key)["VersionId"]
    [spec] = build.describe(package)["AdditionalInferenceSpecifications"]
    assert spec["Name"] == "sealed"
    assert spec["Containers"] == [
        {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{key}", "Environment": {"A": "b"}}
    ]
    assert build.describe(package)["ModelApprovalStatus"] == "PendingManualApproval"
    verify(build.s3, build.describe(package), PREFIX)


def test_the_copy_is_made_of_the_version_in_parts_and_only_where_nothing_is(build):
    version = build.train()
    build.seal(build.register())
    arguments = dict(build.calls)
    # botocore has made one text of it.
    assert arguments["UploadPartCopy"]["CopySource"] == f"{BUCKET}/{KEY}?versionId={version}"
    assert arguments["CompleteMultipartUpload"]["IfNoneMatch"] == "*"
    assert not {"CopyObject", "PutObject"} & set(build.operations())


@pytest.mark.parametrize("size", [0, 1, 9, 12, 13])
def test_artifacts_of_any_size_are_sealed_whole(build, monkeypatch, small_limits, size):
    monkeypatch.setattr(objects, "RANGE", 5)
    monkeypatch.setattr(objects, "CHUNK", 3)
    content = bytes(range(size))
    build.train(content)
    package = build.register()
    build.seal(package)
    assert build.metadata(package)["ArtifactSha256"] == hashlib.sha256(content).hexdigest()
    assert build.content(package) == content


def test_what_is_written_over_the_artifact_after_sealing_does_not_serve(build):
    build.train()
    package = build.register()
    build.seal(package)
    build.train(b"replaced")
    verify(build.s3, build.describe(package), PREFIX)
    assert build.content(package) == b"weights"


@pytest.mark.parametrize("when", ["before registration", "after it"])
def test_an_artifact_that_was_written_twice_is_not_sealed_because_nobody_knows_which_was_measured(
    build, when
):
    build.train()
    if when == "before registration":
        build.train(b"replaced")
    package = build.register()
    if when == "after it":
        build.train(b"replaced")
    with pytest.raises(Refused, match=r"was written or removed 2 times .*which bytes were measured"):
        build.seal(package)
    assert not set(RECORD) & set(build.metadata(package))


def test_an_artifact_that_was_removed_and_one_that_was_never_there_are_not_sealed(build):
    build.train()
    package = build.register()
    build.s3.delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(Refused, match="written or removed 2 times"):
        build.seal(package)
    with pytest.raises(Refused, match="does not exist"):
        build.seal(build.register(f"{ROOT}/models/none/model.tar.gz"))


def test_a_longer_name_beside_the_artifact_does_not_count(build):
    build.train()
    build.train(b"other", KEY + ".txt")
    build.seal(build.register())


def test_an_artifact_that_was_written_after_the_registration_is_not_sealed(build):
    package = build.register()
    backend = sagemaker_backends["123456789012"][REGION]
    [known] = backend.model_packages.values()
    known.creation_time = datetime.now(UTC) - timedelta(minutes=1)
    build.train()
    with pytest.raises(Refused, match=r"after .* was registered"):
        build.seal(package)


@pytest.mark.parametrize("key", [f"{ROOT}/sealed/churn-main/9/model.tar.gz", "other/models/1/model.tar.gz"])
def test_only_what_the_pipeline_made_is_sealed(build, key):
    build.train(key=key)
    with pytest.raises(Refused, match="only artifacts that the pipeline made"):
        build.seal(build.register(key))


def test_a_second_run_copies_nothing_and_changes_nothing(build):
    build.train()
    package = build.register()
    build.seal(package)
    before = build.metadata(package)
    build.seal(package)
    assert build.operations() == ["HeadObject"]
    assert build.metadata(package) == before
    assert "already sealed" in build.said[-1]


def test_a_run_that_ended_between_copy_and_record_is_taken_up_again(build, monkeypatch):
    build.train()
    package = build.register()
    with monkeypatch.context() as broken:
        broken.setattr(sealer, "specification", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build.seal(package)
    build.seal(package)
    assert "UploadPartCopy" not in build.operations()
    verify(build.s3, build.describe(package), PREFIX)


def test_of_two_runs_at_the_same_time_the_second_takes_the_copy_of_the_first(build, monkeypatch):
    build.train()
    package = build.register()
    build.seal(package)
    settings = sealer.Settings(sealer.parse_group(GROUP), PREFIX, package)
    source = sealer.head(
        build.s3, sealer.Location(BUCKET, KEY), build.metadata(package)["ArtifactSourceVersionId"]
    )
    # It looked before the first one was done.
    real = copying.head
    seen: list[Any] = [None]
    monkeypatch.setattr(copying, "head", lambda *given: seen.pop() if seen else real(*given))
    made = sealer._copy(settings, source, build.s3, build.said.append)
    assert made.version == build.metadata(package)["ArtifactVersionId"]
    assert any("by someone else" in text for text in build.said)


def names_are_unique(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of a specification can be added once (API model, AdditionalInferenceSpecificationDefinition)."""

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateModelPackage":
            found = real(client, "DescribeModelPackage", {"ModelPackageName": arguments["ModelPackageArn"]})
            if found.get("AdditionalInferenceSpecifications"):
                raise service_error(operation, "ValidationException", "sealed is there already")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", answer)


def test_a_build_that_another_one_was_faster_than_says_so_and_does_not_fail(build, monkeypatch):
    names_are_unique(monkeypatch)
    build.train()
    package = build.register()
    real = sealer._copy

    def copied(*given: Any) -> Any:
        monkeypatch.setattr(sealer, "_copy", real)
        made = real(*given)
        build.seal(package)
        return made

    monkeypatch.setattr(sealer, "_copy", copied)
    build.seal(package)
    assert any("was sealed by another build meanwhile" in text for text in build.said)
    assert len(build.describe(package)["AdditionalInferenceSpecifications"]) == 1


def test_an_update_that_is_refused_for_another_reason_fails(build, monkeypatch):
    build.train()
    package = build.register()

    def refused(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateModelPackage":
            raise service_error(operation, "AccessDeniedException")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", refused)
    with pytest.raises(ClientError, match="AccessDenied"):
        build.seal(package)


@pytest.mark.parametrize(("looks", "sealed"), [(2, True), (1000, False)])
def test_a_package_that_is_still_being_made_is_waited_for(build, monkeypatch, looks, sealed):
    build.train()
    package = build.register()
    left, slept = [looks], []

    def making(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        found = real(client, operation, arguments)
        if operation == "DescribeModelPackage" and left[0] > 0:
            left[0] -= 1
            found["ModelPackageStatus"] = "InProgress"
        return found

    before_calls(monkeypatch, "sagemaker", making)
    settings = sealer.Settings(sealer.parse_group(GROUP), PREFIX, package)
    if sealed:
        sealer.seal(settings, build.registry, build.s3, build.said.append, slept.append)
        assert build.metadata(package)["ArtifactSize"] == "7"
        assert slept == [15, 15]
    else:
        with pytest.raises(Refused, match="is InProgress; only a complete package is sealed"):
            sealer.seal(settings, build.registry, build.s3, build.said.append, slept.append)
        assert sum(slept) == 600


def test_something_else_at_the_sealed_address_is_never_replaced_nor_taken(build):
    build.train()
    package = build.register()
    build.train(b"planted", build.sealed_key(package))
    with pytest.raises(Refused, match="Existing objects are never replaced"):
        build.seal(package)


def test_a_package_that_was_registered_with_a_seal_of_its_own_is_refused(build):
    build.train()
    spec = {
        "Name": "sealed",
        "Containers": [{"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{KEY}"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    package = build.register(AdditionalInferenceSpecifications=[spec])
    with pytest.raises(Refused, match="not sealed"):
        build.seal(package)


def test_rejected_versions_are_left_alone_and_approved_ones_are_sealed(build):
    build.train()
    rejected, approved = build.register(status="Rejected"), build.register(status="Approved")
    build.seal(rejected)
    assert build.operations() == []
    build.seal(approved)
    assert build.metadata(approved)["ArtifactSize"] == "7"


@pytest.mark.parametrize(
    ("containers", "said"),
    [
        ([{"Image": IMAGE}], "no artifact that is one archive"),
        ([{"Image": IMAGE, "ModelDataUrl": "s3://a/model.tar.gz"}] * 2, "has 2 containers"),
    ],
)
def test_what_cannot_be_sealed_says_why(build, containers, said):
    spec = {
        "Containers": containers,
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    with pytest.raises(Refused, match=said):
        build.seal(build.register(InferenceSpecification=spec))


def test_the_event_can_only_name_packages_of_the_group():
    variables = {"MODEL_PACKAGE_GROUP_ARN": GROUP, "SEALED_PREFIX": PREFIX}
    with pytest.raises(Refused, match="must be the ARN of a version of"):
        sealer.Settings.read(
            {**variables, "MODEL_PACKAGE": GROUP.replace("-group", "").replace("main", "other/1")}
        )


def test_the_tool_ends_with_an_error_that_says_what_to_do(build, monkeypatch, capsys):
    package = build.register()
    for name, value in {
        "MODEL_PACKAGE_GROUP_ARN": GROUP,
        "SEALED_PREFIX": PREFIX,
        "MODEL_PACKAGE": package,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    assert sealer.main() == 1
    assert "Not sealed: s3://artifacts/" in capsys.readouterr().err
    build.train()
    backend = sagemaker_backends["123456789012"][REGION]
    [known] = backend.model_packages.values()
    known.creation_time = datetime.now(UTC) + timedelta(minutes=1)
    assert sealer.main() == 0
