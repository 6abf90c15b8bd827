"""
Executes the change set that the step before has made, and waits for its end.

A version whose endpoint failed is recorded as rolled back, so that no later execution deploys it by itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aws import Aws
from change_set import FILE, execution_of
from check import read
from endpoint_changes import EndpointChanges, NotDeployed, Wait
from record_rollback import after_failure
from targets import Environment, Refused, Targets


def execute(aws: Aws, targets: Targets, environment: Environment, deployment: Path, wait: Wait) -> str:
    """What became of the stack."""
    execution = execution_of(deployment, environment)
    arn = read(deployment, environment, FILE)["arn"]
    if arn is None:
        return f"{environment.name}: nothing changes"
    client = aws.client_of(environment.deploy_role, "cloudformation", environment.region)
    try:
        status = EndpointChanges(client, environment, execution, wait).execute(arn)
    except NotDeployed:
        _record(aws, targets, environment, execution)
        raise
    return f"{environment.name}: {environment.stack} is {status}"


def _record(aws: Aws, targets: Targets, environment: Environment, execution: str) -> None:
    """Whatever becomes of the record, it is the failure that people must see."""
    try:
        print(after_failure(aws, targets, environment, execution))
    except Exception as error:
        print(f"{environment.name}: nothing was recorded: {error}", file=sys.stderr)


def main(wait: Wait | None = None) -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT and EXECUTION_ID come from the run."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        environment = targets.environment(os.environ["ENVIRONMENT"])
        print(execute(aws, targets, environment, Path.cwd(), wait or Wait()))
    except Refused as refusal:
        print(f"Deployment failed: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
