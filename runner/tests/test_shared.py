"""The machine's own /opt/ml: one runner at a time, and nothing is left or touched that is not its own."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_runner.errors import StepStopped
from local_runner.opt_ml import shared


def test_what_a_killed_runner_left_is_cleared_and_other_people_s_files_are_not(tmp_path: Path) -> None:
    machine, job = tmp_path / "machine", tmp_path / "job"
    machine.mkdir()
    job.mkdir()
    (job / "file").write_text("mine")
    (machine / "theirs").write_text("x")
    assert "is not empty (theirs)" in str(shared.reason_against(machine))
    (machine / shared.MARKER).touch()
    assert shared.reason_against(machine) is None
    with shared.lent(job, lambda: False, machine):
        assert {path.name for path in machine.iterdir()} == {"file", shared.MARKER} and not list(
            job.iterdir()
        )
    assert [path.name for path in job.iterdir()] == ["file"] and not list(machine.iterdir())


def test_a_place_that_was_not_there_is_not_there_afterwards_either(tmp_path: Path) -> None:
    machine, job = tmp_path / "machine", tmp_path / "job"
    job.mkdir()
    with pytest.raises(ZeroDivisionError), shared.lent(job, lambda: False, machine):
        (machine / "made").touch()
        raise ZeroDivisionError  # as when the step fails
    assert (job / "made").exists() and not machine.exists()


def test_one_that_waits_gets_its_turn_when_the_place_is_removed_meanwhile(tmp_path: Path) -> None:
    machine, first, second = (tmp_path / name for name in ("machine", "first", "second"))
    first.mkdir()
    second.mkdir()

    def wait() -> None:
        with shared.lent(second, lambda: False, machine):
            (machine / "mine").touch()

    with ThreadPoolExecutor() as pool:
        with shared.lent(first, lambda: False, machine):
            waiting = pool.submit(wait)
            time.sleep(0.3)
        waiting.result(10)
    assert (second / "mine").exists() and not (first / "mine").exists()


def test_waiting_for_another_runner_ends_with_the_run(tmp_path: Path) -> None:
    machine, job = tmp_path / "machine", tmp_path / "job"
    for path in (machine, job):
        path.mkdir()
    stop = threading.Event()
    with shared.lent(job, lambda: False, machine):
        stop.set()
        with pytest.raises(StepStopped), shared.lent(job, stop.is_set, machine):
            pytest.fail("two at once")
