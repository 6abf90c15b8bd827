"""Which hours are in the tables: the compaction notes each one that it has done.

A table without rows of an hour looks the same whether nobody asked anything or nobody filled it. Monitors
tell the two apart by these notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from job_settings import JobError, iso
from job_store import Store
from windows import DAY, HOUR, Window

FORMAT = 1
DONE = "results/compaction/done/"
BACK = 72 * HOUR
"""The compaction of an hour also takes what so many hours before it have left."""
_NAME = f"{DONE}%Y/%m/%d/%H.json"


def note(store: Store, hour: datetime) -> None:
    """Notes that the tables have what came until the end of an hour, also if that is nothing."""
    body = {"format": FORMAT, "hour": iso(hour)}
    store.put(hour.strftime(_NAME), json.dumps(body).encode())


def require(store: Store, window: Window) -> None:
    """Raises JobError if a window's last hour is not in the tables.

    The note of a later hour counts too, because that run took what was left. A window from before the first
    note, such as one that waited for labels since before there was a monitor, has nothing to wait for.
    """
    last = window.end - HOUR
    if any(last <= hour <= last + BACK for hour in _noted(store, last)):
        return
    first = next((_hour(one.key) for one in store.listed(DONE)), None)
    if first is None or first <= last:
        raise JobError(
            f"the compaction of the hour from {iso(last)} has not ended well, nor has a later one: nobody "
            "can tell whether rows came, and nothing was compared. See why it failed or what it waits for, "
            "and run this monitor again for the same time when one has succeeded"
        )


def _noted(store: Store, since: datetime) -> Iterator[datetime]:
    """The noted hours of the days in which what came at a time was taken."""
    day = since.replace(hour=0)
    while day <= since + BACK:
        yield from (_hour(one.key) for one in store.listed(f"{DONE}{day:%Y/%m/%d}/"))
        day += DAY


def _hour(key: str) -> datetime:
    return datetime.strptime(key, _NAME).replace(tzinfo=UTC)
