"""The trials of a tuning step while it runs: the table on a terminal, and what the record says meanwhile."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any

import pytest

from local_runner.live_trials import outcome, short, trial_lines

from .conftest import Repository
from .test_tuning import tune
from .test_view import ESCAPE, on_a_terminal


def trial(number: int, status: str, objective: float | None = None, **more: Any) -> dict[str, Any]:
    values = {"eta": f"0.0{number}2345678", "booster": "dart"}
    return {
        "number": number, "hyperparameters": values, "status": status, "objective": objective,
        "failureReason": None, "best": False, **more,
    }  # fmt: skip


def plain(text: str, code: str) -> str:
    return text


TRIALS = [
    trial(1, "Completed", 0.5),
    trial(2, "Failed", failureReason="no darts\x1b[2J here"),
    trial(3, "Completed", 0.75, best=True),
    trial(4, "Executing"),
    trial(5, "NotStarted"),
]


def test_the_table_has_the_values_the_state_and_the_best_of_what_has_begun() -> None:
    lines = trial_lines(TRIALS, plain, 20)
    assert lines[0] == "    3 of 5 trials, 1 failed, best: trial 3 with 0.75"
    cells = [line.split() for line in lines[1:]]
    assert cells == [
        ["trial", "eta", "booster", "objective"],
        ["1", "0.01235", "dart", "0.5", "done"],
        ["2", "0.02235", "dart", "failed:", "no", "darts[2J", "here"],
        ["3", "0.03235", "dart", "0.75", "best"],
        ["4", "0.04235", "dart", "running"],
    ]
    assert len({line.index("dart") for line in lines[2:]}) == 1


@pytest.mark.parametrize("room", range(8))
def test_the_table_never_takes_more_room_than_there_is(room: int) -> None:
    lines = trial_lines([*TRIALS, *(trial(n, "Completed", 0.1) for n in range(6, 60))], plain, room)
    assert len(lines) == min(room, len(lines)) and (room == 0 or "best: trial 3" in lines[0])
    if room >= 4:  # the best and the running trial come before those that ended
        shown = " ".join(lines)
        assert "best" in lines[2] or "best" in lines[3]
        assert "running" in shown


def test_a_long_number_is_cut_and_everything_else_is_left() -> None:
    assert [short(value) for value in ("0.123456789", "0.25", "12345678", "a.long.text", "1e-05")] == [
        "0.1235", "0.25", "12345678", "a.long.text", "1e-05",
    ]  # fmt: skip


def test_the_outcome_names_the_best_and_counts_what_failed() -> None:
    ended = [*TRIALS[:3], trial(4, "Completed", 0.1)]
    assert outcome(ended) == "best of 4: 0.75 (trial 3), 1 failed"
    assert outcome([trial(1, "Failed")]) == "no result of 1, 1 failed"


def test_a_terminal_shows_the_trials_while_they_run_and_the_best_afterwards(repository: Repository) -> None:
    repository.write("definition.json", tune())
    # Long enough to be shown before the first one ends, on a busy machine too.
    train = (repository.build / "code" / "train.py").read_text()
    repository.code("train.py", f"{train}\nimport time; time.sleep(1.5)\n")
    output = ESCAPE.sub("", on_a_terminal(repository))
    assert re.search(r"0 of 3 trials", output) and "running" in output
    best = next(item for item in repository.steps()["Tune"]["trials"] if item["best"])
    last = output[output.rindex("Tuning") :]
    assert f"best of 3: {best['objective']:g}" in last
    assert "running" not in last


def test_the_record_has_the_trials_while_they_run(repository: Repository) -> None:
    repository.write("definition.json", tune())
    seen: list[list[str]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for file in repository.work.glob("runs/2*/run.json"):
                steps = {step["name"]: step for step in json.loads(file.read_text())["steps"]}
                seen.append([item["status"] for item in steps["Tune"]["trials"]])
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        repository.run()
    finally:
        done.set()
        watcher.join()
    assert any("Executing" in states for states in seen)
    assert seen[-1] == ["Completed"] * 3


def test_the_trials_of_a_step_that_failed_are_kept(repository: Repository) -> None:
    def edit(arguments: dict[str, Any]) -> None:
        config = arguments["HyperParameterTuningJobConfig"]
        config["HyperParameterTuningJobObjective"]["MetricName"] = "test:auc"

    repository.write("definition.json", tune(edit))
    output = repository.run("run", code=1)
    trials = repository.steps()["Tune"]["trials"]
    assert [item["status"] for item in trials] == ["Failed"] * 3
    assert not any(item["best"] for item in trials) and "no result of 3, 3 failed" in output
