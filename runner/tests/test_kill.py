"""Interrupted and killed runs: no process stays behind, and the next run finds nothing half done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Repository

# A script with a child of its own and one that left the process group; deaf ones ignore a polite request.
FAMILY = """
import os, signal, subprocess, sys, time
deafness = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" if {deaf} else ""
exec(deafness)
child = subprocess.Popen([sys.executable, "-c", deafness + "\\nimport time; time.sleep(600)"])
stray = subprocess.Popen([sys.executable, "-c", deafness + "\\nimport time; time.sleep(600)"], start_new_session=True)
time.sleep(0.2)
with open("{pids}.part", "w") as file:
    file.write(f"{{os.getpid()}} {{child.pid}} {{stray.pid}}")
os.rename("{pids}.part", "{pids}")
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def start_family(repository: Repository, deaf: bool = False) -> tuple[subprocess.Popen[str], list[int]]:
    pids = repository.root / "pids"
    repository.code("train.py", FAMILY.format(pids=pids, deaf=deaf))
    process = repository.start("run")
    wait_until(pids.exists)
    return process, [int(pid) for pid in pids.read_text().split()]


@pytest.mark.parametrize(
    ("number", "deaf"), [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)]
)
def test_an_interrupted_run_leaves_no_process_behind(
    repository: Repository, number: signal.Signals, deaf: bool
) -> None:
    process, pids = start_family(repository, deaf)
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + number, output + errors
    wait_until(lambda: not any(map(alive, pids)))
    record = repository.record()
    assert (record["status"], record["failureReason"]) == ("Stopped", f"interrupted by {number.name}")
    assert repository.states()["Train"] == "Stopped" and repository.states()["Evaluate"] == "NotStarted"
    assert f"interrupted by {number.name}" in output and "Traceback" not in errors


def test_a_second_interrupt_ends_it_at_once(repository: Repository) -> None:
    process, pids = start_family(repository, deaf=True)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130 and time.monotonic() - started < 2
    wait_until(lambda: not any(map(alive, pids)))


def test_a_job_leaves_no_process_behind_when_it_ends(repository: Repository) -> None:
    pid = repository.root / "pid"
    source = (repository.build / "code" / "preprocess.py").read_text()
    left = (
        f"\nimport subprocess\nopen({str(pid)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))\n"
    )
    repository.code("preprocess.py", source + left)
    repository.run("run", "--only", "Preprocess")
    wait_until(lambda: not alive(int(pid.read_text())))


def test_after_sigkill_the_processes_end_and_the_next_run_works(repository: Repository) -> None:
    good = (repository.build / "code" / "train.py").read_text()
    process, pids = start_family(repository, deaf=True)
    process.kill()
    process.communicate(timeout=30)
    wait_until(lambda: not any(map(alive, pids)))
    killed = repository.record()
    assert killed["status"] == "Executing"
    assert "interrupted" in repository.run("runs")
    assert repository.record()["status"] == "Stopped"
    assert repository.states()["Train"] == "Stopped" and repository.states()["Preprocess"] == "Succeeded"
    repository.code("train.py", good)
    repository.run()
    assert repository.record()["status"] == "Succeeded"
    assert repository.steps()["Preprocess"]["cacheHit"] == {"executionId": killed["executionId"]}
    assert not (repository.work / "runs" / killed["executionId"] / "jobs").exists()
    assert not (repository.work / "tmp").exists()


def test_killed_at_any_moment_nothing_half_written_is_taken_for_whole(repository: Repository) -> None:
    """The run is killed a little later each time; whatever was kept must be whole, and the last run must
    succeed."""
    for milliseconds in (60, 120, 180, 240, 300, 380, 460):
        process = repository.start("run")
        time.sleep(milliseconds / 1000)
        process.kill()
        process.communicate(timeout=30)
        for path in repository.work.glob("**/*.json"):
            if not path.name.startswith("."):
                json.loads(path.read_text())
    repository.run()
    assert repository.record()["status"] == "Succeeded"
    reference = Repository(repository.root / "reference")
    reference.run()
    for step in ("Preprocess", "Train", "Evaluate"):
        for mine, other in zip(
            repository.steps()[step]["outputs"], reference.steps()[step]["outputs"], strict=True
        ):
            assert _content(repository.work / mine["path"]) == _content(reference.work / other["path"])


def _content(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_a_living_run_is_not_shown_as_interrupted(repository: Repository) -> None:
    process, pids = start_family(repository)
    assert "Executing" in repository.run("runs")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    wait_until(lambda: not any(map(alive, pids)))
