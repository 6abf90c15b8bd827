"""
Golden rows: requests with what the model answered when it was measured, which the endpoint answers again.

The evaluation of a version writes them, and its package names the object and the digest of its content, so
that they cannot be exchanged without changing the package.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from answers import SHA256, Golden, parse, unrecorded

import registered
from package_request import GOLDEN_ROWS
from registry import Package
from seal import AGAIN
from targets import Refused

FILE = "golden.json"

LIMIT = 6 * 1024 * 1024
"""Bytes that are read; a request has at most 25 MB (SageMaker runtime API, InvokeEndpoint)."""

SHOWN = 3
"""Number of differences that are reported."""


def fetch(s3: Any, package: Package) -> dict[str, Any] | None:
    """
    The golden rows that a package names, as they were registered; None, and a word about it, without any.

    Rows that cannot be read must not block a rollback; rows that were changed must not be trusted.
    """
    uri, recorded = package.metadata.get(GOLDEN_ROWS), package.metadata.get(SHA256)
    if not uri:
        print(f"{package.arn} names no golden rows, so its answers are not compared")
        return None
    content = registered.read(
        s3, uri, LIMIT, f"The golden rows in {uri} cannot be read, so answers are not compared"
    )
    if content is None:
        return None
    try:
        found: dict[str, Any] = json.loads(content)
        parse(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            f"{uri}, the golden rows of {package.arn}, is not in the expected form ({error!r}). {AGAIN}"
        ) from error
    if how := unrecorded(found, recorded):
        raise Refused(f"{uri} is not what {package.arn} records: {how}. Find out who changed it. {AGAIN}")
    return found


def listed(differing: list[str]) -> str:
    """What differs, as far as a message has room for it."""
    more = f" and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
    return f"{'; '.join(differing[:SHOWN])}{more}"


def load(folder: Path) -> Golden | None:
    """What was prepared for an environment."""
    file = folder / FILE
    return parse(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None
