"""What the person at the terminal sees while a pipeline runs."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from .errors import describe_os_error
from .files import tail
from .live_trials import outcome
from .options import shown_registry_command

_COLORS = {
    "Succeeded": "32", "Failed": "31", "Executing": "36", "Stopped": "33", "NotEmulated": "33", "Skipped":
    "2",
    "NotStarted": "2", "Incomplete": "33", "CompletedWithFailures": "31",
}  # fmt: skip
TAIL_LINES = 15
_SYMBOLS = {
    "Equals": "=",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": ">=",
    "LessThan": "<",
    "LessThanOrEqualTo": "<=",
    "In": "in",
}


class View:
    """Plain lines: one when a step starts, its log as it grows, one when it ends."""

    def __init__(self, output: TextIO, color: bool) -> None:
        self._output = output
        self._color = color
        self._lock = threading.RLock()

    def run_started(self, record: Mapping[str, Any], work: Path) -> None:
        """Say which run this is."""
        count = len(record["steps"])
        self._line(
            f"{record['pipelineName']}: run {record['executionId']}, {count} steps, {record['cores']} cores"
        )
        for item in record["parameters"]:
            if item["origin"] == "set":
                usual = "not set otherwise" if item["default"] is None else f"default {item['default']}"
                self._line(f"  {item['name']} = {item['value']} ({usual})")

    def run_ended(
        self, record: Mapping[str, Any], work: Path, report: Path | None, measured: Sequence[str] = ()
    ) -> None:
        """Say how the run ended, what to do next, and what was measured."""
        status = record["status"]
        self._line("")
        if record["failedStep"] or status == "Failed":
            self._failure(record, work)
        for item in record["registered"] or []:
            self._line(
                f"registered {item['modelPackageGroupName']} version {item['modelPackageVersion']}"
                f" ({item['approvalStatus']}): {item['modelPackageArn']}"
            )
            if item["approvalStatus"] == "PendingManualApproval":
                package = f"{item['modelPackageGroupName']}/{item['modelPackageVersion']}"
                self._line(f'to approve it: {shown_registry_command()} approve {package} --why "..."')
        if not record["registers"]:
            self._line("nothing was registered: --no-register")
        answer = record["sampleAnswer"] or {}
        if "error" in answer:
            self._line(f"{self.paint('warning', '33')}: the model gave no answer: {answer['error']}")
        elif answer:
            first = str(answer["response"]).strip().splitlines()
            self._line(f"sample request of {answer['rows']} rows answered: {' | '.join(first)[:100]}")
            self._golden(answer.get("golden"))
        left = [step["name"] for step in record["steps"] if step["status"] == "NotEmulated"]
        if left:
            self._line(f"{self.paint('not emulated', '33')}, so not run here: {', '.join(left)}")
            if status == "Incomplete":
                self._line("nothing failed, but those steps and their successors were not tested")
        reason = f": {record['failureReason']}" if status == "Stopped" else ""
        self._line(f"{self.paint(status, _COLORS[status])} in {record['seconds']:.1f} s{reason}")
        for line in measured:
            self._line(line)
        if report:
            self._line(f"report: {_short(report)}")

    def _golden(self, golden: Mapping[str, Any] | None) -> None:
        if not golden:
            return
        rows, differing = golden["rows"], golden["differences"]
        if differing:
            more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
            self._line(
                f"{self.paint('warning', '33')}: the model does not give the golden answers: "
                f"{'; '.join(differing[:3])}{more}. A deployment of it would fail."
            )
        else:
            self._line(f"{rows} golden rows answered as measured")

    def step_ended(self, step: Mapping[str, Any]) -> None:
        """Say how a step ended."""
        if step["status"] != "Skipped" or step["failureReason"]:
            self._line(self.describe(step))

    def start(self, record: Any) -> None:
        """Begin to follow a run."""

    def stop(self) -> None:
        """Stop following it."""

    def describe(self, step: Mapping[str, Any]) -> str:
        """Return the one line that shows the state of a step."""
        status, seconds = step["status"], step["seconds"]
        more = f"{seconds:.1f} s" if seconds is not None else ""
        if step["cacheHit"]:
            more = f"from the cache (run {step['cacheHit']['executionId']})"
        elif step["outcome"]:
            more = f"{step['outcome']}: {'; '.join(map(_comparison, step['conditions']))}"
        elif status in ("NotEmulated", "Skipped") and step["failureReason"]:
            more = str(step["failureReason"])
        elif step["trials"] and status != "Executing":
            more = f"{more}  {outcome(step['trials'])}".strip()
        state = self.paint(f"{status:<12}", _COLORS[status])
        return f"{state} {step['name']:<20} {step['type']:<14} {more}".rstrip()

    def paint(self, text: str, code: str) -> str:
        """Return `text` in a color, where colors are wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text

    def _failure(self, record: Mapping[str, Any], work: Path) -> None:
        step = next((step for step in record["steps"] if step["name"] == record["failedStep"]), None)
        if step is None:
            self._line(f"{self.paint('error', '31')}: {record['failureReason']}")
            return
        self._line(
            f"{self.paint('error', '31')}: step {step['name']} ({step['type']}) failed:"
            f" {step['failureReason']}"
        )
        log = work / "runs" / record["executionId"] / step["log"] if step["log"] else None
        if log and (lines := tail(log, TAIL_LINES)):
            self._line(f"the last lines of its log ({_short(log)}):")
            for line in lines:
                self._line(f"  | {line}")
        if step["rerunCommand"]:
            self._line("to rerun only this step:")
            self._line(f"  {step['rerunCommand']}")

    def _line(self, text: str) -> None:
        with self._lock:
            print(text, file=self._output, flush=True)


class Following(threading.Thread):
    """Calls a function ten times a second until stopped."""

    def __init__(self, tick: Any) -> None:
        super().__init__(name="view", daemon=True)
        self._tick = tick
        self._done = threading.Event()

    def run(self) -> None:
        """Tick until `stop`; a terminal that went away ends the view, not the run."""
        while not self._done.wait(0.1):
            try:
                self._tick()
            except OSError as error:
                print(describe_os_error(error), file=sys.stderr)
                return

    def stop(self) -> None:
        """End the thread after the tick it is in."""
        self._done.set()
        self.join()


def _comparison(condition: Mapping[str, Any]) -> str:
    if condition["leftExpression"] is None:
        return str(condition["type"])
    left, right = (_number(condition[side]) for side in ("left", "right"))
    return (
        f"{left} {_SYMBOLS.get(condition['type'], condition['type'])} {right} ({condition['leftExpression']})"
    )


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
