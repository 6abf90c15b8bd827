"""What the tests of the handler share: a request that is being answered, and settings."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from settings import Settings, read_settings
from telemetry import Observed, observing

PACKAGE = "arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn/7"

SCHEMA: dict[str, Any] = {
    "version": 2,
    "problem_type": "binary",
    "labels": ["no", "yes"],
    "missing_tokens": None,
    "columns": [
        {"name": "customer", "kind": "id"},
        {"name": "age", "kind": "number", "missing": False},
        {"name": "plan", "kind": "category", "missing": False, "categories": ["a", "b"]},
    ],
}
"""Of a model's package."""

SETTINGS: dict[str, Any] = {
    "path": "predict",
    "kind": "realtime",
    "release": "per-release",
    "timeoutSeconds": 2,
    "maxPayloadBytes": 1024 * 1024,
    "authorization": {"type": "iam"},
    "omitColumns": [],
    "deploymentBucket": "deployments",
    "metricNamespace": "sagemaker-cicd/churn-dev",
    "project": "churn",
    "group": "main",
    "environment": "dev",
}

VARIABLES = {
    "ENDPOINT_NAME": "churn-dev-rabcd1234",
    "PACKAGE": PACKAGE,
    "SERVED_PACKAGE": PACKAGE,
    "CONTRACT": "none",
    "ATTEMPT": "1",
    "RELEASE": "abcd1234",
    "AWS_LAMBDA_FUNCTION_VERSION": "7",
}


def make_settings(folder: Path, variables: dict[str, str] | None = None, **more: Any) -> Settings:
    """Settings as they lie beside a handler."""
    (folder / "settings.json").write_text(json.dumps({**SETTINGS, **more}))
    return read_settings(folder, {**VARIABLES, **(variables or {})})


@contextmanager
def request(seconds: float = 2.0, identifier: str = "r") -> Iterator[Observed]:
    """A request that must be answered within some seconds."""
    now = time.monotonic()
    with observing(Observed(identifier, now, now + seconds)) as observed:
        yield observed


class Context:
    """What Lambda says about an invocation."""

    aws_request_id = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"

    def __init__(self, seconds: float = 30) -> None:
        self._until = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._until - time.monotonic()) * 1000)
