"""One run of a pipeline: decides what can start, runs it, and writes down what came of it."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from .context import Context, Result
from .errors import NotEmulatedError, NotRegistered, RunnerError, StepStopped
from .graph import Needs
from .pipeline import Definition, Step, why_not_emulated
from .record import FINAL, RunRecord
from .steps import StepFailure, StepRunner
from .view import View

_Event = tuple[str, Result | BaseException]


class Execution:
    """Runs the steps of a definition side by side, until all are done, one fails, or it is interrupted."""

    def __init__(
        self,
        definition: Definition,
        graph: dict[str, Needs],
        context: Context,
        record: RunRecord,
        runner: StepRunner,
        view: View,
        only: str | None = None,
    ) -> None:
        self._definition = definition
        self._graph = graph
        self._context = context
        self._record = record
        self._runner = runner
        self._view = view
        self._only = only
        runner.child_ended = lambda name: view.step_ended(record.step(name))
        self._events: queue.SimpleQueue[_Event | None] = queue.SimpleQueue()
        self._running: dict[str, threading.Thread] = {}
        self._failed: tuple[str, StepFailure] | None = None
        self._handled: list[tuple[str, StepFailure]] = []
        self._ended: float | None = None
        self.interrupted: str | None = None

    def run(self) -> str:
        """Run to the end; returns the status of the run."""
        waiting = [name for name in self._definition.steps if self._only in (None, name)]
        for name in self._definition.steps:
            if name not in waiting:
                self._record.change(name, status="Skipped")
        while True:
            if not self._ending:
                waiting = self._start_ready(waiting)
                self._warm_up()
            if not self._running:
                break
            event = self._events.get()
            if event is None:
                self._end_all()
                continue
            name, outcome = event
            self._running.pop(name).join()
            self._finish(name, outcome)
        if self._failed:
            return "Failed"
        if self.interrupted:
            return "Stopped"
        if self._handled:
            return "CompletedWithFailures"
        left = any(step["status"] == "NotEmulated" for step in self._record.data["steps"])
        return "Incomplete" if left else "Succeeded"

    @property
    def failure(self) -> tuple[str, StepFailure] | None:
        """Return the step that failed first, and how."""
        return self._failed or (self._handled[0] if self._handled else None)

    @property
    def _ending(self) -> bool:
        return self._failed is not None or self.interrupted is not None

    def interrupt(self, reason: str) -> None:
        """End everything; safe to call from a signal handler. A second call does it at once."""
        if self.interrupted:
            self._context.processes.stop_all(kill=True)
        self.interrupted = reason
        self._events.put(None)

    def _end_all(self) -> None:
        self._ended = self._ended or time.monotonic()
        self._context.slots.close()
        self._context.processes.stop_all()
        self._runner.stopping.set()

    def _start_ready(self, waiting: list[str]) -> list[str]:
        """Start what can start; repeat while steps that are not run make others decidable."""
        while True:
            left = []
            for name in waiting:
                decision = self._decide(self._definition.steps[name])
                if decision is None:
                    left.append(name)
                else:
                    decision(name)
            if left == waiting or self._ending:
                return left
            waiting = left

    def _warm_up(self) -> None:
        """Let cores that no step is about to use load models that will be registered."""
        if self._only is None and not self._ending and 0 < len(self._running) < self._context.slots.count:
            with contextlib.suppress(RunnerError):  # the step itself will say it
                self._runner.warm_up(self._definition.steps.values())

    def _decide(self, step: Step) -> Callable[[str], None] | None:
        """Return what to do with a step, or None when it still must wait."""
        if self._only is not None:
            return self._begin(step)
        states = {name: self._record.step(name)["status"] for name in self._graph[step.name].all}
        if step.parent:
            parent = self._record.step(step.parent)
            if parent["status"] == "NotEmulated":
                return self._not_emulated(f"its condition {step.parent} could not be evaluated here")
            if parent["status"] == "Skipped":
                return self._skip
            if parent["status"] == "Succeeded" and (parent["outcome"] == "True") != (step.branch == "if"):
                return self._skip
        if not all(state in FINAL for state in states.values()):
            return None
        if any(state == "Skipped" for state in states.values()):
            return self._skip
        for name, state in sorted(states.items()):
            if state != "NotEmulated" and not _fires(step.triggers.get(name, "Completed"), state):
                return self._skip_for(name, state) if state in ("Failed", "Stopped") else self._skip
        for name in sorted(name for name, state in states.items() if state == "NotEmulated"):
            if step.triggers.get(name, "Any") != "Any":
                return self._not_emulated(f"whether {name} fails is not known here: it is not emulated")
            if name in self._graph[step.name].data:
                return self._not_emulated(f"it needs the output of {name}, which is not emulated")
            if why_not_emulated(self._definition.steps[name]) is None:
                return self._not_emulated(
                    f"it comes after {name}, which did not run because something it needs is missing"
                )
        return self._begin(step)

    def _skip(self, name: str) -> None:
        self._record.end_step(name, "Skipped")

    def _skip_for(self, name: str, state: str) -> Callable[[str], None]:
        def mark(other: str) -> None:
            self._record.end_step(other, "Skipped", failureReason=f"step {name} {state.lower()}")

        return mark

    def _begin(self, step: Step) -> Callable[[str], None]:
        why = why_not_emulated(step)
        return self._start if why is None else self._not_emulated(why)

    def _not_emulated(self, why: str) -> Callable[[str], None]:
        def mark(name: str) -> None:
            self._record.end_step(name, "NotEmulated", failureReason=why)
            self._view.step_ended(self._record.step(name))

        return mark

    def _start(self, name: str) -> None:
        before = [
            item for item in self._graph[name].order if self._record.step(item)["status"] == "NotEmulated"
        ]
        for item in before:
            self._record.note(name, f"{item} should have run before, but is not emulated.")
        step = self._definition.steps[name]
        thread = threading.Thread(target=self._work, args=(step,), name=name, daemon=True)
        self._running[name] = thread
        thread.start()

    def _work(self, step: Step) -> None:
        outcome: Result | BaseException
        try:
            outcome = self._runner.run(step)
        except BaseException as error:
            outcome = error
        self._events.put((step.name, outcome))

    def _finish(self, name: str, outcome: Result | BaseException) -> None:
        fields: dict[str, Any] = {}
        if isinstance(outcome, StepFailure) and self._ended is not None and outcome.when > self._ended:
            outcome = StepStopped()  # it failed because it was ended
        if isinstance(outcome, Result):
            self._context.scope.steps[name] = outcome.properties
            status = "Succeeded"
        elif isinstance(outcome, StepStopped):
            status = "Stopped"
            reason = f"step {self._failed[0]} failed" if self._failed else self.interrupted
            fields["failureReason"] = f"ended because {reason}"
        elif isinstance(outcome, NotRegistered):
            status = "Skipped"
            fields["failureReason"] = str(outcome)
        elif isinstance(outcome, NotEmulatedError):
            status = "NotEmulated"
            fields["failureReason"] = str(outcome)
        elif isinstance(outcome, StepFailure):
            status = "Failed"
            fields = {"failureReason": outcome.reason, "rerunCommand": outcome.rerun_command}
            self._failure(name, outcome)
        else:
            self._end_all()
            raise outcome
        self._record.end_step(name, status, **fields)
        self._view.step_ended(self._record.step(name))

    def _failure(self, name: str, failure: StepFailure) -> None:
        """Go on where a step waits for this failure, else end the run; of several the first one is blamed."""
        if self._ended is None and any(
            step.triggers.get(name) in ("Failed", "Any")
            and self._record.step(step.name)["status"] == "NotStarted"
            for step in self._definition.steps.values()
        ):
            self._context.scope.steps[name] = {"FailureReason": failure.reason}
            self._handled.append((name, failure))
            return
        if self._failed is None or failure.when < self._failed[1].when:
            self._failed = (name, failure)
        self._end_all()


def _fires(trigger: str, state: str) -> bool:
    """Say whether the end of a step is the one that another step waits for."""
    ends = {"Completed": "Succeeded", "Failed": "Failed", "Stopped": "Stopped", "Any": state}
    return ends[trigger] == state
