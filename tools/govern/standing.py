"""
Which of the decisions about a package stands: the latest by the time at which it was taken, not recorded.
"""

from __future__ import annotations

from datetime import datetime

from records import REDELIVERY, Record, Store, newest_first


def standing_decision(store: Store, group: str, package: str) -> Record | None:
    """
    The decision that stands; None if there is none.

    Events come late and out of order, so records do too. Of two in the same second, the one that approves
    nothing stands.
    """
    found: Record | None = None
    for record in newest_first(store, group):
        if found and _time(record) < _time(found) - REDELIVERY:
            break
        bound = record.get("bound") or {}
        if record.get("kind") != "decision" or bound.get("package") != package:
            continue
        if record.get("subject") == "model" and (found is None or _order(record) > _order(found)):
            found = record
    return found


def approves(record: Record | None) -> bool:
    """Whether a decision is an approval that was accepted."""
    return record is not None and (record.get("decision"), record.get("outcome")) == ("Approved", "accepted")


def _order(record: Record) -> tuple[datetime, bool, int]:
    return _time(record), not approves(record), int(record["sequence"])


def _time(record: Record) -> datetime:
    return datetime.fromisoformat(str(record["time"]))
