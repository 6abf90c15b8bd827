"""Repositories as they are generated, without the project layer: templates, runner, data and settings."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from building import Build, Definition
from warm_python import WarmPython

SOURCE = Path(__file__).parents[2]
TEMPLATES = SOURCE / "templates"
COMBINATIONS = [(f, p) for f in ("xgboost", "sklearn") for p in ("binary", "multiclass", "regression")]
VERSIONS = {"xgboost": "3.2-0", "sklearn": "1.9-0"}
SAMPLES = {"binary": "breast_cancer.csv", "multiclass": "digits.csv", "regression": "diabetes.csv"}
GATES = {
    "binary": ("accuracy", ">=", 0.85),
    "multiclass": ("accuracy", ">=", 0.85),
    "regression": ("rmse", "<=", 75),
}
XGBOOST = {"num_round": 200, "max_depth": 4, "eta": 0.2, "subsample": 0.9, "early_stopping_rounds": 20}
SKLEARN = {"max_iter": 200, "learning_rate": 0.1, "max_leaf_nodes": 15, "early_stopping_rounds": 10}


def parameters(framework: str, problem: str) -> dict[str, Any]:
    """The content of config/parameters.json."""
    metric, comparison, threshold = GATES[problem]
    return {
        "model": {
            "name": "churn",
            "framework": framework,
            "problemType": problem,
            "frameworkVersion": VERSIONS[framework],
            "modelPackageGroupName": "churn",
        },
        "pipeline": {"name": "churn", "description": "Trains and registers churn."},
        "data": {"inputDataUrl": f"data/sample/{SAMPLES[problem]}", "targetColumn": "target"},
        "processing": {"instanceType": "ml.m5.large", "instanceCount": 1},
        "training": {
            "instanceType": "ml.m5.xlarge",
            "hyperparameters": XGBOOST if framework == "xgboost" else SKLEARN,
        },
        "qualityGate": {"metric": metric, "comparison": comparison, "threshold": threshold},
    }


class Repository:
    """A generated repository in a directory."""

    def __init__(self, root: Path, framework: str, problem: str) -> None:
        self.root = root
        for name in ("model", "pipelines", "tests"):
            shutil.copytree(
                TEMPLATES / "python" / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        local = root / "pipelines" / "local"
        shutil.copytree(
            SOURCE / "runner" / "local_runner", local, ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copytree(
            SOURCE / "monitor" / "model_monitor",
            root / "pipelines" / "monitor" / "model_monitor",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (root / "data" / "sample").mkdir(parents=True)
        shutil.copy(TEMPLATES / "data" / SAMPLES[problem], root / "data" / "sample")
        (root / "config").mkdir()
        self.settings = parameters(framework, problem)
        self.save()

    def save(self) -> None:
        """Write config/parameters.json."""
        (self.root / "config" / "parameters.json").write_text(
            json.dumps(self.settings, indent=2), encoding="utf-8"
        )

    def run(self, *command: str, python: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m ...` here, with no AWS settings but the given variables.

        A named Python runs in a process of its own, the tests' own in a fork of one that has loaded the SDK.
        """
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SAGEMAKER_", "ARTIFACT_"))}
        empty = {"HOME": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        environment = kept | empty | variables
        if not python:
            return warm().run(list(command), self.root, environment)
        return subprocess.run(
            [python, "-m", *command], cwd=self.root, env=environment, capture_output=True, text=True
        )

    def clean_environment(self, variables: dict[str, str]) -> dict[str, str]:
        """The environment in which the compiler runs the SDK, on a machine that has these variables."""
        program = "import json; from pathlib import Path; from pipelines import compiler as c; "
        program += "print(json.dumps(c._clean(c.State(Path.cwd()))))"
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root)} | variables,
            capture_output=True,
            text=True,
            check=True,
        )
        environment: dict[str, str] = json.loads(done.stdout)
        return environment

    def compile(self, *options: str, **variables: str) -> dict[str, Any]:
        """Compile; the definition."""
        done = self.run("pipelines", "compile", *options, **variables)
        assert done.returncode == 0, done.stderr
        return self.definition()

    def definition(self) -> dict[str, Any]:
        """The compiled definition."""
        content: dict[str, Any] = json.loads(
            (self.root / "build/pipeline/definition.json").read_text("utf-8")
        )
        return content


@cache
def warm() -> WarmPython:
    """The process that has loaded the SDK, from the first time that one is needed."""
    directory = Path(tempfile.mkdtemp(prefix="warm-"))
    process = WarmPython(directory)
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    atexit.register(process.close)
    return process


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """The default repository: xgboost, binary."""
    return Repository(tmp_path / "repository", "xgboost", "binary")


@pytest.fixture
def build(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds the definition of the changed settings in this process, where the SDK is loaded once."""
    for name, value in repository.clean_environment({}).items():
        monkeypatch.setenv(name, value)

    def build_now(**variables: str) -> Definition:
        from pipelines import settings
        from pipelines.environment import Environment
        from pipelines.package import Package
        from pipelines.pipeline import build as build_pipeline

        repository.save()
        parsed = settings.load(repository.root)
        environment = Environment.load(parsed, variables)
        package = Package.of(repository.root, parsed, environment)
        definition: Definition = json.loads(build_pipeline(parsed, environment, package, {}).definition())
        return definition

    return build_now
