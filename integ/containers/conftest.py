"""Closes the network, and makes what the tests share: data, code, and a trained model of each framework."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.workbench import table

from image import Container, archive

MODEL = Path(__file__).parents[2] / "templates" / "python" / "model"
MONITOR = Path(__file__).parents[2] / "monitor"
FRAMEWORKS = ("xgboost", "sklearn")
ROUNDS = {"xgboost": "num_round", "sklearn": "max_iter"}
OFFLINE = {"PIP_NO_BUILD_ISOLATION": "0"}
SERVED = {"SAGEMAKER_PROGRAM": "inference.py", **OFFLINE}


def pytest_configure() -> None:
    """In a network of its own (`unshare --net`) switch the loopback on; there is nothing else in it."""
    if os.environ.get("OWN_NETWORK"):
        request = struct.pack("16sH14s", b"lo", 1, b"")  # IFF_UP
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def prepare(root: Path, problem: str = "binary", code: Path = MODEL) -> Path:
    """The preprocessing step, which no toolkit runs: the image's Python and the script."""
    place = root / "processing"
    (place / "input" / "data").mkdir(parents=True)
    table(problem).to_csv(place / "input" / "data" / "data.csv", index=False)
    options = {"problem_type": problem, "target_column": "outcome", "seed": 7}
    options |= {"validation_fraction": 0.2, "test_fraction": 0.2}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    subprocess.run(
        [sys.executable, str(code / "preprocess.py"), *arguments],
        env={**os.environ, "SM_PROCESSING_DIR": str(place), "PYTHONPATH": str(MONITOR)},
        check=True,
    )
    return place


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A processing directory with training and validation set."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@dataclass(frozen=True)
class Trained:
    """What a training job left."""

    code: int
    log: str
    ml: Path

    @property
    def failure(self) -> str:
        """The failure file, whose beginning SageMaker shows as the reason; empty without one."""
        file = self.ml / "output" / "failure"
        return file.read_text("utf-8") if file.is_file() else ""


Train = Callable[..., Trained]


@pytest.fixture(scope="session")
def train(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Train:
    """Trains with a framework; `changes` puts files into the code, `data` is a processing directory."""

    def job(
        framework: str,
        *,
        environment: dict[str, str] = OFFLINE,
        changes: Mapping[str, str | bytes] | None = None,
        data: Path = prepared,
        **hyperparameters: object,
    ) -> Trained:
        root = tmp_path_factory.mktemp(f"train-{framework}")
        source = root / "source"
        shutil.copytree(MODEL, source, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in (changes or {}).items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(text.encode() if isinstance(text, str) else text)
        container = Container(root, framework)
        values: dict[str, object] = {
            "framework": framework,
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": str(archive(source, root / "sourcedir.tar.gz")),
            ROUNDS[framework]: 20,
            **hyperparameters,
        }
        channels = {name: data / name for name in ("train", "validation", "schema")}
        return Trained(*container.train(values, channels, environment), container.ml)

    return job


@pytest.fixture(scope="session")
def trained(train: Train) -> Callable[[str], Trained]:
    """One good training of each framework, whose code has a subfolder and a file that is no Python."""
    done: dict[str, Trained] = {}

    def of(framework: str) -> Trained:
        if framework not in done:
            changes = {
                "parts/__init__.py": "",
                "parts/words.py": "WORD = 'there'\n",
                "parts/notes.txt": "notes\n",
            }
            done[framework] = train(framework, changes=changes)
            assert done[framework].code == 0, done[framework].log
        return done[framework]

    return of


def serving(
    root: Path, framework: str, model: Path, code: Path | None = None
) -> tuple[Container, dict[str, str]]:
    """A container that has a model, and the variables that the model package gives it."""
    container = Container(root, framework)
    shutil.copytree(model, container.ml / "model")
    if code:
        shutil.rmtree(container.ml / "model" / "code")
        shutil.copytree(code, container.ml / "model" / "code")
    return container, {**SERVED, "SAGEMAKER_SUBMIT_DIRECTORY": str(container.ml / "model" / "code")}
