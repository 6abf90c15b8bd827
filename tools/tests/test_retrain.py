"""Training a model again: its stories, any order of events, and messages of the queue."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

import retrain
import retrain_limits
from retrain_stories import STORIES, opener
from retraining import (
    BUILD,
    REGION,
    TOOLING,
    Crash,
    Desk,
)


@pytest.fixture
def open_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Opens desks in one simulated account."""
    with mock_aws():
        yield opener(monkeypatch, tmp_path, retrain)


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str, open_desk: Callable[..., Desk]) -> None:
    STORIES[name](open_desk)


EVENTS = st.sampled_from(["drift", "quality", "broken", "data", "due"])
STEPS = st.lists(
    st.tuples(
        EVENTS,
        st.sampled_from([0.0, 0.3, 1.0, 5.0, 11.9, 12.0, 13.0]),
        st.integers(0, 12),
        EVENTS,
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def made(desk: Desk, kind: str) -> dict[str, Any]:
    if kind == "data":
        return desk.data()
    if kind == "due":
        return desk.due()
    if kind == "broken":
        return desk.run(outcome="broken")
    return desk.run(reason=kind, kind="data-quality" if kind == "drift" else "model-quality")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, cool_down=st.sampled_from([1, 12]), most=st.integers(1, 3))
def test_whatever_the_order_the_limits_hold_and_each_event_has_an_outcome(
    steps: list[tuple[str, float, int, str, bool]], cool_down: int, most: int
) -> None:
    """At each call another event may be handled, or the function may die; what died comes again."""
    with pytest.MonkeyPatch.context() as patches, tempfile.TemporaryDirectory() as folder, mock_aws():
        desk = Desk(patches, Path(folder), retrain, coolDownHours=cool_down, maxPerDay=most)
        sent, deaths = [], 0

        def handle(event: dict[str, Any]) -> None:
            try:
                desk.send(event)
            except retrain.Refused:
                assert event["detail"]["outcome"] == "broken"

        for kind, hours, call, other_kind, dies in steps:
            desk.later(hours)
            event, other = made(desk, kind), made(desk, other_kind)
            sent += [event, other]
            at = desk.calls + call

            def meanwhile(
                number: int, at: int = at, other: dict[str, Any] = other, dies: bool = dies
            ) -> None:
                if number == at:
                    desk.before = None
                    handle(other)
                    if dies:
                        raise Crash

            desk.before = meanwhile
            try:
                handle(event)
            except Crash:
                deaths += 1
                desk.later(0.1)
                handle(event)
            desk.before = None
            handle(other)
            handle(event)
        times = [at for at, _ in desk.starts]
        assert all(b - a >= cool_down * 3600 - retrain_limits.SLACK - 0.1 * 3600 for a, b in pairwise(times))
        assert all(sum(at - 86400 + retrain_limits.SLACK < t <= at for t in times) <= most for at in times)
        assert len({started["clientRequestToken"] for _, started in desk.starts}) == len(desk.starts)
        outcomes = [desk.entry(event).get("outcome") for event in sent]
        broken = [event.get("detail", {}).get("outcome") == "broken" for event in sent]
        assert all(
            (outcome is None) == is_broken for outcome, is_broken in zip(outcomes, broken, strict=True)
        )
        assert outcomes.count("started") == len(desk.starts)
        # A function that dies after it has told of a start tells of it again.
        assert 0 <= desk.kinds().count("Retraining Started") - len(desk.starts) <= deaths


def test_messages_of_the_queue_are_events_and_what_fails_comes_again(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = open_desk()
    delayed: list[int] = []
    monkeypatch.setattr("approval_queue._delay", lambda _, longest: delayed.append(longest))
    monkeypatch.setattr(retrain, "read_settings", lambda function: desk.settings)
    monkeypatch.setattr(retrain.time, "time", lambda: desk.now)
    monkeypatch.setenv("TABLE", desk.table)
    context = SimpleNamespace(invoked_function_arn=f"arn:aws:lambda:{REGION}:{TOOLING}:function:f")

    def message(event: dict[str, Any], number: int) -> dict[str, Any]:
        return {
            "messageId": str(number),
            "body": json.dumps(event),
            "receiptHandle": "r",
            "attributes": {"ApproximateReceiveCount": "1"},
        }

    malformed = desk.run()
    del malformed["detail"]["window"]
    events = [malformed, desk.run(account=BUILD), desk.run()]
    answer = retrain.handler({"Records": [message(e, i) for i, e in enumerate(events)]}, context)
    # What has not the form that we send waits, with an alarm; what is of somebody else is dropped.
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]} and delayed == [900]
    assert len(desk.starts) == 1
