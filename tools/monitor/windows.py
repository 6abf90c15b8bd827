"""Which rows a run looks at: those of whole hours, days or weeks in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from job_settings import iso

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LENGTHS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY}


@dataclass(frozen=True)
class Window:
    """Rows from a time on, and before another one."""

    start: datetime
    end: datetime

    def to_json(self) -> dict[str, str]:
        """As `run.json` says it."""
        return {"from": iso(self.start), "until": iso(self.end)}

    def hours(self) -> Iterator[datetime]:
        """Its hours."""
        hour = floor_hour(self.start)
        while hour < self.end:
            yield hour
            hour += HOUR


def floor_hour(time: datetime) -> datetime:
    """The beginning of the hour."""
    return time.replace(minute=0, second=0, microsecond=0)


def before(time: datetime, monitor: Mapping[str, Any]) -> Window:
    """The hour, day or week (from Monday) that had ended at a time, or hours before it for labels."""
    schedule, end = str(monitor["schedule"]), floor_hour(time)
    if schedule != "hourly":
        end = end.replace(hour=0)
    if schedule == "weekly":
        end -= end.weekday() * DAY
    end -= int(monitor.get("waitHours") or 0) * HOUR
    return Window(end - LENGTHS[schedule], end)


def folder(hour: datetime) -> str:
    """The partition of an hour, as `tables.json` says where it is."""
    return f"year={hour:%Y}/month={hour:%m}/day={hour:%d}/hour={hour:%H}/"
