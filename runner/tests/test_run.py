"""The pipeline of a generated repository, end to end: what is run, written, registered and answered."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from .conftest import NEEDS_NAMESPACES, Repository, change, load, parameter_of

OPT_ML = re.compile(r"/opt/ml")


def test_every_step_runs_and_the_record_tells_how(repository: Repository) -> None:
    output = repository.run()
    record = repository.record()
    assert repository.states() == {
        "Preprocess": "Succeeded", "Train": "Succeeded", "Evaluate": "Succeeded", "CheckQuality": "Succeeded",
        "Register": "Succeeded", "QualityGateFailed": "Skipped",
    }  # fmt: skip
    assert (record["status"], record["failureReason"], record["pipelineName"]) == ("Succeeded", None, "demo")
    assert re.fullmatch(r"\d{8}T\d{6}-[0-9a-f]{4}", record["executionId"])
    assert record["seconds"] > 0 and record["startTime"] < record["endTime"]
    assert "Succeeded in" in output and "97 rows, mode pipeline" in output
    train = repository.steps()["Train"]
    assert (
        train["log"] == "steps/Train/log.txt"
        and train["attempts"] == 1
        and train["dependsOn"] == ["Preprocess"]
    )
    folder = repository.work / "runs" / record["executionId"]
    assert "validation-auc" in (folder / train["log"]).read_text()
    for output_ in train["outputs"]:
        assert (repository.work / output_["path"]).is_file()


def test_the_gate_records_what_it_compared(repository: Repository) -> None:
    repository.run()
    gate = repository.steps()["CheckQuality"]
    assert gate["outcome"] == "True"
    (condition,) = gate["conditions"]
    assert condition["leftExpression"] == "EvaluationReport: binary_classification_metrics.accuracy.value"
    assert condition["rightExpression"] == "Parameters.QualityThreshold"
    assert condition["left"] >= condition["right"] == 0.6 and condition["result"] is True


def test_a_gate_that_is_not_passed_ends_the_run_with_its_message(repository: Repository) -> None:
    output = repository.run("run", "--set", "QualityThreshold=0.99", code=1)
    assert re.search(r"accuracy 0\.\d+ is below QualityThreshold 0\.99", output)
    states = repository.states()
    assert (states["Register"], states["QualityGateFailed"]) == ("Skipped", "Failed")
    assert repository.record()["status"] == "Failed"
    assert repository.record()["registered"] is None
    assert repository.steps()["QualityGateFailed"]["rerunCommand"] is None


def test_parameters_reach_the_scripts_and_the_record(repository: Repository) -> None:
    repository.run("run", "--set", "max_depth=7", "--set", "ModelApprovalStatus=Approved")
    arguments = json.loads((repository.folder("Train") / "arguments.json").read_text())
    assert arguments["HyperParameters"]["max_depth"] == "7"
    parameters = {item["name"]: item for item in repository.record()["parameters"]}
    assert (parameters["max_depth"]["value"], parameters["max_depth"]["origin"]) == (7, "set")
    assert parameters["QualityThreshold"]["origin"] == "default"
    assert repository.record()["registered"][0]["approvalStatus"] == "Approved"


def test_no_expression_is_left_in_the_arguments(repository: Repository) -> None:
    repository.run()
    for step in ("Preprocess", "Train", "Evaluate", "Register"):
        text = (repository.folder(step) / "arguments.json").read_text()
        assert '"Get"' not in text and "Std:" not in text
        assert repository.work.as_posix() not in text


def test_the_registered_version_carries_its_facts(repository: Repository) -> None:
    repository.run()
    (registered,) = repository.record()["registered"]
    assert registered["modelPackageArn"] == "arn:local:sagemaker:local:000000000000:model-package/demo/1"
    assert (registered["step"], registered["modelPackageGroupName"], registered["modelPackageVersion"]) == (
        "Register", "demo", 1
    )  # fmt: skip
    assert registered["metadata"] == {"GitCommit": "unknown"}
    assert repository.object(registered["modelDataUrl"]).is_file()


def test_the_registered_model_answers_the_sample_request(repository: Repository) -> None:
    repository.run()
    answer = repository.record()["sampleAnswer"]
    request = repository.object(repository.steps()["Evaluate"]["outputs"][0]["uri"]) / "sample_request.csv"
    assert answer["request"] == request.read_text()
    assert (answer["rows"], answer["contentType"], answer["accept"]) == (5, "text/csv", "text/csv")
    assert re.fullmatch(r"([01]\n){5}", answer["response"]) and answer["seconds"] > 0


def test_the_manifest_may_name_the_sample_request(repository: Repository) -> None:
    manifest = json.loads((repository.build / "manifest.json").read_text())
    (repository.build / "code" / "ask.csv").write_text("1.5\n99.5\n")
    wish = {"uri": "s3://artifacts/demo/code/0123456789abcdef/ask.csv", "accept": "text/plain"}
    repository.write("manifest.json", {**manifest, "sampleRequest": wish})
    repository.run()
    answer = repository.record()["sampleAnswer"]
    assert (answer["request"], answer["response"], answer["accept"]) == (
        "1.5\n99.5\n",
        "0\n1\n",
        "text/plain",
    )
    wish = {"output": "Evaluate.evaluation", "file": "evaluation.json"}
    repository.write("manifest.json", {**manifest, "sampleRequest": wish})
    repository.run()
    assert "error" in repository.record()["sampleAnswer"]


def test_a_model_that_cannot_be_loaded_is_reported_but_registered(repository: Repository) -> None:
    repository.code("inference.py", "def model_fn(model_dir):\n    raise RuntimeError('no such layer')\n")
    output = repository.run()
    reason = "the model could not be loaded: RuntimeError: no such layer"
    assert f"warning: the model gave no answer: {reason}" in output
    assert repository.record()["status"] == "Succeeded"
    assert repository.record()["sampleAnswer"] == {"error": reason}


def test_without_a_sample_request_a_note_says_so(repository: Repository) -> None:
    source = (repository.build / "code" / "evaluate.py").read_text()
    repository.code("evaluate.py", source.replace("sample_request.csv", "other.csv"))
    repository.run()
    assert repository.record()["sampleAnswer"] is None
    assert any("No sample request" in note for note in repository.steps()["Register"]["notes"])


@pytest.mark.parametrize("mode", ["mapped", pytest.param("namespace", marks=NEEDS_NAMESPACES)])
def test_the_container_contract_is_kept(repository: Repository, mode: str) -> None:
    repository.code("train.py", CONTRACT)
    repository.run("run", "--only", "Preprocess")
    repository.run("run", "--only", "Train", "--opt-ml", mode)
    seen = json.loads((repository.folder("Train") / "log.txt").read_text().splitlines()[-1])
    environment, files = seen["environment"], seen["files"]
    job = environment["SM_MODEL_DIR"].removesuffix("/model")
    assert job.endswith("/opt/ml") and (job == "/opt/ml") == (mode == "namespace")
    assert not any("/opt/ml" in path and job not in path for path in environment.values())
    assert environment["SM_CHANNEL_TRAIN"] == f"{job}/input/data/train"
    assert json.loads(environment["SM_CHANNELS"]) == ["train", "validation"]
    assert json.loads(environment["SM_HPS"]) == {"max_depth": 3, "eta": 0.2}
    assert (environment["SM_HP_MAX_DEPTH"], environment["SM_HOSTS"]) == ("3", '["algo-1"]')
    assert seen["arguments"] == ["--eta", "0.2", "--max_depth", "3"]
    assert seen["cwd"] == f"{job}/code"
    assert files["hyperparameters"]["max_depth"] == "3" and files["hyperparameters"]["eta"] == "0.2"
    assert files["inputdataconfig"]["train"]["ContentType"] == "text/csv"
    assert files["resourceconfig"]["current_host"] == "algo-1"
    assert "SECRET_OF_MINE" not in environment


CONTRACT = """
import json, os, sys
from pathlib import Path
config = Path(os.environ["SM_INPUT_DIR"], "config")
files = {name: json.loads((config / f"{name}.json").read_text())
         for name in ("hyperparameters", "inputdataconfig", "resourceconfig")}
