"""What the images of XGBoost and scikit-learn ask of programs, and what a job finds in them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from local_runner.images import kind_of
from local_runner.opt_ml import place, shared

from .build import model, pipeline, processing, register, training, transform
from .conftest import CODE, Repository

REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
XGBOOST, SKLEARN = f"{REGISTRY}/sagemaker-xgboost:3.2-0", f"{REGISTRY}/sagemaker-scikit-learn:1.9-0-cpu-py3"
SHOW = """import os, sys
print("ran", __spec__ and __spec__.name, sys.argv[1:])
open(os.environ["SM_MODEL_DIR"] + "/model.txt", "w").close()
"""
SERVED = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
ECHO = """import os
def model_fn(model_dir): return model_dir
def transform_fn(model, body, content_type, accept):
    return repr([os.getcwd(), __file__, model, content_type, accept]), accept
"""


def trains(image: str, program: str, **more: Any) -> dict[str, Any]:
    step = training("Train", {}, None)
    step["Arguments"]["AlgorithmSpecification"]["TrainingImage"] = image
    given = {
        "sagemaker_program": program,
        "sagemaker_submit_directory": f"{CODE}sourcedir.tar.gz",
        "max_depth": "3",
    }
    return {**step, "Arguments": {**step["Arguments"], "HyperParameters": given, **more}}


def log_of(repository: Repository, files: Mapping[str, str], step: dict[str, Any]) -> str:
    """Run a training step with some code, and return what it printed."""
    for name, text in files.items():
        (repository.build / "code" / name).parent.mkdir(exist_ok=True)
        (repository.build / "code" / name).write_text(text)
    repository.pack()
    repository.write("definition.json", pipeline(step))
    repository.run()
    return (repository.folder("Train") / "log.txt").read_text()


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (XGBOOST, "xgboost"), (SKLEARN, "sklearn"), ("sagemaker-xgboost@sha256:00", "xgboost"),
        (f"{REGISTRY}/my-sagemaker-xgboost:1", ""), (None, ""),
    ],
)  # fmt: skip
def test_an_image_is_known_by_its_repository(image: str | None, kind: str) -> None:
    assert kind_of(image) == kind


MANIFESTS = sorted((Path(__file__).parents[2] / "templates/python/pipelines/frameworks").glob("*.json"))


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda file: file.stem)
def test_the_image_of_every_framework_is_known_as_what_it_is(manifest: Path) -> None:
    repository = json.loads(manifest.read_text("utf-8"))["image"]["repository"]
    assert kind_of(f"{REGISTRY}/{repository}:1") == manifest.stem


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("jobs/train.py", "'jobs/train.py' is in a subdirectory, .* put train.py at the top of the code"),
        (
            "train.sh",
            "'train.sh' is a shell script, and the image runs only Python modules: name a .py file",
        ),
    ],
)
def test_a_program_that_can_be_no_module_is_refused_for_xgboost_before_the_run(
    repository: Repository, program: str, message: str
) -> None:
    repository.write("definition.json", pipeline(trains(XGBOOST, program)))
    output = repository.run("run", code=1)
    assert re.search(f"HyperParameters.sagemaker_program: {message}", output)
    assert not repository.work.exists()


@pytest.mark.parametrize("program", ["train.py", "train"])
def test_xgboost_runs_its_program_as_a_module(repository: Repository, program: str) -> None:
    log = log_of(repository, {"train.py": SHOW}, trains(XGBOOST, program))
    assert "ran train ['--max_depth', '3']" in log


def test_a_module_of_xgboost_that_is_not_there_is_named(repository: Repository) -> None:
    repository.code("train.v2.py", SHOW)
    repository.write("definition.json", pipeline(trains(XGBOOST, "train.v2.py")))
    assert "holds no module of that name, which the image would run by python -m" in repository.run(
        "run", code=1
    )


def test_scikit_learn_runs_a_program_in_a_subdirectory_that_finds_the_rest(repository: Repository) -> None:
    files = {"jobs/train.py": f"import beside\n{SHOW}", "beside.py": "print('found')\n"}
    log = log_of(repository, files, trains(SKLEARN, "jobs/train.py", Environment={"PYTHONPATH": "/nowhere"}))
    assert "found" in log and "ran None ['--max_depth', '3']" in log


def test_scikit_learn_runs_any_other_file_by_the_shell_with_its_own_interpreter(
    repository: Repository,
) -> None:
    step = trains(SKLEARN, "train.sh")
    step["Arguments"]["HyperParameters"]["words"] = "a b; $HOME"
    log = log_of(repository, {"train.sh": f"#!/usr/bin/env python3\n{SHOW}"}, step)
    assert "ran None ['--max_depth', '3', '--words', 'a b; $HOME']" in log


def test_scikit_learn_runs_a_package_as_a_module(repository: Repository) -> None:
    assert "ran train" in log_of(repository, {"setup.py": "", "train.py": SHOW}, trains(SKLEARN, "train.py"))


LOOK = (
    SHOW
    + """import json
