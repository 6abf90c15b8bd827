"""
Step before a deployment where people approve in AWS: waits for what a person decides about this environment.

The decision stands in the table of the requests, where only the releaser's role writes such entries.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from awaiting import Awaited, await_decision
from aws import Aws
from targets import Refused
from tell import AWAITED, tell


def main(sleep: Callable[[float], None] = time.sleep) -> int:
    """ENVIRONMENT and EXECUTION_ID come from the run."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        if targets.engine is None:
            raise Refused("These targets are deployed by CodePipeline, which has approvals of its own.")
        name, execution = targets.environment(os.environ["ENVIRONMENT"]).name, os.environ["EXECUTION_ID"]
        run = execution.removeprefix("gh-")
        command = f"npx projen deployment:approve -- --environment {name} --run {run} --group {targets.group}"
        waits = partial(tell, aws, targets, AWAITED, {name: {"run": run}})
        awaited = Awaited(name, execution, command)
        print(await_decision(aws.own("dynamodb", aws.region), targets.engine.table, awaited, waits, sleep))
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
