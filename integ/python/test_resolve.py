"""What the start of an execution makes of a refusal, and of models that are packed in other ways."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from pipelines import resolve
from pipelines.errors import PipelineError


def refused(service: str, operation: str, code: str) -> Any:
    """A client whose call of an operation is refused."""
    client = boto3.client(
        service, region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    stubber = Stubber(client)
    stubber.add_client_error(operation, service_error_code=code)
    stubber.activate()
    return client


def test_data_that_may_not_be_listed_is_never_taken_for_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        resolve.listing(refused("s3", "list_objects_v2", "AccessDenied"), "s3://lake/churn/") for _ in (1, 2)
    }
    assert len(found) == 2
    assert "the build role needs s3:ListBucket on lake" in capsys.readouterr().err


def test_a_registry_that_may_not_be_read_is_an_error_that_says_what_to_do() -> None:
    client = refused("sagemaker", "list_model_packages", "AccessDeniedException")
    with pytest.raises(PipelineError, match="deploy the infrastructure, which gives it this right"):
        resolve.approved_model(client, "churn")


def test_a_group_that_is_not_there_has_no_approved_version() -> None:
    client = refused("sagemaker", "list_model_packages", "ValidationException")
    assert resolve.approved_model(client, "churn") == {}


def test_another_error_stays_one() -> None:
    with pytest.raises(Exception, match="ThrottlingException"):
        resolve.approved_model(refused("sagemaker", "list_model_packages", "ThrottlingException"), "churn")


SOURCE = {"S3DataType": "S3Object", "CompressionType": "Gzip", "S3Uri": "s3://b/m"}
PLAIN = {"CompressionType": "None"}


@pytest.mark.parametrize(
    ("containers", "image", "url"),
    [
        ([{"Image": "i", "ModelDataUrl": "s3://b/m.tar.gz"}], "i", "s3://b/m.tar.gz"),
        ([{"Image": "i", "ModelDataSource": {"S3DataSource": SOURCE}}], "i", "s3://b/m"),
        (
            [{"Image": "i", "ModelDataSource": {"S3DataSource": {**SOURCE, **PLAIN}}}],
            "i",
            None,
        ),
        ([{"Image": "i", "ModelDataUrl": "s3://b/m"}, {"Image": "j"}], "unknown", None),
    ],
)
def test_only_one_model_in_one_archive_can_be_compared(
    containers: list[dict[str, Any]], image: str, url: str | None
) -> None:
    package = {"ModelPackageArn": "a", "InferenceSpecification": {"Containers": containers}}
    found = resolve._described(package)
    assert (found["ApprovedModelPackage"], found["ApprovedModelImage"]) == ("a", image)
    assert found.get("ApprovedModelUrl") == url
