"""Asks a freshly registered model for an answer, through its own inference code.

The request is, in this order: what `sampleRequest` of the compile manifest names (`{"output":
"<step>.<output>",
"file": "sample_request.csv", "contentType": "text/csv", "accept": "text/csv"}`, all but `output` with these
defaults, or `"uri"` in place of `output`), else the newest output of a step that holds a
`sample_request.csv`. Golden rows are asked after it, if the package names any.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from .context import Job
from .errors import NotEmulatedError, RunnerError, StepError
from .golden import compare
from .jobs.models import check_inference_code
from .record import RunRecord
from .serving.client import ModelServer
from .warm import WarmServer

FILE = "sample_request.csv"


def ask(job: Job, record: RunRecord, warm: WarmServer | None = None) -> dict[str, Any] | None:
    """Return the question and the answer for the record, or why there is none; None when there is no
    question."""
    wish = job.context.manifest.get("sampleRequest")
    wish = wish if isinstance(wish, dict) else {}
    content_type = str(wish.get("contentType", "text/csv"))
    accept = str(wish.get("accept", content_type))
    started = time.monotonic()
    try:
        body = _request(job, record, wish)
        if body is None:
            return None
        container = job.arguments["InferenceSpecification"]["Containers"][0]
        check_inference_code(job.context, container, job.place)
        server = warm.take(container) if warm else None
        server = server or ModelServer(job, container, f"{job.step.name}-sample", job.log).open()
        with contextlib.closing(server):
            response, answered = server.answer(body, content_type, accept)
            seconds = time.monotonic() - started
            golden = compare(job, server)
    except (RunnerError, NotEmulatedError) as error:
        return {"error": str(error)}
    return {
        "contentType": content_type, "request": body.decode(errors="replace"), "accept": answered or accept,
        "response": response.decode(errors="replace"), "seconds": round(seconds, 6),
        "rows": len(body.splitlines()), **({"golden": golden} if golden else {}),
    }  # fmt: skip


def _request(job: Job, record: RunRecord, wish: dict[str, Any]) -> bytes | None:
    store, name = job.context.store, str(wish.get("file", FILE))
    place = "manifest.sampleRequest"
    if uri := wish.get("uri"):
        return store.file(str(uri), place).read_bytes()
    outputs = [
        (f"{step['name']}.{output['name']}", output["uri"])
        for step in record.data["steps"]
        for output in step["outputs"]
    ]
    if wanted := wish.get("output"):
        uris = [uri for title, uri in outputs if title == wanted]
        if not uris:
            raise StepError(f"{place}: no step has left an output {wanted!r}.")
        return store.file(f"{uris[0].rstrip('/')}/{name}", place).read_bytes()
    for _, uri in reversed(outputs):
        path = store.locate(uri) / name
        if path.is_file():
            return path.read_bytes()
    return None
