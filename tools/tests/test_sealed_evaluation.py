"""The evaluation report that is approved is known by its SHA-256, which no commit's code wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

import sealer
from bound import REPORT_SHA256, bound_of, missing
from seal import EVALUATION
from sealing import BUCKET, ROOT, Sealing

REPORT = f"{ROOT}/runs/1/evaluation.json"


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sealing]:
    with mock_aws():
        yield Sealing(monkeypatch)


def metrics(key: str = REPORT) -> dict[str, Any]:
    source = {"ContentType": "application/json", "S3Uri": f"s3://{BUCKET}/{key}"}
    return {"ModelMetrics": {"ModelQuality": {"Statistics": source}}}


def test_sealing_records_the_report_and_a_decision_is_bound_to_it(build: Sealing) -> None:
    build.train()
    build.s3.put_object(Bucket=BUCKET, Key=REPORT, Body=b'{"auc":0.93}')
    package = build.register(**metrics())
    build.seal(package)
    sha256 = hashlib.sha256(b'{"auc":0.93}').hexdigest()
    assert build.metadata(package)[REPORT_SHA256] == build.metadata(package)[EVALUATION] == sha256
    bound = bound_of(build.describe(package))
    assert bound["evaluation"] == sha256
    assert bound["artifact"] == hashlib.sha256(b"weights").hexdigest()
    assert missing(bound) == ["code", "data"], "only what this registration does not say"


@pytest.mark.parametrize("key", ["other/evaluation.json", REPORT])
def test_what_the_registration_claims_does_not_count(build: Sealing, key: str) -> None:
    build.train()
    claimed = {"CustomerMetadataProperties": {"EvaluationSha256": "a" * 64}}
    package = build.register(**metrics(key), **claimed)
    build.seal(package)
    assert build.metadata(package)["EvaluationSha256"] == "none"
    assert bound_of(build.describe(package))["evaluation"] is None


def test_a_package_is_sealed_without_a_report_and_with_one_that_is_too_large(
    build: Sealing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "REPORT_LIMIT", 3)
    build.train()
    build.s3.put_object(Bucket=BUCKET, Key=REPORT, Body=b"1234")
    for more in ({}, metrics()):
        package = build.register(**more)
        build.seal(package)
        assert "EvaluationSha256" not in build.metadata(package)
        assert "ArtifactSha256" in build.metadata(package)
    assert any("is larger than 3 bytes" in line for line in build.said)
