"""A step's output comes from the step: what it did not leave is its error, and is never looked for elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .build import at_least, condition, fail, get, json_get, output_of, pipeline, processing, training
from .conftest import Repository

DIRECTORY = "import os, pathlib; d = pathlib.Path(os.environ['SM_PROCESSING_DIR']); "
GATE = condition(
    "Gate", at_least(json_get("Evaluate", "Report", "metrics.accuracy"), 0.8), [], [fail("Refuse")]
)
REPORT = [("Report", "evaluation", "evaluation.json")]


@pytest.fixture
def cloud(repository: Repository) -> Path:
    """A bucket that has a good report for everybody: an aws command that copies it, and notes that it was asked."""
    folder = repository.root / "bin"
    folder.mkdir()
    command = folder / "aws"
    good = json.dumps({"metrics": {"accuracy": 0.99}})
    command.write_text(
        f'#!/bin/sh\necho "$3" >> {folder}/asked\nmkdir -p "$(dirname $4)"\necho \'{good}\' > "$4"\n'
    )
    command.chmod(0o755)
    repository.path = f"{folder}:{repository.path}"
    return folder / "asked"


def test_a_gate_never_reads_a_report_that_the_evaluation_did_not_leave(
    repository: Repository, cloud: Path
) -> None:
    script = DIRECTORY + "(d / 'evaluation' / 'report.json').write_text('{}')"
    evaluate = processing("Evaluate", script, outputs=["evaluation"], files=REPORT)
    repository.write("definition.json", pipeline(evaluate, GATE))
    output = repository.run("run", code=1)
    assert (
        "step Evaluate (Processing) failed: the script left no 'evaluation.json' in output 'evaluation'"
        in output
    )
    assert "It has: report.json" in output
    assert repository.states()["Gate"] == "NotStarted" and not cloud.exists()


def test_a_report_of_an_earlier_run_is_not_one_of_this_run(repository: Repository) -> None:
    good = (
        DIRECTORY + "(d / 'evaluation' / 'evaluation.json').write_text('{\"metrics\": {\"accuracy\": 0.9}}')"
    )
    evaluate = processing("Evaluate", good, outputs=["evaluation"], files=REPORT)
    repository.write("definition.json", pipeline(evaluate, GATE))
    repository.run()
    evaluate["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["python3", "-c", "print('nothing')"]
    repository.write("definition.json", pipeline(evaluate, GATE))
    assert "step Evaluate (Processing) failed" in repository.run("run", code=1)


@pytest.mark.parametrize("reference", [output_of("Make", "data"), "s3://b/Make/data"])
def test_what_a_step_makes_is_not_fetched_for_the_one_that_reads_it(
    repository: Repository, cloud: Path, reference: object
) -> None:
    elsewhere = DIRECTORY + "(d / 'dta').mkdir(); (d / 'dta' / 'train.csv').write_text('1')"
    make = processing("Make", elsewhere, outputs=["data"])
    read = processing("Read", "print(1)", {"data": reference}, DependsOn=["Make"])
    repository.write("definition.json", pipeline(make, read))
    output = repository.run("run", code=1)
    if isinstance(reference, str):
        assert "step Read (Processing) failed" in output and "which step Make makes" in output
    else:
        assert "step Make (Processing) failed: output 'data' is empty" in output
        assert "step Read reads it. It left: /opt/ml/processing/dta/train.csv." in output
    assert not cloud.exists()


def test_an_empty_output_that_nobody_reads_is_a_note(repository: Repository) -> None:
    repository.write("definition.json", pipeline(processing("Make", "print(1)", outputs=["data"])))
    repository.run()
    assert repository.steps()["Make"]["notes"] == [
        "Output 'data' is empty: the script left no file in /opt/ml/processing/data."
    ]


def test_a_training_job_without_a_model_fails_where_the_model_is_used(repository: Repository) -> None:
    train = training("Train", {}, "print('no model')")
    artifact = get("Steps.Train.ModelArtifacts.S3ModelArtifacts")
    repository.write("definition.json", pipeline(train, processing("Evaluate", "1", {"model": artifact})))
    assert "step Train (Training) failed: output 'model' is empty" in repository.run("run", code=1)


def test_data_that_no_step_makes_is_still_fetched(repository: Repository, cloud: Path) -> None:
    script = DIRECTORY + "print((d / 'data' / 'x.json').read_text())"
    repository.write(
        "definition.json", pipeline(processing("Read", script, {"data": "s3://elsewhere/x.json"}))
    )
    assert "0.99" in repository.run() and cloud.read_text() == "s3://elsewhere/x.json\n"


def test_a_property_file_in_an_output_that_the_step_has_not_is_found_before_it_runs(
    repository: Repository,
) -> None:
    files = [("Report", "evaluatoin", "evaluation.json")]
    repository.write(
        "definition.json", pipeline(processing("Evaluate", "1", outputs=["evaluation"], files=files))
    )
    output = repository.run("run", code=1)
    wrong = "'Report' is in output 'evaluatoin', which the step does not have. Did you mean 'evaluation'?"
    assert wrong in output
    assert not repository.work.exists()


@pytest.mark.parametrize(
    "name", ["PropertyFiles['Report']", 'PropertyFiles["Report"]', "PropertyFiles.Report"]
)
@pytest.mark.parametrize(
    "path", ["$.metrics['accuracy']", {"Std:Join": {"On": ".", "Values": ["metrics", "accuracy"]}}]
)
def test_property_files_in_brackets_and_paths_that_are_put_together(
    repository: Repository, name: str, path: object
) -> None:
    good = (
        DIRECTORY + "(d / 'evaluation' / 'evaluation.json').write_text('{\"metrics\": {\"accuracy\": 0.9}}')"
    )
    value = {"Std:JsonGet": {"PropertyFile": get(f"Steps.Evaluate.{name}"), "Path": path}}
    gate = condition("Gate", at_least(value, 0.8), [], [fail("Refuse")])
    evaluate = processing("Evaluate", good, outputs=["evaluation"], files=REPORT)
    repository.write("definition.json", pipeline(evaluate, gate))
    repository.run()
    assert repository.steps()["Gate"]["conditions"][0]["left"] == 0.9
