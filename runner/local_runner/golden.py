"""Golden rows: what the registered model answers is compared with what the evaluation recorded.

A package names them in its customer metadata, `GoldenRows`; the deploy pipeline asks an endpoint the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .context import Job
from .errors import StepError
from .serving.client import ModelServer

ADDRESS = "GoldenRows"
TOLERANCE = 1e-4
"""Largest difference of numbers, relative to those above 1; the default of `endpoint.goldenTolerance`."""


def compare(job: Job, server: ModelServer) -> dict[str, Any] | None:
    """Return the number of rows and what differs; None when the package names no golden rows."""
    uri = (job.arguments.get("CustomerMetadataProperties") or {}).get(ADDRESS)
    if not uri:
        return None
    place = f"CustomerMetadataProperties.{ADDRESS}"
    try:
        golden = json.loads(job.context.store.file(str(uri), place).read_text("utf-8"))
        rows, measured = list(golden["rows"]), list(golden["answers"])
        body = "".join(f"{row}\n" for row in rows).encode()
        content_type, accept = str(golden["contentType"]), str(golden["accept"])
    except (ValueError, KeyError, TypeError) as error:
        raise StepError(f"{place}: {uri} is not a file of golden rows ({error!r}).") from None
    answer, _ = server.answer(body, content_type, accept)
    return {"rows": len(rows), "differences": differences(answer.decode(errors="replace"), measured)}


def differences(answer: str, measured: list[Any], tolerance: float = TOLERANCE) -> list[str]:
    """Return how an answer differs from the measured one, row by row."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ["the answer is not JSON"]
    rows = found.get("predictions") if isinstance(found, dict) else found
    if not isinstance(rows, list) or len(rows) != len(measured):
        return [f"the answer does not have {len(measured)} predictions"]
    return [
        f"row {row}: {how}"
        for row, (now, then) in enumerate(zip(rows, measured, strict=True), 1)
        for how in _differences(now, then, tolerance, "")
    ]


def _differences(now: Any, then: Any, tolerance: float, name: str) -> Iterator[str]:
    if isinstance(then, dict) and isinstance(now, dict) and now.keys() == then.keys():
        for key in then:
            yield from _differences(now[key], then[key], tolerance, f"{name}.{key}" if name else str(key))
    elif isinstance(then, list) and isinstance(now, list) and len(now) == len(then):
        for i, (a, b) in enumerate(zip(now, then, strict=True)):
            yield from _differences(a, b, tolerance, f"{name}[{i}]")
    elif _is_number(now) and _is_number(then):
        if not abs(now - then) <= tolerance * max(1.0, abs(then)):
            yield f"{name or 'the answer'} is {now:.6g}, {then:.6g} was measured"
    elif now != then or type(now) is not type(then):
        yield f"{name or 'the answer'} is {json.dumps(now)[:60]}, {json.dumps(then)[:60]} was measured"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
