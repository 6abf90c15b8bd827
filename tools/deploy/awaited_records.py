"""
Records of what people decided about something that a run waits with, where decisions are recorded.

The record decides, not the call that it is of: the recorder has looked at who called, and at who is behind
what is deployed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records import Record, newest_first

from approvals_table import APPROVED, Given, approval_id
from record_store import Bucket, ReadOnce
from standing import approves
from targets import NO_PACKAGE, Evidence

KEPT = 200
"""Records from the last one on that are looked at: of a run that waits or has just waited."""


@dataclass(frozen=True)
class Wanted:
    """What a decision must be about."""

    execution: str
    environment: str
    package: str | None = None
    """ARN of the version; None where there is none, as for the infrastructure."""

    @property
    def bound(self) -> dict[str, str | None]:
        """What a record of it is bound to."""
        package = None if self.package == NO_PACKAGE else self.package
        return {"actionExecution": approval_id(self.execution, self.environment), "package": package}


def store_of(s3: Any, evidence: Evidence) -> Bucket:
    """The bucket of records, of which each is read once."""
    return ReadOnce(s3, evidence.bucket, evidence.account)


def looks_for(
    store: Bucket, chain: str, wanted: Wanted, say: Callable[[str], None] = print
) -> Callable[[], Given | None]:
    """Looks for the decision that stands, and says once why one did not count."""
    told: set[str] = set()

    def look() -> Given | None:
        for record in decisions(store, chain, wanted):
            if record["outcome"] != "accepted" and record["event"] not in told:
                told.add(record["event"])
                say(
                    f"The decision about {wanted.environment} by {record['signer']['name']} was refused: "
                    f"{' '.join(record['problems'])}"
                )
        return given_of(standing(store, chain, wanted))

    return look


def decisions(store: Bucket, chain: str, wanted: Wanted) -> list[Record]:
    """All records about it, the newest first."""
    found = []
    for number, record in enumerate(newest_first(store, chain)):
        if number >= KEPT:
            break
        bound = record.get("bound") or {}
        if {key: bound.get(key) for key in wanted.bound} == wanted.bound:
            found.append(record)
    return found


def standing(store: Bucket, chain: str, wanted: Wanted) -> Record | None:
    """
    The latest decision by the time at which it was taken. An approval that was refused decides nothing, so
    that somebody else can approve; a rejection counts in any case.
    """
    deciding = [each for each in decisions(store, chain, wanted) if approves(each) or _rejects(each)]
    return max(deciding, key=lambda each: (_time(each), _rejects(each)), default=None)


def given_of(record: Record | None) -> Given | None:
    """As the wait for a decision takes it."""
    if record is None:
        return None
    return Given(record["decision"], record["signer"]["name"], record["time"], record["reason"])


def _rejects(record: Record) -> bool:
    return bool(record["decision"] != APPROVED)


def _time(record: Record) -> datetime:
    return datetime.fromisoformat(str(record["time"]))
