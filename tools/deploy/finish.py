"""
Last step of a run, however it ended: says what became of its request, and tells people of a failure.

OUTCOME is "done" or "failed".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aws import Aws
from take import NO_REQUEST, kind_of_run, requests_of, wanted_request
from targets import Refused
from tell import address_of_run
from workflow_requests import DONE, FAILED, Announcer, NotTold


def announcer_of(aws: Aws, file: Path) -> Announcer | None:
    """The delivery's bus; None where no targets say which it is."""
    if not file.exists():
        return None
    targets = aws.targets(file)
    region = targets.bus.split(":")[3]
    return Announcer(aws.own("events", region), targets.bus, targets.project, targets.group)


def finish(aws: Aws, kind: str, request: str | None, outcome: str) -> None:
    """Writes down what became of the request, if the run had one."""
    if request is None:
        print("The run had no request")
        return
    run = os.environ["EXECUTION_ID"]
    is_own = requests_of(aws).finish(kind, request, run, outcome)
    print(f"{request} is {outcome}" if is_own else f"{request} is not of the run {run} any more")


def main() -> int:
    """REQUEST and EXECUTION_ID are those of the first step."""
    try:
        kind, request, outcome = kind_of_run(), wanted_request(), os.environ["OUTCOME"]
        if outcome not in (DONE, FAILED):
            raise Refused(f"OUTCOME is {outcome!r}: it must be {DONE} or {FAILED}.")
        aws = Aws()
        finish(aws, kind, request, outcome)
        bus = announcer_of(aws, Path(__file__).resolve().parent / "targets.json")
        if outcome == FAILED and bus:
            bus.failed(kind, request or NO_REQUEST, address_of_run(), os.environ["EXECUTION_ID"])
    except (Refused, NotTold) as problem:
        print(f"Not finished: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
