"""The tuning step: what the settings make of it, that AWS would take it, and that it runs on this machine."""

from __future__ import annotations

import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

import check_arguments
from conftest import SOURCE, Repository

PYTHON = os.environ.get("TRAINING_PYTHON", "")
needs_training = pytest.mark.skipif(
    not PYTHON, reason="TRAINING_PYTHON: a Python with the training libraries"
)
RANGES: list[dict[str, Any]] = [
    {"name": "eta", "minimum": 0.01, "maximum": 0.5, "scale": "Logarithmic"},
    {"name": "max_depth", "minimum": 2, "maximum": 8},
    {"name": "min_child_weight", "minimum": 1, "maximum": 4, "integer": True},
    {"name": "subsample", "values": [0.5, 1]},
]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/abc"
BUILD = {
    "ARTIFACT_BUCKET": "build-artifacts",
    "ARTIFACT_BUCKET_KMS_KEY": KEY,
    "AWS_REGION": "eu-west-1",
    "SAGEMAKER_PIPELINE_ROLE_ARN": "arn:aws:iam::123456789012:role/pipeline",
    "SAGEMAKER_TRAINING_ROLE_ARN": "arn:aws:iam::123456789012:role/training",
    "SAGEMAKER_PIPELINE_NAME": "churn-dev",
    "SAGEMAKER_SUBNET_IDS": "subnet-1",
    "SAGEMAKER_SECURITY_GROUP_IDS": "sg-1",
}
BEST = {"Get": "Steps.Tune.TrainingJobSummaries[0].TrainingJobName"}


def tuned(repository: Repository, **settings: Any) -> Repository:
    """The repository with a tuning."""
    defaults = {"ranges": RANGES, "objective": "validation:auc", "maxTrials": 4, "maxParallelTrials": 2}
    repository.settings["tuning"] = defaults | settings
    repository.save()
    return repository


def compiled(repository: Repository, **variables: str) -> dict[str, dict[str, Any]]:
    """The arguments of the steps, those of the branches too."""
    found: dict[str, dict[str, Any]] = {}
    for step in repository.compile(**variables)["Steps"]:
        for each in [step, *step["Arguments"].get("IfSteps", [])]:
            found[each["Name"]] = each["Arguments"]
    return found


def test_the_tuning_takes_the_place_of_the_training(repository: Repository) -> None:
    trained = compiled(repository)["Train"]
    steps = compiled(tuned(repository, earlyStopping="Auto", seed=7))
    assert list(steps) == ["Preprocess", "Tune", "Evaluate", "CheckQuality", "Register"]
    config = steps["Tune"]["HyperParameterTuningJobConfig"]
    assert config == {
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "eta", "MinValue": "0.01", "MaxValue": "0.5", "ScalingType": "Logarithmic"}
            ],
            "IntegerParameterRanges": [
                {"Name": "max_depth", "MinValue": "2", "MaxValue": "8", "ScalingType": "Auto"},
                {"Name": "min_child_weight", "MinValue": "1", "MaxValue": "4", "ScalingType": "Auto"},
            ],
            "CategoricalParameterRanges": [{"Name": "subsample", "Values": ["0.5", "1"]}],
        },
        "TrainingJobEarlyStoppingType": "Auto",
        "RandomSeed": 7,
    }
    definition = steps["Tune"]["TrainingJobDefinition"]
    # Except for what is searched, a trial is the training job that there would be without a tuning.
    fixed = {
        name: value
        for name, value in trained.pop("HyperParameters").items()
        if name not in {item["name"] for item in RANGES}
    }
    assert definition.pop("StaticHyperParameters") == fixed
    assert trained.pop("EnableManagedSpotTraining") is False
    # What a channel does not say is as AlgorithmSpecification.TrainingInputMode says.
    assert {channel.pop("InputMode") for channel in trained["InputDataConfig"]} == {"File"}
    assert definition["AlgorithmSpecification"]["TrainingInputMode"] == "File"
    assert definition == trained


