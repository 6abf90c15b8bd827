"""Asks an endpoint: at once, or by way of S3 where it is asynchronous."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

from aws import Aws
from registry import DENIED
from targets import Environment, Refused

ANSWER_SECONDS = 1500
"""How long to wait for an asynchronous answer: an endpoint without instances starts one first."""


TEST_ID = "sagemaker-cicd-test-"
"""
Beginning of the ids of these requests: captured data has them, so that tests can be told from what callers
asked (API reference, InvokeEndpoint, InferenceId).
"""


class NotTested(Refused):
    """A test failed for a reason that is not the model's."""


class Request(Protocol):
    """What is sent, and what is wanted."""

    @property
    def body(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def accept(self) -> str: ...


Ask = Callable[[Request, str], tuple[str, str]]
"""Sends a request, named for a message; gives content type and body of the answer."""


def asker(aws: Aws, environment: Environment, endpoint: str | None = None) -> Ask:
    """How this environment's endpoint is asked; which one, where there are several."""
    runtime, name = aws.client("sagemaker-runtime", environment), endpoint or environment.endpoint
    if environment.asynchronous is None:
        return at_once(runtime, name)
    s3 = aws.client("s3", environment)
    return Asynchronous(runtime, s3, name, environment.asynchronous)


def at_once(client: Any, endpoint: str) -> Ask:
    """An endpoint that answers while one waits."""

    def ask(request: Request, what: str) -> tuple[str, str]:
        try:
            answer = client.invoke_endpoint(
                EndpointName=endpoint,
                Body=request.body.encode(),
                ContentType=request.content_type,
                Accept=request.accept,
                InferenceId=_test_id(),
            )
        except client.exceptions.ClientError as error:
            refused = error.response["Error"]["Code"] in DENIED
            problem = f"The endpoint {endpoint} answered{what} with an error: {error}"
            raise (NotTested if refused else Refused)(problem) from error
        return answer.get("ContentType", ""), answer["Body"].read().decode()

    return ask


class Asynchronous:
    """An endpoint that takes requests from S3, and answers there."""

    def __init__(
        self,
        runtime: Any,
        s3: Any,
        endpoint: str,
        folder: str,
        *,
        seconds: float = ANSWER_SECONDS,
        interval: float = 1,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runtime, self._s3, self._endpoint, self._folder = runtime, s3, endpoint, folder
        self._seconds, self._interval, self._sleep = seconds, interval, sleep

    def __call__(self, request: Request, what: str) -> tuple[str, str]:
        """Waits for the answer; what was asked for is what it has to be, since S3 keeps no type of it."""
        bucket, prefix = _parts(self._folder)
        key = f"{prefix}/input/smoke-test/{uuid.uuid4()}"
        try:
            self._s3.put_object(
                Bucket=bucket, Key=key, Body=request.body.encode(), ContentType=request.content_type
            )
        except self._s3.exceptions.ClientError as error:
            raise NotTested(f"The request for {self._endpoint} was not put into S3: {error}") from error
        try:
            accepted = self._runtime.invoke_endpoint_async(
                EndpointName=self._endpoint,
                InputLocation=f"s3://{bucket}/{key}",
                ContentType=request.content_type,
                Accept=request.accept,
                InferenceId=_test_id(),
            )
        except self._runtime.exceptions.ClientError as error:
            denied = error.response["Error"]["Code"] in DENIED
            problem = f"The endpoint {self._endpoint} refused{what}: {error}"
            raise (NotTested if denied else Refused)(problem) from error
        output, failure = accepted["OutputLocation"], accepted.get("FailureLocation")
        waited = 0.0
        while True:
            answer = self._read(output)
            if answer is not None:
                return request.accept, answer
            failed = self._read(failure) if failure else None
            if failed is not None:
                raise Refused(f"The endpoint {self._endpoint} failed{what}: {failed[:200]}")
            if waited >= self._seconds:
                # No instance could be started, or others wait in the queue: it may not be the model.
                raise NotTested(
                    f"The endpoint {self._endpoint} has not answered{what} after {self._seconds:.0f} s. "
                    f"Look at the log group /aws/sagemaker/Endpoints/{self._endpoint} and at its scaling."
                )
            self._sleep(self._interval)
            waited += self._interval

    def _read(self, address: str) -> str | None:
        bucket, key = _parts(address)
        try:
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except self._s3.exceptions.ClientError as error:
            # S3 says so only to those who may list the bucket, as this role may.
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise NotTested(f"The answer of {self._endpoint} was not read: {error}") from error
        return body.decode()


def _test_id() -> str:
    return f"{TEST_ID}{uuid.uuid4()}"


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key
