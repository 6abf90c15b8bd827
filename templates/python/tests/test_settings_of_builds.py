"""What a build for AWS is given in its environment, and a laptop is not."""

from __future__ import annotations

import pytest

from pipelines import settings
from pipelines.environment import Environment
from pipelines.errors import PipelineError
from tests.test_settings import GOOD

BUILD = {
    "ARTIFACT_BUCKET": "artifacts",
    "AWS_REGION": "eu-west-1",
    "SAGEMAKER_PIPELINE_ROLE_ARN": "arn:aws:iam::123456789012:role/pipeline",
}


def test_the_build_says_which_instances_jobs_get_before_the_settings_do() -> None:
    found = settings.parse(GOOD)
    build = {**BUILD, "ARTIFACT_BUCKET_KMS_KEY": "key"}
    given = {"PIPELINE_PARAMETERS": '{"TrainingInstanceType": "ml.g5.xlarge"}'}
    environment = Environment.load(found, build | given)
    assert (environment.processing_type, environment.training_type) == ("ml.m5.large", "ml.g5.xlarge")
    assert environment.encrypts_volumes("ml.m5.large") and not environment.encrypts_volumes("ml.g5.xlarge")
    assert not Environment.load(found, given).encrypts_volumes("ml.m5.large")
    with pytest.raises(PipelineError, match="PIPELINE_PARAMETERS is not JSON"):
        Environment.load(found, build | {"PIPELINE_PARAMETERS": "{"})


def test_without_a_bucket_the_machines_own_settings_change_nothing() -> None:
    plain = Environment.load(settings.parse(GOOD), {})
    laptop = {name: value for name, value in BUILD.items() if name != "ARTIFACT_BUCKET"}
    assert Environment.load(settings.parse(GOOD), laptop) == plain
    assert plain.local and plain.role_arn.startswith("arn:aws:iam::111122223333:")


def test_a_build_takes_its_variables() -> None:
    variables = {**BUILD, "SAGEMAKER_PIPELINE_NAME": "churn-dev", "MODEL_PACKAGE_GROUP_NAME": "g"}
    found = Environment.load(settings.parse(GOOD), variables)
    assert (found.local, found.region, found.root) == (False, "eu-west-1", "s3://artifacts/churn-dev")
    assert (found.model_package_group, found.kms_key, found.description) == ("g", "", "Trains it.")


@pytest.mark.parametrize("missing", ["AWS_REGION", "SAGEMAKER_PIPELINE_ROLE_ARN"])
def test_a_build_without_all_its_variables_is_an_error(missing: str) -> None:
    with pytest.raises(PipelineError, match=f"ARTIFACT_BUCKET is set but {missing} not"):
        Environment.load(settings.parse(GOOD), {k: v for k, v in BUILD.items() if k != missing})


def test_jobs_take_the_roles_of_their_kind_and_the_network() -> None:
    kinds = ("PROCESSING", "TRAINING")
    roles = {f"SAGEMAKER_{kind}_ROLE_ARN": f"arn:aws:iam::1:role/{kind}" for kind in kinds}
    network = {"SAGEMAKER_SUBNET_IDS": "subnet-1, subnet-2", "SAGEMAKER_SECURITY_GROUP_IDS": "sg-1"}
    found = Environment.load(settings.parse(GOOD), {**BUILD, **roles, **network})
    assert (found.processing_role_arn[-10:], found.training_role_arn[-8:]) == ("PROCESSING", "TRAINING")
    assert (found.subnets, found.security_groups) == (("subnet-1", "subnet-2"), ("sg-1",))
    alone = Environment.load(settings.parse(GOOD), BUILD)
    assert {alone.processing_role_arn, alone.training_role_arn} == {alone.role_arn} and alone.subnets == ()


def test_a_role_that_is_no_arn_is_an_error() -> None:
    with pytest.raises(PipelineError, match="SAGEMAKER_TRAINING_ROLE_ARN is 'trainer', it must be a whole"):
        Environment.load(settings.parse(GOOD), {**BUILD, "SAGEMAKER_TRAINING_ROLE_ARN": "trainer"})
