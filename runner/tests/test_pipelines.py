"""Pipelines in the forms that people write, each with its right outcome.

Their scripts use absolute paths, as most do.
"""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from .abalone import ARTIFACT, INFERENCE, P, abalone, evaluate, gate, process, train
from .build import (
    IMAGE,
    ROLE,
    at_least,
    channel,
    condition,
    fail,
    get,
    model,
    output_of,
    pipeline,
    processing,
    register,
    transform,
)
from .conftest import NEEDS_NAMESPACES, Repository

pytestmark = NEEDS_NAMESPACES


@pytest.fixture
def data(repository: Repository) -> Repository:
    """Ten rows in which the first column is twice the second, and code beside them, in the bucket."""
    bucket = repository.object("s3://b")
    (bucket / "code").mkdir(parents=True)
    (bucket / "raw.csv").write_text("".join(f"{2 * x},{x}\n" for x in range(10)))
    (bucket / "code" / "inference.py").write_text(INFERENCE)
    return repository


def test_abalone_with_absolute_paths_registers_creates_a_model_and_transforms(data: Repository) -> None:
    steps = [
        register("AbaloneRegister", ARTIFACT),
        model("AbaloneModel", ARTIFACT),
        transform(
            "AbaloneTransform",
            "AbaloneModel",
            output_of("AbaloneProcess", "test"),
            DataProcessing={"JoinSource": "Input"},
        ),
    ]
    data.write("definition.json", abalone(*steps))
    data.run()
    assert set(data.states().values()) == {"Succeeded", "Skipped"} and data.record()["registered"]
    assert data.object("s3://b/AbaloneTransform/test.csv.out").read_text() == "16,8,16.0\n18,9,18.0\n"
    assert data.steps()["AbaloneMSECond"]["conditions"][0]["left"] == 0


def test_abalone_that_is_not_good_enough_fails_with_its_own_message(data: Repository) -> None:
    data.write("definition.json", abalone(register("AbaloneRegister", ARTIFACT), factor="9"))
    assert "step AbaloneMSEFail (Fail) failed: Execution failed due to MSE 3552.5 > 6.0" in data.run(
        "run", code=1
    )
    assert data.record()["registered"] is None


def test_abalone_with_the_built_in_algorithm_proves_its_preprocessing_and_nothing_more(
    data: Repository,
) -> None:
    data.write("definition.json", pipeline(process(), train(None), evaluate(), gate(), MseThreshold=6.0))
    data.run("run", code=3)
    assert data.states() == {
        "AbaloneProcess": "Succeeded", "AbaloneTrain": "NotEmulated", "AbaloneEval": "NotEmulated",
        "AbaloneMSECond": "NotEmulated", "AbaloneMSEFail": "NotEmulated",
    }  # fmt: skip


def test_tuning_then_the_best_model(data: Repository) -> None:
    channels = [channel("train", output_of("AbaloneProcess", "train")), channel("code", "s3://b/code/")]
    objective = {"Type": "Minimize", "MetricName": "validation:rmse"}
    metric = {"Name": "validation:rmse", "Regex": "validation:rmse=(.*)"}
    definition = train()["Arguments"]
    definition["StaticHyperParameters"] = {}
    for key in ("HyperParameters", "InputDataConfig"):
        del definition[key]
    definition["InputDataConfig"] = channels
    definition["AlgorithmSpecification"]["MetricDefinitions"] = [metric]
    config = {
        "Strategy": "Bayesian", "HyperParameterTuningJobObjective": objective,
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "factor", "Values": ["2", "3"]}]},
    }  # fmt: skip
    config["Strategy"] = "Grid"
    tune = {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": {"HyperParameterTuningJobConfig": config, "TrainingJobDefinition": definition},
    }
    best = {
        "Std:Join": {
            "On": "/",
            "Values": [
                "s3://b/models",
                get("Steps.Tune.BestTrainingJob.TrainingJobName"),
                "output/model.tar.gz",
            ],
        }
    }
    second = {
        "Std:Join": {
            "On": "/",
            "Values": [
                "s3://b/models",
                get("Steps.Tune.TrainingJobSummaries[1].TrainingJobName"),
                "output/model.tar.gz",
            ],
        }
    }
    data.write(
        "definition.json",
        pipeline(
            process(),
            tune,
            evaluate(best),
            gate(register("Best", best), model("Second", second)),
            MseThreshold=6.0,
        ),
    )
    data.run()
    assert data.states()["Best"] == data.states()["Second"] == "Succeeded"
    with tarfile.open(data.object(data.record()["registered"][0]["modelDataUrl"])) as tar:
        assert json.load(tar.extractfile("model.json")) == {"factor": 2.0}  # type: ignore[arg-type]


