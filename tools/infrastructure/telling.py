"""
Last job of a run that deploys the infrastructure, however it ended: tells people of a failure. The job that
shows changes tells them here that a stage waits for them.

OUTCOME is "done" or "failed".
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from approvals_table import shown_change
from aws import Aws
from programs import run
from targets import Refused
from tell import address_of_run, number_of_run, put

FAILED = "Infrastructure Workflow Failed"
AWAITED = "Infrastructure Awaits Approval"

STAGES = Path(__file__).resolve().parent / "stages.json"

OUTCOMES = ("done", "failed")


def tell_of_wait(aws: Aws, stage: str, digest: str, stages: Path) -> None:
    """Says that a stage waits, if a person lets its changes in."""
    content = json.loads(stages.read_text(encoding="utf-8"))
    told = content.get("told", {})
    if stage not in told.get("asks", ()):
        return
    _tell(
        aws, told["bus"], AWAITED,
        project=content["project"], stage=stage, digest=shown_change(stage, digest).rsplit("-", 1)[-1],
        id=number_of_run(), run=address_of_run(),
    )  # fmt: skip


def tell_of_end(outcome: str, stages: Path) -> None:
    """Says that a run has failed, if it has."""
    if outcome not in OUTCOMES:
        raise Refused(f"OUTCOME is {outcome!r}: it must be {' or '.join(OUTCOMES)}.")
    if outcome == "failed":
        content = json.loads(stages.read_text(encoding="utf-8"))
        _tell(Aws(), content["told"]["bus"], FAILED, project=content["project"], run=address_of_run())
    print(f"The run is {outcome}")


def _tell(aws: Aws, bus: str, kind: str, **detail: str) -> None:
    problem = put(aws.own("events", aws.region), bus, kind, detail)
    if problem:
        print(f"EventBridge did not accept the event {kind}: {problem}", file=sys.stderr)


def main() -> int:
    """Has no arguments."""
    return run(lambda: tell_of_end(os.environ["OUTCOME"], STAGES))


if __name__ == "__main__":
    sys.exit(main())
