"""What the settings make of the compiled definition, with the real SDK in this process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from building import Build, steps
from conftest import Repository


def test_the_definition_has_the_parameters_that_people_change(repository: Repository, build: Build) -> None:
    parameters = {p["Name"]: p for p in build()["Parameters"]}
    assert {name: p["Type"] for name, p in parameters.items()} == {
        "ProcessingInstanceType": "String",
        "ProcessingInstanceCount": "Integer",
        "TrainingInstanceType": "String",
        "TrainingInstanceCount": "Integer",
        "InputDataUrl": "String",
        "InputDataListing": "String",
        "TargetColumn": "String",
        "ModelApprovalStatus": "String",
        "QualityThreshold": "Float",
        "ApprovedModelUrl": "String",
        "ApprovedModelPackage": "String",
        "ApprovedModelImage": "String",
        "GitCommit": "String",
        "GitBranch": "String",
        "RepositoryTests": "String",
        "RetrainingReason": "String",
        "num_round": "Integer",
        "max_depth": "Integer",
        "eta": "Float",
        "subsample": "Float",
        "early_stopping_rounds": "Integer",
    }
    assert parameters["ModelApprovalStatus"]["DefaultValue"] == "PendingManualApproval"
    for name in ("GitCommit", "InputDataListing"):
        assert parameters[name]["DefaultValue"] == "unknown"
    for name in ("ApprovedModelPackage", "ApprovedModelImage", "RetrainingReason"):
        assert parameters[name]["DefaultValue"] == "none"


def test_preprocessing_leaves_rows_schema_and_lineage(build: Build) -> None:
    outputs = steps(build())["Preprocess"]["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    names = ["train", "validation", "test", "schema", "lineage", "baseline"]
    assert [o["OutputName"] for o in outputs] == names


def test_each_kind_of_job_writes_below_prefixes_of_its_own(repository: Repository, build: Build) -> None:
    """IAM knows no job: `src/plan/build/prefixes.ts` lets each job role write below these prefixes alone."""
    repository.settings["training"]["useSpotInstances"] = True
    found = steps(build())
    root = "s3://local-artifacts/" + repository.settings["pipeline"]["name"]
    training = found["Train"]["Arguments"]
    assert training["OutputDataConfig"]["S3OutputPath"] == f"{root}/models"
    assert training["CheckpointConfig"]["S3Uri"]["Std:Join"]["Values"][0].startswith(f"{root}/checkpoints/")
    for name in ("Preprocess", "Evaluate"):
        for output in found[name]["Arguments"]["ProcessingOutputConfig"]["Outputs"]:
            assert output["S3Output"]["S3Uri"]["Std:Join"]["Values"][0] == f"{root}/runs"


def arguments(step: dict[str, Any]) -> dict[str, Any]:
    """The command line of a processing step, by option."""
    words = step["Arguments"]["AppSpecification"]["ContainerArguments"]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_what_the_data_holds_is_an_argument_of_its_preprocessing(build: Build) -> None:
    found = steps(build())
    listing = {"Get": "Parameters.InputDataListing"}
    assert arguments(found["Preprocess"])["--data_listing"] == listing
    assert listing not in arguments(found["Evaluate"]).values()


def test_the_evaluation_gets_the_gate_and_the_newest_approved_version(build: Build) -> None:
    definition = build()
    evaluate = steps(definition)["Evaluate"]
    given = arguments(evaluate)
    image = given.pop("--image")
    assert image == evaluate["Arguments"]["AppSpecification"]["ImageUri"]
    assert given == {
        "--seed": "42",
        "--metric": "accuracy",
        "--comparison": ">=",
        "--approved": {"Get": "Parameters.ApprovedModelPackage"},
        "--approved_image": {"Get": "Parameters.ApprovedModelImage"},
        "--golden_rows": "evaluation",
    }
    inputs = {i["InputName"]: i["S3Input"] for i in evaluate["Arguments"]["ProcessingInputs"]}
    assert inputs["approved"]["S3Uri"] == {"Get": "Parameters.ApprovedModelUrl"}
    assert inputs["approved"]["LocalPath"] == "/opt/ml/processing/approved"
    # Without an approved version it names the code, which has no model.
    [default] = [p["DefaultValue"] for p in definition["Parameters"] if p["Name"] == "ApprovedModelUrl"]
    assert default == inputs["code"]["S3Uri"]


def test_the_package_names_its_golden_rows_and_their_digest_unless_it_has_none(
    repository: Repository, build: Build
) -> None:
    def metadata() -> dict[str, Any]:
        [register] = [s["Arguments"] for s in steps(build()).values() if s["Type"] == "RegisterModel"]
        given: dict[str, Any] = register["CustomerMetadataProperties"]
        return {name: value for name, value in given.items() if name.startswith("Golden")}

    evaluation = {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"}
    assert metadata() == {
        "GoldenRows": {"Std:Join": {"On": "/", "Values": [evaluation, "golden.json"]}},
        "GoldenRowsSha256": {
            "Std:JsonGet": {
                "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.GoldenRows"},
                "Path": "sha256",
            }
        },
    }
    repository.settings["registration"] = {"goldenRows": "none"}
    assert metadata() == {}


def test_the_package_names_the_schema_of_its_model_and_its_digest(build: Build) -> None:
    found = steps(build())
    [register] = [s["Arguments"] for s in found.values() if s["Type"] == "RegisterModel"]
    evaluation = {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"}
    given = register["CustomerMetadataProperties"]
    assert given["ModelSchema"] == {"Std:Join": {"On": "/", "Values": [evaluation, "schema.json"]}}
    assert given["ModelSchemaSha256"] == {
        "Std:JsonGet": {
            "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.ModelSchema"},
            "Path": "sha256",
        }
    }
    assert {
        "PropertyFileName": "ModelSchema",
        "OutputName": "evaluation",
        "FilePath": "schema_digest.json",
    } in found["Evaluate"]["PropertyFiles"]


def test_a_version_is_registered_with_the_baseline_of_its_training_rows(build: Build) -> None:
    [register] = [s["Arguments"] for s in steps(build()).values() if s["Type"] == "RegisterModel"]
    place = {"Get": "Steps.Preprocess.ProcessingOutputConfig.Outputs['baseline'].S3Output.S3Uri"}
    quality = {
        part: {
            "ContentType": "application/json",
            "S3Uri": {"Std:Join": {"On": "/", "Values": [place, f"{part.lower()}.json"]}},
        }
        for part in ("Statistics", "Constraints")
    }
    assert register["ModelMetrics"]["ModelDataQuality"] == quality
    assert register["DriftCheckBaselines"]["ModelDataQuality"] == quality
    lineage = {"Get": "Steps.Preprocess.PropertyFiles.Lineage"}
    digests = [
        {"Std:JsonGet": {"PropertyFile": lineage, "Path": "baseline"}},
        of_monitored("model_quality"),
    ]
    digest = register["CustomerMetadataProperties"]["BaselineSha256"]
    assert digest == {"Std:Join": {"On": ":", "Values": digests}}


def test_a_version_is_registered_with_how_good_it_was_as_monitors_measure_it(build: Build) -> None:
    found = steps(build())
    [register] = [s["Arguments"] for s in found.values() if s["Type"] == "RegisterModel"]
    place = {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"}

    def source(name: str) -> dict[str, Any]:
        address = {"Std:Join": {"On": "/", "Values": [place, f"{name}.json"]}}
        return {"ContentType": "application/json", "S3Uri": address}

    limits = source("model_quality_constraints")
    # Approval and gate go on reading the report; monitors compare with what they measure themselves.
    assert register["ModelMetrics"]["ModelQuality"] == {
        "Statistics": source("evaluation"),
        "Constraints": limits,
    }
    quality = {"Statistics": source("model_quality"), "Constraints": limits}
    assert register["DriftCheckBaselines"]["ModelQuality"] == quality
    assert set(register["DriftCheckBaselines"]) == {"ModelQuality", "ModelDataQuality"}
    assert {
        "PropertyFileName": "Monitored",
        "OutputName": "evaluation",
        "FilePath": "monitored_digest.json",
    } in found["Evaluate"]["PropertyFiles"]


def test_the_package_names_its_evaluation_rows_unless_no_row_may_be_kept(
    repository: Repository, build: Build
) -> None:
    def metadata() -> dict[str, Any]:
        [register] = [s["Arguments"] for s in steps(build()).values() if s["Type"] == "RegisterModel"]
        given: dict[str, Any] = register["CustomerMetadataProperties"]
        return {name: value for name, value in given.items() if name.startswith("EvaluationRows")}

    evaluation = {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"}
    named = {
        "EvaluationRows": {"Std:Join": {"On": "/", "Values": [evaluation, "evaluation.csv.gz"]}},
        "EvaluationRowsSha256": of_monitored("evaluation_rows"),
    }
    assert metadata() == named
    repository.settings["registration"] = {"goldenRows": "none"}
    assert metadata() == named
    repository.settings["registration"] = {"goldenRows": "synthetic"}
    assert metadata() == {}


def of_monitored(path: str) -> dict[str, Any]:
    """A digest that the evaluation wrote."""
    file = {"Get": "Steps.Evaluate.PropertyFiles.Monitored"}
    return {"Std:JsonGet": {"PropertyFile": file, "Path": path}}


def test_the_containers_install_the_code_without_an_index(repository: Repository, build: Build) -> None:
    found = steps(build())
    train = found["Train"]["Arguments"]
    [register] = [step["Arguments"] for step in found.values() if step["Type"] == "RegisterModel"]
    [container] = register["InferenceSpecification"]["Containers"]
    assert [place["Environment"]["PIP_NO_BUILD_ISOLATION"] for place in (train, container)] == ["0", "0"]


def test_spot_training_waits_and_keeps_checkpoints(repository: Repository, build: Build) -> None:
    repository.settings["training"] |= {
        "useSpotInstances": True,
        "maxRunSeconds": 600,
        "maxWaitSeconds": 1200,
    }
    train = steps(build())["Train"]["Arguments"]
    assert train["EnableManagedSpotTraining"] is True
    assert train["StoppingCondition"] == {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 1200}
    place = json.dumps(train["CheckpointConfig"]["S3Uri"])
    assert "PropertyFiles.Lineage" in place and "Parameters.eta" in place
    assert "PipelineExecutionId" not in place


def test_without_spot_there_is_no_checkpoint(repository: Repository, build: Build) -> None:
    train = steps(build())["Train"]["Arguments"]
    assert "CheckpointConfig" not in train and train["EnableManagedSpotTraining"] is False


@pytest.mark.parametrize(
    ("comparison", "condition"),
    [(">=", "GreaterThanOrEqualTo"), (">", "GreaterThan"), ("<=", "LessThanOrEqualTo"), ("<", "LessThan")],
)
def test_the_gate_takes_any_metric_and_comparison(
    repository: Repository, build: Build, comparison: str, condition: str
) -> None:
    repository.settings["qualityGate"] = {"metric": "log_loss", "comparison": comparison, "threshold": 6}
    found = steps(build())
    [check] = found["CheckQuality"]["Arguments"]["Conditions"]
    assert check["Type"] == condition
    assert check["LeftValue"]["Std:JsonGet"]["Path"] == "binary_classification_metrics.log_loss.value"
    message = found["QualityGateFailed"]["Arguments"]["ErrorMessage"]["Std:Join"]["Values"]
    assert "log_loss" in message and comparison in message
    assert check["LeftValue"] in message and check["RightValue"] in message


@pytest.mark.parametrize(
    ("metric", "comparison", "condition"),
    [("average_precision", ">", "GreaterThan"), ("log_loss", "<", "LessThan")],
)
def test_without_a_threshold_the_gate_compares_with_what_the_evaluation_names(
    repository: Repository, build: Build, metric: str, comparison: str, condition: str
) -> None:
    repository.settings["qualityGate"] = {"metric": metric, "comparison": comparison}
    definition = build()
    assert "QualityThreshold" not in {p["Name"] for p in definition["Parameters"]}
    found = steps(definition)
    files = {f["PropertyFileName"]: f for f in found["Evaluate"]["PropertyFiles"]}
    gate = files["QualityGate"]
    assert (gate["OutputName"], gate["FilePath"]) == ("evaluation", "gate.json")

    def of_the_gate(name: str) -> dict[str, Any]:
        place = {"Get": "Steps.Evaluate.PropertyFiles.QualityGate"}
        return {"Std:JsonGet": {"PropertyFile": place, "Path": f"quality_gate.{name}"}}

    [check] = found["CheckQuality"]["Arguments"]["Conditions"]
    assert check["Type"] == condition
    assert (check["LeftValue"], check["RightValue"]) == (of_the_gate("value"), of_the_gate("required"))
    message = found["QualityGateFailed"]["Arguments"]["ErrorMessage"]["Std:Join"]["Values"]
    for part in (metric, comparison, *map(of_the_gate, ("value", "required", "against"))):
        assert part in message


def test_with_a_threshold_the_gate_reads_the_report_alone(build: Build) -> None:
    files = [f["PropertyFileName"] for f in steps(build())["Evaluate"]["PropertyFiles"]]
    assert files == ["EvaluationReport", "ModelSchema", "GoldenRows", "Monitored"]


def test_caching_is_as_the_settings_say(repository: Repository, build: Build) -> None:
    repository.settings["caching"] = {"enabled": False, "expireAfter": "PT12H"}
    found = steps(build())
    for name in ("Preprocess", "Train", "Evaluate"):
        assert found[name]["CacheConfig"] == {"Enabled": False, "ExpireAfter": "PT12H"}


def test_a_build_has_its_bucket_key_role_and_names_everywhere(repository: Repository, build: Build) -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/abc"
    definition = build(
        ARTIFACT_BUCKET="build-artifacts",
        ARTIFACT_BUCKET_KMS_KEY=key,
        AWS_REGION="eu-west-1",
        SAGEMAKER_PIPELINE_ROLE_ARN="arn:aws:iam::123456789012:role/pipeline",
        SAGEMAKER_PIPELINE_NAME="churn-dev",
        MODEL_PACKAGE_GROUP_NAME="churn-dev-group",
    )
    text = json.dumps(definition)
    assert "VpcConfig" not in text
    assert "local-artifacts" not in text and "111122223333" not in text and "us-east-1" not in text
    found = steps(definition)
    assert found["Register"]["Arguments"]["ModelPackageGroupName"] == "churn-dev-group"
    for name in ("Preprocess", "Evaluate"):
        assert found[name]["Arguments"]["ProcessingOutputConfig"]["KmsKeyId"] == key
    assert found["Train"]["Arguments"]["OutputDataConfig"]["KmsKeyId"] == key
    assert text.count("s3://") == text.count("s3://build-artifacts/churn-dev/")


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        ("model", "frameworkVersion", "9.9-9", "model.frameworkVersion: .*9.9-9"),
        ("training", "hyperparameters", {"GitCommit": 1}, "training.hyperparameters.GitCommit: rename it"),
    ],
)
def test_what_only_the_sdk_knows_is_a_clear_error(
    repository: Repository, build: Build, section: str, key: str, value: Any, message: str
) -> None:
    from pipelines.errors import PipelineError

    repository.settings[section][key] = value
    with pytest.raises(PipelineError, match=message):
        build()


def test_an_error_of_the_sdks_process_is_one_line(repository: Repository) -> None:
    repository.settings["training"]["hyperparameters"] = {"GitCommit": 1}
    repository.save()
    done = repository.run("pipelines", "compile")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: config/parameters.json: training.hyperparameters")
    assert "Traceback" not in done.stderr
