"""Whether the approval of a package was recorded and accepted, where a delivery keeps such records."""

from __future__ import annotations

import time
from collections.abc import Callable

from records import Record, newest_first

from awaited_records import Wanted, standing
from aws import Aws
from engine_words import to_retry_all
from executions import executions_of
from record_store import Bucket, ReadOnce
from registry import always
from standing import approves, standing_decision
from targets import Environment, Evidence, Refused, Targets


def recorded_in(aws: Aws, targets: Targets) -> Callable[[str], bool]:
    """
    Tells of a package whether the decision that stands is an accepted approval.

    The record of the original counts for its copies in other regions: what is decided is about the original.
    """
    if targets.evidence is None:
        return always
    store = _store(aws, targets.evidence)
    return lambda package: approves(standing_decision(store, targets.chain, package))


WAIT_SECONDS = 2700
"""How long to wait for the record of a manual approval: below the hour that the build has."""

POLL_SECONDS = 15.0

KEPT = 200
"""Records from the last one on in which that of a moment ago is looked for."""


def wait_for_approval(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    execution: str,
    package: str,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """
    Waits until the manual approval that has just been given is recorded; refuses one that the recorder
    refused.

    A stage cannot be un-approved, so what it would deploy is held back here. A workflow has waited for the
    record itself: what is asked for is whether it still stands, and is about this package.
    """
    if targets.evidence is None or not environment.approval:
        return f"{environment.name}: no approval is recorded here"
    if targets.engine is not None:
        return _still_approved(aws, targets, targets.evidence, Wanted(execution, environment.name, package))
    given = executions_of(aws, targets).approval(environment, execution)
    store = _store(aws, targets.evidence)
    until = time.monotonic() + WAIT_SECONDS
    while (record := _record_of(store, targets.chain, given)) is None:
        if time.monotonic() > until:
            raise Refused(
                f"The approval of {environment.name} was not recorded within {WAIT_SECONDS // 60} minutes. "
                f"See the recorder's log and its queue; then {to_retry_all()}."
            )
        sleep(POLL_SECONDS)
    if record["outcome"] != "accepted" or record["decision"] != "Approved":
        raise Refused(
            f"The approval of {environment.name} by {record['signer']['name']} was refused: "
            f"{' '.join(record['problems'])} To go on, {to_retry_all()}, "
            "and have it approved again."
        )
    return f"{environment.name}: approved by {record['signer']['name']}, record {record['sequence']}"


def _still_approved(aws: Aws, targets: Targets, evidence: Evidence, wanted: Wanted) -> str:
    record = standing(_store(aws, evidence), targets.chain, wanted)
    if record is None or not approves(record):
        raise Refused(
            f"No accepted record approves {wanted.environment} in {wanted.execution}. "
            "Have it approved, and re-run the failed jobs."
        )
    return f"{wanted.environment}: approved by {record['signer']['name']}, record {record['sequence']}"


def _store(aws: Aws, evidence: Evidence) -> Bucket:
    return ReadOnce(aws.own("s3", evidence.region), evidence.bucket, evidence.account)


def _record_of(store: Bucket, group: str, action: str) -> Record | None:
    for number, record in enumerate(newest_first(store, group)):
        if (record.get("bound") or {}).get("actionExecution") == action:
            return record
        if number >= KEPT:
            break
    return None
