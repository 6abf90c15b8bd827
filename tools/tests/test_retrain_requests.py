"""Training a model again where a workflow on GitHub builds: one request for each event, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

import retrain
from request_table import TABLE, make_table
from retraining import COMMITS, REGION, Crash, Desk
from take import DEFAULTS, PLAIN
from workflow_requests import BUILD, DONE, FAILED, Request, Requests

ENGINE = {"type": "github-actions", "table": TABLE}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    with mock_aws():
        made = Desk(monkeypatch, tmp_path, retrain, engine=ENGINE, pipeline="build-main")
        made.counting = False
        make_table()
        made.counting = True
        yield made
        assert made.starts == [], "no pipeline builds here"


def requests(desk: Desk) -> Requests:
    return Requests(boto3.client("dynamodb", region_name=REGION), TABLE, lambda: desk.now)


def asked(desk: Desk) -> list[Request]:
    desk.counting = False
    found = list(requests(desk).all(BUILD))
    desk.counting = True
    return found


def test_a_drift_asks_for_a_build_of_the_live_commit_with_the_reason(desk: Desk) -> None:
    event = desk.run()
    desk.send(event)
    [request] = asked(desk)
    reason = "drift in prod: 3 violations by data-quality: version 7: rows until 2026-03-02T00:00:00Z"
    assert dict(request.variables) == {"COMMIT": COMMITS[7], "REASON": reason}
    assert request.by == "the retraining of churn, group main"
    assert desk.asked == [{"project": "churn", "group": "main", "kind": "build", "id": request.id}]
    [(kind, told)] = desk.told
    assert (kind, told["pipeline"], told["execution"]) == ("Retraining Started", "build-main", request.id)
    assert desk.entry(event)["execution"] == request.id


def test_a_run_takes_what_is_asked_for(desk: Desk) -> None:
    desk.send(desk.data('new/März "2026"/x.csv'))
    [request] = asked(desk)
    assert set(request.variables) == set(DEFAULTS[BUILD])
    assert all(PLAIN.fullmatch(value) for value in request.variables.values())


def test_the_newest_commit_is_asked_for_by_a_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = Desk(monkeypatch, tmp_path, retrain, engine=ENGINE, commit="head")
    other.send(other.run())
    [request] = asked(other)
    assert request.variables["COMMIT"] == "none"


@pytest.mark.parametrize("call", range(1, 16))
def test_a_function_that_dies_anywhere_asks_once(desk: Desk, call: int) -> None:
    event = desk.run()

    def die(number: int) -> None:
        if number == call:
            desk.before = None
            raise Crash

    desk.before = die
    try:
        desk.send(event)
    except Crash:
        desk.later(0.1)
        desk.send(event)
    desk.before = None
    desk.send(event)
    [request] = asked(desk)
    assert desk.entry(event)["execution"] == request.id
    assert {one["id"] for one in desk.asked} == {request.id}


def test_a_bus_that_is_down_is_told_later_and_nothing_is_asked_twice(desk: Desk) -> None:
    event = desk.run()
    desk.bus_is_down = True
    with pytest.raises(Exception, match="did not accept the event"):
        desk.send(event)
    desk.bus_is_down = False
    desk.send(event)
    assert len(asked(desk)) == len(desk.asked) == 1


@pytest.mark.parametrize(
    ("state", "hours", "held"),
    [
        ("waiting", 6.9, True),
        ("waiting", 7.1, False),
        ("taken", 6.9, True),
        ("taken", 7.1, False),
        (DONE, 1.5, False),
        (FAILED, 1.5, False),
        ("gone", 1.5, False),
    ],
)
def test_one_build_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: str, hours: float, held: bool
) -> None:
    with mock_aws():
        desk = Desk(monkeypatch, tmp_path, retrain, engine=ENGINE, coolDownHours=1, maxPerDay=9)
        desk.counting = False
        make_table()
        desk.send(desk.run())
        [first] = asked(desk)
        table = requests(desk)
        if state == "gone":
            boto3.client("dynamodb", region_name=REGION).delete_item(
                TableName=TABLE, Key={"kind": {"S": BUILD}, "id": {"S": first.id}}
            )
        elif state != "waiting":
            assert table.take(BUILD, "gh-1")
        if state in (DONE, FAILED):
            table.finish(BUILD, first.id, "gh-1", state)
        desk.later(hours)
        event = desk.run(reason="quality", kind="model-quality")
        desk.send(event)
        entry = desk.entry(event)
        assert (entry["outcome"] == "held back") == held
        if held:
            assert entry["why"] == f"the build {first.id} of the last one is running"
