"""Runs `python -m MODULE` in forks of one process that has loaded the SDK, which takes seconds each time.

What runs there is the repository's own code in its own directory and environment; only what is the same for
all, the installed packages, is there already. A module that such a process starts with the same Python is a
fork too.
`test_same_definition` holds that a fork writes what a process of its own does.

    python warm_python.py     reads a request (JSON) a line, answers each with the exit code
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

ENVIRONMENT = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "PYTHONHASHSEED": "0"}
"""What the SDK's modules want to see while they are loaded; each fork replaces it by its own."""

Command = list[str]


class WarmPython:
    """The process, seen from the tests."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env=kept | ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, command: Command, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """What `subprocess.run([sys.executable, "-m", *command], cwd=cwd, env=env)` captures."""
        out, error = (self._directory / name for name in ("stdout", "stderr"))
        asked = {"command": command, "cwd": str(cwd), "env": env, "stdout": str(out), "stderr": str(error)}
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(command, code, out.read_text("utf-8"), error.read_text("utf-8"))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def _load() -> None:
    """Load what the pipelines' modules import from the installed packages."""
    import boto3  # noqa: F401
    from sagemaker.core import image_uris, model_metrics, network, processing, shapes  # noqa: F401
    from sagemaker.core.workflow import pipeline_context  # noqa: F401
    from sagemaker.mlops.workflow import condition_step, fail_step, model_step, pipeline, steps  # noqa: F401
    from sagemaker.serve import model_builder  # noqa: F401
    from sagemaker.train import model_trainer  # noqa: F401


def _serve() -> None:
    _load()
    for line in sys.stdin:
        asked = json.loads(line)
        with Path(asked["stdout"]).open("wb") as out, Path(asked["stderr"]).open("wb") as error:
            code = _fork(asked["command"], asked["cwd"], asked["env"], out.fileno(), error.fileno())
        print(code, flush=True)


def _fork(command: Command, cwd: str, env: dict[str, str], out: int, error: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        empty = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((empty, 0), (out, 1), (error, 2)):
            os.dup2(source, target)
        code = _module(command, cwd, env)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _module(command: Command, cwd: str, env: dict[str, str]) -> int:
    """Run a module as `python -m` would; its exit code."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    paths = [cwd, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    sys.path[:] = paths + [p for p in sys.path if p != str(Path(__file__).parent)]
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in env
    sys.argv = list(command)
    subprocess.run = _run  # type: ignore[assignment]
    try:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    return 0


_run_process = subprocess.run


def _run(args: Command, **options: Any) -> Any:
    """`subprocess.run` for which the same Python with a module is a fork."""
    if args[:2] != [sys.executable, "-m"] or not options.get("capture_output"):
        return _run_process(args, **options)
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        code = _fork_fresh(args[2:], str(options["cwd"]), options["env"], out.fileno(), error.fileno())
        texts = []
        for file in (out, error):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(args, code, *texts)


def _fork_fresh(command: Command, cwd: str, env: dict[str, str], out: int, error: int) -> int:
    """A fork without the modules of this repository, which are others in the directory in which it runs."""
    own = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "pipelines"}
    try:
        return _fork(command, cwd, env, out, error)
    finally:
        sys.modules.update(own)


if __name__ == "__main__":
    _serve()
