"""Training a model again: what asks for it, how often it happens, what is told; and that faults show."""

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
from retraining import (
    BUILD,
    COMMITS,
    GROUP,
    MONDAY,
    PIPELINE,
    PROD,
    REGION,
    SCHEDULE,
    STAGING,
    TOOLING,
    Crash,
    Desk,
    changed_code,
)

Story = Callable[[Callable[..., Desk]], None]
STORIES: dict[str, Story] = {}


def story(told: Story) -> Story:
    STORIES[told.__name__] = told
    return told


@story
def drift_starts_the_build_of_the_live_commit_with_the_reason(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    event = desk.run()
    desk.send(event)
    reason = "drift in prod: 3 violations by data-quality: version 7: rows until 2026-03-02T00:00:00Z"
    [(_, started)] = desk.starts
    assert {key: started[key] for key in ("name", "variables", "sourceRevisions")} == {
        "name": PIPELINE,
        "variables": [{"name": "RetrainingReason", "value": reason}],
        # The commit that the registry has, not the one of the event.
        "sourceRevisions": [
            {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": COMMITS[7]}
        ],
    }
    [(kind, told)] = desk.told
    assert kind == "Retraining Started"
    assert told == {
        "project": "churn",
        "group": "main",
        "pipeline": PIPELINE,
        "reason": reason,
        "execution": "execution-1",
        "commit": COMMITS[7],
    }
    assert desk.entry(event)["outcome"] == "started"


@story
def the_newest_commit_is_built_where_that_is_asked_for(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(commit="head")
    desk.send(desk.run())
    [(_, started)] = desk.starts
    assert "sourceRevisions" not in started and desk.told[0][1]["commit"] == "the newest of the branch"


@story
def new_data_and_the_schedule_build_the_newest_approved_version_again(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    desk.send(desk.data('new/März "2026"/x.csv'))
    desk.later(12)
    desk.approval[8] = "Approved"
    desk.send(desk.due())
    reasons = [started["variables"][0]["value"] for _, started in desk.starts]
    assert reasons == ["new data: s3://churn-data/new/März -2026-/x.csv", "schedule: 2026-03-02T15:00:00Z"]
    commits = [started["sourceRevisions"][0]["revisionValue"] for _, started in desk.starts]
    assert commits == [COMMITS[7], COMMITS[8]]


@story
def a_reason_is_never_longer_than_a_package_takes(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.send(desk.data("new/" + "x" * 900))
    assert len(desk.starts[0][1]["variables"][0]["value"]) == 256


@story
def what_is_somebody_elses_starts_nothing(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    other = GROUP.replace("churn-main", "other")
    for event, why in [
        (desk.run(account=STAGING), f"comes from {STAGING}"),
        (desk.run(account=TOOLING), f"comes from {TOOLING}"),
        (desk.run(region="us-east-1"), "comes from 444444444444, us-east-1"),
        (desk.run(environment="staging"), "Monitors of staging start no retraining"),
        (desk.run(project="other"), "The run is of other"),
        (desk.run(group="dev"), "group dev"),
        (desk.run(source="mine"), "Events of mine"),
        (desk.run(package=other.replace("package-group", "package") + "/7"), "is not a version of"),
        (desk.run(package=f"{GROUP}/7"), "is not a version of"),
        (desk.data("old/x.csv"), "is not below s3://churn-data/new/"),
        (desk.data(bucket="other"), "is not below"),
        (desk.data(account=PROD), f"comes from {PROD}"),
        (desk.due(SCHEDULE.replace("main", "dev")), "is not the schedule"),
    ]:
        assert why in desk.refused(event)
    assert desk.starts == [] and desk.told == []


@story
def nothing_starts_where_it_is_not_asked_for(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(newData=None, scheduleRule=None)
    for event, why in [
        (desk.run(outcome="broken"), "ended with broken"),
        (desk.run(outcome="fine"), "ended with fine"),
        (desk.run(retrain=False), "asks for no retraining"),
        (desk.run(retrain="yes"), "asks for no retraining"),
        (desk.run(reason="bias", kind="bias"), "bias of bias starts no retraining in prod"),
        (desk.run(reason="drift", kind="bias"), "drift of bias starts no retraining"),
        (desk.data(), "New data starts no retraining"),
        (desk.due(), "is not the schedule"),
    ]:
        assert why in desk.refused(event)
    assert desk.starts == []


@story
def the_cool_down_holds_the_next_ones_and_is_told_once(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.send(desk.run())
    held = []
    for _ in range(11):
        desk.later(1)
        held.append(desk.run())
        desk.send(held[-1])
    assert len(desk.starts) == 1
    assert desk.kinds() == ["Retraining Started", "Retraining Held Back"]
    why = (
        "a retraining began at 2026-03-02T03:00:00Z; the next one may begin at 2026-03-02T15:00:00Z "
        "(retraining.coolDownHours: 12)"
    )
    assert desk.told[1][1]["why"] == why
    # Each is kept, told or not.
    assert {desk.entry(event)["why"] for event in held} == {why}
    # Something else is told, too.
    desk.send(desk.run(reason="quality", kind="model-quality"))
    assert desk.kinds()[2:] == ["Retraining Held Back"]
    desk.later(1)
    desk.send(desk.run())
    assert len(desk.starts) == 2
    # After a retraining it is told again.
    desk.later(1)
    desk.send(desk.run())
    assert desk.kinds()[3:] == ["Retraining Started", "Retraining Held Back"]


@story
def the_day_has_its_limit(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(coolDownHours=1, maxPerDay=2)
    for _ in range(26):
        desk.send(desk.run())
        desk.later(1)
    hours = [(at - MONDAY) / 3600 for at, _ in desk.starts]
    assert hours == [0, 1, 24, 25]
    assert "2 began in the last 24 hours" in desk.told[2][1]["why"]
    assert "2026-03-03T03:00:00Z (retraining.maxPerDay: 2)" in desk.told[2][1]["why"]


@story
def a_build_that_is_running_holds_the_next_one(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.send(desk.run())
    desk.running.add("execution-1")
    desk.later(13)
    desk.send(desk.run())
    assert len(desk.starts) == 1 and "execution-1 of the last one is running" in desk.told[1][1]["why"]
    desk.running.clear()
    desk.send(desk.run())
    assert len(desk.starts) == 2
    desk.forgotten.add("execution-2")
    desk.later(13)
    desk.send(desk.run())
    assert len(desk.starts) == 3


@story
def what_was_found_long_ago_or_before_the_last_one_starts_nothing(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.send(desk.run(at=desk.now - 25 * 3600))
    assert desk.starts == [] and "more than a day ago" in desk.told[0][1]["why"]
    waited = desk.run()
    desk.later(1)
    desk.send(desk.run())
    desk.later(13)
    desk.send(waited)
    assert len(desk.starts) == 1 and "after this was found" in desk.told[2][1]["why"]


@story
def only_an_approved_version_is_trained_again(open_desk: Callable[..., Desk]) -> None:
    arn = GROUP.replace("package-group", "package")
    desk = open_desk()
    desk.approval[7] = "Rejected"
    desk.send(desk.run())
    desk.send(desk.due())
    desk.send(desk.run(package=f"{arn}/9", reason="quality", kind="model-quality"))
    desk.approval[7], desk.commits[7] = "Approved", "feedface-dirty"
    desk.send(desk.data())
    assert desk.starts == []
    whys = [told["why"] for _, told in desk.told]
    assert whys[0] == "version 7 is Rejected" and whys[1].startswith("no version is approved yet")
    assert "Was it deleted?" in whys[2] and "names feedface-dirty as its commit" in whys[3]
    # None of them has used up a retraining.
    desk.commits[7] = "a" * 40
    desk.send(desk.run())
    assert len(desk.starts) == 1


@story
def the_same_event_starts_one_build(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(coolDownHours=1)
    event = desk.run()
    desk.send(event)
    desk.later(3)
    desk.send(event)
    assert len(desk.starts) == 1 and len(desk.told) == 1


@story
def two_at_once_start_one_build(open_desk: Callable[..., Desk]) -> None:
    for call in range(1, 10):
        desk = open_desk()
        first, second = desk.run(), desk.run(reason="quality", kind="model-quality")

        def meanwhile(number: int, desk: Desk = desk, call: int = call, second: Any = second) -> None:
            if number == call:
                desk.before = None
                desk.send(second)

        desk.before = meanwhile
        desk.send(first)
        desk.before = None
        if not desk.entry(second):
            desk.send(second)
        assert len(desk.starts) == 1, f"the second one came at call {call}"
        assert sorted(desk.entry(event)["outcome"] for event in (first, second)) == ["held back", "started"]


@story
def a_function_that_dies_anywhere_loses_nothing_and_starts_nothing_twice(
    open_desk: Callable[..., Desk],
) -> None:
    for call in range(1, 12):
        desk = open_desk()
        event = desk.run()

        def dies(number: int, call: int = call) -> None:
            if number == call:
                raise Crash

        desk.before = dies
        try:
            desk.send(event)
        except Crash:
            desk.before = None
            desk.later(0.5)
            desk.send(event)
        assert len(desk.starts) == 1 and desk.entry(event)["outcome"] == "started"
        assert desk.kinds()[0] == "Retraining Started"


@story
def what_cannot_be_told_is_tried_again(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.bus_is_down = True
    first, second = desk.run(), desk.run()
    for event in (first, second):
        with pytest.raises(RuntimeError, match="EventBridge did not accept"):
            desk.send(event)
    desk.bus_is_down = False
    for event in (second, first):
        desk.send(event)
    assert len(desk.starts) == 1
    assert sorted(desk.kinds()) == ["Retraining Held Back", "Retraining Started"]


@story
def what_is_still_held_back_is_told_again_after_a_week(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.approval[7] = "Rejected"
    for _ in range(15):
        desk.send(desk.run())
        desk.later(24)
    assert len(desk.told) == 3


@pytest.fixture
def open_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Opens desks in one simulated account."""
    with mock_aws():
        yield opener(monkeypatch, tmp_path, retrain)


def opener(monkeypatch: pytest.MonkeyPatch, folder: Path, code: Any) -> Callable[..., Desk]:
    return lambda **changed: Desk(monkeypatch, folder, code, **changed)


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str, open_desk: Callable[..., Desk]) -> None:
    STORIES[name](open_desk)


MUTATIONS = [
    ("the lock has no condition", "retrain_memory.py", "OR #number = :number", "OR #number <> :state"),
    (
        "the state is never new",
        "retrain_memory.py",
        '":next": {"N": str(number + 1)}',
        '":next": {"N": str(number)}',
    ),
    ("the cool-down is ignored", "retrain_limits.py", "if now < free:", "if now < last:"),
    (
        "the day has no limit",
        "retrain_limits.py",
        "if len(today) >= settings.max_per_day",
        "if len(today) > 99",
    ),
    (
        "the day ends at midnight of the start",
        "retrain_limits.py",
        "return State(starts=(*recent, now)",
        "return State(starts=(now,)",
    ),
    ("the age is ignored", "retrain_limits.py", "if cause.at < now - TOO_OLD", "if cause.at < 0"),
    ("what the last one answered starts one", "retrain_limits.py", "if cause.at < last:", "if cause.at < 0:"),
    (
        "broken data trains",
        "retrain_cause.py",
        'is not True or detail.get("outcome") != "violations"',
        "is not True",
    ),
    ("what is not asked for trains", "retrain_cause.py", 'detail.get("retrain") is not True or', ""),
    (
        "another account is believed",
        "retrain_cause.py",
        '(event.get("account"), event.get("region")) != (account, region)',
        'event.get("region") != region',
    ),
    (
        "another region is believed",
        "retrain_cause.py",
        '(event.get("account"), event.get("region")) != (account, region)',
        'event.get("account") != account',
    ),
    ("any package is believed", "retrain_cause.py", "if version is None:", "if version == 0:"),
    (
        "any reason trains",
        "retrain_cause.py",
        "if environment.reasons.get(reason) != kind:",
        "if not reason:",
    ),
    (
        "another project is believed",
        "retrain_cause.py",
        '(detail.get("project"), detail.get("group")) != (settings.project, settings.group)',
        'detail.get("group") != settings.group',
    ),
    (
        "any object trains",
        "retrain_cause.py",
        "bucket != place.bucket or not key.startswith(place.prefix)",
        "bucket != place.bucket",
    ),
    (
        "any schedule trains",
        "retrain_cause.py",
        'settings.schedule_rule is None or list(event.get("resources", [])) != [settings.schedule_rule]',
        "settings.schedule_rule is None",
    ),
    ("quotation marks stay", "retrain_cause.py", 'NOT_TAKEN.sub("-", text)', "text"),
    ("reasons have no end", "retrain_cause.py", "if len(fitting) <= REASON_LIMIT", "if fitting"),
    ("what is not approved is trained again", "retrain.py", "if not package.approved:", "if not package:"),
    ("the commit is any text", "retrain.py", "if not COMMIT_ID.fullmatch(commit):", "if not commit:"),
    (
        "the newest commit is always built",
        "retrain.py",
        '**({"sourceRevisions": revisions} if commit else {})',
        "**({})",
    ),
    (
        "the token is new each time",
        "retrain.py",
        "token(self._settings.pipeline, cause.id)",
        "token(str(id(self)), str(self._now()))",
    ),
    (
        "a start is not taken up again",
        "retrain.py",
        "if state.holder == cause.id:\n",
        "if state.holder is cause:\n",
    ),
    ("a running build holds nobody", "retrain.py", "or self._under_way(state)", "or None"),
    (
        "an event is handled twice",
        "retrain.py",
        "if (outcome := self._memory.outcome(cause.id)) is not None:",
        'if (outcome := self._memory.outcome(cause.id)) == "never":',
    ),
    ("each one that is held back is told", "retrain.py", "if is_new:", "if is_new or True:"),
    ("nothing that is held back is told", "retrain.py", "if is_new:", "if is_new and False:"),
    ("it is not kept why", "retrain.py", "rule=held.rule, why=held.why)", "rule=held.rule)"),
    ("lost events are not noticed", "retrain.py", 'if answer.get("FailedEntryCount"):', "if answer is None:"),
    ("it is told once for ever", "retrain_limits.py", "before.at > now - TOLD_AGAIN", "before.at > 0"),
    (
        "another start is told to be held back once",
        "retrain_limits.py",
        'f"{cause.what}: {held.rule}"',
        "held.rule",
    ),
]


@pytest.mark.parametrize(("what", "file", "old", "new"), MUTATIONS, ids=[m[0] for m in MUTATIONS])
def test_a_fault_shows(
    what: str, file: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with changed_code(tmp_path, file, old, new) as code:
        for each in STORIES.values():
            try:
                with mock_aws(), monkeypatch.context() as patches:
                    each(opener(patches, tmp_path, code))
            except (AssertionError, pytest.fail.Exception, Exception):
                return
    pytest.fail(f"nothing shows that {what}")


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
        sent = []

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
                desk.later(0.1)
                handle(event)
            desk.before = None
            handle(other)
            handle(event)
        times = [at for at, _ in desk.starts]
        assert all(b - a >= cool_down * 3600 - 0.1 * 3600 for a, b in pairwise(times))
        assert all(sum(at - 86400 < t <= at for t in times) <= most for at in times)
        assert len({started["clientRequestToken"] for _, started in desk.starts}) == len(desk.starts)
        outcomes = [desk.entry(event).get("outcome") for event in sent]
        broken = [event.get("detail", {}).get("outcome") == "broken" for event in sent]
        assert all(
            (outcome is None) == is_broken for outcome, is_broken in zip(outcomes, broken, strict=True)
        )
        assert outcomes.count("started") == len(desk.starts) == desk.kinds().count("Retraining Started")


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
