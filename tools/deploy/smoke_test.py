"""Last step of a deployment: the endpoint serves what was deployed and answers a request well and in time."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from answers import Golden, differences

import golden
from aws import Aws
from check import configuration, read
from counting import count
from decide import Decision
from deployment_records import record_proof
from engine_words import retry
from fronted import live_alias, live_endpoint
from invoking import Ask, NotTested, asker
from life_cycle import move_on
from retire import retire
from rollbacks import note
from serving import IN_SERVICE, Serving, look, wait_until_steady
from stack import MODEL_PACKAGE, SERVED_PACKAGE, Deployed, deployed, protect
from targets import NO_PACKAGE, Environment, Refused, SmokeTest, Targets
from tell import LEFT_OVER, tell

PROVEN_METRIC = "ProvenDeployments"

SETTLE_SECONDS = 1500
"""How long to wait while SageMaker maintains the endpoint; below the hour that the build has."""


def check_form(test: SmokeTest, content_type: str, body: str) -> None:
    """The answer has the requested type, and as many entries as the request has rows."""
    if content_type.split(";")[0].strip() != test.accept.split(";")[0].strip():
        raise Refused(
            f"The endpoint returned {content_type}; {test.accept} was requested. Answer: {body[:200]}"
        )
    rows = len(test.body.strip().splitlines()) if test.content_type.startswith("text/csv") else None
    entries = _entries(test.accept, body)
    if entries == 0 or (rows is not None and entries is not None and entries != rows):
        raise Refused(f"The answer has {entries} entries for {rows} rows. Answer: {body[:200]}")


def _entries(accept: str, body: str) -> int | None:
    """Number of predictions in an answer; None if its form does not show it."""
    if accept.startswith("application/json"):
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise Refused(f"The answer is not valid JSON: {body[:200]}") from error
        if isinstance(answer, dict):
            answer = next(
                (v for v in (answer.get("predictions"), answer.get("instances")) if v is not None), answer
            )
        return len(answer) if isinstance(answer, list) else (0 if answer in ({}, None, "") else None)
    if accept.startswith("text/csv"):
        return len(body.strip().splitlines())
    return None if body else 0


def invoke(
    ask: Ask,
    endpoint: str,
    test: SmokeTest,
    clock: Callable[[], float] = time.perf_counter,
    *,
    limited: bool = True,
) -> float:
    """
    Sends the request twice: once to warm up, once measured. Gives the seconds of the second, which are
    limited unless the answer waited in a queue.
    """
    seconds = 0.0
    for _ in range(2):
        begin = clock()
        content_type, body = ask(test, "")
        seconds = clock() - begin
        check_form(test, content_type, body)
    if limited and seconds > test.max_latency_seconds:
        raise Refused(
            f"The endpoint {endpoint} took {seconds:.2f} s to answer; "
            f"at most {test.max_latency_seconds:g} s are allowed."
        )
    return seconds


def compare(ask: Ask, endpoint: str, package: str, expected: Golden, tolerance: float) -> None:
    """The endpoint answers golden rows as the model did when it was measured."""
    _, body = ask(expected, " golden rows")
    differing = differences(body, expected.answers, tolerance)
    if differing:
        raise Refused(
            f"The endpoint {endpoint} does not answer as {package} did when it was measured: "
            f"{golden.listed(differing)}. If such a difference is harmless, raise endpoint.goldenTolerance."
        )


def prove(endpoint: str, stack: Deployed, serving: Serving | None, package: str) -> Serving:
    """
    The endpoint serves what was deployed.

    SageMaker can return an endpoint to its old configuration and say no word of it. Whether CloudFormation
    notices that is not documented.
    """
    if serving is None:
        raise NotTested(f"The endpoint {endpoint} does not exist.")
    if serving.status != IN_SERVICE:
        raise Refused(f"The endpoint {endpoint} is {serving.status}. {_why(serving)}".strip())
    if serving.config != stack.config:
        served = serving.package or "an unknown package"
        raise Refused(
            f"The endpoint {endpoint} serves {served} with the configuration {serving.config}, not "
            f"{stack.config}, which was deployed: SageMaker rolled back to it. {_why(serving)}"
            f"Look at the log group /aws/sagemaker/Endpoints/{endpoint}."
        )
    # A model without a package's name in its description is known by its configuration alone.
    if serving.package not in (package, None):
        raise Refused(f"The endpoint {endpoint} serves {serving.package}; {package} was deployed.")
    return serving


def prove_alias(aws: Aws, environment: Environment, stack: Deployed) -> None:
    """The API calls the version of its handler that was deployed; nothing to prove without one."""
    if environment.api is None:
        return
    alias = live_alias(aws, environment)
    name = f"{environment.api.function}:{environment.api.alias}"
    if alias is None:
        raise NotTested(f"The API calls {name}, which is not there. {retry()}")
    if alias.weights or alias.version != stack.version:
        also = f" and {', '.join(alias.weights)}" if alias.weights else ""
        raise NotTested(
            f"{name} is at version {alias.version}{also}; {stack.version} was deployed: it was returned, or "
            "another execution moves it."
        )


def _why(serving: Serving) -> str:
    return f"Its reason: {serving.reason.rstrip('.')}. " if serving.reason else ""


def smoke_test(aws: Aws, targets: Targets, environment: Environment, deployment: Path) -> str:
    """Proves that what was prepared is what is live, and that it answers; then removes what it replaced."""
    values = configuration(deployment, environment)
    prepared = values[MODEL_PACKAGE]
    now = arrived(aws, environment, prepared)
    if prepared == NO_PACKAGE:
        return f"{environment.name}: no model yet, nothing to test"
    sagemaker = aws.client("sagemaker", environment)
    endpoint = live_endpoint(aws, environment) or f"{environment.endpoint}-r{now.release}"
    wait_until_steady(sagemaker, endpoint, seconds=SETTLE_SECONDS)
    found_there = look(sagemaker, endpoint)
    ask = asker(aws, environment, endpoint)
    expected = golden.load(deployment / environment.name)
    try:
        prove_alias(aws, environment, now)
        serving = prove(endpoint, now, found_there, values[SERVED_PACKAGE])
        seconds = invoke(ask, endpoint, targets.smoke_test, limited=environment.asynchronous is None)
        if expected:
            compare(ask, endpoint, prepared, expected, targets.golden_tolerance)
    except NotTested:
        raise
    except Refused as failure:
        raise Refused(
            str(failure) + record_failure(aws, targets, environment, deployment, str(failure))
        ) from failure
    count_proven(aws, environment)
    recorded = record_proof(aws, targets, environment, prepared, serving.config)
    moved = move_on(aws, targets, environment, prepared, before(deployment, environment))
    # A good deployment stays one when something old cannot be removed.
    problems = retire(aws, environment, serving)
    if problems:
        about = {"endpoint": endpoint, "problem": problems[0]}
        tell(aws, targets, LEFT_OVER, {environment.name: about})
    compared = f", and {len(expected.rows)} golden rows as measured" if expected else ""
    return f"{environment.name}: {endpoint} answered in {seconds:.2f} s{compared}{recorded}{moved}"


def before(deployment: Path, environment: Environment) -> str:
    """What was live when the deployment was decided."""
    return Decision(**read(deployment, environment, "package.json")["decision"]).live


def count_proven(aws: Aws, environment: Environment) -> None:
    """For the dashboard; a good deployment stays one when it cannot be counted."""
    client = aws.client("cloudwatch", environment)
    try:
        count(client, environment, PROVEN_METRIC, 1.0)
    except client.exceptions.ClientError as error:
        print(f"The deployment was not counted: {error}", file=sys.stderr)


def arrived(aws: Aws, environment: Environment, prepared: str) -> Deployed:
    """What the stack deployed, which must be what was prepared; the stack is protected from then on."""
    client = aws.client("cloudformation", environment)
    now = deployed(client, environment.stack)
    found = (now.package if now else None) or NO_PACKAGE
    if now is None or found != prepared:
        raise Refused(f"{found} is live in {environment.name}; {prepared} was to be deployed.")
    # Even if the test fails after this: what it makes exists all the same.
    protect(client, environment.stack)
    return now


def record_failure(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    deployment: Path,
    reason: str,
    serves: str | None = None,
) -> str:
    """Records that the version failed here, unless it was live before: then what is around it changed."""
    record = read(deployment, environment, "package.json")
    if not Decision(**record["decision"]).is_new:
        return ""
    package = configuration(deployment, environment)[MODEL_PACKAGE]
    execution = record["execution"]["id"]
    return " " + note(aws, targets, environment, package, reason, execution, serves=serves)


def run(test: Callable[[Aws, Targets, Environment, Path], str], what: str = "Smoke test") -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT comes from the pipeline."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        print(test(aws, targets, targets.environment(os.environ["ENVIRONMENT"]), Path.cwd()))
    except Refused as refusal:
        print(f"{what} failed: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(smoke_test))
