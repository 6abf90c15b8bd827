"""Waits for what a person decides in AWS about something that a run is about to do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from approvals_table import APPROVED, Given
from targets import Refused

POLL_SECONDS = 15.0

MINUTES = "30"
"""Unless APPROVAL_MINUTES says otherwise: a runner that waits costs, and to run again is cheap."""

ENDED = ("ExpiredToken", "ExpiredTokenException")
"""How services say that a session is over."""


@dataclass(frozen=True)
class Awaited:
    """What a person is to decide about."""

    name: str
    """How it is called in messages, and in the table."""
    command: str
    """What the person types."""


def await_decision(
    client: Any,
    look: Callable[[], Given | None],
    awaited: Awaited,
    waits: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """
    Who approved and why; raises Refused for a rejection, and when nobody decides in time. `look` asks with
    `client` for the decision that stands, `waits` is called where a person is needed. The last decision
    counts, also for a job that runs again.
    """
    try:
        return _await(look, awaited, minutes_to_wait(), waits, sleep)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in ENDED:
            raise
        raise Refused(
            f"The session ended before anybody decided about {awaited.name}. "
            "Re-run the failed jobs, which wait again."
        ) from error


def _await(
    look: Callable[[], Given | None],
    awaited: Awaited,
    minutes: float,
    waits: Callable[[], None],
    sleep: Callable[[float], None],
) -> str:
    name, command = awaited.name, awaited.command
    waited = 0.0
    while (given := look()) is None:
        if waited == 0:
            print(f"{name} waits for an approval: {command}", flush=True)
            waits()
        if waited >= minutes * 60:
            raise Refused(
                f"Nobody decided about {name} within {minutes:.0f} minutes. To deploy it, "
                f"approve it ({command}) and re-run the failed jobs."
            )
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS
    if given.decision != APPROVED:
        raise Refused(
            f"{name} was {_told(given)}. To deploy it all the same, approve it ({command}) "
            "and re-run the failed jobs."
        )
    return f"{name} was {_told(given)}"


def _told(given: Given) -> str:
    return f"{given.decision.lower() or 'left open'} by {given.by} at {given.at}: {given.reason.rstrip('.')}"


def minutes_to_wait() -> float:
    """APPROVAL_MINUTES, which must be a number above 0."""
    text = os.environ.get("APPROVAL_MINUTES", MINUTES)
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0
    if not 0 < minutes < float("inf"):
        raise Refused(f"APPROVAL_MINUTES is {text!r}: it must be a number of minutes above 0.")
    return minutes
