"""How often a group is trained again: cool-down, daily limit, and one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from retrain_cause import Cause
from retrain_settings import Settings

HOUR = 3600
DAY = 24 * HOUR

SLACK = 600
"""
Seconds that a retraining may begin before cool-down and day are over.

Both count from when the last event was handled. What comes at the same time each day is handled some seconds
earlier or later, and without slack every other one would be held back.
"""

TOO_OLD = DAY
"""Seconds after which nobody trains for a finding any more: an event may have waited, or be a replay."""

TOLD_AGAIN = 7 * DAY
"""Seconds after which it is told again that the same is still held back."""


@dataclass(frozen=True)
class Told:
    """That something was held back: for which event, and when."""

    id: str
    at: float


@dataclass(frozen=True)
class State:
    """What is remembered of a group between events."""

    starts: tuple[float, ...] = ()
    """The retrainings of the last 24 hours, and always the last one."""
    holder: str = ""
    """ID of the event that the last one was started for."""
    execution: str = ""
    """Execution of the build pipeline that the last one is; empty until it has begun."""
    commit: str = ""
    """Commit that the last one builds; empty for the newest of the branch."""
    told: Mapping[str, Told] = field(default_factory=dict)
    """What was held back since the last one, as it was told."""


@dataclass(frozen=True)
class Held:
    """Why a retraining does not start now."""

    rule: str
    why: str


def held_by_limits(settings: Settings, state: State, cause: Cause, now: float) -> Held | None:
    """What keeps a retraining from starting now; None for nothing."""
    if cause.at < now - TOO_OLD:
        return Held("age", f"it was found at {shown(cause.at)}, more than a day ago")
    if not state.starts:
        return None
    last = max(state.starts)
    if cause.at < last:
        # First, because it is no limit: what this asks for has begun, with what was there by then.
        return Held("answered", f"a retraining began at {shown(last)}, after this was found")
    free = last + settings.cool_down_hours * HOUR
    if now < free - SLACK:
        return Held(
            "cool-down",
            f"a retraining began at {shown(last)}; the next one may begin at {shown(free)} "
            f"(retraining.coolDownHours: {settings.cool_down_hours})",
        )
    today = [start for start in state.starts if start > now - DAY + SLACK]
    if len(today) >= settings.max_per_day:
        return Held(
            "day",
            f"{len(today)} began in the last 24 hours; the next one may begin at {shown(min(today) + DAY)} "
            f"(retraining.maxPerDay: {settings.max_per_day})",
        )
    return None


def started(state: State, cause: Cause, commit: str, now: float) -> State:
    """The state once a retraining is taken on for this cause."""
    recent = tuple(start for start in state.starts if start > now - DAY)
    return State(starts=(*recent, now), holder=cause.id, commit=commit)


def told(state: State, cause: Cause, held: Held, now: float) -> State | None:
    """The state once it is told that this cause is held back; None when that was told for another event."""
    key = f"{cause.what}: {held.rule}"
    before = state.told.get(key)
    if before is not None and before.id != cause.id and before.at > now - TOLD_AGAIN:
        return None
    return replace(state, told={**state.told, key: Told(cause.id, now)})


def shown(seconds: float) -> str:
    """A time for people."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
