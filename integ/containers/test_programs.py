"""What the toolkits run as a program runs in the local runner alike, and what they cannot is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import FRAMEWORKS, OFFLINE
from image import Container, archive

RUNNER = Path(__file__).parents[2] / "runner"
REPOSITORIES = {"xgboost": "sagemaker-xgboost:3.2-0", "sklearn": "sagemaker-scikit-learn:1.9-0-cpu-py3"}
SHOW = """
import json, os, sys
where = "code" if os.path.realpath(os.getcwd()).endswith("/opt/ml/code") else os.getcwd()
seen = {"module": __spec__ and __spec__.name, "arguments": sys.argv[1:], "cwd": where}
names = sorted(name for name in os.environ if name.startswith("SM_"))
same = ("SM_USER_ARGS", "SM_HPS", "SM_CHANNELS", "SM_USER_ENTRY_POINT")
seen["variables"] = [os.environ[name] for name in same]
seen["hyperparameters"] = {name: os.environ[name] for name in names if name.startswith("SM_HP_")}
print("SHOWN " + json.dumps({"seen": seen, "names": names}))
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").close()
"""
SHELL = f"#!/usr/bin/env python3\n{SHOW}"
WORDS = {
    "max_depth": 3,
    "words": "a b; $HOME",
    "empty": "",
    "min-gain": "0.50",
    "list": "[1, 2]",
    "on": "true",
}
CASES: list[tuple[str, dict[str, str], set[str]]] = [
    ("train", {"train.py": SHOW}, {"xgboost"}),
    ("train.v2.py", {"train.v2.py": SHOW}, {"sklearn"}),
    ("jobs/train.py", {"jobs/train.py": f"import beside\n{SHOW}", "beside.py": ""}, {"sklearn"}),
    ("jobs.train", {"jobs/train.py": SHOW, "jobs/__init__.py": ""}, {"xgboost"}),
    ("jobs/train.sh", {"jobs/train.sh": SHELL}, {"sklearn"}),
    (
        "train.py",
        {"train.py": SHOW, "setup.py": "from setuptools import setup; setup(py_modules=[])"},
        set(FRAMEWORKS),
    ),
]


@dataclass(frozen=True)
class Shown:
    """What a script saw."""

    seen: dict[str, object]
    names: frozenset[str]


def shown(code: int, log: str) -> Shown | None:
    """What a script printed about itself; None when it did not run."""
    lines = [line for line in log.splitlines() if "SHOWN " in line]
    if code or not lines:
        return None
    found = json.loads(lines[-1].partition("SHOWN ")[2])
    return Shown(found["seen"], frozenset(found["names"]))


def there(root: Path, framework: str, program: str, source: Path) -> Shown | None:
    """The script under the toolkit."""
    code = str(archive(source, root / "sourcedir.tar.gz"))
    given = {**WORDS, "sagemaker_program": program, "sagemaker_submit_directory": code}
    (root / "channel").mkdir()
    return shown(*Container(root / "container", framework).train(given, {"train": root / "channel"}, OFFLINE))


def here(root: Path, framework: str, program: str, source: Path) -> Shown | None:
    """The script in the local runner."""
    for place, content in (("code", source), ("data", root / "channel")):
        (root / ".local" / "s3" / "b").mkdir(parents=True, exist_ok=True)
        (root / ".local" / "s3" / "b" / place).symlink_to(content)
    (root / "channel" / "x.csv").write_text("1\n")
    given = {**WORDS, "sagemaker_program": program, "sagemaker_submit_directory": "s3://b/code/"}
    data = {"S3DataType": "S3Prefix", "S3Uri": "s3://b/data/"}
    image = f"683313688378.dkr.ecr.us-east-1.amazonaws.com/{REPOSITORIES[framework]}"
    arguments = {
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "HyperParameters": {key: str(value) for key, value in given.items()},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": data}}],
        "OutputDataConfig": {"S3OutputPath": "s3://b/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    }
    steps = [{"Name": "Train", "Type": "Training", "Arguments": arguments}]
    (root / "definition.json").write_text(json.dumps({"Version": "2020-12-01", "Steps": steps}))
    done = subprocess.run(
        [sys.executable, "-m", "local_runner", "run", "--definition", "definition.json"],
        cwd=root,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(RUNNER)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return shown(done.returncode, done.stdout)


def both(
    root: Path, framework: str, program: str, files: Mapping[str, str]
) -> tuple[Shown | None, Shown | None]:
    """A program under the toolkit, and in the runner."""
    source = root / "source"
    for name, text in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    return there(root, framework, program, source), here(root, framework, program, source)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize(("program", "files", "run_it"), CASES, ids=[program for program, *_ in CASES])
def test_a_program_runs_here_as_it_runs_there(
    tmp_path: Path, framework: str, program: str, files: dict[str, str], run_it: set[str]
) -> None:
    toolkit, runner = both(tmp_path, framework, program, files)
    assert (toolkit is not None) == (framework in run_it)
    assert (runner and runner.seen) == (toolkit and toolkit.seen)
    if runner and toolkit:
        assert runner.names - toolkit.names == set()
