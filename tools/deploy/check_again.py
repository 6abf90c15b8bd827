"""
Step after a manual approval, where decisions are recorded: was it accepted, and is this still to be
deployed?
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aws import Aws
from check import check, configuration, read
from decision_records import wait_for_approval
from stack import MODEL_PACKAGE
from targets import Refused


def main() -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT comes from the pipeline."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        environment = targets.environment(os.environ["ENVIRONMENT"])
        execution = read(Path.cwd(), environment, "package.json")["execution"]["id"]
        package = configuration(Path.cwd(), environment)[MODEL_PACKAGE]
        print(wait_for_approval(aws, targets, environment, execution, package))
        print(check(aws, targets, environment, Path.cwd()))
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
