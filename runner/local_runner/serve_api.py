"""The interface that an API in front of the model would have: the same code, asked on this machine."""

from __future__ import annotations

import json
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .api.contract import Contract
from .api.exchange import Answer, NotAnswered, Request, Response, Settings
from .api.predictions import About, NoLog
from .api.service import Service
from .serve_page import SCHEMA
from .serving.client import Reply

PATH = "predict"
SECONDS = 60.0
"""For which SageMaker waits for an answer (SageMaker runtime API reference, InvokeEndpoint)."""
MEDIA_TYPES = ("text/csv", "application/json")
"""What is taken where a package does not say."""

Ask = Callable[[bytes, str, str], Reply]


class _Model:
    """The model in its process; a refusal stays one, anything else that it says is a failure."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def predict(
        self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float
    ) -> Answer:
        reply = self._ask(body, content_type, accept)
        if reply.status < 400:
            return Answer(reply.content_type, reply.body)
        text = reply.body.decode(errors="replace").strip()
        if reply.status < 500:
            raise NotAnswered("refused", text, reply.status)
        print(f"the model failed: {text}", file=sys.stderr, flush=True)
        raise NotAnswered("failed", text)


class ModelInterface:
    """What `/predict`, `/schema`, `/openapi.json`, `/health` and `/version` answer."""

    def __init__(self, package: Mapping[str, Any], directory: Path, ask: Ask, limit_bytes: int) -> None:
        specification = package.get("InferenceSpecification", {})
        group, version = package["ModelPackageGroupName"], str(package["ModelPackageVersion"])
        about = About(
            project=group,
            group=group,
            environment="local",
            package=f"{group}/{version}",
            endpoint="local",
            version=version,
            model_name=group,
        )
        settings = Settings(
            path=PATH,
            max_payload_bytes=limit_bytes,
            content_types=tuple(specification.get("SupportedContentTypes") or MEDIA_TYPES),
            accepts=tuple(specification.get("SupportedResponseMIMETypes") or MEDIA_TYPES),
            title=f"{group} version {version}",
        )
        self._service = Service(
            contract_in(directory), _Model(ask), NoLog(), about, settings, traceback.print_exception
        )

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to a request, a problem included."""
        names = {name.lower(): value for name, value in headers.items()}
        deadline = time.monotonic() + SECONDS
        return self._service.answer(Request(method, path, names, body, str(uuid.uuid4()), deadline))


def contract_in(directory: Path) -> Contract | None:
    """The contract of an artifact; None for one without a schema, or with one of another project."""
    try:
        return Contract.of(json.loads((directory / SCHEMA).read_text("utf-8")))
    except (OSError, ValueError):
        return None