def test_a_framework_processor_unpacks_and_runs_its_code_from_a_shell_script(
    data: Repository, tmp_path: Path
) -> None:
    """The SDK's FrameworkProcessor brings an archive and a script that unpacks it into an absolute path."""
    (tmp_path / "prepare.py").write_text(
        f"import sys, helper\nopen('{P}/output/train/out', 'w').write(helper.WORD + sys.argv[2])\n"
    )
    (tmp_path / "helper.py").write_text("WORD = 'made by '\n")
    (tmp_path / "requirements.txt").write_text("no-such-package\n")
    bucket = data.object("s3://b")
    with tarfile.open(bucket / "code" / "sourcedir.tar.gz", "w:gz") as tar:
        for name in ("prepare.py", "helper.py", "requirements.txt"):
            tar.add(tmp_path / name, name)
    (bucket / "code" / "runproc.sh").write_text(
        f"#!/bin/bash\ncd {P}/input/code/\ntar -xzf sourcedir.tar.gz\nset -e\n"
        'if [[ -f requirements.txt ]]; then\n    pip install -r requirements.txt\nfi\npython3 prepare.py "$@"\n'
    )
    step = processing("Prepare", None, {"input/code": "s3://b/code/"}, arguments=["--name", "it"])
    step["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["/bin/bash", f"{P}/input/code/runproc.sh"]
    step["Arguments"]["ProcessingOutputConfig"]["Outputs"] = [
        {
            "OutputName": "train",
            "S3Output": {"S3Uri": "s3://b/out", "LocalPath": f"{P}/output/train", "S3UploadMode": "EndOfJob"},
        }
    ]
    data.write("definition.json", pipeline(step))
    data.run()
    assert data.object("s3://b/out/out").read_text() == "made by it"
    assert any("pip installed nothing" in note for note in data.steps()["Prepare"]["notes"])


ELSEWHERE: dict[str, dict[str, Any]] = {
    "Lambda": {"FunctionArn": "arn", "OutputParameters": [{"OutputName": "answer", "OutputType": "String"}]},
    "Callback": {
        "SqsQueueUrl": "https://q",
        "OutputParameters": [{"OutputName": "answer", "OutputType": "String"}],
    },
    "ClarifyCheck": {"CheckType": "MODEL_BIAS", "SkipCheck": False, "RegisterNewBaseline": True},
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_lambda_a_callback_and_a_check_that_asks_a_model_leave_a_run_incomplete(
    data: Repository, kind: str
) -> None:
    """What does not need their output runs; what does is not passed off as run."""
    other = {
        "Name": "Other",
        "Type": kind,
        "Arguments": {},
        **ELSEWHERE[kind],
        "DependsOn": ["AbaloneProcess"],
    }
    baseline = get("Steps.Other.CalculatedBaselineStatistics")
    uses = register(
        "Uses",
        "s3://b/raw.csv",
        ModelMetrics={"ModelDataQuality": {"Statistics": {"ContentType": "a", "S3Uri": baseline}}},
    )
    data.write("definition.json", pipeline(process(), other, train(), uses))
    output = data.run("run", code=3)
    assert data.states() == {
        "AbaloneProcess": "Succeeded", "Other": "NotEmulated", "AbaloneTrain": "Succeeded", "Uses": "NotEmulated"
    }  # fmt: skip
    assert (
        re.search(
            rf"(steps of type {kind}|the check MODEL_BIAS [^;]+; it) cannot be run on this machine", output
        )
        and data.record()["registered"] is None
    )


def test_transforms_side_by_side_after_one_model(data: Repository) -> None:
    transforms = [
        transform(name, "Model", "s3://b/raw.csv", BatchStrategy="SingleRecord") for name in ("One", "Two")
    ]
    data.write("definition.json", pipeline(process(), train(), model("Model", ARTIFACT), *transforms))
    data.run("run", "--jobs", "2")
    assert (
        data.object("s3://b/One/raw.csv.out").read_text()
        == data.object("s3://b/Two/raw.csv.out").read_text()
        != ""
    )


def test_a_registered_model_in_a_serial_pipeline_is_not_emulated(data: Repository) -> None:
    containers = [{"Image": IMAGE, "ModelDataUrl": ARTIFACT}, {"Image": IMAGE, "ModelDataUrl": ARTIFACT}]
    serial = {
        "Name": "Serial",
        "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "Containers": containers},
    }
    data.write(
        "definition.json", pipeline(process(), train(), serial, transform("T", "Serial", "s3://b/raw.csv"))
    )
    data.run("run", code=3)
    assert data.states()["Serial"] == "Succeeded"
    assert "has 2 containers in a row" in data.steps()["T"]["failureReason"]


@pytest.mark.parametrize(("depth", "code"), [(30, 0), (29, 1)])
def test_thirty_conditions_in_each_other(repository: Repository, depth: int, code: int) -> None:
    """The last one asks for more than there is where its number is odd."""
    inner: dict[str, Any] = fail("Bottom", "reached the bottom")
    for number in reversed(range(depth)):
        step = condition(f"If{number}", at_least(get("Parameters.depth"), number), [inner], [])
        inner = (
            step
            if depth % 2 or number != depth - 1
            else condition(f"If{number}", at_least(0, 1), [inner], [])
        )
    repository.write("definition.json", pipeline(inner, depth=depth))
    output = repository.run("run", code=code)
    states = repository.states()
    assert sum(name.startswith("If") and state == "Succeeded" for name, state in states.items()) == depth
    assert states["Bottom"] == ("Failed" if code else "Skipped") and ("reached the bottom" in output) == bool(
        code
    )
