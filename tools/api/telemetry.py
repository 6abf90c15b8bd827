"""
What a request leaves behind: one line of JSON, from which CloudWatch also takes the metrics that alarms look
at (embedded metric format).

Features and bodies are in no line. Powertools for AWS Lambda writes the same; we do not use it, because these
files also run on a laptop with the standard library alone, and the runtime brings boto3 and nothing else.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trace_context import Trace

DIMENSION = "FunctionVersion"

PLACE = "environment"
"""Dimension of what is counted over all versions; the metrics' namespace is of one endpoint."""

_COUNT, _MILLISECONDS = "Count", "Milliseconds"

_ERROR, _CLIENT_ERROR = 500, 400


@dataclass
class Observed:
    """One request, as it is answered."""

    request_id: str
    started: float
    deadline: float
    """When it must be answered, on the clock of `time.monotonic`."""
    trace: Trace | None = None
    inference_id: str | None = None
    attempts: int = 0
    """How often the endpoint was asked; more than once is a retry."""
    model_seconds: float | None = None
    why: str | None = None
    """Why there is no prediction, in a word or two."""
    retry_after: float | None = None
    """Seconds after which asking again has a chance, where that is known."""


_CURRENT: ContextVar[Observed] = ContextVar("request")


def current() -> Observed:
    """The request that is being answered."""
    return _CURRENT.get()


@contextmanager
def observing(observed: Observed) -> Iterator[Observed]:
    """Makes it the one that is being answered."""
    token = _CURRENT.set(observed)
    try:
        yield observed
    finally:
        _CURRENT.reset(token)


def _print(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


class Telemetry:
    """Writes the lines of one version of the handler."""

    def __init__(
        self,
        namespace: str,
        version: str,
        about: Mapping[str, str],
        write: Callable[[str], None] = _print,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._namespace, self._version, self._about = namespace, version, dict(about)
        self._write, self._now = write, now
        self._lock = threading.Lock()

    def answered(self, observed: Observed, method: str, route: str, status: int, *, counted: bool) -> None:
        """
        A request was answered. What is beside predictions (`/health` and so on) is not counted: it would
        thin out the share of errors that an alarm looks at.
        """
        seconds = time.monotonic() - observed.started
        fields: dict[str, Any] = {
            "requestId": observed.request_id,
            "inferenceId": observed.inference_id,
            "method": method,
            "route": route,
            "status": status,
            "why": observed.why,
            "latencyMs": _milliseconds(seconds),
            "modelLatencyMs": _milliseconds(observed.model_seconds),
            "attempts": observed.attempts,
            "retries": max(0, observed.attempts - 1),
            "traceparent": observed.trace.text if observed.trace else None,
            "traceId": observed.trace.trace_id if observed.trace else None,
        }
        metrics: dict[str, tuple[str, float]] = {}
        if counted:
            metrics = {
                "Requests": (_COUNT, 1),
                "ServerErrors": (_COUNT, int(status >= _ERROR)),
                "ClientErrors": (_COUNT, int(_CLIENT_ERROR <= status < _ERROR)),
                "Latency": (_MILLISECONDS, fields["latencyMs"]),
            }
            if observed.model_seconds is not None:
                metrics["ModelLatency"] = (_MILLISECONDS, fields["modelLatencyMs"])
        level = "ERROR" if status >= _ERROR else "INFO"
        self._line(level, "answered", {k: v for k, v in fields.items() if v is not None}, metrics)

    def not_kept(self, count: int, why: str) -> None:
        """Predictions will be missing from the log of predictions."""
        metrics = {"PredictionsNotKept": (_COUNT, float(count))}
        self._line("WARN", "predictions not kept", {"why": why}, metrics, [[DIMENSION], [PLACE]])

    def problem(self, message: str, **fields: object) -> None:
        """Something that a person should look at."""
        self._line("ERROR", message, fields, {})

    def failed(self, message: str, error: BaseException, **fields: object) -> None:
        """An error that nobody expected: its kind and place; its words may hold a caller's data."""
        frames = traceback.extract_tb(error.__traceback__)
        place = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
        self.problem(message, error=type(error).__name__, place=place[-6:], **fields)

    def _line(
        self,
        level: str,
        message: str,
        fields: Mapping[str, object],
        metrics: Mapping[str, tuple[str, float]],
        dimensions: Sequence[Sequence[str]] = ((DIMENSION,),),
    ) -> None:
        now = self._now()
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": level,
            "message": message,
            **self._about,
            **fields,
            DIMENSION: self._version,
        }
        if metrics:
            directive = {
                "Namespace": self._namespace,
                "Dimensions": [list(names) for names in dimensions],
                "Metrics": [{"Name": name, "Unit": unit} for name, (unit, _) in metrics.items()],
            }
            line |= {name: value for name, (_, value) in metrics.items()}
            line["_aws"] = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]}
        text = json.dumps(line, separators=(",", ":"), default=str) + "\n"
        with self._lock:
            self._write(text)


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)
