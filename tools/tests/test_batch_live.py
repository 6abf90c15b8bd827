"""What is live where data is scored in batches is what the score pipeline names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from account import Account
from aws import Aws
from live import Live, read_live
from scores import PIPELINE, Scores
from scoring import describe
from stack import Unusable
from test_batch_smoke import targets_of


def live(targets_file: Path) -> Live | None:
    aws = Aws()
    targets = targets_of(aws, targets_file)
    return read_live(aws, targets.environment("prod"), targets.registry, seconds=1)


def test_the_model_of_the_pipeline_says_which_package_is_live(
    account: Account, scores: Scores, targets_file: Path
) -> None:
    assert live(targets_file) is None
    package = account.register("Approved")
    scores.deploy(package)
    found = live(targets_file)
    assert found and (found.package, found.deployed, found.astray) == (package, package, None)


def test_a_pipeline_with_another_model_than_the_stacks_is_astray(
    account: Account, scores: Scores, targets_file: Path
) -> None:
    package, other = account.register("Approved"), account.register("Approved")
    scores.deploy(package)
    scores.use(scores.make_model(other))
    found = live(targets_file)
    assert found and (found.package, found.deployed) == (other, package)
    assert found.astray and found.astray["endpoint"] == PIPELINE


def test_a_stack_without_its_pipeline_and_a_pipeline_without_its_stack_cannot_be_deployed_to(
    account: Account, scores: Scores, targets_file: Path
) -> None:
    scores.deploy(account.register("Approved"))
    account.sagemaker.delete_pipeline(PipelineName=PIPELINE, ClientRequestToken="t" * 32)
    with pytest.raises(Unusable, match=f"without its score pipeline: {PIPELINE} was deleted"):
        live(targets_file)
    account.cloudformation.delete_stack(StackName="churn-main-prod-endpoint")
    scores.use(scores.make_model(account.register("Approved")))
    with pytest.raises(Unusable, match=f"not that of the score pipeline {PIPELINE}, which exists"):
        live(targets_file)


def test_an_endpoint_does_not_become_a_score_pipeline(
    account: Account, scores: Scores, targets_file: Path
) -> None:
    account.deploy("prod", account.register("Approved"))
    with pytest.raises(Unusable, match="has an endpoint and cannot become one of batch") as refusal:
        live(targets_file)
    assert "add an environment with another name" in refusal.value.problem


def test_a_score_pipeline_does_not_become_an_endpoint(
    account: Account, scores: Scores, targets_file: Path
) -> None:
    scores.deploy(account.register("Approved"))
    aws = Aws()
    targets = aws.targets(targets_file)
    with pytest.raises(Unusable, match="has a score pipeline and cannot become one of realtime"):
        read_live(aws, targets.environment("prod"), targets.registry, seconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"Steps": [{"Type": "Transform", "Arguments": {"ModelName": {"Get": "Parameters.M"}}}]}',
    ],
)
def test_a_definition_of_somebody_elses_has_no_model(account: Account, scores: Scores, text: str) -> None:
    scores.deploy(account.register("Approved"))
    account.sagemaker.update_pipeline(PipelineName=PIPELINE, PipelineDefinition=text)
    found = describe(account.sagemaker, PIPELINE)
    assert found and found.model is None


def test_the_targets_of_a_delivery_name_pipeline_and_bucket(assemblies: Path) -> None:
    (file,) = (assemblies / "batch").glob("asset.*/targets.json")
    environments = json.loads(file.read_text())["environments"]
    assert [e["pipeline"] for e in environments] == ["churn-main-staging-score", "churn-main-prod-score"]
    assert all(e["dataBucket"].startswith(f"churn-main-{e['name']}-batch-") for e in environments)
