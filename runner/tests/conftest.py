"""A small repository around a definition, as the compile step leaves it, and ways to run the runner on it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from local_runner.archives import make_archive
from local_runner.cli import main
from local_runner.opt_ml import place

RUNNER = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures"
CODE = "s3://artifacts/demo/code/0123456789abcdef/"
DATA = "s3://artifacts/demo/data/0011223344556677/"


NEEDS_NAMESPACES = pytest.mark.skipif(
    (WHY := place.why_not_mounted()) is not None, reason=f"nothing can be mounted at /opt/ml here: {WHY}"
)


class Repository:
    """A directory with a compiled pipeline; `run` runs it in a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root: Path = root
        self.build = root / "build" / "pipeline"
        self.work = root / ".local"
        self.path = "/usr/bin:/bin"
        self.build.mkdir(parents=True)
        shutil.copytree(FIXTURES / "code", self.build / "code")
        (root / "data").mkdir()
        self.pack()
        rows = [f"{int(x > 37)},{x + (x * 7) % 5}.5" for x in ((i * 37) % 97 for i in range(97))]
        (root / "data" / "data.csv").write_text("target,x\n" + "\n".join(rows) + "\n")
        mounts = {CODE: "code/", DATA: "../../data/"}
        self.write("manifest.json", {"version": 1, "pipelineName": "demo", "mounts": mounts})
        self.write("definition.json", load("core"))

    def write(self, name: str, value: Any) -> None:
        (self.build / name).write_text(json.dumps(value))

    def pack(self) -> None:
        """Pack the code again after a change, as the compile step does."""
        (self.build / "code" / "sourcedir.tar.gz").unlink(missing_ok=True)
        make_archive(self.build / "code", self.root / "sourcedir.tar.gz")
        (self.root / "sourcedir.tar.gz").replace(self.build / "code" / "sourcedir.tar.gz")

    def code(self, name: str, text: str) -> None:
        """Replace a script."""
        (self.build / "code" / name).write_text(text)
        self.pack()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "local_runner", *arguments]

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SM_", "GIT_"))}
        # Without an aws command, wherever the tests run.
        kept["PATH"] = self.path
        return {**kept, "PYTHONPATH": str(RUNNER), "GIT_CEILING_DIRECTORIES": str(self.root.parent)}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            text=True,
            stdout=pipe,
            stderr=pipe,
            **options,
        )

    def run(self, *arguments: str, code: int = 0, **options: Any) -> str:
        """Run a command to its end; returns what it printed. Without options for a process, in this one."""
        command = arguments or ("run",)
        if not options:
            output, returned = self._run_here(command)
        else:
            process = self.start(*command, **options)
            output = "".join(process.communicate(timeout=60))
            returned = process.returncode
        assert returned == code, output
        # A script's own traceback stands behind its name; one at the start of a line is the runner's.
        assert not re.search("^Traceback", output, re.MULTILINE), output
        return output

    def _run_here(self, command: Sequence[str]) -> tuple[str, int]:
        output = io.StringIO()
        with (
            contextlib.chdir(self.root),
            mock.patch.dict(os.environ, self.environment(), clear=True),
            mock.patch.object(sys, "argv", ["local_runner", *command]),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            try:
                code = main(list(command))
            except SystemExit as error:
                code = int(error.code or 0)
        return output.getvalue(), code

    def records(self) -> list[dict[str, Any]]:
        """Return the records of all runs, the oldest first."""
        paths = sorted(self.work.glob("runs/*/run.json"), key=lambda path: path.parent.stat().st_ctime_ns)
        records = [json.loads(path.read_text()) for path in paths]
        return sorted(records, key=lambda record: record["startTime"])

    def record(self) -> dict[str, Any]:
        return self.records()[-1]

    def steps(self) -> dict[str, dict[str, Any]]:
        """Return the steps of the newest run by name."""
        return {step["name"]: step for step in self.record()["steps"]}

    def states(self) -> dict[str, str]:
        return {name: step["status"] for name, step in self.steps().items()}

    def folder(self, step: str) -> Path:
        return self.work / "runs" / str(self.record()["executionId"]) / "steps" / step

    def object(self, uri: str) -> Path:
        return self.work / "s3" / uri.removeprefix("s3://")


def load(name: str) -> dict[str, Any]:
    """Return a definition that the SageMaker SDK made."""
    return dict(json.loads((FIXTURES / f"{name}.json").read_text()))


def change(definition: dict[str, Any], edit: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Return a definition after an edit of its steps, which are given by name."""
    steps: dict[str, Any] = {}

    def collect(items: list[dict[str, Any]]) -> None:
        for item in items:
            steps[item["Name"]] = item
            collect(item["Arguments"].get("IfSteps", []))
            collect(item["Arguments"].get("ElseSteps", []))

    collect(definition["Steps"])
    edit(steps)
    return definition


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def parameter_of(repository: Repository, name: str) -> tuple[Any, str]:
    (item,) = [item for item in repository.record()["parameters"] if item["name"] == name]
    return item["value"], item["origin"]
