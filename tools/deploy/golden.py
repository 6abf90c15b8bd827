"""
Golden rows: requests with what the model answered when it was measured, which the endpoint answers again.

The evaluation of a version writes them, and its package names the object and the digest of its content, so
that they cannot be exchanged without changing the package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from package_request import GOLDEN_ROWS
from registry import Package
from seal import AGAIN
from targets import Refused

SHA256 = "GoldenRowsSha256"
FILE = "golden.json"

LIMIT = 6 * 1024 * 1024
"""Bytes that are read; a request has at most 25 MB (SageMaker runtime API, InvokeEndpoint)."""

SHOWN = 3
"""Differences that are told."""


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


def fetch(s3: Any, package: Package) -> dict[str, Any] | None:
    """
    The golden rows that a package names, as they were registered; None, and a word about it, without any.

    What cannot be read must not hold up a roll back; what was changed must not be believed.
    """
    uri, recorded = package.metadata.get(GOLDEN_ROWS), package.metadata.get(SHA256)
    if not uri:
        print(f"{package.arn} names no golden rows, so its answers are compared with nothing")
        return None
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read(LIMIT)
    except s3.exceptions.ClientError as error:
        print(f"The golden rows in {uri} cannot be read, so answers are compared with nothing: {error}")
        return None
    try:
        found: dict[str, Any] = json.loads(content)
        parse(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            f"{uri}, the golden rows of {package.arn}, has another form ({error!r}). {AGAIN}"
        ) from error
    if (now := digest(found)) != recorded:
        raise Refused(
            f"{uri} is not what {package.arn} records: its SHA-256 is {now}, {SHA256} is {recorded}. "
            f"Find out who changed it. {AGAIN}"
        )
    return found


def digest(content: dict[str, Any]) -> str:
    """As model/golden.py of a generated repository makes it."""
    plain = {key: value for key, value in content.items() if key != "sha256"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse(content: dict[str, Any]) -> Golden:
    """The content of golden.json."""
    rows, answers = tuple(content["rows"]), tuple(content["answers"])
    if len(rows) != len(answers):
        raise ValueError(f"{len(rows)} rows and {len(answers)} answers")
    return Golden(str(content["contentType"]), str(content["accept"]), rows, answers)


def load(folder: Path) -> Golden | None:
    """What was prepared for an environment."""
    file = folder / FILE
    return parse(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None


def differences(golden: Golden, body: str, tolerance: float) -> list[str]:
    """How an answer differs from the golden one; rows are named by number: logs are no place for data."""
    try:
        found = json.loads(body)
    except ValueError:
        return ["the answer is not JSON"]
    answers = found.get("predictions") if isinstance(found, dict) else found
    if not isinstance(answers, list) or len(answers) != len(golden.rows):
        return [f"the answer does not have {len(golden.rows)} predictions"]
    pairs = zip(answers, golden.answers, strict=True)
    return [
        f"row {row}: {difference}"
        for row, (now, measured) in enumerate(pairs, 1)
        for difference in _differences(now, measured, tolerance, "")
    ]


def _differences(now: Any, measured: Any, tolerance: float, name: str) -> Iterator[str]:
    if isinstance(measured, dict) and isinstance(now, dict) and now.keys() == measured.keys():
        for key in measured:
            yield from _differences(now[key], measured[key], tolerance, f"{name}.{key}" if name else str(key))
    elif isinstance(measured, list) and isinstance(now, list) and len(now) == len(measured):
        for i, pair in enumerate(zip(now, measured, strict=True)):
            yield from _differences(*pair, tolerance, f"{name}[{i}]")
    elif _is_number(now) and _is_number(measured):
        if not abs(now - measured) <= tolerance * max(1.0, abs(measured)):
            yield f"{name or 'the answer'} is {now:.6g}, {measured:.6g} was measured"
    elif now != measured or type(now) is not type(measured):
        yield f"{name or 'the answer'} is {_short(now)}, {_short(measured)} was measured"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _short(value: Any) -> str:
    return json.dumps(value)[:60]
