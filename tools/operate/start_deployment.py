"""
Starts an execution of a deploy pipeline and tells what becomes of it, and how long each part took.

Runs on a person's machine with that person's credentials, which are those of the releaser role.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

try:
    _boto3: Any = importlib.import_module("boto3")
    _exceptions: Any = importlib.import_module("botocore.exceptions")
except ImportError:
    sys.exit("This Python has no boto3; name one that has it in the variable PREFLIGHT_PYTHON.")

POLL_SECONDS = 10.0
DENIED = ("AccessDenied", "AccessDeniedException")
ENDED = ("Succeeded", "Failed", "Stopped", "Cancelled", "Superseded")


def fill(text: str, account: str, region: str, partition: str) -> str:
    """A text of the plan, where these credentials are."""
    for name, value in (("account", account), ("region", region), ("partition", partition)):
        text = text.replace(f"{{{name}}}", value)
    return text


def start(pipeline: Any, wanted: dict[str, Any], identity: dict[str, str], region: str) -> str:
    """Starts the pipeline with the variables; the execution."""
    partition = identity["Arn"].split(":")[1]
    variables = [
        {"name": name, "value": fill(value, identity["Account"], region, partition)}
        for name, value in wanted["variables"].items()
    ]
    return str(
        pipeline.start_pipeline_execution(name=wanted["pipeline"], variables=variables)["pipelineExecutionId"]
    )


def watch(
    pipeline: Any,
    name: str,
    execution: str,
    say: Callable[[str], None] = print,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Tells of each action that has ended, until the execution has or waits for a person; the exit code."""
    told: set[str] = set()
    while True:
        # Asked first: whatever happened until the end is in the list that is asked for after it.
        found = pipeline.get_pipeline_execution(pipelineName=name, pipelineExecutionId=execution)
        status = found["pipelineExecution"]["status"]
        actions = _actions(pipeline, name, execution)
        for action in sorted(actions, key=lambda a: a["lastUpdateTime"]):
            if action["status"] != "InProgress" and action["actionExecutionId"] not in told:
                told.add(action["actionExecutionId"])
                say(_line(action))
        if status in ENDED:
            say(f"{name}, execution {execution}: {status}")
            return 0 if status == "Succeeded" else 1
        waiting = [a for a in actions if a["status"] == "InProgress" and _is_approval(a)]
        if waiting and len(waiting) == sum(a["status"] == "InProgress" for a in actions):
            say(f"{waiting[0]['stageName']} waits for an approval: {waiting[0]['actionName']} of {name}")
            return 0
        sleep(POLL_SECONDS)


def _actions(pipeline: Any, name: str, execution: str) -> list[dict[str, Any]]:
    pages = pipeline.get_paginator("list_action_executions").paginate(
        pipelineName=name, filter={"pipelineExecutionId": execution}
    )
    return [action for page in pages for action in page["actionExecutionDetails"]]


def _is_approval(action: dict[str, Any]) -> bool:
    kind: dict[str, Any] = action.get("input", {}).get("actionTypeId", {})
    return kind.get("category") == "Approval"


def _line(action: dict[str, Any]) -> str:
    seconds = (action["lastUpdateTime"] - action["startTime"]).total_seconds()
    result = action.get("output", {}).get("executionResult", {})
    why = result.get("externalExecutionSummary") or result.get("externalExecutionUrl")
    more = f": {why}" if action["status"] == "Failed" and why else ""
    return f"{action['stageName']}/{action['actionName']}: {action['status']} after {seconds:.0f} s{more}"


def main() -> int:
    """Takes the file that says what to start."""
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        session = _boto3.Session(region_name=wanted.get("region"))
        if not session.region_name:
            print("The region is unknown. Set AWS_REGION to that of the pipelines.", file=sys.stderr)
            return 1
        identity = session.client("sts").get_caller_identity()
        pipeline = session.client("codepipeline")
        execution = start(pipeline, wanted, identity, session.region_name)
        print(f"{wanted['pipeline']}: execution {execution} was started")
        return watch(pipeline, wanted["pipeline"], execution)
    except _exceptions.ClientError as error:
        advice = ""
        if error.response["Error"]["Code"] in DENIED:
            advice = f" Use credentials of the role {wanted['role']}, with aws sts assume-role."
        print(f"{error}.{advice}", file=sys.stderr)
    except _exceptions.BotoCoreError as error:
        print(f"{error} Sign in to the account that the pipelines run in.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
