"""Failing scripts and missing things: one clear message, the log's end, and a command that runs the step
again."""

from __future__ import annotations

import errno
import re
import resource
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from local_runner import files
from local_runner.errors import describe_os_error
from local_runner.options import Options, guarded
from local_runner.run import run

from .conftest import Repository, change, load


def test_a_failing_script_is_shown_with_its_error_its_log_and_what_to_do(repository: Repository) -> None:
    good = (repository.build / "code" / "train.py").read_text()
    repository.code("train.py", "print('reading')\nraise SystemExit('error: the file has no rows')\n")
    output = repository.run("run", code=1)
    assert "error: step Train (Training) failed: error: the file has no rows (exit code 1)" in output
    assert "  | reading" in output
    assert repository.record()["status"] == "Failed"
    assert (
        repository.record()["failureReason"] == "step Train failed: error: the file has no rows (exit code 1)"
    )
    step = repository.steps()["Train"]
    assert step["status"] == "Failed" and step["failureReason"] == "error: the file has no rows (exit code 1)"
    assert repository.states()["Evaluate"] == "NotStarted"
    assert step["rerunCommand"] in output

    repository.code("train.py", good)
    done = subprocess.run(
        shlex.split(step["rerunCommand"]),
        cwd=repository.root,
        env=repository.environment(),
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert repository.states() == {
        "Preprocess": "Skipped",
        "Train": "Succeeded",
        "Evaluate": "Skipped",
        "CheckQuality": "Skipped",
        "Register": "Skipped",
        "QualityGateFailed": "Skipped",
    }


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("open('/opt/nowhere')", "FileNotFoundError: .*'/opt/nowhere'"),
        (
            "import argparse; argparse.ArgumentParser(prog='train.py').parse_args()",
            "train.py: error: unrecognized arg",
        ),
        ("print('error: first'); print('done'); raise SystemExit(3)", r"error: first \(exit code 3\)"),
        ("print('nothing more to say'); raise SystemExit(2)", r"nothing more to say \(exit code 2\)"),
        ("raise SystemExit(2)", "the script ended without a message"),
        (
            "import os; os.kill(os.getpid(), 9)",
            "its process was killed by SIGKILL; the machine may be out of memory",
        ),
        ("import os; os.kill(os.getpid(), 11)", "its process was killed by SIGSEGV"),
    ],
)
def test_the_reason_says_what_the_script_said(repository: Repository, script: str, reason: str) -> None:
    repository.write(
        "definition.json", change(load("core"), lambda steps: steps["Train"].pop("RetryPolicies"))
    )
    repository.code("train.py", script)
    output = repository.run("run", code=1)
    assert re.search(f"step Train .Training. failed: {reason}", output), output


@pytest.mark.parametrize(
    ("image", "reason"), [("xgboost:3.2-0", "what the log has"), ("scikit-learn:1.9-0-cpu-py3", "bad label")]
)
def test_the_failure_file_is_the_reason_where_the_toolkit_keeps_it(
    repository: Repository, image: str, reason: str
) -> None:
    def edit(steps: dict[str, Any]) -> None:
        steps["Train"].pop("RetryPolicies")
        algorithm = steps["Train"]["Arguments"]["AlgorithmSpecification"]
        algorithm["TrainingImage"] = f"683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-{image}"

    repository.write("definition.json", change(load("core"), edit))
    repository.code(
        "train.py",
        "import os, pathlib\npathlib.Path(os.environ['SM_OUTPUT_DIR'], 'failure').write_text('bad label')\n"
        "print('error: what the log has')\nraise SystemExit(1)\n",
    )
    assert re.search(rf"step Train .Training. failed: .*{reason}", repository.run("run", code=1))


def test_a_processing_message_is_the_reason(repository: Repository) -> None:
    script = (
        "import os, pathlib\n"
        "pathlib.Path(os.environ['SM_PROCESSING_DIR'], '../output/message').write_text('no column')"
    )
    repository.code("preprocess.py", script + "\nraise SystemExit(1)")
    assert "failed: no column (exit code 1)" in repository.run("run", code=1)


def test_data_without_the_target_column_is_the_script_s_own_message(repository: Repository) -> None:
    (repository.root / "wrong.csv").write_text("a,b\n1,2\n")
    output = repository.run("run", "--set", "InputDataUrl=wrong.csv", code=1)
    assert "failed: error: wrong.csv has no column 'target'; it has a,b (exit code 1)" in output


def test_a_hanging_script_is_ended_at_the_time_limit_of_its_step(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        steps["Preprocess"]["Arguments"]["StoppingCondition"]["MaxRuntimeInSeconds"] = 1

    repository.write("definition.json", change(load("core"), edit))
    repository.code("preprocess.py", "import time\nprint('waiting', flush=True)\ntime.sleep(600)\n")
    started = time.monotonic()
    output = repository.run("run", code=1)
    assert (
        "it was stopped after 1 s, the time limit of the step (StoppingCondition.MaxRuntimeInSeconds"
        in output
    )
    assert "  | waiting" in output
    assert time.monotonic() - started < 20


def test_a_script_that_ignores_being_asked_to_end_is_killed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_runner.process.GRACE_SECONDS", 0.2)
    script = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)\n"
    repository.code("preprocess.py", script)
    assert "it was stopped after 0.3 s" in repository.run("run", "--time-limit", "0.3", code=1)


