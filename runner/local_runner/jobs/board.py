"""The trials of a tuning step while they run: what each tries, how it goes, which is the best so far."""

from __future__ import annotations

import threading
from typing import Any

from ..context import Job


class Board:
    """The records of all trials; every change is shown at once. Safe to change from several threads."""

    def __init__(self, job: Job, choices: list[dict[str, str]], metric: str, kind: str) -> None:
        self.metric = metric
        self._job = job
        self._sign = -1 if kind == "Maximize" else 1
        self._lock = threading.Lock()
        self._trials = [
            {
                "number": number,
                "name": f"{job.name}-{number:03d}",
                "hyperparameters": chosen,
                "status": "NotStarted",
                "objective": None,
                "failureReason": None,
                "model": None,
                "log": f"steps/{job.step.name}/trial-{number:03d}.txt",
                "best": False,
            }
            for number, chosen in enumerate(choices, start=1)
        ]

    @property
    def trials(self) -> list[dict[str, Any]]:
        """Return copies of all records, in the order of their numbers."""
        return [dict(trial) for trial in self._trials]

    def change(self, number: int, **fields: Any) -> None:
        """Change fields of a trial, note its end in the step's log, and show all trials."""
        with self._lock:
            trial = self._trials[number - 1]
            trial.update(fields)
            if trial["status"] in ("Completed", "Failed"):
                self._note_end(trial)
                ranked = self.ranked()
                for each in self._trials:
                    each["best"] = bool(ranked) and each["number"] == ranked[0]["number"]
            self._job.show_trials(self.trials)

    def ranked(self) -> list[dict[str, Any]]:
        """Return the trials that gave the objective metric, the best first, of equal ones the earlier."""
        return sorted(
            (trial for trial in self.trials if trial["objective"] is not None),
            key=lambda trial: (self._sign * trial["objective"], trial["number"]),
        )

    def _note_end(self, trial: dict[str, Any]) -> None:
        shown = " ".join(f"{key}={value}" for key, value in trial["hyperparameters"].items())
        value = trial["objective"]
        what = f"{self.metric}={value:g}" if value is not None else f"failed: {trial['failureReason']}"
        with self._job.log.open("a") as file:
            file.write(f"trial {trial['number']}: {shown}: {what}\n")
