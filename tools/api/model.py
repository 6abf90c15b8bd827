"""
The model behind an endpoint: asked within the time that is left, again only where that is safe.

A prediction changes nothing, so asking twice gives nobody a wrong result. It does cost the endpoint its work
twice. So a request is sent again where nothing reached the model (no connection, throttling, a service that
is unavailable) or where the connection broke, which is what an instance that is being replaced does; but
never after a time-out, since the model is still busy with it, nor after an error of the model's own.
"""

from __future__ import annotations

import importlib
import random
import time
from collections.abc import Callable
from typing import Any

from api.exchange import Answer, NotAnswered

from breaker import Breaker
from sending import Closed, Garbled, NotSent, Sender, TimedOut
from telemetry import current

_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")
_exceptions: Any = importlib.import_module("botocore.exceptions")

ATTEMPTS = 3

BASE_SECONDS, CAP_SECONDS = 0.05, 1.0
"""Before the second attempt at most this, twice as much before each further one, at most the cap."""

LEAST_SECONDS = 0.05
"""With less time left than this nothing is asked."""

BUSY = {
    "ThrottlingException",
    "TooManyRequestsException",
    "ModelNotReadyException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
}
"""The request did not reach the model (SageMaker runtime API, InvokeEndpoint, and common errors)."""

SERVICE_ERROR = 500

Sleep = Callable[[float], None]


def runtime_client(sender: Sender, session: Any = None, **more: Any) -> Any:
    """A client that neither tries again nor has time-outs of its own: both depend on the request."""
    config = _config.Config(retries={"mode": "standard", "total_max_attempts": 1})
    client = (session or _boto3.Session()).client("sagemaker-runtime", config=config, **more)
    sender.serve(client)
    return client


def deadline_of_request() -> float:
    """The end of the request that is being answered."""
    return current().deadline


class Endpoint:
    """An endpoint that answers while one waits."""

    def __init__(
        self,
        client: Any,
        name: str,
        breaker: Breaker | None = None,
        sleep: Sleep = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._asked = Asked(client, breaker or Breaker(), sleep, jitter)
        self._client, self._name = client, name

    def predict(
        self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float
    ) -> Answer:
        """What the model answers. Raises NotAnswered."""
        current().inference_id = inference_id
        found = self._asked.call(
            lambda: self._invoke(body, content_type, accept, inference_id), deadline, counts=True
        )
        return Answer(found.get("ContentType") or accept, found["Body"].read())

    def _invoke(self, body: bytes, content_type: str, accept: str, inference_id: str) -> Any:
        return self._client.invoke_endpoint(
            EndpointName=self._name,
            Body=body,
            ContentType=content_type,
            Accept=accept,
            InferenceId=inference_id,
            **passed_on(),
        )


def passed_on() -> dict[str, str]:
    """The trace that a request belongs to, in the form that SageMaker hands to the model."""
    trace = current().trace
    return {"CustomAttributes": f"traceparent={trace.text}"} if trace else {}


class Asked:
    """Calls of an endpoint, with what is done about those that fail."""

    def __init__(
        self, client: Any, breaker: Breaker, sleep: Sleep, jitter: Callable[[float, float], float]
    ) -> None:
        self._model_error = client.exceptions.ModelError if hasattr(client.exceptions, "ModelError") else ()
        self._breaker, self._sleep, self._jitter = breaker, sleep, jitter

    def call(self, ask: Callable[[], Any], deadline: float, *, counts: bool) -> Any:
        """What a call gives; raises `NotAnswered`. `counts` says whether it took the model's time."""
        waiting = self._breaker.wait()
        if waiting is not None:
            current().why, current().retry_after = "breaker open", waiting
            raise NotAnswered("busy")
        started = time.monotonic()
        try:
            found = self._tried(ask, deadline)
        except NotAnswered as error:
            if error.kind in ("timeout", "failed"):
                self._breaker.failed()
            elif error.kind == "refused":
                self._breaker.succeeded()
            else:
                self._breaker.unknown()
            raise
        except BaseException:
            self._breaker.unknown()
            raise
        finally:
            if counts and current().attempts:
                current().model_seconds = time.monotonic() - started
        self._breaker.succeeded()
        return found

    def _tried(self, ask: Callable[[], Any], deadline: float) -> Any:
        attempt = 0
        while True:
            attempt += 1
            if deadline - time.monotonic() < LEAST_SECONDS:
                current().why = current().why or "no time left"
                raise NotAnswered("timeout")
            current().attempts += 1
            try:
                return ask()
            except (NotSent, Closed) as error:
                problem = NotAnswered("failed")
                current().why = f"{type(error).__name__}: {error}"
            except TimedOut as error:
                current().why = "time-out"
                raise NotAnswered("timeout") from error
            except Garbled as error:
                current().why = f"Garbled: {error}"
                raise NotAnswered("failed") from error
            except _exceptions.ClientError as error:
                problem, again = self._refused(error)
                if not again:
                    raise problem from error
            except _exceptions.BotoCoreError as error:  # an answer that cannot be read, no credentials
                current().why = type(error).__name__
                raise NotAnswered("failed") from error
            pause = self._jitter(0, min(CAP_SECONDS, BASE_SECONDS * 2 ** (attempt - 1)))
            if attempt >= ATTEMPTS or time.monotonic() + pause + LEAST_SECONDS > deadline:
                raise problem
            self._sleep(pause)

    def _refused(self, error: Any) -> tuple[NotAnswered, bool]:
        """What an error of the service means, and whether to ask again."""
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        current().why = code
        if isinstance(error, self._model_error):
            return _of_model(error.response), False
        if code in BUSY:
            return NotAnswered("busy"), True
        return NotAnswered("failed"), status >= SERVICE_ERROR


def _of_model(answer: Any) -> NotAnswered:
    """A model's own error; its words are for the caller where the request was wrong."""
    status = int(answer.get("OriginalStatusCode") or 0)
    current().why = f"model {status}"
    if 400 <= status < SERVICE_ERROR:
        return NotAnswered("refused", str(answer.get("OriginalMessage") or ""), status)
    return NotAnswered("failed")