def test_missing_data_is_named_with_where_it_was_looked_for(repository: Repository) -> None:
    output = repository.run("run", "--set", "InputDataUrl=s3://elsewhere/data.csv", code=1)
    assert (
        "Steps.Preprocess.Arguments.ProcessingInputs[0].S3Input: there is nothing at s3://elsewhere/data.csv"
        in output
    )
    assert f"put the data into {repository.work}/s3/elsewhere/data.csv" in output
    (repository.root / "data" / "data.csv").unlink()
    output = repository.run("run", code=1)
    assert f"(looked in {repository.root}/data/data.csv)" in output


def test_the_other_running_steps_are_ended(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        pid = repository.root / "pid"
        for name, script in (
            ("Fails", f"while [ ! -s {pid} ]; do sleep 0.01; done; exit 1"),
            ("Sleeps", f"echo $$ > {pid}; sleep 600"),
        ):
            step = {**steps["Preprocess"], "Name": name, "Arguments": dict(steps["Preprocess"]["Arguments"])}
            step["Arguments"]["AppSpecification"] = {
                "ImageUri": "i",
                "ContainerEntrypoint": ["/bin/sh", "-c", script],
            }
            made.append(step)

    made: list[dict[str, Any]] = []
    definition = change(load("core"), edit)
    repository.write("definition.json", {**definition, "Steps": made})
    repository.run("run", "--jobs", "2", code=1)
    assert repository.states() == {"Fails": "Failed", "Sleeps": "Stopped"}
    assert repository.steps()["Sleeps"]["failureReason"] == "ended because step Fails failed"
    assert not Path(f"/proc/{(repository.root / 'pid').read_text().strip()}/cmdline").exists()


def test_an_unknown_argument_is_an_error_that_names_it(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        steps["Train"]["Arguments"]["HyperParameter"] = {}

    repository.write("definition.json", change(load("core"), edit))
    output = repository.run("run", code=1)
    message = (
        "Steps.Train.Arguments: the local runner does not know the argument 'HyperParameter'. Did you mean"
    )
    assert message in output


def test_a_report_that_cannot_be_written_does_not_change_the_outcome(repository: Repository) -> None:
    source = repository.root / "sitecustomize.py"
    source.write_text("import sys\nsys.modules['local_runner.report'] = None\n")
    environment = {
        **repository.environment(),
        "PYTHONPATH": f"{repository.root}:{repository.environment()['PYTHONPATH']}",
    }
    done = subprocess.run(
        repository.command("run"), cwd=repository.root, env=environment, text=True, capture_output=True
    )
    assert done.returncode == 0
    assert "warning: the report could not be written" in done.stderr


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/data/file")


@pytest.mark.parametrize(("place", "step"), [("shutil.copy2", "Preprocess"), ("tarfile.open", "Train")])
def test_a_full_disk_while_copying_or_packing_fails_the_step_clearly(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
    step: str,
) -> None:
    real = shutil.copy2

    def full_but_for_the_definition(*arguments: Any, **options: Any) -> Any:
        return real(*arguments) if "definition.json" in str(arguments[:1]) else _full()

    monkeypatch.chdir(repository.root)
    monkeypatch.setattr(place, full_but_for_the_definition)
    if place == "tarfile.open":  # only packing is to fail, not unpacking
        monkeypatch.setattr(
            "local_runner.jobs.script_mode.extract_archive", lambda _, code: _copy_code(repository, code)
        )
    assert run(Options()) == 1
    output = capsys.readouterr().out
    assert f"step {step} " in output
    assert "no space left on the disk while writing /data/file: free some space" in output
    monkeypatch.undo()
    assert repository.states()[step] == "Failed"
    assert not list(repository.work.glob("s3/**/.model*"))


def _copy_code(repository: Repository, code: Path) -> None:
    files.copy_into(repository.build / "code", code)


def test_a_full_disk_while_writing_the_record_ends_the_run_clearly(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    real, left = files.write_json, [4]

    def fails_later(path: Path, value: Any) -> None:
        left[0] -= 1
        real(path, value) if left[0] > 0 else _full()

    monkeypatch.chdir(repository.root)
    monkeypatch.setattr("local_runner.record.write_json", fails_later)
    assert guarded(lambda: run(Options())) == 1
    assert "error: no space left on the disk while writing" in capsys.readouterr().err
    monkeypatch.undo()
    repository.run("runs")
    assert repository.record()["status"] == "Stopped"


def test_a_limit_on_file_sizes_is_a_full_disk(repository: Repository) -> None:
    (repository.root / "data" / "more.csv").write_text("target,x\n" + "1,2.5\n" * 20000)
    limit = 60_000
    output = repository.run(
        "run",
        "--set",
        "InputDataUrl=data",
        code=1,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert "no space left on the disk" in output


def test_other_system_errors_name_the_file() -> None:
    assert (
        describe_os_error(PermissionError(errno.EACCES, "Permission denied", "/x")) == "Permission denied: /x"
    )
