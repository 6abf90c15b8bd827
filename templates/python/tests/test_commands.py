"""`python -m pipelines`: what is compiled when, what an execution is given, and how errors end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipelines import __main__ as cli
from pipelines import compiler, execution
from pipelines.errors import PipelineError
from tests.test_settings import GOOD, changed

SOURCES = Path(__file__).parents[1]
VARIABLES = (
    "ARTIFACT_BUCKET",
    "PIPELINE_PARAMETERS",
    "GIT_COMMIT",
    "GIT_BRANCH",
    "PROJECT_NAME",
    "ENV_TYPE",
    "RETRAINING_REASON",
)
PARAMETERS: list[dict[str, Any]] = [
    {"Name": "max_depth", "Type": "Integer"},
    {"Name": "QualityThreshold", "Type": "Float"},
    {"Name": "ModelApprovalStatus", "Type": "String", "EnumValues": ["Approved", "Rejected"]},
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository whose compiled definition is made up."""
    for name in (*VARIABLES, "CODEBUILD_RESOLVED_SOURCE_VERSION", "CODEBUILD_WEBHOOK_HEAD_REF"):
        monkeypatch.delenv(name, raising=False)
    for directory in ("model", "pipelines"):
        (tmp_path / directory).mkdir()
        for file in (f for kind in ("*.py", "*.json") for f in (SOURCES / directory).glob(kind)):
            (tmp_path / directory / file.name).write_bytes(file.read_bytes())
    shutil.copytree(SOURCES / "pipelines" / "frameworks", tmp_path / "pipelines" / "frameworks")
    for folder in ("data/sample", "pipelines/monitor/model_monitor"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pipelines" / "monitor" / "model_monitor" / "__init__.py").touch()
    (tmp_path / "data" / "sample" / "x.csv").write_text("age,target\n1,0\n", encoding="utf-8")
    configure(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def configure(root: Path, content: dict[str, Any]) -> None:
    (root / "config").mkdir(exist_ok=True)
    (root / "config" / "parameters.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def compiled(root: Path) -> compiler.State:
    """The state after a compile."""
    state = compiler.State(root)
    state.package.write_code(state.output / compiler.CODE)
    definition = json.dumps({"Parameters": PARAMETERS})
    (state.output / compiler.DEFINITION).write_text(definition, encoding="utf-8")
    manifest = json.dumps({"inputsHash": state.inputs_hash()})
    (state.output / compiler.MANIFEST).write_text(manifest, encoding="utf-8")
    return state


@pytest.mark.usefixtures("compiled")
def test_nothing_is_compiled_when_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile"]) == 0
    assert capsys.readouterr().out == "build/pipeline: up to date\n"


@pytest.mark.parametrize("file", ["frameworks/xgboost.json", "problem_types.json"])
def test_another_manifest_is_another_definition(compiled: compiler.State, file: str) -> None:
    manifest = compiled.root / "pipelines" / file
    before = compiled.inputs_hash()
    content = manifest.read_text("utf-8").replace("binary", "other")
    manifest.write_text(content, encoding="utf-8")
    assert compiled.inputs_hash() != before


def test_the_check_for_changes_loads_the_standard_library_alone(compiled: compiler.State) -> None:
    program = "import sys; from pipelines.__main__ import main; main(['compile']); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=compiled.root,
        env={**os.environ, "PYTHONPATH": str(compiled.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "up to date" in done.stdout
    for module in ("sagemaker", "boto3", "numpy", "pandas"):
        assert f"'{module}'" not in done.stdout


CHANGES = {
    "settings": ("config/parameters.json", json.dumps(changed("model.frameworkVersion", "3.0-5"))),
    "code": ("model/train.py", "# new"),
    "a new script": ("model/more.py", "# new"),
    "pipeline": ("pipelines/pipeline.py", "# new"),
    "data": ("data/sample/x.csv", "age,target\n2,0\n"),
    "lock file": ("uv.lock", "version = 1"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_the_definition_depends_on_asks_for_a_compile(compiled: compiler.State, change: str) -> None:
    before = compiled.inputs_hash()
    assert compiled.manifest()["inputsHash"] == before
    file, content = CHANGES[change]
    (compiled.root / file).write_text(content, encoding="utf-8")
    assert compiler.State(compiled.root).inputs_hash() != before


def test_another_tolerance_of_the_delivery_asks_for_a_compile(compiled: compiler.State) -> None:
    before = compiled.inputs_hash()
    delivery = {"endpoint": {"instanceType": "ml.m5.large", "goldenTolerance": 0.01}, "deploymentGroups": []}
    (compiled.root / "config" / "delivery.json").write_text(json.dumps(delivery), encoding="utf-8")
    assert compiler.State(compiled.root).inputs_hash() != before


def test_a_build_asks_for_a_compile_of_its_own(
    compiled: compiler.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = compiled.inputs_hash()
    monkeypatch.setenv("ARTIFACT_BUCKET", "artifacts")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("SAGEMAKER_PIPELINE_ROLE_ARN", "arn:aws:iam::123456789012:role/x")
    assert compiler.State(compiled.root).inputs_hash() != before


@pytest.mark.parametrize("gone", [compiler.DEFINITION, compiler.MANIFEST])
def test_a_lost_output_asks_for_a_compile(compiled: compiler.State, gone: str) -> None:
    (compiled.output / gone).unlink()
    assert compiled.manifest() == {}


@pytest.mark.skipif(find_spec("sagemaker") is not None, reason="the SageMaker SDK is installed")
def test_without_the_sdk_the_error_says_where_it_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile"]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ") and ".venv-sdk" in error
    assert not (root / "build" / "pipeline" / "manifest.json").exists()


@pytest.mark.skipif(find_spec("sagemaker") is None, reason="the SageMaker SDK has an environment of its own")
def test_the_pipeline_compiles(root: Path) -> None:
    assert cli.main(["compile"]) == 0
    definition = json.loads((root / "build" / "pipeline" / "definition.json").read_text(encoding="utf-8"))
    names = [step["Name"] for step in definition["Steps"]]
    assert names == ["Preprocess", "Train", "Evaluate", "CheckQuality"]


def test_a_wrong_setting_is_one_line_and_exit_code_1(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(root, changed("qualityGate.threshold", "high"))
    assert cli.main(["compile"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: config/parameters.json: qualityGate.threshold") and error.count("\n") == 1


def test_overrides_are_given_as_texts(compiled: compiler.State, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"max_depth": 6, "QualityThreshold": 0.9, "ModelApprovalStatus": "Approved"}
    monkeypatch.setenv("PIPELINE_PARAMETERS", json.dumps(values))
    assert execution.overrides(compiled) == {
        "max_depth": "6",
        "QualityThreshold": "0.9",
        "ModelApprovalStatus": "Approved",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[1]", "must be an object"),
        ('{"max_depth": [1]}', "must be an object"),
        ('{"max_dept": 1}', "'max_dept' is not a pipeline parameter .did you mean 'max_depth'"),
        ('{"max_depth": 1.5}', "max_depth is 1.5, it must be: Integer"),
        ('{"max_depth": true}', "max_depth is True, it must be: Integer"),
        ('{"max_depth": -1}', "max_depth is -1, it must be: a whole number, at least 0"),
        ('{"QualityThreshold": "high"}', "it must be: Float"),
        ('{"ModelApprovalStatus": "Maybe"}', "it must be: .'Approved', 'Rejected'"),
    ],
)
def test_a_wrong_override_is_an_error(
    compiled: compiler.State, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setenv("PIPELINE_PARAMETERS", text)
    with pytest.raises(PipelineError, match=message):
        execution.overrides(compiled)


def test_an_execution_has_its_commit(compiled: compiler.State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMIT", "0123456789abcdef")
    monkeypatch.setenv("GIT_BRANCH", "feature/ä long one")
    values = execution.parameters(compiled)
    assert values == {"GitCommit": "0123456789abcdef", "GitBranch": "feature/ä long one"}
    assert execution.display_name(values) == "feature-long-one-01234567"
    tags = {tag["Key"]: tag["Value"] for tag in execution.tags(compiled)}
    assert tags == {
        "sagemaker:project-name": "churn",
        "git-branch": "feature/ä long one",
        "git-commit": "0123456789abcdef",
    }


def test_an_execution_says_how_the_tests_of_its_build_ended(
    compiled: compiler.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = [*PARAMETERS, {"Name": "RepositoryTests", "Type": "String", "DefaultValue": "unknown"}]
    (compiled.output / compiler.DEFINITION).write_text(json.dumps({"Parameters": declared}), encoding="utf-8")
    assert execution.parameters(compiled)["RepositoryTests"] == "unknown"
    report = compiled.root / "build" / "tests.xml"
    report.parent.mkdir(exist_ok=True)
    report.write_text('<testsuite tests="5" failures="0" errors="0" skipped="1"/>', encoding="utf-8")
    monkeypatch.setenv("PIPELINE_PARAMETERS", '{"RepositoryTests": "passed:99 failed:0 skipped:0"}')
    assert execution.parameters(compiled)["RepositoryTests"] == "passed:4 failed:0 skipped:1"


def test_an_execution_says_why_a_model_is_trained_again(
    compiled: compiler.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = [*PARAMETERS, {"Name": "RetrainingReason", "Type": "String", "DefaultValue": "none"}]
    (compiled.output / compiler.DEFINITION).write_text(json.dumps({"Parameters": declared}), encoding="utf-8")
    for nothing in (None, "none", "  "):
        if nothing is not None:
            monkeypatch.setenv("RETRAINING_REASON", nothing)
        values = execution.parameters(compiled)
        assert "RetrainingReason" not in values and execution.description(values) is None
    monkeypatch.setenv("RETRAINING_REASON", 'drift in prod: 3 "violations", März' + "x" * 300)
    values = execution.parameters(compiled)
    # Customer metadata takes no quotation marks and no commas, and 256 characters.
    assert values["RetrainingReason"] == ("drift in prod: 3 -violations-- März" + "x" * 300)[:256]
    description = execution.description(values)
    assert description is not None and description.startswith("Retraining: drift in prod: 3 ")


def test_a_pipeline_that_knows_no_reason_gets_none(
    compiled: compiler.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRAINING_REASON", "schedule")
    values = execution.parameters(compiled)
    assert set(values) == {"GitCommit", "GitBranch"} and execution.description(values) is None


def test_a_changed_working_tree_is_marked(compiled: compiler.State) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
        done = subprocess.run(command, cwd=compiled.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert execution.parameters(compiled) == {"GitCommit": "unknown", "GitBranch": "unknown"}
    git("init", "--quiet", "--initial-branch", "dev")
    git("add", ".")
    git("commit", "--quiet", "--message", "x")
    head = git("rev-parse", "HEAD")
    assert execution.parameters(compiled) == {"GitCommit": head, "GitBranch": "dev"}
    (compiled.root / "model" / "train.py").write_text("changed", encoding="utf-8")
    assert execution.parameters(compiled)["GitCommit"] == f"{head}-dirty"
