"""Golden rows: what the registered model answers is compared with what the evaluation recorded.

A package names them in its customer metadata, `GoldenRows`; the deploy pipeline asks an endpoint the same.
"""

from __future__ import annotations

import json
from typing import Any

from .answers import SHA256, differences, parse, unrecorded
from .context import Job
from .errors import StepError
from .serving.client import ModelServer

ADDRESS = "GoldenRows"
TOLERANCE = 1e-4
"""Largest difference of numbers, relative to those above 1, without `goldenTolerance` in the manifest."""


def compare(job: Job, server: ModelServer) -> dict[str, Any] | None:
    """Return the number of rows and what differs; None when the package names no golden rows."""
    metadata = job.arguments.get("CustomerMetadataProperties") or {}
    uri = metadata.get(ADDRESS)
    if not uri:
        return None
    place = f"CustomerMetadataProperties.{ADDRESS}"
    try:
        content = json.loads(job.context.store.file(str(uri), place).read_text("utf-8"))
        golden = parse(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StepError(f"{place}: {uri} is not a file of golden rows ({error!r}).") from None
    answer, _ = server.answer(golden.body.encode(), golden.content_type, golden.accept)
    tolerance = job.context.manifest.get("goldenTolerance", TOLERANCE)
    changed = unrecorded(content, metadata.get(SHA256))
    return {
        "rows": len(golden.rows),
        "differences": [
            *([f"{uri} is not what the package records: {changed}"] if changed else []),
            *differences(answer.decode(errors="replace"), golden.answers, tolerance),
        ],
    }
