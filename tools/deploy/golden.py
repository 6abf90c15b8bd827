"""
Golden rows: requests with what the model answered when it was measured, which the endpoint answers again.

The evaluation of a version writes them, and its package names the object and the digest of its content, so
that they cannot be exchanged without changing the package.
"""

from __future__ import annotations

import hashlib
import json
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