environment = {key: value for key, value in os.environ.items() if key.startswith(("SM_", "SECRET"))}
Path(os.environ["SM_MODEL_DIR"], "model").touch()
print(json.dumps({"environment": environment, "files": files, "arguments": sys.argv[1:], "cwd": os.getcwd()}))
"""


def test_opt_ml_is_mapped_in_arguments_and_environment(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        arguments = steps["Preprocess"]["Arguments"]
        application = arguments["AppSpecification"]
        application["ContainerEntrypoint"] = ["python3", "/opt/ml/processing/input/code/show.py"]
        application["ContainerArguments"] = ["--in=/opt/ml/processing/a", "/x/opt/ml/b", "s3://b/opt/ml/c"]
        arguments["Environment"] = {"PLACES": "/opt/ml/a:/opt/ml/b", "COUNT": "3"}
        (code,) = [item for item in arguments["ProcessingInputs"] if item["InputName"] == "code"]
        code["S3Input"]["S3Uri"] = "s3://artifacts/demo/code/0123456789abcdef/show.py"

    repository.code(
        "show.py",
        "import os, sys\nprint(*sys.argv[1:], os.environ['PLACES'], os.environ['COUNT'])\n"
        "for name in ('train', 'validation', 'test'):\n"
        "    open(os.path.join(os.environ['SM_PROCESSING_DIR'], name, 'x'), 'w')\n",
    )
    repository.write("definition.json", change(load("core"), edit))
    repository.run("run", "--only", "Preprocess", "--opt-ml", "mapped")
    record = repository.record()
    job = f"{repository.work}/runs/{record['executionId']}/jobs/Preprocess/opt/ml"
    line = (repository.folder("Preprocess") / "log.txt").read_text().strip()
    assert line == f"--in={job}/processing/a /x/opt/ml/b s3://b/opt/ml/c {job}/a:{job}/b 3"


def test_model_archives_are_the_same_bytes_each_time(repository: Repository) -> None:
    def archive() -> bytes:
        return repository.object(repository.steps()["Train"]["outputs"][0]["uri"]).read_bytes()

    repository.run("run", "--no-cache")
    first = archive()
    repository.run("run", "--no-cache")
    assert archive() == first
    with tarfile.open(repository.object(repository.steps()["Train"]["outputs"][0]["uri"])) as tar:
        assert tar.getnames() == ["code", "code/inference.py", "model.json"]
        assert {(entry.mtime, entry.uid, entry.uname) for entry in tar} == {(0, 0, "")}


def test_job_directories_are_removed_after_success(repository: Repository) -> None:
    repository.run()
    folder = repository.work / "runs" / repository.record()["executionId"]
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock", "definition.json", "report.html", "run.json", "steps"
    ]  # fmt: skip


def test_mounts_are_read_and_never_written(repository: Repository) -> None:
    source = (repository.build / "code" / "preprocess.py").read_text()
    vandal = "\nfor file in (BASE / 'input').rglob('*'):\n    file.is_file() and file.write_text('gone')\n"
    repository.code("preprocess.py", source + vandal)
    before = {path: path.read_bytes() for path in repository.root.rglob("*.*") if path.is_file()}
    repository.run()
    assert all(path.read_bytes() == content for path, content in before.items())


def test_git_facts_fill_the_parameters_that_ask_for_them(repository: Repository) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=repository.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    (repository.root / ".gitignore").write_text(".local/\n")
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    commit = git("rev-parse", "HEAD")
    repository.run("run", "--only", "Preprocess")
    assert parameter_of(repository, "GitCommit") == (commit, "git")
    (repository.root / "data" / "new.txt").write_text("x")
    repository.run("run", "--only", "Preprocess")
    assert parameter_of(repository, "GitCommit") == (f"{commit}-dirty", "git")
    repository.run("run", "--only", "Preprocess", "--set", "GitCommit=mine")
    assert parameter_of(repository, "GitCommit") == ("mine", "set")


@pytest.mark.parametrize("form", ["relative", "absolute", "file"])
def test_data_may_be_a_path_on_this_machine(repository: Repository, form: str, tmp_path: Path) -> None:
    path = repository.root / "mine.csv"
    path.write_text((repository.root / "data" / "data.csv").read_text())
    value = {"relative": "mine.csv", "absolute": str(path), "file": path.as_uri()}[form]
    repository.run("run", "--set", f"InputDataUrl={value}")
    assert repository.record()["status"] == "Succeeded"
    assert parameter_of(repository, "InputDataUrl") == (value, "set")
