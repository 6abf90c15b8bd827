"""How a bad request is refused, so that the client gets a 4xx status with one clear sentence.

The model servers of the two containers treat errors differently. XGBoost's (sagemaker-inference) turns the
status of its own error class into the answer's status. scikit-learn's (sagemaker-containers) turns every
exception of a handler into status 500, but sends a response object that `output_fn` returns as it is; there a
refusal travels through the handlers as a value. Anywhere else (tests, evaluation, the local runner) it is an
ordinary exception.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any, NoReturn


class Refusal(ValueError):
    """A request that cannot be answered: the HTTP status and a message for the client."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def bad_request(message: str) -> NoReturn:
    """Refuse a request because of its content (400)."""
    raise Refusal(HTTPStatus.BAD_REQUEST, message)


def deliver(refusal: Refusal) -> Refusal:
    """Hand a refusal to the server that runs: raises it, or returns it as a value for `response`."""
    if "sagemaker_sklearn_container.serving" in sys.modules:
        return refusal
    if (errors := sys.modules.get("sagemaker_inference.errors")) is not None:
        message = str(refusal)
        raise errors.BaseInferenceToolkitError(int(refusal.status), message, message) from refusal
    raise refusal


def response(refusal: Refusal) -> Any:
    """The answer object of scikit-learn's server for a refusal."""
    worker = sys.modules["sagemaker_sklearn_container.serving"].worker
    return worker.Response(response=f"{refusal}\n", status=int(refusal.status), mimetype="text/plain")
