"""Last step of a deployment: the endpoint that was just deployed answers a real request, well and in time."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aws import Aws
from check import configuration
from stack import MODEL_PACKAGE, live, protect
from targets import NO_PACKAGE, Environment, Refused, SmokeTest


def check_form(test: SmokeTest, content_type: str, body: str) -> None:
    """The answer is what was asked for, with as many entries as the request has rows."""
    if content_type.split(";")[0].strip() != test.accept.split(";")[0].strip():
        raise Refused(
            f"The endpoint answered {content_type}; {test.accept} was asked for. Answer: {body[:200]}"
        )
    rows = len(test.body.strip().splitlines()) if test.content_type.startswith("text/csv") else None
    entries = _entries(test.accept, body)
    if entries == 0 or (rows is not None and entries is not None and entries != rows):
        raise Refused(f"The answer has {entries} entries for {rows} rows. Answer: {body[:200]}")


def _entries(accept: str, body: str) -> int | None:
    """Number of predictions in an answer; None where its form does not tell."""
    if accept.startswith("application/json"):
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise Refused(f"The answer is no JSON: {body[:200]}") from error
        if isinstance(answer, dict):
            answer = next(
                (v for v in (answer.get("predictions"), answer.get("instances")) if v is not None), answer
            )
        return len(answer) if isinstance(answer, list) else (0 if answer in ({}, None, "") else None)
    if accept.startswith("text/csv"):
        return len(body.strip().splitlines())
    return None if body else 0


def invoke(
    client: Any, endpoint: str, test: SmokeTest, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Sends the request twice: once to warm up, once measured. Gives the seconds of the second."""
    seconds = 0.0
    for _ in range(2):
        begin = clock()
        try:
            answer = client.invoke_endpoint(
                EndpointName=endpoint,
                Body=test.body.encode(),
                ContentType=test.content_type,
                Accept=test.accept,
            )
        except client.exceptions.ClientError as error:
            raise Refused(f"The endpoint {endpoint} answered with an error: {error}") from error
        body = answer["Body"].read().decode()
        seconds = clock() - begin
        check_form(test, answer.get("ContentType", ""), body)
    if seconds > test.max_latency_seconds:
        raise Refused(
            f"The endpoint {endpoint} took {seconds:.2f} s to answer; "
            f"at most {test.max_latency_seconds:g} s are allowed."
        )
    return seconds


def smoke_test(aws: Aws, environment: Environment, test: SmokeTest, deployment: Path) -> str:
    """Proves that what was prepared is what is live, and that it answers; protects its stack."""
    prepared = configuration(deployment, environment)[MODEL_PACKAGE]
    client = aws.client("cloudformation", environment)
    now = live(client, environment.stack)
    found = (now.package if now else None) or NO_PACKAGE
    if found != prepared:
        raise Refused(f"{found} is live in {environment.name}; {prepared} was to be deployed.")
    # Also where the test fails after this: the endpoint is there all the same.
    protect(client, environment.stack)
    if prepared == NO_PACKAGE:
        return f"{environment.name}: no model yet, nothing to test"
    status = aws.client("sagemaker", environment).describe_endpoint(EndpointName=environment.endpoint)[
        "EndpointStatus"
    ]
    if status != "InService":
        raise Refused(f"The endpoint {environment.endpoint} is {status}.")
    seconds = invoke(aws.client("sagemaker-runtime", environment), environment.endpoint, test)
    return f"{environment.name}: {environment.endpoint} answered in {seconds:.2f} s"


def main() -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT comes from the pipeline."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        print(smoke_test(aws, targets.environment(os.environ["ENVIRONMENT"]), targets.smoke_test, Path.cwd()))
    except Refused as refusal:
        print(f"Smoke test failed: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