def test_a_hyperparameter_that_is_searched_is_no_parameter(repository: Repository) -> None:
    def named(repository: Repository) -> set[str]:
        return {parameter["Name"] for parameter in repository.compile()["Parameters"]}

    assert named(repository) - named(tuned(repository)) == {"eta", "max_depth", "subsample"}
    manifest = json.loads((repository.root / "build/pipeline/manifest.json").read_text("utf-8"))
    known = manifest["hyperparameters"]
    assert known["steps"] == ["Tune"]
    assert "max_depth" not in known["taken"] and {"num_round", "gamma"} <= set(known["taken"])
    assert known["refused"]["max_depth"] == "section tuning searches it: change its range"


def test_the_best_trials_model_is_evaluated_and_registered(repository: Repository) -> None:
    steps = compiled(tuned(repository), **BUILD)
    values = ["s3:/", "build-artifacts", "churn-dev/models", BEST, "output/model.tar.gz"]
    model = {"Std:Join": {"On": "/", "Values": values}}
    inputs = {i["InputName"]: i["S3Input"]["S3Uri"] for i in steps["Evaluate"]["ProcessingInputs"]}
    assert inputs["model"] == model
    [container] = steps["Register"]["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == model
    # Where trials write: SageMaker puts a model below the name of its training job.
    output = steps["Tune"]["TrainingJobDefinition"]["OutputDataConfig"]
    assert output == {"S3OutputPath": "s3://build-artifacts/churn-dev/models", "KmsKeyId": KEY}


def test_trials_are_encrypted_isolated_and_interruptible_as_the_training_is(repository: Repository) -> None:
    repository.settings["training"] |= {"useSpotInstances": True, "encryptInterContainerTraffic": True}
    repository.save()
    trained = compiled(repository, **BUILD)["Train"]
    definition = compiled(tuned(repository), **BUILD)["Tune"]["TrainingJobDefinition"]
    for key in (
        "RoleArn", "VpcConfig", "ResourceConfig", "EnableManagedSpotTraining", "StoppingCondition",
        "EnableInterContainerTrafficEncryption", "AlgorithmSpecification", "Environment",
    ):  # fmt: skip
        assert definition[key] == trained[key], key
    assert definition["ResourceConfig"]["VolumeKmsKeyId"] == {"Get": "Parameters.VolumeKmsKey"}
    place = json.dumps(definition["CheckpointConfig"])
    assert "Parameters.num_round" in place and "Parameters.eta" not in place


@pytest.mark.parametrize(
    ("framework", "objective", "kind"),
    [
        ("xgboost", "validation:auc", "Maximize"),
        ("xgboost", "validation:logloss", "Minimize"),
        ("sklearn", "validation:logloss", "Minimize"),
    ],
)
def test_the_direction_follows_from_the_metric(
    tmp_path: Path, framework: str, objective: str, kind: str
) -> None:
    repository = Repository(tmp_path / "repository", framework, "binary")
    repository = tuned(repository, objective=objective, ranges=[{"name": "own", "values": [1, 2]}])
    config = compiled(repository)["Tune"]["HyperParameterTuningJobConfig"]
    assert config["HyperParameterTuningJobObjective"] == {"Type": kind, "MetricName": objective}


STRATEGIES: dict[str, dict[str, Any]] = {
    "Bayesian": {},
    "Random": {"maxTrials": 10_000, "maxParallelTrials": 100},
    "Grid": {"ranges": [{"name": "own", "values": ["a", "b"]}], "maxTrials": 2},
    "Hyperband": {"maxResource": 20, "minResource": 2},
}


def resolved(value: Any) -> Any:
    """Arguments with a text in place of each expression, of the kind that SageMaker puts there."""
    if isinstance(value, dict):
        if "Get" in value and "InstanceCount" in value["Get"]:
            return 1
        if "Get" in value and "InstanceType" in value["Get"]:
            return "ml.m5.xlarge"
        if set(value) & {"Get", "Std:Join", "Std:JsonGet"}:
            return "s3://bucket/key"
        return {key: resolved(inner) for key, inner in value.items()}
    return [resolved(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_aws_would_take_each_strategy(repository: Repository, strategy: str) -> None:
    settings = {"strategy": strategy, **STRATEGIES[strategy]}
    arguments = resolved(compiled(tuned(repository, **settings), **BUILD)["Tune"])
    model = check_arguments.service()
    assert check_arguments.problems("Tuning", arguments, model) == []
    config = arguments["HyperParameterTuningJobConfig"]
    assert config["Strategy"] == strategy
    assert ("StrategyConfig" in config) == (strategy == "Hyperband")
    config["TrainingJobEarlyStoppingType"] = "Sometimes"
    assert check_arguments.problems("Tuning", arguments, model)


def test_the_limits_are_those_of_awss_model() -> None:
    sys.path.insert(0, str(SOURCE / "templates" / "python"))
    try:
        from pipelines import tuning_settings as ours
    finally:
        sys.path.pop(0)
    shape = check_arguments.service().shape_for
    enums = {
        "HyperParameterTuningJobStrategyType": ours.STRATEGIES,
        "HyperParameterScalingType": ours.SCALES,
        "TrainingJobEarlyStoppingType": ours.EARLY_STOPPING,
    }
    for name, values in enums.items():
        assert sorted(shape(name).metadata["enum"]) == sorted(values)
    for kind in ("Integer", "Continuous", "Categorical"):
        assert shape(f"{kind}ParameterRanges").metadata["max"] == ours.MOST_RANGES
    assert shape("ParameterValues").metadata["max"] == ours.MOST_VALUES


@needs_training
@pytest.mark.parametrize(
    ("framework", "problem", "objective", "item"),
    [
        ("xgboost", "regression", "validation:rmse", {"name": "eta", "minimum": 0.01, "maximum": 0.3}),
        ("sklearn", "binary", "validation:logloss", {"name": "learning_rate", "values": [0.001, 0.1]}),
    ],
)
def test_a_tuning_runs_here_and_registers_its_best_trial(
    tmp_path: Path, framework: str, problem: str, objective: str, item: dict[str, Any]
) -> None:
    repository = tuned(
        Repository(tmp_path / "repository", framework, problem),
        ranges=[item], objective=objective, maxTrials=2, strategy="Grid" if "values" in item else "Random",
    )  # fmt: skip
    repository.compile()
    rounds = {"xgboost": "num_round", "sklearn": "max_iter"}[framework]
    done = repository.run("pipelines.local", "run", "--set", f"{rounds}=37", python=PYTHON)
    assert done.returncode == 0, done.stdout + done.stderr
    run = max((repository.root / ".local" / "runs").glob("2*"))
    record = json.loads((run / "run.json").read_text("utf-8"))
    trials = {step["name"]: step for step in record["steps"]}["Tune"]["trials"]
    best = min(trials, key=lambda trial: trial["objective"])
    assert [trial["best"] for trial in trials] == [trial is best for trial in trials]
    assert record["registered"][0]["modelDataUrl"] == best["model"]
    assert check_arguments.check(run) == 0
    # The artifact says what it was trained with: the trial's value, and the one that was set for this run.
    archive = repository.root / ".local" / "s3" / best["model"].removeprefix("s3://")
    with tarfile.open(archive) as file:
        content = file.extractfile("training.json")
        assert content
        training = json.load(content)
    assert training["hyperparameters"][item["name"]] == float(best["hyperparameters"][item["name"]])
    assert training["hyperparameters"][rounds] == 37
    # What was logged last is the metric of the model that was kept, so that the best trial is the best model.
    metric = objective.replace(":", "-")
    assert training["metrics"][metric] == pytest.approx(best["objective"], abs=1e-6)


def test_a_played_account_starts_and_describes_the_tuning_job(repository: Repository) -> None:
    import boto3
    from moto import mock_aws

    arguments = resolved(compiled(tuned(repository, strategy="Hyperband", maxResource=20), **BUILD)["Tune"])
    with mock_aws():
        client = boto3.client(
            "sagemaker", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        client.create_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune", **arguments)
        found = client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    for key in ("HyperParameterTuningJobConfig", "TrainingJobDefinition"):
        assert {name: found[key][name] for name in arguments[key]} == arguments[key]
