"""
The function behind the API: one request of API Gateway, one answer of the model behind its endpoint.

Each version of the function is bound to a package, its contract and its endpoint by its variables. Whatever
goes wrong is answered as a problem (RFC 9457); an error of the function itself, which a caller would get as a
bare 500, is left to events that are none.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.exchange import Model, QueuedModel, Request, Response
from api.predictions import NoLog
from api.problems import MEDIA_TYPE, Problem
from api.service import Service

import events
from afterwards import Afterwards
from authorising import CHALLENGE, UNAUTHORISED, refusal
from interface import make_service, read_contract
from model import Endpoint, deadline_of_request, runtime_client
from queued import QueuedEndpoint
from sending import Sender
from settings import Settings, read_settings
from stream import Stream
from telemetry import Observed, Telemetry, observing
from trace_context import parse

_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")

RESERVE_SECONDS = 0.25
"""Of the function's own time-out, for the answer that there is none."""

AFTERWARDS_SECONDS = 3.0
"""For handing over records after a response; less than what a function's time-out exceeds its API's by."""

GUARDS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Answers are for one caller, and are what their type says."""

TEST_ID = "sagemaker-cicd-test-"
"""
Beginning of the inference ids of tests, as in `hooks.py`. By it tests are told from what callers asked, so no
caller may name a request like them.
"""


class Handler:
    """One environment of one version of the function."""

    def __init__(
        self,
        settings: Settings,
        telemetry: Telemetry,
        load: Callable[[], Service],
        stream: Stream | None = None,
        afterwards: Afterwards | None = None,
    ) -> None:
        self._settings, self._telemetry, self._load = settings, telemetry, load
        self._stream, self._afterwards = stream, afterwards
        self._service: Service | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Loads what requests need; tried again with the next request where it fails."""
        with contextlib.suppress(Exception):
            self._prepared()

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """The answer to an event, in the gateway's form. Raises `NotAnEvent`."""
        started = time.monotonic()
        call = events.read_event(event)
        identifier = call.request_id or getattr(context, "aws_request_id", None) or str(uuid.uuid4())
        observed = Observed(identifier, started, started + self._seconds(context))
        observed.trace = parse(call.headers.get("traceparent"))
        try:
            with observing(observed):
                response = self._answered(call, observed)
                found = self._returned(call, response, observed)
                route, counted = self._route(call.path)
                self._telemetry.answered(observed, call.method, route, found["statusCode"], counted=counted)
                return found
        finally:
            self._hand_over()

    def _answered(self, call: events.Call, observed: Observed) -> Response:
        try:
            refused = refusal(call, self._settings.authorization, self._settings.needs_key)
            if refused:
                return _problem(Problem(refused[0], refused[1], headers=_challenge(refused[0])), observed)
            if call.method == "OPTIONS" and self._settings.allow_origins:
                return Response(204, {}, b"")
            if call.body is None:
                return _problem(Problem(400, "The body is not the base64 that its event says."), observed)
            if not call.direct and call.headers.get("x-inference-id", "").lower().startswith(TEST_ID):
                reserved = f"X-Inference-Id begins with {TEST_ID}, which marks tests. Send another one."
                return _problem(Problem(400, reserved), observed)
            try:
                service = self._prepared()
            except Exception:
                return _problem(
                    Problem(503, "The contract of the model cannot be read.", headers={"Retry-After": "1"}),
                    observed,
                )
            return service.answer(_request(call, call.body, observed))
        except Exception as error:
            observed.why = type(error).__name__
            self._telemetry.failed("request not answered", error, requestId=observed.request_id)
            return _problem(Problem(500, "The request could not be answered."), observed)

    def _returned(self, call: events.Call, response: Response, observed: Observed) -> dict[str, Any]:
        if response.status == 503 and observed.retry_after is not None:
            again = str(math.ceil(observed.retry_after))
            response = Response(
                response.status, _replaced(response.headers, "Retry-After", again), response.body
            )
        headers = {**response.headers, **GUARDS, **self._cors(call.headers.get("origin"))}
        body = b"" if call.method == "HEAD" else response.body
        found = events.response_of(response.status, headers, body)
        if events.is_too_large(found):
            observed.why = "answer too large"
            too_large = Problem(502, "The answer of the model is larger than an API may return.")
            return self._returned(call, _problem(too_large, observed), observed)
        return found

    def _prepared(self) -> Service:
        """The service; the contract document is read once."""
        with self._lock:
            if self._service is None:
                try:
                    self._service = self._load()
                except Exception as error:
                    self._telemetry.failed("the contract cannot be read", error)
                    raise
            return self._service

    def _seconds(self, context: Any) -> float:
        """For this request: what the API waits, and less if the function has less."""
        left = getattr(context, "get_remaining_time_in_millis", None)
        own = math.inf if left is None else left() / 1000 - RESERVE_SECONDS
        return max(0.0, min(self._settings.timeout_seconds, own))

    def _cors(self, origin: str | None) -> dict[str, str]:
        """A REST API leaves these headers to its handler; an HTTP API replaces them by its own."""
        allowed = self._settings.allow_origins
        if not allowed:
            return {}
        exposed = {"Access-Control-Expose-Headers": "Location,Retry-After,X-Inference-Id"}
        if "*" in allowed:
            return {"Access-Control-Allow-Origin": "*", **exposed}
        found = {"Access-Control-Allow-Origin": origin, **exposed} if origin in allowed and origin else {}
        return {**found, "Vary": "Origin"}

    def _route(self, path: str) -> tuple[str, bool]:
        """A route as the log names it, and whether it is one of predictions."""
        own = f"/{self._settings.path}"
        if path == own:
            return own, True
        if path.startswith(f"{own}/"):
            return f"{own}/{{id}}", True
        return (path if path in ("/schema", "/openapi.json", "/health", "/version") else "other"), False

    def _hand_over(self) -> None:
        if self._afterwards is not None:
            self._afterwards.request_ended()
        elif self._stream is not None:
            self._stream.flush()


