"""Golden rows, and whether a model's answer to them is the one that was measured.

The deploy tools take this file along, so that a local run and a deployment judge alike; it imports nothing of
the runner.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SHA256 = "GoldenRowsSha256"
"""Where the metadata of a package has the digest of its golden rows."""


@dataclass(frozen=True)
class Golden:
    """What is asked, and what was answered."""

    content_type: str
    accept: str
    rows: tuple[str, ...]
    answers: tuple[Any, ...]

    @property
    def body(self) -> str:
        """All rows as one request."""
        return "".join(f"{row}\n" for row in self.rows)


def parse(content: dict[str, Any]) -> Golden:
    """The content of golden.json; one of another form raises ValueError, KeyError, TypeError or
    AttributeError."""
    rows, answers = tuple(content["rows"]), tuple(content["answers"])
    if len(rows) != len(answers):
        raise ValueError(f"{len(rows)} rows and {len(answers)} answers")
    return Golden(str(content["contentType"]), str(content["accept"]), rows, answers)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content; `model/golden.py`, alone in its container, makes the same."""
    plain = {key: value for key, value in content.items() if key != "sha256"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def unrecorded(content: dict[str, Any], recorded: object) -> str | None:
    """Say how golden rows are not those whose digest was recorded; None when they are."""
    now = digest(content)
    return None if now == recorded else f"its SHA-256 is {now}, {SHA256} is {recorded}"


def predictions(answer: str) -> list[Any] | None:
    """Return what an answer has for each row; None when it has another form. ValueError: it is not JSON."""
    found = json.loads(answer)
    rows = found.get("predictions") if isinstance(found, dict) else found
    return rows if isinstance(rows, list) else None


def differences(answer: str, measured: Sequence[Any], tolerance: float) -> list[str]:
    """Return how an answer differs from the measured one; rows are named by number: logs are no place for
    data."""
    try:
        rows = predictions(answer)
    except ValueError:
        return ["the answer is not JSON"]
    if rows is None or len(rows) != len(measured):
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
