"""The compiled definition run on this machine: it passes its gate, and AWS would take every argument."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import check_arguments
from conftest import COMBINATIONS, Repository

PYTHON = os.environ.get("TRAINING_PYTHON", "")
needs_training = pytest.mark.skipif(
    not PYTHON, reason="TRAINING_PYTHON: a Python with the training libraries"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run of the default repository."""
    return run_of(Repository(tmp_path_factory.mktemp("run") / "repository", "xgboost", "binary"))


def run_of(repository: Repository, *options: str, fails: bool = False) -> Path:
    """Compile and run; the run's directory."""
    repository.compile()
    done = repository.run("pipelines.local", "run", *options, python=PYTHON)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return max((repository.root / ".local" / "runs").glob("2*"))


@needs_training
@pytest.mark.parametrize(("framework", "problem"), COMBINATIONS)
def test_every_combination_passes_its_gate_with_valid_arguments(
    tmp_path: Path, framework: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Repository(tmp_path / "repository", framework, problem)
    run = run_of(repository)
    record = json.loads((run / "run.json").read_text("utf-8"))
    assert record["status"] == "Succeeded"
    [registered] = record["registered"]
    data = repository.settings["data"]["inputDataUrl"].rpartition("/")[2]
    metadata = registered["metadata"]
    assert metadata["DataUrl"].endswith(data)
    assert len(metadata["DataVersion"]) == len(metadata["CodeHash"]) == 64
    assert record["sampleAnswer"]["rows"] == 5
    assert check_arguments.check(run) == 0
    checked = {line.split()[1] for line in capsys.readouterr().out.splitlines()}
    assert checked == {"Preprocess", "Train", "Evaluate", "Register"}


@needs_training
def test_a_registered_version_is_served_as_it_answered_in_its_run(run: Path) -> None:
    root = run.parents[2]
    process = subprocess.Popen(
        [PYTHON, "-m", "pipelines.local", "serve", "--port", "0"], cwd=root, text=True, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout
        url = process.stdout.readline().partition(" at ")[2].partition(";")[0]
        sample = json.loads((run / "run.json").read_text("utf-8"))["sampleAnswer"]
        headers = {"Content-Type": sample["contentType"], "Accept": sample["accept"]}
        asked = urllib.request.Request(f"{url}/invocations", sample["request"].encode(), headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert (answer.status, answer.read().decode()) == (200, sample["response"])
        asked.data = b"not,a,row\n"
        with pytest.raises(urllib.error.HTTPError, match="HTTP Error 400"):
            urllib.request.urlopen(asked, timeout=60)
        with urllib.request.urlopen(url, timeout=60) as answer:
            columns = sample["request"].splitlines()[0].count(",") + 1
            assert answer.read().decode().count("<input data-column") == columns
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


@needs_training
def test_a_gate_that_is_missed_says_metric_value_and_threshold(tmp_path: Path) -> None:
    run = run_of(
        Repository(tmp_path / "repository", "xgboost", "binary"),
        "--set",
        "QualityThreshold=0.999",
        "--set",
        "num_round=1",
        fails=True,
    )
    record = json.loads((run / "run.json").read_text("utf-8"))
    message = json.dumps(record)
    assert record["status"] == "Failed" and record["registered"] in (None, [])
    assert "Quality gate: accuracy is 0." in message and "but must be >= 0.999" in message


@needs_training
def test_limits_of_hyperparameters_and_tolerance_of_deployments_reach_local_runs(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository", "xgboost", "binary")
    delivery = {"endpoint": {"instanceType": "ml.m5.large", "goldenTolerance": 0.01}, "deploymentGroups": []}
    (repository.root / "config" / "delivery.json").write_text(json.dumps(delivery), encoding="utf-8")
    repository.compile()
    manifest = json.loads((repository.root / "build/pipeline/manifest.json").read_text("utf-8"))
    assert manifest["goldenTolerance"] == 0.01
    for setting, words in {
        "max_depth=-1": "the value must be a whole number, at least 0 and at most 2147483647.",
        "subsample=1.5": "the value must be a number, at most 1 and above 0.",
        "gamma=-1": "the value must be a number, at least 0.",
        "class_weight=even": "the value must be balanced, or a JSON object of weights by label",
        "booster=dart": "training does not take it: rounds are cut to the best one",
    }.items():
        done = repository.run("pipelines.local", "run", "--set", setting, python=PYTHON)
        assert done.returncode == 1 and words in done.stderr
    assert not (repository.root / ".local" / "runs").exists()


@needs_training
def test_hyperparameters_that_the_pipeline_has_no_parameter_for_train_and_register(tmp_path: Path) -> None:
    settings = {"gamma": "2", "grow_policy": "lossguide", "class_weight": '{"0": 3}', "max_bin": "64"}
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    run = run_of(Repository(tmp_path / "repository", "xgboost", "binary"), *words)
    train = json.loads((run / "steps" / "Train" / "arguments.json").read_text("utf-8"))["HyperParameters"]
    assert {name: train[name] for name in settings} == {**settings, "gamma": "2.0"}
    record = json.loads((run / "run.json").read_text("utf-8"))
    assert record["status"] == "Succeeded" and record["registered"]
    assert check_arguments.check(run) == 0


@needs_training
def test_spot_arguments_are_valid_too(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository", "xgboost", "binary")
    repository.settings["training"] |= {"useSpotInstances": True}
    repository.save()
    run = run_of(repository)
    train = json.loads((run / "steps" / "Train" / "arguments.json").read_text("utf-8"))
    place = train["CheckpointConfig"]["S3Uri"]
    assert place.endswith("/target/hyperparameters_200_4_0.2_0.9_20")
    assert check_arguments.check(run) == 0


MUTATIONS: dict[str, tuple[str, Any]] = {
    "an expression": ("RoleArn", {"Get": "Parameters.Role"}),
    "a wrong type": ("StoppingCondition", {"MaxRuntimeInSeconds": "long"}),
    "an unknown field": ("Spot", True),
    "a wrong ARN": ("RoleArn", "pipeline-role"),
    "a wrong enum": ("AlgorithmSpecification", {"TrainingInputMode": "Files"}),
    "no output": ("OutputDataConfig", ...),
}


@needs_training
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_check_finds_what_is_wrong(run: Path, mutation: str) -> None:
    arguments = json.loads((run / "steps" / "Train" / "arguments.json").read_text("utf-8"))
    model = check_arguments.service()
    assert check_arguments.problems("Training", arguments, model) == []
    changed = copy.deepcopy(arguments)
    key, value = MUTATIONS[mutation]
    if value is ...:
        del changed[key]
    else:
        changed[key] = value
    assert check_arguments.problems("Training", changed, model)


def test_a_run_without_arguments_is_not_called_valid(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"steps": []}', encoding="utf-8")
    assert check_arguments.check(tmp_path) == 1


@needs_training
def test_an_own_metric_is_the_gate(repository: Repository) -> None:
    own = repository.root / "model" / "custom_metrics.py"
    own.write_text(
        f"{own.read_text('utf-8')}\n\n"
        "def found_by_size(actual, predicted, rows, weights):\n"
        "    size = rows['mean_radius'] * (actual == 0) * weights\n"
        "    return float((size * (predicted == 0)).sum() / size.sum())\n",
        encoding="utf-8",
    )
    repository.settings["customMetrics"] = {"found_by_size": {"better": "higher", "maximum": 1}}
    repository.settings["qualityGate"] = {
        "metric": "found_by_size",
        "comparison": ">=",
        "threshold": 0.8,
    }
    repository.save()
    directory = run_of(repository)
    record = json.loads((directory / "run.json").read_text("utf-8"))
    assert record["status"] == "Succeeded" and len(record["registered"]) == 1
    [check] = [step for step in record["steps"] if step["name"] == "CheckQuality"]
    assert check["conditions"][0]["left"] > 0.8
    [file] = (repository.root / ".local").rglob("evaluation.json")
    found = json.loads(file.read_text("utf-8"))["binary_classification_metrics"]["found_by_size"]
    assert found["value"] == check["conditions"][0]["left"] < 1 and 0 < found["standard_deviation"] < 0.2
    report = repository.run("pipelines.local", "report")
    assert report.returncode == 0, report.stderr
    assert "Found by size" in (directory / "report.html").read_text("utf-8")
    own.write_text("def find_by_size(rows): return 1\n", encoding="utf-8")
    refused = repository.run("pipelines", "compile")
    assert refused.returncode == 1 and "has no function found_by_size" in refused.stderr
