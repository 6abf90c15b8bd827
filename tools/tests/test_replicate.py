"""Deployments to several accounts and regions: to each comes exactly the model that was approved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.awsrequest
import pytest
from moto import mock_aws

import prepare
from account import ACCOUNT
from aws import Aws
from fakes import before_calls
from images import map_image
from places import ARTIFACTS, BUILD, IMAGE, SERVING, TOOLING, Places
from registry import describe
from replicate import replicate
from targets import Environment, Refused

DIGEST = "sha256:" + "a" * 64
STARTED = "2026-01-02T00:00:00.0Z"


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, assemblies: Path) -> Iterator[Places]:
    with mock_aws():
        made = Places(monkeypatch, assemblies / "regions")
        for environment in made.targets.environments:
            made.ecr.put(map_image(IMAGE, environment.region), DIGEST)
        yield made


def copied(places: Places, environment: str, package: str) -> str:
    found = describe(places.registry, package, places.targets.registry)
    return replicate(places.aws, places.targets.environment(environment), found)


def copy_of(places: Places, environment: str, package: str) -> dict[str, Any]:
    """The copy as it was registered in the environment."""
    target: Environment = places.targets.environment(environment)
    arn = copied(places, environment, package)
    found: dict[str, Any] = places.of(target.account, "sagemaker", target.region).describe_model_package(
        ModelPackageName=arn
    )
    return found


def test_in_the_region_of_the_build_the_approved_package_itself_is_served(places):
    package = places.register()
    assert copied(places, "same", package) == package
    assert places.keys("same") == []


@pytest.mark.parametrize("environment", ["near", "far"])
def test_elsewhere_artifacts_image_and_package_are_brought_to_the_environment(places, environment):
    package = places.register(content=b"weights")
    copy = copy_of(places, environment, package)
    target = places.targets.environment(environment)
    assert copy["ModelPackageArn"].startswith(f"arn:aws:sagemaker:{target.region}:{SERVING}:model-package/")
    [container] = copy["InferenceSpecification"]["Containers"]
    assert container["Image"] == map_image(IMAGE, target.region)
    s3, bucket = places.bucket(environment)
    assert container["ModelDataUrl"].startswith(f"s3://{bucket}/models/")
    key = container["ModelDataUrl"].removeprefix(f"s3://{bucket}/")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"weights"
    assert copy["ModelApprovalStatus"] == "Approved"
    metadata = copy["CustomerMetadataProperties"]
    assert metadata["sourceModelPackageArn"] == package
    assert metadata["GitCommit"] == "0123abc"
    assert ARTIFACTS not in json.dumps([copy["InferenceSpecification"], copy["ModelMetrics"]])


def test_a_version_is_copied_once_and_another_one_once_more(places):
    first, second = places.register(), places.register(content=b"other")
    made = copied(places, "far", first)
    keys = places.keys("far")
    assert copied(places, "far", first) == made
    assert places.keys("far") == keys
    assert copied(places, "far", second) != made


def test_two_environments_of_one_account_and_one_region_each_have_their_own_copy(places):
    package = places.register()
    assert len({copied(places, name, package) for name in ("near", "far")}) == 2


def test_an_image_that_is_not_in_the_region_is_refused_before_anything_is_copied(places):
    places.ecr.images.clear()
    with pytest.raises(Refused, match="sagemaker-xgboost"):
        copied(places, "far", places.register())
    assert places.keys("far") == []


def test_everything_in_an_environment_is_done_with_its_own_roles(places, monkeypatch):
    taken: list[str] = []

    def note(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        taken.append(arguments.get("RoleArn", ""))
        return real(client, operation, arguments)

    package = places.register()
    found = describe(places.registry, package, places.targets.registry)
    before_calls(monkeypatch, "sts", note)
    replicate(places.aws, places.targets.environment("far"), found)
    assert taken == [f"arn:aws:iam::{SERVING}:role/churn-main-far-replicate"]


def test_a_deployment_over_accounts_and_regions_has_both_packages_for_each_environment(
    places, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", places.file.parent)
    package = places.register()
    prepare.prepare(places.aws, places.assembly, tmp_path, prepare.Execution("e", package, STARTED))
    served = {}
    for name in ("same", "near", "far"):
        parameters = json.loads((tmp_path / name / "configuration.json").read_text())["Parameters"]
        record = json.loads((tmp_path / name / "package.json").read_text())
        assert parameters["ModelPackageArn"] == record["package"]["arn"] == package
        assert parameters["ServedModelPackageArn"] == record["served"]
        assert record["package"]["metrics"] == {"accuracy": 0.97}
        served[name] = record["served"]
    assert served["same"] == package
    assert served["near"].split(":")[3:5] == ["eu-west-1", SERVING]
    assert served["far"].split(":")[3:5] == ["us-east-1", SERVING]
    assert (tmp_path / "exports.sh").read_text() == "export ACTION_0=deploy\nexport ACTION_1=deploy\n"


def test_without_a_model_nothing_is_copied(places, tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "TOOLS", places.file.parent)
    prepare.prepare(places.aws, places.assembly, tmp_path, prepare.Execution("e", "keep-live", STARTED))
    parameters = json.loads((tmp_path / "far" / "configuration.json").read_text())["Parameters"]
    assert (parameters["ModelPackageArn"], parameters["ServedModelPackageArn"]) == ("none", "none")
    assert places.keys("far") == []


def test_the_targets_name_the_accounts_that_they_are_in(places):
    assert places.aws.account == TOOLING
    assert places.targets.registry == f"arn:aws:sagemaker:eu-central-1:{BUILD}:model-package-group/churn-main"
    assert places.targets.bus == f"arn:aws:events:eu-west-1:{TOOLING}:event-bus/churn-events"
    assert (
        places.aws.client("sts", places.targets.environment("far")).get_caller_identity()["Account"]
        == SERVING
    )


class Flaky:
    """Answers the first calls to a service with an error, as AWS does when much is going on."""

    def __init__(self, aws: Aws, event: str, code: str, status: int, times: int) -> None:
        self.code, self.status, self.left, self.calls = code, status, times, 0
        for session in (aws.session, *aws._taken_on.values()):
            session.events.register_first(f"before-send.{event}", self)

    def __call__(self, request: Any, **_: Any) -> botocore.awsrequest.AWSResponse | None:
        self.calls += 1
        if self.left == 0:
            return None
        self.left -= 1
        xml = "sts." in request.url
        body = (
            f"<ErrorResponse><Error><Code>{self.code}</Code><Message>busy</Message></Error></ErrorResponse>"
            if xml
            else json.dumps({"__type": self.code, "message": "busy"})
        )
        response = botocore.awsrequest.AWSResponse(request.url, self.status, {}, None)
        response._content = body.encode()
        return response


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """botocore waits between two tries; the seconds are noted instead."""
    waited: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waited.append)
    return waited


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("InternalFailure", 500)])
def test_a_busy_registry_is_asked_again(account, targets_file, no_waiting, code, status):
    package = account.register("Approved")
    aws = Aws()
    targets = aws.targets(targets_file)
    flaky = Flaky(aws, "sagemaker.DescribeModelPackage", code, status, times=4)
    assert describe(aws.registry(targets), package, targets.registry).approved
    assert (flaky.calls, len(no_waiting)) == (5, 4)


def test_a_registry_that_stays_busy_is_no_reason_to_think_that_the_package_is_gone(
    account, targets_file, no_waiting
):
    package = account.register("Approved")
    aws = Aws()
    targets = aws.targets(targets_file)
    flaky = Flaky(aws, "sagemaker.DescribeModelPackage", "ThrottlingException", 400, times=99)
    client = aws.registry(targets)
    with pytest.raises(client.exceptions.ClientError, match="ThrottlingException"):
        describe(client, package, targets.registry)
    assert flaky.calls == 8


def test_taking_on_a_role_is_tried_again(account, targets_file, monkeypatch, no_waiting):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    aws = Aws()
    flaky = Flaky(aws, "sts.AssumeRole", "Throttling", 400, times=2)
    aws._sts = aws.own("sts", aws.region)
    client = aws.client("sts", aws.targets(targets_file).environment("prod"))
    assert client.get_caller_identity()["Account"] == ACCOUNT
    assert flaky.calls == 3


def test_a_role_that_may_not_be_taken_on_is_named_with_what_to_do(account, targets_file):
    aws = Aws()
    Flaky(aws, "sts.AssumeRole", "AccessDenied", 403, times=1)
    aws._sts = aws.own("sts", aws.region)
    with pytest.raises(Refused, match=r"churn-main-prod-verify cannot be assumed.*Deploy the environment's"):
        aws.client("cloudformation", aws.targets(targets_file).environment("prod"))


def test_a_role_is_taken_on_once_for_all_its_clients(account, targets_file):
    aws = Aws()
    flaky = Flaky(aws, "sts.AssumeRole", "", 200, times=0)
    aws._sts = aws.own("sts", aws.region)
    prod = aws.targets(targets_file).environment("prod")
    for service in ("cloudformation", "sagemaker", "sagemaker-runtime"):
        aws.client(service, prod)
    assert flaky.calls == 1


def test_credentials_of_a_role_renew_themselves(account, targets_file, monkeypatch):
    aws = Aws()
    flaky = Flaky(aws, "sts.AssumeRole", "", 200, times=0)
    aws._sts = aws.own("sts", aws.region)
    client = aws.client("sts", aws.targets(targets_file).environment("prod"))
    [session] = aws._taken_on.values()
    monkeypatch.setattr(session.get_credentials(), "_expiry_time", session.get_credentials()._time_fetcher())
    assert client.get_caller_identity()["Account"] == ACCOUNT
    assert flaky.calls == 2
