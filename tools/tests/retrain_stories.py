"""Training a model again, as stories: what asks for it, how often it happens, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retraining import (
    COMMITS,
    GROUP,
    MONDAY,
    PIPELINE,
    PROD,
    SCHEDULE,
    STAGING,
    TOOLING,
    Crash,
    Desk,
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
def what_comes_each_day_trains_each_day_though_it_is_handled_seconds_earlier_or_later(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(coolDownHours=24, maxPerDay=1)
    for day in range(30):
        desk.now = MONDAY + day * 86400 + (day * 37) % 61
        desk.send(desk.due())
    assert len(desk.starts) == 30
    # Half an hour earlier is no jitter.
    desk.later(23.5)
    desk.send(desk.due())
    assert len(desk.starts) == 30


@story
def what_was_there_when_a_build_began_is_not_told_to_have_come_too_early(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    first, second = desk.data("new/1.csv"), desk.data("new/2.csv")
    desk.later(0.25)
    desk.send(first)
    desk.send(second)
    late = desk.data("new/3.csv")
    desk.later(0.25)
    desk.send(late)
    rules = [desk.entry(event).get("rule") for event in (first, second, late)]
    assert rules == [None, "answered", "cool-down"]
    assert len(desk.starts) == 1


@story
def an_empty_object_is_new_data_and_a_folder_of_a_console_is_none(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    assert "is a folder" in desk.refused(desk.data("new/", size=0))
    assert "is a folder" in desk.refused(desk.data("new/2026/", size=0))
    assert desk.starts == []
    desk.send(desk.data("new/2026/_SUCCESS", size=0))
    assert len(desk.starts) == 1


@story
def drift_trains_no_other_version_while_the_one_of_before_waits_for_its_approval(
    open_desk: Callable[..., Desk],
) -> None:
    for commit in ("live", "head"):
        desk = open_desk(commit=commit)
        desk.reasons[8] = "drift in prod"
        for _ in range(3):
            desk.send(desk.run())
            desk.later(24)
        assert desk.starts == [] and desk.kinds() == ["Retraining Held Back"]
        why = "version 8 was trained again (drift in prod) and waits for its approval"
        assert desk.told[0][1]["why"] == why
        # Who asks for it in any case, or with other data, gets it.
        desk.send(desk.due())
        assert len(desk.starts) == 1
        for status, reason in [("Rejected", "drift in prod"), ("PendingManualApproval", "none")]:
            desk.approval[8], desk.reasons[8] = status, reason
            desk.later(24)
            before = len(desk.starts)
            desk.send(desk.run())
            assert len(desk.starts) == before + 1


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


def opener(monkeypatch: pytest.MonkeyPatch, folder: Path, code: Any) -> Callable[..., Desk]:
    return lambda **changed: Desk(monkeypatch, folder, code, **changed)
