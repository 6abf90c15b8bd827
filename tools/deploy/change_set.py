"""
Step after the checks: makes the change set of an endpoint stack, with the environment's own rights.

Works on what the preparation has written for the environment, as CodePipeline's action CHANGE_SET_REPLACE
does; what would change is executed by the next step.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from aws import Aws
from check import read
from endpoint_changes import EndpointChanges, Wait
from endpoint_template import template_argument
from targets import Environment, Refused

FILE = "change-set.json"
"""Names the change set for the next step, beside what was prepared."""


def change_set_request(aws: Aws, environment: Environment, deployment: Path) -> dict[str, Any]:
    """The template, its parameters and tags, and the role that CloudFormation works with."""
    configuration = read(deployment, environment, "configuration.json")
    s3 = aws.client_of(environment.deploy_role, "s3", environment.region)
    template = deployment / environment.name / "template.json"
    tags = [{"Key": key, "Value": value} for key, value in configuration.get("Tags", {}).items()]
    return {
        **template_argument(s3, environment, aws.partition, template),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in configuration["Parameters"].items()
        ],
        **({"Tags": tags} if tags else {}),
        # An acknowledgement, no right: an endpoint stack that was extended may have roles, which the
        # CloudFormation role then must be allowed to make.
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "RoleARN": environment.cloud_formation_role,
    }


def execution_of(deployment: Path, environment: Environment) -> str:
    """The execution that this was prepared for, which must be this one."""
    prepared = str(read(deployment, environment, "package.json")["execution"]["id"])
    if prepared != os.environ["EXECUTION_ID"]:
        raise Refused(
            f"This deployment was prepared for {prepared}, and this is {os.environ['EXECUTION_ID']}. "
            "Run the deployment again from its first job."
        )
    return prepared


def main(wait: Wait | None = None) -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT and EXECUTION_ID come from the run."""
    deployment = Path.cwd()
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        environment = targets.environment(os.environ["ENVIRONMENT"])
        execution = execution_of(deployment, environment)
        client = aws.client_of(environment.deploy_role, "cloudformation", environment.region)
        changes = EndpointChanges(client, environment, execution, wait or Wait())
        made = changes.make(change_set_request(aws, environment, deployment))
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    print(f"{environment.name}: {made or 'nothing changes'}")
    (deployment / environment.name / FILE).write_text(json.dumps({"arn": made}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
