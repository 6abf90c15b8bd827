"""
Last step of a deployment where data is scored in batches: the score pipeline has the model that was deployed,
and scores rows as the model did when it was measured.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from answers import Golden, differences

import golden
from aws import Aws
from check import configuration
from deployment_records import record_proof
from engine_words import retry, to_deploy
from life_cycle import move_on
from retire_models import retire_models
from scoring import describe, look_at_pipeline
from serving import IN_SERVICE, Serving
from smoke_test import arrived, before, check_form, record_failure, run
from stack import MODEL_PACKAGE, SERVED_PACKAGE, STARTED_AT, Deployed
from targets import NO_PACKAGE, Environment, Refused, SmokeTest, Targets
from tell import LEFT_OVER, tell

FOLDER = "smoke-test"
"""Prefix in the environment's bucket of data; what is below it is removed after a week."""

WAIT_SECONDS = 2700
"""How long scoring may take, most of it for the instance; below the hour that the build has."""

UNDER_WAY = ("Executing", "Stopping")
WELL = "Succeeded"

UNFILTERED = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
"""What an execution is given so that the model's answers are written as they are."""


@dataclass(frozen=True)
class Execution:
    """One execution of the score pipeline, and where its predictions are."""

    arn: str
    bucket: str
    prefix: str

    @property
    def id(self) -> str:
        """The ID that the prefix of its predictions ends with."""
        return self.arn.rsplit("/", 1)[-1]


def prove(
    targets: Targets, environment: Environment, stack: Deployed, serving: Serving | None, package: str
) -> Serving:
    """The pipeline names the model that was deployed, and that is made of the package."""
    name = environment.service
    if serving is None:
        raise Refused(f"The score pipeline {name} is not there.")
    if serving.status != IN_SERVICE:
        raise Refused(f"The score pipeline {name} is {serving.status}.")
    if serving.config != stack.config:
        raise Refused(
            f"The score pipeline {name} uses the model {serving.config or 'that somebody chooses'}, not "
            f"{stack.config}, which was deployed: somebody changed it. To have it back, "
            f"{to_deploy(targets, stack.package or NO_PACKAGE, environment.name)}."
        )
    if serving.package not in (package, None):
        raise Refused(f"The score pipeline {name} uses {serving.package}; {package} was deployed.")
    return serving


def start(
    client: Any, s3: Any, environment: Environment, request: SmokeTest | Golden, folder: str
) -> Execution:
    """Writes the rows and starts the pipeline on them."""
    name, bucket = environment.service, environment.data_bucket or ""
    pipeline = describe(client, name)
    known = pipeline.parameters if pipeline else ()
    prefix = f"{FOLDER}/{folder}"
    key = f"{prefix}/rows"
    body = request.body if request.body.endswith("\n") else f"{request.body}\n"
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
    values = {
        "InputBucket": bucket,
        "InputKey": key,
        "OutputUrl": f"s3://{bucket}/{prefix}/predictions",
        "InstanceCount": "1",
        "ContentType": request.content_type,
        "Accept": request.accept,
        **{name: value for name, value in UNFILTERED.items() if name in known},
    }
    answer = client.start_pipeline_execution(
        PipelineName=name,
        PipelineExecutionDisplayName="smoke-test",
        PipelineParameters=[{"Name": name, "Value": value} for name, value in values.items()],
    )
    arn = str(answer["PipelineExecutionArn"])
    return Execution(arn, bucket, f"{prefix}/predictions/{arn.rsplit('/', 1)[-1]}/")


