"""
Approves or rejects the deployment to an environment by a run that waits for it.

Runs on a person's machine with that person's credentials, which are those of the releaser role.
"""

from __future__ import annotations

import json
import re
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "deploy"))

from person_session import Refused, as_person, filled

from approvals_table import APPROVED, REJECTED, Approvals, Given

RUN = re.compile(r"g[hl]-[1-9][0-9]*")

REASON_LIMIT = 1024

KEPT_SECONDS = 90 * 24 * 3600


def approve(
    session: Any, identity: dict[str, str], wanted: dict[str, Any], clock: Callable[[], float] = time.time
) -> str:
    """Writes the decision down, or has it recorded; in words. All is checked before anything is done."""
    execution, decision, reason = wanted["execution"], wanted["decision"], wanted["reason"].strip()
    if not RUN.fullmatch(execution):
        raise Refused(
            f"The run is {execution!r}: it must be gh- or gl- and the number of the run, as its address ends."
        )
    if decision not in (APPROVED, REJECTED):
        raise Refused(f"The decision is {decision!r}: it must be {APPROVED} or {REJECTED}.")
    if not reason or len(reason) > REASON_LIMIT or not reason.isprintable():
        raise Refused(f"The reason must be one line of 1 to {REASON_LIMIT} characters.")
    if machine := wanted.get("machine"):
        return _decide(session, identity, {**wanted, "reason": reason}, filled(machine, identity, session))
    now = clock()
    at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    approvals = Approvals(session.client("dynamodb"), filled(wanted["table"], identity, session))
    given = Given(decision, identity["Arn"], at, reason)
    approvals.put(execution, wanted["environment"], given, int(now) + KEPT_SECONDS)
    return f"{wanted['environment']} of the run {execution} is {decision}, by {identity['Arn']}: {reason}"


def _decide(session: Any, identity: dict[str, str], wanted: dict[str, Any], machine: str) -> str:
    """Starts the state machine, a call of which CloudTrail says who made it; the record follows."""
    keys = ("execution", "environment", "version", "decision", "reason")
    asked = {key: wanted[key] for key in keys if key in wanted}
    session.client("stepfunctions").start_execution(
        stateMachineArn=machine, name=str(uuid.uuid4()), input=json.dumps(asked)
    )
    return (
        f"{wanted['environment']} of the run {wanted['execution']} is to be {wanted['decision']}, by "
        f"{identity['Arn']}: {wanted['reason']}. It counts when it is recorded, within minutes; the job that "
        "waits, and the topic, say if it was refused."
    )


def main() -> int:
    """Takes the file that says what to decide."""
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    return as_person(wanted, lambda session, identity: approve(session, identity, wanted))


if __name__ == "__main__":
    sys.exit(main())
