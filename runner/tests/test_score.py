"""The score command: one transform step, a version of the local registry, data of this machine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .build import get
from .conftest import Repository

JOINED = {"On": "", "Values": ["s3://", get("Parameters.InputBucket"), "/", get("Parameters.InputKey")]}
OUTPUT = {"On": "/", "Values": [get("Parameters.OutputUrl"), get("Execution.PipelineExecutionId")]}


def definition() -> dict[str, Any]:
    names = {"ModelName": None, "InputBucket": None, "InputKey": None, "OutputUrl": "s3://scores/demo"}
    more = {"OutputFilter": "$", "JoinSource": "Input"}
    declared = [
        {"Name": name, "Type": "String", **({"DefaultValue": value} if value else {})}
        for name, value in {**names, **more}.items()
    ]
    arguments = {
        "ModelName": get("Parameters.ModelName"),
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": {"Std:Join": JOINED}}},
            "ContentType": "text/csv", "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": {"Std:Join": OUTPUT}, "Accept": "text/csv", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "BatchStrategy": "MultiRecord",
        "ModelClientConfig": {"InvocationsTimeoutInSeconds": 600, "InvocationsMaxRetries": 3},
        "DataProcessing": {
            "InputFilter": "$[1:]", "OutputFilter": get("Parameters.OutputFilter"),
            "JoinSource": get("Parameters.JoinSource"),
        },
    }  # fmt: skip
    steps = [{"Name": "Score", "Type": "Transform", "Arguments": arguments}]
    return {"Version": "2020-12-01", "Metadata": {}, "Parameters": declared, "PipelineExperimentConfig": None,
            "Steps": steps}  # fmt: skip


@pytest.fixture
def trained(repository: Repository) -> Repository:
    """A repository with two versions in its registry, the pipeline "score" and data with identifiers."""
    for depth in (1, 2):
        repository.run("run", "--set", f"max_depth={depth}")
    (repository.root / "config").mkdir()
    (repository.root / "config" / "score.json").write_text(json.dumps(definition()))
    (repository.root / "new").mkdir()
    (repository.root / "new" / "june.csv").write_text("c-1,12.5\nc-2,99\n")
    return repository


def test_identifiers_stand_beside_predictions_and_the_place_is_told(trained: Repository) -> None:
    said = trained.run("score", "new/june.csv")
    record = trained.record()
    place = trained.object(f"s3://scores/demo/{record['executionId']}")
    assert f"predictions: {place}\n  june.csv.out: 2 lines\n" in said
    assert (place / "june.csv.out").read_text() == "c-1,12.5,0\nc-2,99,1\n"
    assert (record["pipelineName"], record["status"]) == ("score", "Succeeded")


def test_the_newest_version_scores_unless_another_one_is_named(trained: Repository) -> None:
    (group,) = {path.parent.name for path in trained.work.glob("registry/*/history.jsonl")}
    assert f"model: {group} version 2" in trained.run("score", "new")
    assert f"model: {group} version 1" in trained.run("score", "new", "--model", f"{group}/1")
    arguments = json.loads((trained.folder("Score") / "arguments.json").read_text())
    assert arguments["ModelName"] == f"{group}-1"
    assert f"{group!r} has no version 7" in trained.run("score", "new", "--model", f"{group}/7", code=1)


def test_a_folder_is_scored_file_by_file_and_what_begins_with_its_name_is_not(trained: Repository) -> None:
    (trained.root / "new" / "july").mkdir()
    (trained.root / "new" / "july" / "a.csv").write_text("c-3,1\n")
    (trained.root / "newer").mkdir()
    (trained.root / "newer" / "b.csv").write_text("c-4,1\n")
    trained.run("score", "new")
    place = trained.object(f"s3://scores/demo/{trained.record()['executionId']}")
    found = sorted(path.relative_to(place).as_posix() for path in place.rglob("*.out"))
    assert found == ["july/a.csv.out", "june.csv.out"]


def test_parameters_of_the_pipeline_can_be_set(trained: Repository) -> None:
    trained.run("score", "new", "--set", "OutputFilter=$[0,-1]")
    place = trained.object(f"s3://scores/demo/{trained.record()['executionId']}")
    assert (place / "june.csv.out").read_text() == "c-1,0\nc-2,1\n"


def test_a_wrong_value_of_a_parameter_is_refused_before_anything_runs(trained: Repository) -> None:
    assert "JoinSource: 'Both' is not supported locally" in trained.run(
        "score", "new", "--set", "JoinSource=Both", code=1
    )
    assert len(trained.records()) == 2


def test_without_data_or_without_a_model_there_is_one_error(repository: Repository) -> None:
    assert "error: There is no model to score with: the local registry is empty." in repository.run(
        "score", "data", code=1
    )
    repository.run()
    assert "error: nowhere: there is no such file or folder" in repository.run("score", "nowhere", code=1)
    assert "error: There is no pipeline definition at config/score.json" in repository.run(
        "score", "data", code=1
    )


def test_a_step_that_is_run_again_builds_on_a_run_of_its_own_pipeline(trained: Repository) -> None:
    trained.run("score", "new")
    trained.run("run", "--only", "Evaluate")
    assert trained.states()["Evaluate"] == "Succeeded"
