"""All six combinations compile with the real SDK: offline, without credentials, the same bytes everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import COMBINATIONS, Repository

HERE = Path(__file__).parent
LAPTOP = {
    "AWS_REGION": "ap-southeast-2",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_PROFILE": "nobody",
    "AWS_ACCESS_KEY_ID": "AKIAOTHER",
    "AWS_SECRET_ACCESS_KEY": "other",
    "SAGEMAKER_PIPELINE_NAME": "other",
    "SAGEMAKER_ROLE": "other",
    "PYTHONHASHSEED": "99",
    "LANG": "de_DE.UTF-8",
    "TZ": "Asia/Tokyo",
}


def compile_all(directory: Path, variables: dict[str, str]) -> dict[tuple[str, str], bytes]:
    """Compile every combination in one process that has no network; the definitions by combination."""
    repositories = {c: Repository(directory / "-".join(c), *c) for c in COMBINATIONS}
    first = next(iter(repositories.values()))
    environment = first.clean_environment(variables)
    environment["PYTHONPATH"] = os.pathsep.join([str(first.root), str(HERE)])
    roots = [str(repository.root) for repository in repositories.values()]
    command = [sys.executable, "-m", "no_network", "compile_each", *roots]
    done = subprocess.run(command, cwd=first.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {c: (r.root / "compiled.json").read_bytes() for c, r in repositories.items()}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[Any, bytes], dict[Any, bytes]]:
    """All definitions, made in two processes with other directories and environments."""
    here, there = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("somewhere") / "quite" / "else"
    return compile_all(here, {}), compile_all(there, LAPTOP)


@pytest.mark.parametrize("combination", COMBINATIONS, ids="-".join)
def test_a_definition_is_the_same_bytes_in_another_place_and_environment(
    compiled: tuple[dict[Any, bytes], dict[Any, bytes]], combination: tuple[str, str]
) -> None:
    first, second = (definitions[combination] for definitions in compiled)
    assert first == second
    types = [step["Type"] for step in json.loads(first)["Steps"]]
    assert types == ["Processing", "Training", "Processing", "Condition"]


def test_the_command_writes_that_definition_and_then_nothing(
    repository: Repository, compiled: tuple[dict[Any, bytes], dict[Any, bytes]]
) -> None:
    poison = repository.root / "poison"
    poison.write_text("[default\nthis is no credentials file", encoding="utf-8")
    variables = {**LAPTOP, "AWS_SHARED_CREDENTIALS_FILE": str(poison), "AWS_CONFIG_FILE": str(poison)}
    done = repository.run("pipelines", "compile", python=sys.executable, **variables)
    assert done.returncode == 0, done.stderr
    directory = repository.root / "build" / "pipeline"
    definition = directory / "definition.json"
    assert definition.read_bytes() == compiled[0]["xgboost", "binary"]
    mounts = json.loads((directory / "manifest.json").read_text("utf-8"))["mounts"]
    places = [(directory / path).resolve() for path in mounts.values()]
    for name in ("sourcedir.tar.gz", "train.py", "data.json"):
        assert (places[0] / name).is_file()
    assert (places[1] / "breast_cancer.csv").is_file()
    written = definition.stat().st_mtime_ns
    again = repository.run("pipelines", "compile")
    assert again.stdout == "build/pipeline: up to date\n" and again.stderr == ""
    assert definition.stat().st_mtime_ns == written


def test_the_fork_that_other_tests_use_writes_it_too(
    repository: Repository, compiled: tuple[dict[Any, bytes], dict[Any, bytes]]
) -> None:
    repository.compile(**LAPTOP)
    written = repository.root / "build" / "pipeline" / "definition.json"
    assert written.read_bytes() == compiled[0]["xgboost", "binary"]


def test_the_closed_network_is_closed() -> None:
    program = "import no_network, socket; no_network.close(); socket.create_connection(('127.0.0.1', 1))"
    done = subprocess.run([sys.executable, "-c", program], cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 97 and "network: " in done.stderr
