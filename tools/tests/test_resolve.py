"""What is in a package: everything that a deployment, a monitor or an auditor may ask for."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from account import GROUP, REGION, Account
from aws import Aws
from registry import Package, describe, newest_approved, version_in
from resolve import read_metrics, resolve
from targets import Refused

ARN = f"arn:aws:sagemaker:{REGION}:123456789012:model-package/{GROUP}/3"
OURS = f"arn:aws:sagemaker:{REGION}:123456789012:model-package-group/{GROUP}"


def source(name: str) -> dict[str, str]:
    return {"ContentType": "application/json", "S3Uri": f"s3://reports/{name}"}


def package(approval: str = "Approved", **details: Any) -> Package:
    container = {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    given = {"InferenceSpecification": {"Containers": [container]}, **details}
    return Package(ARN, 3, approval, {"GitCommit": "0123abc"}, given)


def test_images_artifacts_and_environment_of_every_container_are_found():
    containers = [
        {"Image": "first", "ImageDigest": "sha256:1", "Environment": {"B": "2", "A": "1"}},
        {
            "Image": "second",
            "ModelDataUrl": "s3://bucket/model.tar.gz",
            "AdditionalS3DataSource": {"S3Uri": "s3://more"},
        },
        {"Image": "third", "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://bucket/model/"}}},
    ]
    found = resolve(package(InferenceSpecification={"Containers": containers}))
    assert [(c.image, c.image_digest, c.artifacts) for c in found.containers] == [
        ("first", "sha256:1", ()),
        ("second", None, ("s3://bucket/model.tar.gz", "s3://more")),
        ("third", None, ("s3://bucket/model/",)),
    ]
    assert list(found.containers[0].environment.items()) == [("A", "1"), ("B", "2")]


def test_baselines_are_those_for_drift_and_otherwise_those_that_were_measured():
    found = resolve(
        package(
            ModelMetrics={
                "ModelQuality": {"Statistics": source("quality"), "Constraints": source("measured")},
                "ModelDataQuality": {"Statistics": source("data")},
                "Bias": {"Report": source("bias")},
            },
            DriftCheckBaselines={
                "ModelQuality": {"Constraints": source("drift")},
                "Bias": {"ConfigFile": source("config"), "PostTrainingConstraints": source("after")},
            },
            SamplePayloadUrl="s3://payload/sample.csv",
        )
    )
    assert found.baselines == {
        "ModelQuality.Statistics": "s3://reports/quality",
        "ModelQuality.Constraints": "s3://reports/drift",
        "ModelDataQuality.Statistics": "s3://reports/data",
        "Bias.ConfigFile": "s3://reports/config",
        "Bias.PostTrainingConstraints": "s3://reports/after",
    }
    assert found.reports["Bias.Report"] == "s3://reports/bias"
    assert found.sample_payload == "s3://payload/sample.csv"
    assert json.loads(json.dumps(found.to_json()))["metadata"] == {"GitCommit": "0123abc"}


@pytest.mark.parametrize("approval", ["Rejected", "PendingManualApproval", "unknown"])
def test_what_is_not_approved_at_this_moment_is_refused(approval):
    with pytest.raises(Refused, match=rf"is {approval}\. Only an approved package"):
        resolve(package(approval))


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        ({}, "has no container"),
        ({"Containers": []}, "has no container"),
        ({"Containers": [{"ModelDataUrl": "s3://x"}]}, "without an image"),
        ({"Containers": [{"Image": "image"}]}, "has no model artifact"),
    ],
)
def test_what_could_not_be_served_is_refused(specification, message):
    with pytest.raises(Refused, match=message):
        resolve(package(InferenceSpecification=specification))


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:sagemaker:{REGION}:999999999999:model-package/{GROUP}/3",
        f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/3",
        f"arn:aws:sagemaker:{REGION}:123456789012:model-package/{GROUP}-2/3",
        f"arn:aws:sagemaker:{REGION}:123456789012:model-package/{GROUP}/3/4",
        f"arn:aws:sagemaker:{REGION}:123456789012:model-package/{GROUP}/x",
        f"arn:aws:sagemaker:{REGION}:123456789012:model-package/{GROUP}/٣",
        f"arn:aws-cn:sagemaker:{REGION}:123456789012:model-package/{GROUP}/3",
        OURS,
        "3",
        "",
    ],
)
def test_a_package_is_ours_only_when_account_region_and_group_all_fit(arn):
    assert version_in(arn, OURS) is None
    assert version_in(ARN, OURS) == 3


def test_what_the_registry_answers_is_compared_too(account: Account, targets_file):
    class Other:
        """A registry that answers with a package of another group."""

        exceptions = boto3.client("sagemaker", region_name=REGION).exceptions

        def describe_model_package(self, **_: str) -> dict[str, Any]:
            return {"ModelPackageArn": ARN.replace(GROUP, "other"), "ModelPackageStatus": "Completed"}

    with pytest.raises(Refused, match="deploys only churn-main"):
        describe(Other(), ARN, OURS)


def test_the_newest_approved_version_is_asked_for_itself_because_the_list_may_lag_behind(account: Account):
    first, second = account.register("Approved"), account.register("Approved")
    client = account.sagemaker
    seen: list[str] = []
    real = client.describe_model_package

    def lagging(ModelPackageName: str) -> Any:
        seen.append(ModelPackageName)
        answer = real(ModelPackageName=ModelPackageName)
        return {**answer, "ModelApprovalStatus": "Rejected"} if ModelPackageName == second else answer

    client.describe_model_package = lagging
    found = newest_approved(client, OURS)
    assert found and found.arn == first
    assert seen == [second, first]


@pytest.fixture
def report(account: Account):
    """Registers a package with a report of its evaluation and reads the report's numbers."""
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": REGION})

    def read(content: bytes | None) -> dict[str, float]:
        if content is not None:
            s3.put_object(Bucket="reports", Key="run/evaluation.json", Body=content)
        found = package(ModelMetrics={"ModelQuality": {"Statistics": source("run/evaluation.json")}})
        return read_metrics(Aws().own("s3", REGION), found)

    return read


def test_metrics_are_the_numbers_of_the_report(report):
    metrics = {
        "accuracy": {"value": 0.97, "standard_deviation": "NaN"},
        "auc": {"value": "NaN"},
        "confusion_matrix": {"0": {"0": 5}},
        "ok": {"value": True},
    }
    content = {"version": 0.0, "dataset": {"item_count": 100}, "binary_classification_metrics": metrics}
    assert report(json.dumps(content).encode()) == {"accuracy": 0.97}


@pytest.mark.parametrize(
    "content", [None, b"no json", b"[1]", b"\xff", b'{"x_metrics": {"rmse": {"value": NaN}}}']
)
def test_a_report_that_cannot_be_read_gives_no_metrics_and_holds_nothing_up(report, content):
    assert report(content) == {}
