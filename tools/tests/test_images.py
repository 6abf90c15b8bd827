"""Whose an image is, what it is called in another region, and whether it may be pulled."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

import images
from fakes import Ecr, install_ecr
from targets import Refused

DIGEST = "sha256:" + "a" * 64
OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/churn:1.2"
XGBOOST = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
READER = "arn:aws:iam::999999999999:root"


@pytest.fixture
def ecr(monkeypatch: pytest.MonkeyPatch) -> Ecr:
    return install_ecr(monkeypatch)


def client(region: str) -> Any:
    return boto3.client("ecr", region_name=region)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (XGBOOST, "first-party"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312", "first-party"),
        (OWN, "own"),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/churn", "own"),
        (f"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/churn@{DIGEST}", "own"),
        ("123456789012.dkr-ecr.eu-west-1.on.aws/churn:1", "own"),
        ("public.ecr.aws/team/churn:1", "public"),
        ("docker.io/library/python:3.12", "public"),
        ("image", "public"),
    ],
)
def test_whose_an_image_is(uri, expected):
    assert images.kind(uri) == expected


@pytest.mark.parametrize(
    ("uri", "region", "expected"),
    [
        (XGBOOST, "us-east-1", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"),
        (XGBOOST, "cn-north-1", "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:3.2-0"),
        (XGBOOST, "us-iso-east-1", "833128469047.dkr.ecr.us-iso-east-1.c2s.ic.gov/sagemaker-xgboost:3.2-0"),
        (XGBOOST, "eu-west-1", XGBOOST),
        (
            f"{XGBOOST}@{DIGEST}",
            "us-east-1",
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0",
        ),
        (OWN, "us-east-1", OWN),
        ("public.ecr.aws/team/churn:1", "us-east-1", "public.ecr.aws/team/churn:1"),
    ],
)
def test_only_images_of_aws_are_mapped(uri, region, expected):
    assert images.map_image(uri, region) == expected


def test_a_region_without_the_image_is_refused_with_the_regions_that_have_it():
    lda = "999678624901.dkr.ecr.eu-west-1.amazonaws.com/lda:1"
    with pytest.raises(Refused, match=r"no image lda in eu-north-1; it does in .*us-east-1"):
        images.map_image(lda, "eu-north-1")


def test_a_repository_of_aws_that_is_not_in_the_table_is_refused():
    with pytest.raises(Refused, match="not in the list of its images"):
        images.map_image("763104351884.dkr.ecr.us-east-1.amazonaws.com/brand-new:1", "eu-west-1")


def test_an_own_image_in_the_same_region_is_kept_when_it_may_be_pulled(ecr: Ecr):
    ecr.put(OWN, DIGEST)
    assert images.localise(OWN, "eu-west-1", client, READER) == OWN
    assert ecr.asked == [
        {"registryId": "123456789012", "repositoryName": "team/churn", "imageIds": [{"imageTag": "1.2"}]}
    ]


def test_an_own_image_without_access_names_the_statement_that_is_missing(ecr: Ecr):
    ecr.put(OWN, DIGEST)
    ecr.denied.add("team/churn")
    with pytest.raises(
        Refused, match="policy of the repository team/churn in account 123456789012"
    ) as refusal:
        images.localise(OWN, "eu-west-1", client, READER)
    statement = json.loads(str(refusal.value).split(": ", 1)[1])
    assert statement["Principal"] == {"AWS": READER}
    assert statement["Action"] == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ]


@pytest.mark.parametrize(
    ("put", "message"),
    [(True, "cannot be pulled: Requested image not found"), (False, "no repository team/churn")],
)
def test_an_own_image_that_is_not_there_is_refused(ecr: Ecr, put, message):
    if put:
        ecr.put(OWN.replace("1.2", "other"), DIGEST)
    with pytest.raises(Refused, match=message):
        images.localise(OWN, "eu-west-1", client, READER)


def test_an_own_image_of_another_region_is_replaced_by_its_replica_alone(ecr: Ecr):
    replica = OWN.replace("eu-west-1", "us-east-1")
    ecr.put(OWN, DIGEST)
    ecr.put(replica, DIGEST)
    assert images.localise(OWN, "us-east-1", client, READER) == replica
    ecr.put(replica, "sha256:" + "b" * 64)
    with pytest.raises(Refused, match="their digests differ"):
        images.localise(OWN, "us-east-1", client, READER)


def test_an_own_image_that_is_not_replicated_says_how_to(ecr: Ecr):
    ecr.put(OWN, DIGEST)
    with pytest.raises(Refused, match="Replicate the repository to us-east-1"):
        images.localise(OWN, "us-east-1", client, READER)


def test_an_image_of_aws_is_checked_where_it_is_mapped_to(ecr: Ecr):
    mapped = images.map_image(XGBOOST, "us-east-1")
    with pytest.raises(Refused, match="no repository sagemaker-xgboost"):
        images.localise(XGBOOST, "us-east-1", client, READER)
    ecr.put(mapped, DIGEST)
    assert images.localise(XGBOOST, "us-east-1", client, READER) == mapped


def test_an_image_elsewhere_is_not_looked_for(ecr: Ecr):
    assert (
        images.localise("public.ecr.aws/team/churn:1", "us-east-1", client, READER)
        == "public.ecr.aws/team/churn:1"
    )
    assert ecr.asked == []