def wait(
    client: Any,
    execution: Execution,
    *,
    seconds: float = WAIT_SECONDS,
    interval: float = 15,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Waits for an execution; refuses one that does not succeed, and stops one that takes too long."""
    waited = 0.0
    while True:
        found = client.describe_pipeline_execution(PipelineExecutionArn=execution.arn)
        status = found["PipelineExecutionStatus"]
        if status == WELL:
            return
        if status not in UNDER_WAY:
            raise Refused(
                f"The execution {execution.id} of the score pipeline is {status}: "
                f"{_why(client, execution, found)} Look at the log group /aws/sagemaker/TransformJobs."
            )
        if waited >= seconds:
            client.stop_pipeline_execution(PipelineExecutionArn=execution.arn)
            raise Refused(
                f"The execution {execution.id} of the score pipeline is still {status} after {seconds:.0f} s "
                f"and was stopped. {retry()} Instances may be short at the moment."
            )
        print(f"execution {execution.id} is {status}; waiting")
        sleep(interval)
        waited += interval


def _why(client: Any, execution: Execution, found: dict[str, Any]) -> str:
    steps = client.list_pipeline_execution_steps(PipelineExecutionArn=execution.arn)
    reasons = [step.get("FailureReason") for step in steps.get("PipelineExecutionSteps", [])]
    reason = next((r for r in [*reasons, found.get("FailureReason")] if r), "it says no reason")
    return f"{str(reason).rstrip('.')}."


def predictions(s3: Any, execution: Execution) -> str:
    """All that was written for the rows."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=execution.bucket, Prefix=execution.prefix)
    keys = sorted(item["Key"] for page in pages for item in page.get("Contents", []))
    if not keys:
        where = f"s3://{execution.bucket}/{execution.prefix}"
        raise Refused(f"The score pipeline succeeded, and there are no predictions at {where}")
    bodies = [s3.get_object(Bucket=execution.bucket, Key=key)["Body"].read() for key in keys]
    return b"".join(bodies).decode()


def together(text: str) -> str:
    """The answers to all requests as if they were one; each request has a document of its own."""
    answers: list[Any] = []
    try:
        documents = list(_documents(text))
    except ValueError:
        return text
    for document in documents:
        rows = document.get("predictions", document) if isinstance(document, dict) else document
        answers += rows if isinstance(rows, list) else [rows]
    return json.dumps(answers)


def _documents(text: str) -> Iterator[Any]:
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        document, position = decoder.raw_decode(text, position)
        yield document


def by_line(expected: Golden | None) -> Golden | None:
    """
    The golden rows of one line each: a transform job splits its data by line, also within quotes (developer
    guide, "Associate Prediction Results with Input Records": no newline within CSV).
    """
    if expected is None:
        return None
    kept = [(r, a) for r, a in zip(expected.rows, expected.answers, strict=True) if len(r.splitlines()) == 1]
    if not kept:
        return None
    rows, answers = zip(*kept, strict=True)
    return replace(expected, rows=rows, answers=answers)


def compare(
    environment: Environment, package: str, text: str, expected: SmokeTest | Golden, tolerance: float
) -> str:
    """Refuses predictions that are not what was measured, or have another form; gives what was compared."""
    name = environment.service
    body = together(text) if expected.accept.startswith("application/json") else text
    if isinstance(expected, SmokeTest):
        check_form(expected, expected.accept, body)
        return "the rows of the smoke test scored"
    differing = differences(body, expected.answers, tolerance)
    if differing:
        raise Refused(
            f"The score pipeline {name} does not score as {package} did when it was measured: "
            f"{golden.listed(differing)}. Reject the version to go back to the one before. "
            "Where such a difference is harmless, raise endpoint.goldenTolerance."
        )
    return f"{len(expected.rows)} golden rows scored as measured"


def smoke_test(aws: Aws, targets: Targets, environment: Environment, deployment: Path) -> str:
    """Proves that what was prepared scores, and scores well; then removes what it replaced."""
    values = configuration(deployment, environment)
    prepared = values[MODEL_PACKAGE]
    now = arrived(aws, environment, prepared)
    if prepared == NO_PACKAGE:
        return f"{environment.name}: no model yet, nothing to test"
    sagemaker, s3 = aws.client("sagemaker", environment), aws.client("s3", environment)
    name = environment.service
    serving = prove(targets, environment, now, look_at_pipeline(sagemaker, name), values[SERVED_PACKAGE])
    expected = by_line(golden.load(deployment / environment.name)) or targets.smoke_test
    folder = f"{now.execution}-{now.attempt}"
    execution = start(sagemaker, s3, environment, expected, folder)
    wait(sagemaker, execution)
    try:
        done = compare(environment, prepared, predictions(s3, execution), expected, targets.golden_tolerance)
    except Refused as failure:
        advice = record_failure(aws, targets, environment, deployment, str(failure), serves=prepared)
        raise Refused(str(failure) + advice) from failure
    recorded = record_proof(aws, targets, environment, prepared, serving.config)
    moved = move_on(aws, targets, environment, prepared, before(deployment, environment))
    # A good deployment stays one when something old cannot be removed.
    problems = retire_models(aws, environment, serving, values[STARTED_AT])
    if problems:
        tell(aws, targets, LEFT_OVER, {environment.name: {"endpoint": name, "problem": problems[0]}})
    return f"{environment.name}: {name}: {done}{recorded}{moved}"


if __name__ == "__main__":
    sys.exit(run(smoke_test))
