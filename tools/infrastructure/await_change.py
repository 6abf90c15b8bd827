"""
Step before changes of the infrastructure where people approve in AWS: waits for what a person decides.

A decision is about exactly what was shown: its digest is part of what is decided about, so an approval of one
attempt of a run says nothing of another one, which may show other changes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from approvals_table import shown_change
from awaiting import Awaited, await_decision
from aws import Aws
from targets import Refused

STAGES = Path(__file__).resolve().parent / "stages.json"


def main(sleep: Callable[[float], None] = time.sleep) -> int:
    """STAGE, DIGEST and EXECUTION_ID come from the workflow."""
    try:
        table = json.loads(STAGES.read_text(encoding="utf-8")).get("approvals")
        if table is None:
            raise Refused(
                "The reviewers of an environment on GitHub approve these changes, not people in AWS."
            )
        aws, stage, execution = Aws(), os.environ["STAGE"], os.environ["EXECUTION_ID"]
        name = shown_change(stage, os.environ["DIGEST"])
        command = (
            f"npx projen deployment:approve -- --infrastructure {stage} "
            f"--digest {name.rsplit('-', 1)[-1]} --run {execution.removeprefix('gh-')}"
        )
        client = aws.own("dynamodb", aws.region)
        print(await_decision(client, table, Awaited(name, execution, command), sleep=sleep))
    except Refused as refusal:
        print(f"Refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
