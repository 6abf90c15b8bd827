"""The command line as a whole."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from local_runner.cli import main

from .conftest import Repository


def test_the_module_runs_under_the_name_it_was_copied_to(repository: Repository) -> None:
    import shutil

    from .conftest import RUNNER

    shutil.copytree(RUNNER / "local_runner", repository.root / "pipelines" / "local")
    environment = {**repository.environment(), "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.local", "run", "--set", "QualityThreshold=0.99"],
        cwd=repository.root, env=environment, text=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 1 and "is below QualityThreshold 0.99" in done.stdout, done.stderr
    assert repository.record()["command"].endswith("-m pipelines.local run --set QualityThreshold=0.99")


def test_the_report_of_a_run_is_written_by_the_run_and_again_on_demand(repository: Repository) -> None:
    repository.run("run", "--only", "Preprocess")
    execution_id = repository.record()["executionId"]
    page = repository.work / "runs" / execution_id / "report.html"
    assert "<html" in page.read_text()
    repository.run("report", "--run", execution_id, "--output", "page.html")
    assert execution_id in (repository.root / "page.html").read_text()


def test_the_list_of_runs_says_how_each_ended(repository: Repository) -> None:
    assert repository.run("runs") == "no runs in .local\n"
    repository.run("run", "--only", "Preprocess")
    repository.run("run", "--set", "QualityThreshold=0.99", code=1)
    _, newest, reason, oldest = repository.run("runs").splitlines()
    assert "Failed" in newest and "is below QualityThreshold" in reason and "Succeeded" in oldest


def test_the_shown_command_can_be_that_of_a_project_s_task(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_LOCAL_COMMAND", "npx projen pipeline:local --")
    monkeypatch.setenv("PIPELINE_REGISTRY_COMMAND", "npx projen pipeline:registry --")
    approve = 'to approve it: npx projen pipeline:registry -- approve demo/1 --why "..."'
    assert approve in repository.run()
    repository.code("train.py", "raise SystemExit(1)")
    output = repository.run("run", "--work", "elsewhere", code=1)
    assert "npx projen pipeline:local -- --only Train --from-run" in output and "--work elsewhere" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["rnu"], "invalid choice: 'rnu'"),
        (["run", "--jobs", "0"], "0 is not at least 1"),
        (["run", "--time-limit", "-1"], "-1 is not greater than 0"),
        (["run", "--onl", "Train"], "unrecognized arguments: --onl Train"),
    ],
)
def test_wrong_usage_is_told(repository: Repository, arguments: list[str], message: str) -> None:
    done = subprocess.run(
        repository.command(*arguments),
        cwd=repository.root,
        env=repository.environment(),
        text=True,
        capture_output=True,
    )
    assert done.returncode == 2 and message in done.stderr


def test_an_unknown_option_is_told_with_those_that_there_are(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIPELINE_LOCAL_COMMAND", "npx projen pipeline:local --")
    for given, usage in (
        (["run", "--", "--threshold=3"], "usage: npx projen pipeline:local -- [-h]"),
        (["registry", "--", "list", "--threshold=3"], "registry list [-h]"),
    ):
        with pytest.raises(SystemExit):
            main(given)
        told = capsys.readouterr().err
        assert usage in told and "--work DIR" in told and "unrecognized arguments: --threshold=3" in told


def test_a_system_without_file_locks_is_told_what_to_use(repository: Repository) -> None:
    code = (
        "import sys\nsys.modules['fcntl'] = None\nfrom local_runner.cli import main\nsys.exit(main(['runs']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository.root, env=repository.environment(), text=True, capture_output=True
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1, "error: The local runner needs Linux or macOS; on Windows use WSL.\n"
    )  # fmt: skip


@pytest.mark.parametrize("order", [("Evaluate", "Gate"), ("Gate", "Evaluate")])
def test_a_model_loaded_early_is_ended_when_it_is_not_registered(
    repository: Repository, order: tuple[str, str]
) -> None:
    """Whether loading takes long or is done at once, nothing of it is left after the run."""
    pid = repository.root / "pid"
    source = (repository.build / "code" / "inference.py").read_text()
    wait = "import time\ntime.sleep(600)\n" if order[0] == "Gate" else ""
    repository.code(
        "inference.py", f"import os\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\n{wait}{source}"
    )
    evaluate = (repository.build / "code" / "evaluate.py").read_text()
    patience = f"import os, time\nwhile not os.path.exists({str(pid)!r}):\n    time.sleep(0.01)\n"
    (repository.build / "code" / "evaluate.py").write_text(patience + evaluate)
    repository.run("run", "--jobs", "2", "--set", "QualityThreshold=0.99", code=1)
    assert repository.states()["Register"] == "Skipped"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_with_one_job_the_model_is_loaded_only_when_it_is_asked(repository: Repository) -> None:
    repository.run("run", "--jobs", "1", "--set", "QualityThreshold=0.99", code=1)
    assert "loading" not in "".join(
        path.read_text() for path in repository.folder("Register").glob("log.txt")
    )
