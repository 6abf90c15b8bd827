"""Only a sealed package is deployed, and only as long as its sealed object is the one that was recorded."""

from __future__ import annotations

from typing import Any

import pytest

import prepare
import seal
from aws import Aws
from seal import ADDRESS, RECORD, SHA256, SIZE, SOURCE_VERSION, VERSION, verify, wait_for_seal
from seals import SealedAccount
from targets import Refused, Targets


@pytest.fixture
def targets(account: SealedAccount, targets_file: Any) -> Targets:
    return Aws().targets(targets_file)


def check(account: SealedAccount, targets: Targets, package: str) -> None:
    found = account.sagemaker.describe_model_package(ModelPackageName=package)
    verify(account.s3, found, targets.sealed)


def where(account: SealedAccount, package: str) -> dict[str, str]:
    known = account.sagemaker.describe_model_package(ModelPackageName=package)["CustomerMetadataProperties"]
    bucket, _, key = known[ADDRESS].removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


def test_a_sealed_package_passes(account, targets):
    check(account, targets, account.register("Approved"))


def test_a_package_that_is_not_sealed_in_time_is_refused_with_what_to_do(account, targets, monkeypatch):
    monkeypatch.setattr(prepare, "SEAL_SECONDS", 0)
    with pytest.raises(Refused, match=r"is not sealed: it has no ArtifactSha256\. .* Run the build again"):
        prepare.resolve_package(Aws(), targets, account.unsealed())


def test_an_approval_that_comes_before_the_sealing_is_done_waits_for_it(account, targets, monkeypatch):
    package = account.unsealed()
    waited: list[float] = []

    def meanwhile(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            from seals import seal as seal_now

            seal_now(account.sagemaker, account.s3, package, targets.sealed)

    monkeypatch.setattr("seal.time.sleep", meanwhile)
    monkeypatch.setattr(seal.wait_for_seal, "__defaults__", (meanwhile,))
    found = prepare.resolve_package(Aws(), targets, package).package
    assert waited == [15.0, 15.0]
    assert found.metadata[SIZE] == "5"


def test_waiting_ends(monkeypatch):
    now = iter(range(0, 1000, 10))
    monkeypatch.setattr("seal.time.monotonic", lambda: next(now))
    looked: list[int] = []
    wait_for_seal(lambda: {"n": looked.append(1)}, 35, lambda _: None)
    assert len(looked) == 4


def test_the_sealed_object_that_was_written_again_is_refused(account, targets):
    package = account.register("Approved")
    account.s3.put_object(**where(account, package), Body=b"other")
    with pytest.raises(Refused, match=r"is not what .* records: its version is .* SHA-256 is None"):
        check(account, targets, package)


def test_the_sealed_object_that_is_gone_is_refused(account, targets):
    package = account.register("Approved")
    account.s3.delete_object(**where(account, package))
    with pytest.raises(Refused, match=r"is sealed, but .* does not exist"):
        check(account, targets, package)


@pytest.mark.parametrize("name", RECORD)
def test_a_record_that_was_changed_or_lost_is_refused(account, targets, name):
    package = account.register("Approved")
    changed = {
        SHA256: "0" * 64,
        SIZE: "6",
        SOURCE_VERSION: "v2",
        VERSION: "v2",
        ADDRESS: "s3://other/model.tar.gz",
    }
    account.sagemaker.update_model_package(
        ModelPackageArn=package, CustomerMetadataProperties={name: changed[name]}
    )
    with pytest.raises(Refused):
        check(account, targets, package)
    account.sagemaker.update_model_package(ModelPackageArn=package, CustomerMetadataPropertiesToRemove=[name])
    with pytest.raises(Refused, match=f"has no {name}"):
        check(account, targets, package)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ModelDataUrl", "s3://other/model.tar.gz"),
        ("Image", "other"),
        ("Environment", {"SAGEMAKER_PROGRAM": "other.py"}),
    ],
)
def test_a_specification_that_is_not_the_sealers_is_refused(account, targets, field, value):
    package = account.register("Approved")
    found = account.sagemaker.describe_model_package(ModelPackageName=package)
    found["AdditionalInferenceSpecifications"][0]["Containers"][0][field] = value
    with pytest.raises(Refused, match="was not made by the sealer"):
        verify(account.s3, found, targets.sealed)


def test_another_versions_sealed_object_is_refused(account, targets):
    first, second = account.register("Approved"), account.register("Approved")
    found = account.sagemaker.describe_model_package(ModelPackageName=first)
    other = account.sagemaker.describe_model_package(ModelPackageName=second)
    for name in ("CustomerMetadataProperties", "AdditionalInferenceSpecifications"):
        found[name] = other[name]
    with pytest.raises(Refused, match="was not made by the sealer"):
        verify(account.s3, found, targets.sealed)