print(json.dumps([
    os.path.isdir("/opt/ml/checkpoints".replace("/opt/ml", os.path.dirname(os.environ["SM_MODEL_DIR"]))),
    os.path.exists(os.environ["SM_CHECKPOINT_CONFIG_FILE"])
    and json.load(open(os.environ["SM_CHECKPOINT_CONFIG_FILE"])),
]))
"""
)


@pytest.mark.parametrize(
    ("config", "local"),
    [
        (None, None), ({"S3Uri": "s3://b/c"}, "/opt/ml/checkpoints"),
        ({"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/checkpoints/"}, "/opt/ml/checkpoints/"),
    ],
)  # fmt: skip
def test_checkpoints_have_a_place_only_with_a_configuration(
    repository: Repository, config: dict[str, str] | None, local: str | None
) -> None:
    step = trains(XGBOOST, "train.py", **({"CheckpointConfig": config} if config else {}))
    line = log_of(repository, {"train.py": LOOK}, step).splitlines()[-1]
    assert json.loads(line) == (
        [True, {"S3Uri": "s3://b/c", "LocalPath": local}] if local else [False, False]
    )


def test_a_place_for_checkpoints_elsewhere_is_refused_before_the_run(repository: Repository) -> None:
    config = {"S3Uri": "s3://b/c", "LocalPath": "/tmp/checkpoints"}
    repository.write("definition.json", pipeline(trains(XGBOOST, "train.py", CheckpointConfig=config)))
    output = repository.run("run", code=1)
    assert "CheckpointConfig.LocalPath: '/tmp/checkpoints' must be a path below /opt/ml" in output
    assert not repository.work.exists()


def transformed(
    repository: Repository,
    script: str,
    image: str = XGBOOST,
    variables: Any = SERVED,
    code: int = 0,
    options: Sequence[str] = (),
    **more: Any,
) -> str:
    """Send one line through a model whose artifact has this script as code/inference.py; returns the answer, or
    with a `code` what the run said."""
    artifact = repository.object("s3://b/artifact/")
    (artifact / "code").mkdir(parents=True)
    (artifact / "code" / "inference.py").write_text(script)
    (artifact / "code" / "beside.txt").write_text("beside")
    data = repository.object("s3://b/data/")
    data.mkdir(parents=True)
    (data / "x.csv").write_text("1\n")
    steps = [
        model("Model", "s3://b/artifact/", Image=image, Environment=variables),
        transform("Transform", "Model", "s3://b/data/", **more),
    ]
    repository.write("definition.json", pipeline(*steps))
    output = repository.run("run", *options, code=code)
    return output if code else repository.object("s3://b/Transform/x.csv.out").read_text().strip()


@pytest.mark.parametrize("image", [XGBOOST, SKLEARN])
def test_a_model_server_starts_in_the_root_with_the_code_where_the_toolkit_puts_it(
    repository: Repository, image: str
) -> None:
    folder, file, model_dir, content_type, accept = json.loads(
        transformed(repository, ECHO, image).replace("'", '"')
    )
    assert folder == "/" and file == f"{model_dir.removesuffix('/model')}/code/inference.py"
    assert (content_type, accept) == ("text/csv", "application/json")


@pytest.mark.parametrize("mode", ["mapped", "shared"])
def test_a_model_server_finds_its_model_where_nothing_is_mounted(
    repository: Repository, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "machine").mkdir()
    monkeypatch.setattr(shared, "OPT_ML", tmp_path / "machine")
    monkeypatch.setattr(place, "OPT_ML", str(tmp_path / "machine"))
    script = ECHO.replace("return model_dir", "return open(model_dir + '/code/beside.txt').read()")
    assert "'beside'" in transformed(repository, script, options=["--opt-ml", mode])
    assert list((tmp_path / "machine").iterdir()) == []


def test_a_relative_path_in_inference_code_fails_with_what_to_do(repository: Repository) -> None:
    script = ECHO.replace("return model_dir", "return open('beside.txt').read()")
    output = transformed(repository, script, code=1)
    assert "'beside.txt' is a relative path, and a model server runs in /, not where the code is" in output
    assert "start from model_dir, or from Path(__file__).parent" in output


def test_a_transform_says_what_it_was_told_to_say(repository: Repository) -> None:
    source, output = {"ContentType": "text/plain"}, {"Accept": "text/csv"}
    assert transformed(repository, ECHO, source=source, output=output).endswith("'text/plain', 'text/csv']")


def test_the_variable_for_a_missing_accept_counts(repository: Repository) -> None:
    variables = {**SERVED, "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv"}
    assert transformed(repository, ECHO, variables=variables).endswith("'text/csv']")


@pytest.mark.parametrize(
    ("image", "changes", "message"),
    [
        (SKLEARN, {"SAGEMAKER_PROGRAM": None}, "SAGEMAKER_PROGRAM of the container is not set"),
        (XGBOOST, {"SAGEMAKER_PROGRAM": ""}, "SAGEMAKER_PROGRAM of the container is empty"),
        (XGBOOST, {"SAGEMAKER_PROGRAM": "a/inference.py"}, "'a/inference.py' is in a subdirectory"),
        (
            SKLEARN,
            {"SAGEMAKER_SUBMIT_DIRECTORY": None},
            "looks for inference.py in /opt/ml/code, where nothing is",
        ),
    ],
)
def test_a_container_that_would_not_find_its_code_is_an_error(
    repository: Repository, image: str, changes: Mapping[str, str | None], message: str
) -> None:
    variables = {key: value for key, value in {**SERVED, **changes}.items() if value is not None}
    assert message in transformed(repository, ECHO, image, variables, code=1)


def test_xgboost_without_a_program_serves_by_its_own_code(repository: Repository) -> None:
    output = transformed(repository, ECHO, variables={}, code=3)
    assert "SAGEMAKER_PROGRAM of its container is not set" in output


def test_without_functions_that_only_the_image_has_a_step_is_not_emulated(repository: Repository) -> None:
    output = transformed(repository, "def model_fn(folder): return folder\n", "pytorch:2", code=3)
    assert "inference has no input_fn, predict_fn, output_fn, and what the image pytorch:2 does" in output


def test_a_refusal_of_the_model_is_told_with_its_status(repository: Repository) -> None:
    answer = (
        "lambda *_: types.SimpleNamespace(status_code=415, mimetype='text/plain', get_data=lambda: b'no csv')"
    )
    script = f"import types\ndef model_fn(folder): return 1\ntransform_fn = {answer}\n"
    assert "the model refuses the request with status 415: no csv" in transformed(repository, script, code=1)


def test_a_model_that_was_loaded_ahead_and_cannot_be_asked_ends_nothing(repository: Repository) -> None:
    script = f"{SHOW}import pathlib\ncode = pathlib.Path(os.environ['SM_MODEL_DIR'], 'code')\ncode.mkdir()\n"
    script += "(code / 'inference.py').write_text('def model_fn(folder): return 1')\n"
    repository.code("train.py", script)
    artifact = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    repository.object("s3://b").mkdir(parents=True)
    repository.object("s3://b/x.csv").write_text("1\n")
    manifest = json.loads((repository.build / "manifest.json").read_text())
    repository.write("manifest.json", {**manifest, "sampleRequest": {"uri": "s3://b/x.csv"}})
    steps = (
        trains(SKLEARN, "train.py"),
        processing("Slow", "import time; time.sleep(0.5)"),
        register("Register", artifact),
    )
    steps[2]["DependsOn"] = ["Slow"]
    repository.write("definition.json", pipeline(*steps))
    repository.run("run", "--jobs", "3", stdin=subprocess.DEVNULL)
    assert "inference has no input_fn" in repository.record()["sampleAnswer"]["error"]


def test_a_sample_request_that_cannot_be_asked_says_why(repository: Repository) -> None:
    (repository.object("s3://b/artifact/") / "code").mkdir(parents=True)
    (repository.object("s3://b/artifact/") / "code" / "inference.py").write_text(
        "def model_fn(folder): return 1\n"
    )
    repository.object("s3://b/x.csv").write_text("1\n")
    manifest = json.loads((repository.build / "manifest.json").read_text())
    repository.write("manifest.json", {**manifest, "sampleRequest": {"uri": "s3://b/x.csv"}})
    repository.write("definition.json", pipeline(register("Register", "s3://b/artifact/")))
    repository.run()
    assert "inference has no input_fn" in repository.record()["sampleAnswer"]["error"]
