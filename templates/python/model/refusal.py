"""How a bad request is refused, so that the client gets a 4xx status with one clear sentence.

Both containers serve an endpoint's model through sagemaker-containers, which turns every exception of a
handler into an HTML page with status 500, but sends a response object that `output_fn` returns as it is.
There a refusal travels through the handlers as a value. The multi-model server of both is another one
(sagemaker-inference), which answers with the status of its own error class. The module that serves
shows which of the two runs: the other toolkit may be loaded as well. Anywhere else (tests, evaluation, the
local runner) a refusal is an ordinary exception.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any, NoReturn

SERVING_MODULES = ("sagemaker_xgboost_container.serving", "sagemaker_sklearn_container.serving")


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
    if any(name in sys.modules for name in SERVING_MODULES):
        return refusal
    if (errors := sys.modules.get("sagemaker_inference.errors")) is not None:
        message = str(refusal)
        raise errors.BaseInferenceToolkitError(int(refusal.status), message, message) from refusal
    raise refusal


def response(refusal: Refusal) -> Any:
    """The answer object of sagemaker-containers for a refusal."""
    worker = sys.modules["sagemaker_containers.beta.framework"].worker
    return worker.Response(response=f"{refusal}\n", status=int(refusal.status), mimetype="text/plain")