def _request(call: events.Call, body: bytes, observed: Observed) -> Request:
    return Request(
        call.method,
        call.path,
        call.headers,
        body,
        observed.request_id,
        observed.deadline,
        dict(call.claims or {}),
        call.prefix,
    )


def _problem(problem: Problem, observed: Observed) -> Response:
    headers = {"Content-Type": MEDIA_TYPE, **problem.headers}
    return Response(problem.status, headers, problem.body(observed.request_id))


def _challenge(status: int) -> dict[str, str]:
    return dict(CHALLENGE) if status == UNAUTHORISED else {}


def _replaced(headers: Any, name: str, value: str) -> dict[str, str]:
    return {**{k: v for k, v in headers.items() if k.lower() != name.lower()}, name: value}


def s3_limits(timeout_seconds: float) -> dict[str, Any]:
    """Of a client for bodies, answers and the contract: two attempts that a request has the time for."""
    return {
        "retries": {"mode": "standard", "total_max_attempts": 2},
        "connect_timeout": min(1.0, timeout_seconds / 4),
        "read_timeout": min(5.0, timeout_seconds / 4),
    }


def make_handler(settings: Settings, telemetry: Telemetry, runtime_api: str | None = None) -> Handler:
    """A handler of the service that its settings name."""
    session = _boto3.Session()

    def client(service: str, **more: Any) -> Any:
        return session.client(service, config=_config.Config(**more))

    s3 = client("s3", **s3_limits(settings.timeout_seconds))
    runtime = runtime_client(Sender(deadline_of_request), session)
    model: Model | QueuedModel = (
        QueuedEndpoint(runtime, s3, settings.endpoint, settings.asynchronous_uri)
        if settings.asynchronous_uri and settings.is_asynchronous
        else Endpoint(runtime, settings.endpoint)
    )
    stream = None
    if settings.stream:
        once = {"mode": "standard", "total_max_attempts": 1}
        firehose = client("firehose", retries=once, connect_timeout=1, read_timeout=1)
        stream = Stream(firehose, settings.stream, telemetry.not_kept)

    def load() -> Service:
        return make_service(settings, read_contract(s3, settings), model, stream or NoLog(), report)

    def report(error: BaseException) -> None:
        telemetry.failed("error in a request", error)

    afterwards = None
    if stream is not None and runtime_api:
        afterwards = Afterwards(runtime_api, stream.flush, AFTERWARDS_SECONDS)
        if not afterwards.start():
            afterwards = None
    return Handler(settings, telemetry, load, stream, afterwards)


_HANDLER: Handler | None = None


def _handler() -> Handler:
    global _HANDLER
    if _HANDLER is None:
        settings = read_settings(Path(__file__).parent)
        telemetry = Telemetry(settings.metric_namespace, settings.version, settings.about)
        _HANDLER = make_handler(settings, telemetry, os.environ.get("AWS_LAMBDA_RUNTIME_API"))
    return _HANDLER


def answer(event: Any, context: Any) -> dict[str, Any]:
    """What Lambda calls."""
    return _handler().answer(event, context)


if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
    # While an environment starts, Lambda gives it all of a processor, and takes extensions.
    _handler().prepare()
