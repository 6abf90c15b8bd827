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
from functools import partial
from pathlib import Path
from typing import Any

from approvals_table import Approvals, Given, shown_change
from awaited_records import Wanted, looks_for, store_of
from awaiting import Awaited, await_decision
from aws import Aws
from targets import Evidence, Refused

STAGES = Path(__file__).resolve().parent / "stages.json"


def main(sleep: Callable[[float], None] = time.sleep) -> int:
    """STAGE, DIGEST and EXECUTION_ID come from the workflow."""
    try:
        stages = json.loads(STAGES.read_text(encoding="utf-8"))
        aws, stage, execution = Aws(), os.environ["STAGE"], os.environ["EXECUTION_ID"]
        name = shown_change(stage, os.environ["DIGEST"])
        client, look = _decisions(aws, stages, execution, name)
        command = (
            f"npx projen deployment:approve -- --infrastructure {stage} "
            f"--digest {name.rsplit('-', 1)[-1]} --run {execution.partition('-')[2]}"
        )
        print(await_decision(client, look, Awaited(name, command), sleep=sleep))
    except Refused as refusal:
        print(f"Refused: {refusal}", file=sys.stderr)
        return 1
    return 0


def _decisions(
    aws: Aws, stages: dict[str, Any], execution: str, name: str
) -> tuple[Any, Callable[[], Given | None]]:
    """What is asked for the decision, and how: the records where decisions are recorded, or a table."""
    if "evidence" in stages:
        evidence = Evidence(**stages["evidence"])
        client = aws.own("s3", evidence.region)
        return client, looks_for(store_of(client, evidence), stages["chain"], Wanted(execution, name))
    if "approvals" not in stages:
        raise Refused("The reviewers of an environment on GitHub approve these changes, not people in AWS.")
    client = aws.own("dynamodb", aws.region)
    return client, partial(Approvals(client, stages["approvals"]).get, execution, name)


if __name__ == "__main__":
    sys.exit(main())
