"""Which release a deployment belongs to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from release_name import release_name

SERVED = "arn:aws:sagemaker:eu-west-1:1:model-package/churn-main/1"
PARAMETERS = {
    "ModelPackageArn": SERVED,
    "ServedModelPackageArn": SERVED,
    "Attempt": "1",
    "Contract": "c" * 64,
    "StartedAt": "2026-01-01T00:00:00Z",
    "PipelineExecutionId": "execution-1",
}
RESOURCES: dict[str, Any] = {
    "Model": {"Type": "AWS::SageMaker::Model", "Properties": {"A": 1}},
    "Config": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"InstanceType": "ml.m5.large"}},
    "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {"Name": {"Ref": "Release"}}},
    "Handler": {"Type": "AWS::Lambda::Function", "Properties": {"Memory": 512}},
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"Description": "d"}},
    "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 1}},
    "Scaling": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": {"MaxCapacity": 4}},
}


def name(folder: Path, deployed: str | None = None, execution: str = "execution-1", **changes: Any) -> str:
    """The release with some resources or parameters changed."""
    resources = {
        key: {**value, "Properties": changes[key]} if key in changes else value
        for key, value in RESOURCES.items()
    }
    parameters = {key: str(changes.get(key, value)) for key, value in PARAMETERS.items()}
    template = folder / "template.json"
    template.write_text(json.dumps({"Resources": resources}))
    return release_name(template, parameters, deployed, execution, str(changes.get("environment", "prod")))


def test_it_fits_the_name_of_an_endpoint_and_the_template(tmp_path):
    assert re.fullmatch(r"[a-z0-9]{8}", name(tmp_path))


def test_it_stays_while_nothing_that_it_runs_on_changes(tmp_path):
    first = name(tmp_path)
    later = {"StartedAt": "2026-02-01T00:00:00Z", "PipelineExecutionId": "execution-2"}
    assert name(tmp_path, first, "execution-2", **later) == first
    around = {"Alarm": {"Threshold": 5}, "Scaling": {"MaxCapacity": 9}}
    assert name(tmp_path, first, "execution-2", **around) == first


@pytest.mark.parametrize(
    "change",
    [
        {"ServedModelPackageArn": f"{SERVED}2"},
        {"Attempt": "2"},
        {"Contract": "d" * 64},
        {"Model": {"A": 2}},
        {"Config": {"InstanceType": "ml.m5.xlarge"}},
        {"Endpoint": {"Name": "x"}},
        {"Handler": {"Memory": 1024}},
        {"Version": {"Description": "e"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_what_it_runs_on_is_another_release(tmp_path, change):
    first = name(tmp_path)
    assert name(tmp_path, first, "execution-2", **change) != first


def test_what_was_deployed_before_is_another_release_when_it_comes_back(tmp_path):
    first = name(tmp_path)
    second = name(tmp_path, first, "execution-2", Attempt="2")
    # The endpoint of the first one may be there still.
    assert name(tmp_path, second, "execution-3") not in (first, second)


def test_two_environments_of_one_execution_have_releases_of_their_own(tmp_path):
    assert name(tmp_path, environment="a") != name(tmp_path, environment="b")


def test_without_a_model_there_is_no_release(tmp_path):
    assert name(tmp_path, "abcdefgh", ServedModelPackageArn="none") == "none"
