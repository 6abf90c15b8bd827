"""The synthesized machine of monitors, executed by moto, which knows neither the job nor the event."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from templates import load, only, resolve

STACK = "churn-main-prod-environment"
JOB = re.compile(r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")
FOUND = {"outcome": "violations", "words": "drift", "retrain": True}
DUE = "2026-11-28T05:45:00Z"


@pytest.fixture(scope="module")
def definition() -> Any:
    assembly = Path(os.environ["CLOUD_ASSEMBLY"]).parent / "monitored"
    return resolve(only(load(assembly, STACK), "AWS::StepFunctions::StateMachine")["Definition"])


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield


def literal(definition: Any, kind: str, *causes: str) -> dict[str, Any]:
    """The machine with what a job and a service answer in the place of both; a job that fails has a cause."""
    states = json.loads(json.dumps(definition["States"]))
    run = states[f"Run {kind}"]
    following = "JobFailed" if causes else run["Next"]
    states[f"Run {kind}"] = {
        "Type": "Pass",
        "Parameters": {
            "job.$": run["Parameters"]["ProcessingJobName.$"],
            "arguments.$": run["Parameters"]["AppSpecification"]["ContainerArguments.$"],
            "kind.$": "$.kind",
            "time.$": "$.time",
            "attempt.$": "$.attempt",
            **({"failed": {"Error": "States.TaskFailed", "Cause": causes[0]}} if causes else {}),
        },
        "Next": following,
    }
    states["ReadFound"] = {
        "Type": "Pass",
        "Result": {"Body": json.dumps(FOUND)},
        "ResultPath": "$.answer",
        "Next": "Selected",
    }
    # moto gives a stream for the text of an object.
    selector = definition["States"]["ReadFound"]["ResultSelector"]["run.$"].replace("$.Body", "$.answer.Body")
    states["Selected"] = {
        "Type": "Pass",
        "Parameters": {
            "key.$": definition["States"]["ReadFound"]["Parameters"]["Key.$"],
            "run.$": selector,
            "job.$": "$.job",
            "arguments.$": "$.arguments",
            "attempt.$": "$.attempt",
        },
        "ResultPath": "$.found",
        "Next": "Tell",
    }
    states["Tell"] = {
        "Type": "Pass",
        "Parameters": {
            "told.$": definition["States"]["Tell"]["Parameters"]["Entries"][0]["Detail.$"],
            "found.$": "$.found",
        },
        "Next": "Done",
    }
    states["WaitForCapacity"]["Seconds"] = 1
    # Task states of other kinds are not reached; moto would ask for their services.
    unreached = [name for name in states if name.startswith("Run ") and name != f"Run {kind}"]
    for name in unreached:
        states[name] = {"Type": "Fail", "Error": "Unreached"}
    return {**definition, "States": states}


def execute(machine: dict[str, Any], name: str, kind: str) -> Any:
    client = boto3.client("stepfunctions")
    arn = client.create_state_machine(
        name="monitors", definition=json.dumps(machine), roleArn="arn:aws:iam::123456789012:role/monitors"
    )["stateMachineArn"]
    execution = client.start_execution(
        stateMachineArn=arn, name=name, input=json.dumps({"kind": kind, "time": DUE})
    )["executionArn"]
    for _ in range(100):
        described = client.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.2)
    raise AssertionError(f"{name} still runs")


def states_of(execution: Any) -> list[str]:
    """The states that an execution entered, in order."""
    history = boto3.client("stepfunctions").get_execution_history(executionArn=execution["executionArn"])
    details = [event.get("stateEnteredEventDetails") for event in history["events"]]
    return [entered["name"] for entered in details if entered]


@pytest.mark.parametrize("name", ["0a1b2c3d-0123-4567-89ab-0123456789ab", "by_hand", "x" * 80])
def test_a_run_has_a_job_of_its_own_whose_name_fits_and_tells_what_it_found(
    definition: Any, name: str
) -> None:
    done = execute(literal(definition, "data-quality"), name, "data-quality")
    assert done["status"] == "SUCCEEDED"
    output = json.loads(done["output"])
    found = output["found"]
    assert JOB.match(found["job"]) and len(found["job"]) <= 63
    assert found["job"].startswith("churn-main-prod-monitor-") and found["job"].endswith("-1")
    assert found["arguments"] == ["data-quality", "--time", DUE, "--execution", name]
    assert found["key"] == f"results/runs/{name}.json"
    assert output["told"] == FOUND


def test_the_hourly_job_tells_nothing(definition: Any) -> None:
    assert definition["States"]["Run compaction"]["Next"] == "Done"
    assert execute(literal(definition, "compaction"), "hour", "compaction")["status"] == "SUCCEEDED"


def test_a_job_without_an_instance_is_tried_again_and_given_up_after_four_attempts(definition: Any) -> None:
    cause = '{"FailureReason":"CapacityError: Unable to provision requested ML compute capacity"}'
    done = execute(literal(definition, "bias", cause), "capacity", "bias")
    assert (done["status"], done["error"], done["cause"]) == (
        "FAILED",
        "MonitorRunFailed",
        f"States.TaskFailed: {cause}",
    )
    entered = states_of(done)
    assert (entered.count("Run bias"), entered.count("WaitForCapacity")) == (4, 3)


def test_a_job_that_failed_by_itself_is_not_tried_again(definition: Any) -> None:
    cause = '{"FailureReason":"AlgorithmError: exit code 1"}'
    done = execute(literal(definition, "bias", cause), "broken", "bias")
    assert (done["status"], done["cause"]) == ("FAILED", f"States.TaskFailed: {cause}")
    entered = states_of(done)
    assert entered.count("Run bias") == 1 and "ReadFound" not in entered


def test_a_kind_that_is_not_switched_on_is_refused(definition: Any) -> None:
    done = execute(literal(definition, "bias"), "unknown", "drift")
    assert (done["status"], done["error"]) == ("FAILED", "NoSuchKind")
