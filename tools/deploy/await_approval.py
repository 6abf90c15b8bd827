"""
Step before a deployment where people approve in AWS: waits for what a person decides about this environment.

The decision stands in the table of the requests, where only the releaser's role writes such entries; where
decisions are recorded, it is a record that counts, of exactly the version that is deployed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from approvals_table import Approvals, Given
from awaited_records import Wanted, looks_for, store_of
from awaiting import Awaited, await_decision
from aws import Aws
from check import configuration
from registry import version_in
from stack import MODEL_PACKAGE
from targets import NO_PACKAGE, Refused
from tell import AWAITED, tell


def main(sleep: Callable[[float], None] = time.sleep) -> int:
    """ENVIRONMENT and EXECUTION_ID come from the run."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        if targets.engine is None:
            raise Refused("These targets are deployed by CodePipeline, which has approvals of its own.")
        name, execution = targets.environment(os.environ["ENVIRONMENT"]).name, os.environ["EXECUTION_ID"]
        run = execution.partition("-")[2]
        command = f"npx projen deployment:approve -- --environment {name} --run {run} --group {targets.group}"
        about = {"run": run}
        if targets.evidence is None:
            client = aws.own("dynamodb", aws.region)
            look = _entry(client, targets.engine.table, execution, name)
        else:
            client = aws.own("s3", targets.evidence.region)
            package = configuration(Path.cwd(), targets.environment(name))[MODEL_PACKAGE]
            wanted = Wanted(execution, name, package)
            look = looks_for(store_of(client, targets.evidence), targets.chain, wanted)
            about["version"] = str(version_in(package, targets.registry) or NO_PACKAGE)
            command += f" --version {about['version']}"
        waits = partial(tell, aws, targets, AWAITED, {name: about})
        print(await_decision(client, look, Awaited(name, command), waits, sleep))
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    return 0


def _entry(client: Any, table: str, execution: str, name: str) -> Callable[[], Given | None]:
    return partial(Approvals(client, table).get, execution, name)


if __name__ == "__main__":
    sys.exit(main())
