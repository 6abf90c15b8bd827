"""Golden rows: what the registered model answers is compared with what the evaluation recorded.

A package names them in its customer metadata, `GoldenRows`; the deploy pipeline asks an endpoint the same.
"""

from __future__ import annotations

import json
from typing import Any

from .answers import differences
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
    return {
        "rows": len(rows),
        "differences": differences(answer.decode(errors="replace"), measured, TOLERANCE),
    }
