"""
An endpoint that takes its requests from S3 and answers there.

SageMaker chooses where an answer comes to lie. The ID of a request says it, so nothing has to be kept beside
it: the names of answer and failure, which hold a UUID each and cannot be guessed, and never a bucket or a
folder.
"""

from __future__ import annotations

import base64
import binascii
import random
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from api.exchange import Answer, NotAnswered

from breaker import Breaker
from model import LEAST_SECONDS, Asked, Sleep, passed_on
from telemetry import current

LONGEST_SECONDS = 8 * 3600
"""
After which there will be no answer: a request waits six hours at most, and a model has one (SageMaker runtime
API, InvokeEndpointAsync, RequestTTLSeconds, InvocationTimeoutSeconds).
"""

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes; in base64 they must fit into what a function returns."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}")

_LETTERS = b"-."
"""For the last two digits of base64: an ID separates its parts by "_"."""

_CLIENT_ERROR = re.compile(r"client error \((4\d\d)\)")

_FAILURE_WORDS = 2000


class QueuedEndpoint:
    """An asynchronous endpoint, whose answers are asked for later."""

    def __init__(
        self,
        runtime: Any,
        s3: Any,
        name: str,
        folder: str,
        breaker: Breaker | None = None,
        sleep: Sleep = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._asked = Asked(runtime, breaker or Breaker(), sleep, jitter)
        self._runtime, self._s3, self._name, self._now = runtime, s3, name, now
        self._folder = folder
        self._bucket, _, self._prefix = folder.removeprefix("s3://").partition("/")

    def submit(self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float) -> str:
        """Takes a request; the ID by which its answer is asked for. Raises NotAnswered."""
        current().inference_id = inference_id
        _in_time(deadline)
        key = f"{self._prefix}/input/api/{uuid.uuid4()}"
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
        except Exception as error:
            current().why = "request not put into S3"
            raise NotAnswered("failed") from error
        accepted = self._asked.call(
            lambda: self._runtime.invoke_endpoint_async(
                EndpointName=self._name,
                InputLocation=f"s3://{self._bucket}/{key}",
                ContentType=content_type,
                Accept=accept,
                InferenceId=inference_id,
                **passed_on(),
            ),
            deadline,
            counts=False,
        )
        output, failure = accepted["OutputLocation"], accepted.get("FailureLocation") or ""
        return self._identifier(accept, self._in("output", output), self._in("failure", failure))

    def collect(self, request: str, deadline: float) -> Answer | None:
        """The answer; None as long as there is none. Raises NotAnswered."""
        issued, accept, output, failure = _read(request)
        _in_time(deadline)
        answer = self._object("output", output)
        if answer is not None:
            return Answer(accept, answer)
        _in_time(deadline)
        failed = self._object("failure", failure) if failure else None
        if failed is not None:
            words = failed[:_FAILURE_WORDS].decode("utf-8", "replace")
            refused = _CLIENT_ERROR.search(words)
            current().why = f"model {refused[1]}" if refused else "model failed"
            raise NotAnswered("refused", words, int(refused[1])) if refused else NotAnswered("failed")
        if not issued - 60 <= self._now() <= issued + LONGEST_SECONDS:
            raise _unknown()
        return None

    def _in(self, folder: str, location: str) -> str:
        """The name of an object in a folder of the endpoint."""
        name = location.removeprefix(f"{self._folder}/{folder}/")
        if location and not _NAME.fullmatch(name):
            current().why = "answers elsewhere than in the endpoint's folder"
            raise NotAnswered("failed")
        return name

    def _identifier(self, accept: str, output: str, failure: str) -> str:
        kind = base64.b64encode(accept.encode(), altchars=_LETTERS).decode().rstrip("=")
        return "_".join((f"{int(self._now()):x}", kind, output, failure))

    def _object(self, folder: str, name: str) -> bytes | None:
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=f"{self._prefix}/{folder}/{name}")
            if found["ContentLength"] > LARGEST_ANSWER:
                current().why = "answer too large"
                raise NotAnswered("failed")
            body: bytes = found["Body"].read()
            return body
        except NotAnswered:
            raise
        except Exception as error:
            code = getattr(error, "response", {}).get("Error", {}).get("Code")
            if code in ("NoSuchKey", "404"):
                return None
            current().why = f"answer not read: {code or type(error).__name__}"
            raise NotAnswered("failed") from error


def _in_time(deadline: float) -> None:
    """Asks S3 nothing whose answer nobody waits for."""
    if deadline - time.monotonic() < LEAST_SECONDS:
        raise NotAnswered("timeout")


def _read(request: str) -> tuple[int, str, str, str]:
    try:
        issued, kind, output, failure = request.split("_")
        padded = kind + "=" * (-len(kind) % 4)
        accept = base64.b64decode(padded, altchars=_LETTERS, validate=True).decode("ascii")
        moment = int(issued, 16)
    except (ValueError, binascii.Error) as error:
        raise _unknown() from error
    if not _NAME.fullmatch(output) or (failure and not _NAME.fullmatch(failure)):
        raise _unknown()
    if not re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", accept):
        raise _unknown()
    return moment, accept, output, failure


def _unknown() -> NotAnswered:
    current().why = "unknown request"
    return NotAnswered("refused", "there is no such request, or no answer came within its time", 404)
