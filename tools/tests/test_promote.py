"""Promotions between registries: whatever happened, the newest approved version of both is the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import moto.s3.models
import pytest

import copying
import promote
from fakes import before_calls, service_error
from images import map_image
from package_groups import newest_approved
from registries import (
    DIGEST,
    PROMOTION,
    SOURCE,
    TARGET,
    XGBOOST,
    Registries,
    promotion,
    specification,
)
from targets import Refused

CALLS = Path(__file__).with_name("promotion_calls.json")


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    # What is sealed is looked at in `test_promote_sealed`.
    with promotion(monkeypatch, ACCEPT_UNSEALED="true") as made:
        yield made


def run(registries: Registries) -> list[tuple[int, str, str]]:
    """A run of the pipeline; what the target group has after it."""
    registries.calls.clear()
    assert promote.main() == 0
    state = registries.state()
    newest = newest_approved(registries.source, SOURCE)
    approved = [version for _, approval, version in state if approval == "Approved"]
    # The purpose of it all.
    assert approved[-1:] == ([str(newest["ModelPackageVersion"])] if newest else [])
    return state


def test_nothing_approved_yet_is_no_failure(registries, capsys):
    registries.register("PendingManualApproval")
    assert run(registries) == []
    assert "is approved, so there is nothing to promote" in capsys.readouterr().out


def test_the_newest_approved_version_is_promoted_alone(registries):
    for approval in ("Approved", "Approved", "Rejected", "PendingManualApproval"):
        registries.register(approval)
    assert run(registries) == [(1, "Approved", "2")]


def test_a_second_run_changes_nothing(registries, capsys):
    registries.register()
    assert run(registries) == [(1, "Approved", "1")]
    assert run(registries) == [(1, "Approved", "1")]
    assert registries.writes() == []
    assert "nothing to do" in capsys.readouterr().out


def test_each_approval_adds_a_version(registries):
    registries.register()
    run(registries)
    registries.register()
    assert run(registries) == [(1, "Approved", "1"), (2, "Approved", "2")]


def test_a_rejection_brings_back_the_previous_version(registries):
    registries.register()
    run(registries)
    second = registries.register()
    run(registries)
    registries.approve(second, "Rejected")
    assert run(registries) == [(1, "Approved", "1"), (2, "Rejected", "2")]
    [update] = registries.named("UpdateModelPackage")
    assert update["ApprovalDescription"] == f"{second}, of which this is a copy, is now Rejected."


def test_a_rejection_promotes_the_previous_version_when_it_never_was(registries):
    registries.register()
    second = registries.register()
    assert run(registries) == [(1, "Approved", "2")]
    registries.approve(second, "Rejected")
    assert run(registries) == [(1, "Rejected", "2"), (2, "Approved", "1")]


def test_a_version_that_is_approved_again_is_above_what_was_promoted_in_between(registries):
    registries.register()
    second = registries.register()
    run(registries)
    registries.approve(second, "Rejected")
    run(registries)
    registries.approve(second, "Approved")
    assert run(registries) == [(1, "Rejected", "2"), (2, "Approved", "1"), (3, "Approved", "2")]
    assert run(registries) == [(1, "Rejected", "2"), (2, "Approved", "1"), (3, "Approved", "2")]
    assert registries.writes() == []


def test_the_newest_copy_is_approved_again_without_copying_anything(registries):
    arn = registries.register()
    run(registries)
    registries.approve(arn, "Rejected")
    assert run(registries) == [(1, "Rejected", "1")]
    registries.approve(arn, "Approved")
    assert run(registries) == [(1, "Approved", "1")]
    assert registries.writes() == ["UpdateModelPackage"]


def test_rejecting_everything_leaves_nothing_approved_and_does_not_fail(registries):
    arns = [registries.register(), registries.register()]
    run(registries)
    for arn in arns:
        registries.approve(arn, "Rejected")
    assert run(registries) == [(1, "Rejected", "2")]


def test_rejecting_a_version_that_was_never_promoted_changes_nothing(registries):
    registries.register()
    run(registries)
    registries.approve(registries.register("PendingManualApproval"), "Rejected")
    run(registries)
    assert registries.writes() == []


def test_a_deleted_version_is_as_good_as_rejected(registries, monkeypatch):
    registries.register()
    second = registries.register()
    run(registries)

    def deleted(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "DescribeModelPackage" and arguments["ModelPackageName"] == second:
            raise service_error(operation, "ValidationException", "does not exist")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", deleted)
    assert run(registries) == [(1, "Rejected", "2"), (2, "Approved", "1")]
    assert registries.named("UpdateModelPackage")[0]["ApprovalDescription"].endswith("is now deleted.")


def test_an_artifact_that_was_changed_before_its_registration_is_copied_to_a_place_of_its_own(registries):
    registries.registered = timedelta(hours=1)
    registries.register(content=b"first")
    run(registries)
    registries.put("train/0/model.tar.gz", b"other")
    assert run(registries) == [(1, "Approved", "1"), (2, "Approved", "1")]
    uris = []
    for version in (1, 2):
        arn = f"arn:aws:sagemaker:us-east-1:{TARGET.account}:model-package/{TARGET.name}/{version}"
        made = registries.target.describe_model_package(ModelPackageName=arn)
        uris.append(made["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])
    assert [registries.content(uri) for uri in uris] == [b"first", b"other"]


def test_copies_of_other_groups_and_packages_made_here_are_left_alone(registries):
    metadata = {"sourceModelPackageArn": "arn:aws:sagemaker:eu-west-1:999999999999:model-package/other/1"}
    for approval, more in (("Approved", {"CustomerMetadataProperties": metadata}), ("Approved", {})):
        registries.target.create_model_package(
            ModelPackageGroupName=TARGET.name,
            ModelApprovalStatus=approval,
            CustomerMetadataProperties={"made": "here", **more.get("CustomerMetadataProperties", {})},
        )
    registries.register()
    assert run(registries) == [(1, "Approved", ""), (2, "Approved", ""), (3, "Approved", "1")]


def test_a_failure_half_way_registers_nothing_and_the_next_run_completes_it(registries, monkeypatch, capsys):
    registries.register()
    with monkeypatch.context() as patch:
        broken = {"UploadPartCopy": True}

        def fail(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            if broken.get(operation):
                raise service_error(operation, "AccessDenied", "no")
            return real(client, operation, arguments)

        before_calls(patch, "s3", fail)
        assert promote.main() == 1
    assert re.search(
        r"Promotion refused: .*must allow this role s3:GetObject and s3:ListBucket", capsys.readouterr().err
    )
    assert registries.state() == []
    assert run(registries) == [(1, "Approved", "1")]


def test_an_own_image_without_access_says_which_statement_is_missing(registries, capsys):
    own = f"{SOURCE.account}.dkr.ecr.us-east-1.amazonaws.com/team/churn:1"
    registries.ecr.put(own, DIGEST)
    registries.ecr.denied.add("team/churn")
    model = registries.put("m/model.tar.gz")
    registries.register(InferenceSpecification=specification({"Image": own, "ModelDataUrl": model}))
    assert promote.main() == 1
    message = capsys.readouterr().err
    assert json.loads(message[message.index("{") :])["Principal"] == {
        "AWS": f"arn:aws:iam::{TARGET.account}:root"
    }
    assert registries.state() == []


def test_the_key_and_the_project_of_the_target_are_used(registries, monkeypatch):
    key = "arn:aws:kms:us-east-1:123456789012:key/0123abcd-0000-0000-0000-000000000000"
    monkeypatch.setenv("TARGET_KMS_KEY_ARN", key)
    monkeypatch.setenv("SAGEMAKER_PROJECT_ID", "p-target")
    registries.register()
    run(registries)
    assert {c["SSEKMSKeyId"] for c in registries.named("CreateMultipartUpload")} == {key}
    assert registries.named("CreateModelPackage")[0]["MetadataProperties"] == {"ProjectId": "p-target"}


def test_images_of_aws_are_those_of_the_targets_region(registries):
    registries.register()
    run(registries)
    [request] = registries.named("CreateModelPackage")
    assert request["InferenceSpecification"]["Containers"][0]["Image"] == map_image(XGBOOST, "us-east-1")


def test_a_source_that_does_not_let_us_in_says_what_its_policy_lacks(registries, monkeypatch, capsys):
    def denied(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.region_name == SOURCE.region:
            raise service_error(operation, "AccessDeniedException")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", denied)
    assert promote.main() == 1
    lacks = "policy of the model package group must allow this account sagemaker:ListModelPackages"
    assert lacks in capsys.readouterr().err


def calls(registries: Registries) -> set[str]:
    """Operations with the side that they are about, as in `promotion_calls.json`."""
    regions = {SOURCE.region: "source", TARGET.region: "target"}
    return {f"{regions[region]} {service}:{operation}" for service, operation, region in registries.made}


def broken_part(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
    if operation == "UploadPartCopy" and arguments["PartNumber"] == 2:
        raise service_error(operation, "InternalError")
    return real(client, operation, arguments)


def test_a_promotion_makes_no_other_calls_than_those_that_its_role_is_checked_for(registries, monkeypatch):
    registries.registered = timedelta(hours=1)
    monkeypatch.setattr(copying, "COPY_LIMIT", 100)
    monkeypatch.setattr(copying, "PART_SIZE", 60)
    monkeypatch.setattr(moto.s3.models, "S3_UPLOAD_PART_MIN_SIZE", 1)
    own = f"{SOURCE.account}.dkr.ecr.eu-west-1.amazonaws.com/team/churn:1"
    registries.ecr.put(own, DIGEST)
    registries.ecr.put(own.replace("eu-west-1", "us-east-1"), DIGEST)
    data = {"S3Uri": "s3://artifacts-eu/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    first = registries.register(
        InferenceSpecification=specification({"Image": own, "ModelDataSource": {"S3DataSource": data}})
    )
    for name, size in (("small", 10), ("large", 200)):
        registries.put(f"llm/{name}", bytes(size))
    registries.put("manifest", b"s3://artifacts-eu/llm/small")
    registries.made.clear()
    run(registries)
    packed = registries.register()
    run(registries)
    registries.approve(packed, "Rejected")
    copy = registries.prepare(first)
    given = copy.package["InferenceSpecification"]["Containers"][0]["ModelDataSource"]["S3DataSource"]
    given["ManifestS3Uri"] = "s3://artifacts-eu/manifest"
    type(copy)(copy.package, copy.destination, copy.copier, copy.ecr, copy.say)._transfer()
    with monkeypatch.context() as patch:
        registries.put("llm/large", bytes(range(200)))
        before_calls(patch, "s3", broken_part)
        assert promote.main() == 1
    registries.approve(first, "Rejected")
    run(registries)
    own = ("s3:PutObject", "sagemaker:UpdateModelPackage", "sagemaker:CreateModelPackage")
    made = calls(registries) - {f"source {call}" for call in own}
    assert made == set(json.loads(CALLS.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "region", "message"),
    [
        (SOURCE.arn, "eu-west-1", "is both source and target"),
        (SOURCE.arn.replace("arn:aws:", "arn:aws-cn:"), "us-east-1", "between partitions"),
    ],
)
def test_a_source_that_cannot_be_promoted_from_here_is_refused(registries, source, region, message):
    settings = promote.Settings.read(
        {**PROMOTION, "SOURCE_MODEL_PACKAGE_GROUP_ARN": source, "TARGET_MODEL_PACKAGE_GROUP": SOURCE.name}
    )
    with pytest.raises(Refused, match=message):
        promote.target_group(settings, region)
