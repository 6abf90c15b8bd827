"""Requests of workflows: taken by one run each, whatever happens in between, and never lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

import finish
import take
import workflow_requests
from account import ACCOUNT, REGION
from fakes import before_calls, validate
from request_table import BUS, TABLE, Desk, environment, exports
from workflow_requests import BUILD, DEPLOY, DONE, FAILED, ID, TAKEN, WAITING, Announcer, NotTold

ALICE = f"arn:aws:sts::{ACCOUNT}:assumed-role/churn-main-releaser/alice"
HOUR = 3600.0


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Any:
    with mock_aws():
        yield Desk(monkeypatch)


def put(desk: Desk, kind: str = DEPLOY, **variables: str) -> str:
    desk.now += 1
    return desk.requests.put(kind, variables, ALICE)


def test_a_request_says_what_was_asked_for_by_whom_and_when(desk: Desk) -> None:
    made = put(desk, MODEL_PACKAGE="arn")
    assert ID.fullmatch(made) and made.startswith("2026-05-28T20:26:41.000Z-")
    found = desk.requests.get(DEPLOY, made)
    assert found and (found.status, found.by, dict(found.variables)) == (
        WAITING,
        ALICE,
        {"MODEL_PACKAGE": "arn"},
    )
    assert found.asked == desk.now and found.expires == desk.now + 90 * 24 * HOUR


def test_the_oldest_is_taken_first_and_each_once(desk: Desk) -> None:
    first, second = put(desk), put(desk)
    taken = [desk.requests.take(DEPLOY, run) for run in ("gh-1", "gh-2", "gh-3")]
    assert [one and one.id for one in taken] == [first, second, None]
    assert taken[0] and (taken[0].status, taken[0].run) == (TAKEN, "gh-1")


def test_the_named_one_is_taken_and_no_other_where_a_run_has_it(desk: Desk) -> None:
    first, second = put(desk), put(desk)
    found = desk.requests.take(DEPLOY, "gh-1", second)
    assert found and found.id == second
    assert desk.requests.take(DEPLOY, "gh-2", second) is None
    assert desk.requests.take(DEPLOY, "gh-2", "2026-01-01T00:00:00.000Z-unknown") is None
    waiting = desk.requests.waiting(DEPLOY)
    assert [one.id for one in waiting] == [first]


def test_kinds_are_apart(desk: Desk) -> None:
    put(desk, BUILD)
    assert desk.requests.take(DEPLOY, "gh-1") is None
    assert desk.requests.take(BUILD, "gh-1")


def test_a_run_that_begins_again_takes_the_same_even_when_it_has_failed(desk: Desk) -> None:
    first, second = put(desk), put(desk)
    assert desk.requests.take(DEPLOY, "gh-1")
    assert desk.requests.finish(DEPLOY, first, "gh-1", FAILED)
    again = desk.requests.take(DEPLOY, "gh-1", second)
    assert again and (again.id, again.status) == (first, TAKEN)
    assert desk.requests.finish(DEPLOY, first, "gh-1", DONE)


def test_what_waits_comes_before_what_runs_are_lost_with(desk: Desk) -> None:
    lost = put(desk)
    desk.requests.take(DEPLOY, "gh-1")
    desk.now += 8 * HOUR
    made = put(desk)
    taken = [desk.requests.take(DEPLOY, run) for run in ("gh-2", "gh-3")]
    assert [one and one.id for one in taken] == [made, lost]


def test_after_seven_hours_a_lost_run_has_nothing_any_more(desk: Desk) -> None:
    made = put(desk)
    assert desk.requests.take(DEPLOY, "gh-1")
    desk.now += 7 * HOUR - 1
    assert desk.requests.take(DEPLOY, "gh-2") is None
    desk.now += 2
    found = desk.requests.take(DEPLOY, "gh-2")
    assert found and (found.id, found.run) == (made, "gh-2")
    # The lost one was only slow.
    assert not desk.requests.finish(DEPLOY, made, "gh-1", DONE)
    assert desk.requests.take(DEPLOY, "gh-1") is None
    assert desk.requests.finish(DEPLOY, made, "gh-2", DONE)


def test_a_run_that_waits_for_a_person_keeps_what_it_has_prepared(desk: Desk) -> None:
    made = put(desk)
    desk.requests.take(DEPLOY, "gh-1")
    desk.requests.keep(DEPLOY, "gh-1")
    desk.now += 20 * 24 * HOUR
    assert desk.requests.take(DEPLOY, "gh-2") is None
    # A run that begins again prepares again.
    again = desk.requests.take(DEPLOY, "gh-1")
    assert again and again.id == made and not again.prepared
    desk.now += 8 * HOUR
    assert desk.requests.take(DEPLOY, "gh-2")


def test_what_ended_is_never_taken_by_another_run(desk: Desk) -> None:
    for run, outcome in (("gh-1", DONE), ("gh-2", FAILED)):
        made = put(desk)
        desk.requests.take(DEPLOY, run)
        desk.requests.finish(DEPLOY, made, run, outcome)
    desk.now += 30 * HOUR
    assert desk.requests.take(DEPLOY, "gh-3") is None


def test_what_has_expired_is_not_taken_and_what_names_no_end_is(desk: Desk) -> None:
    made = put(desk)
    desk.now += 90 * 24 * HOUR
    assert desk.requests.take(DEPLOY, "gh-1", made) is None
    item = {"kind": {"S": DEPLOY}, "id": {"S": "2026-01-01T00:00:00.000Z-e"}, "status": {"S": WAITING}}
    desk.client.put_item(TableName=TABLE, Item=item)
    found = desk.requests.take(DEPLOY, "gh-1")
    assert found and (found.by, dict(found.variables)) == ("unknown", {})


def test_a_token_asks_once_and_its_mark_is_no_request(desk: Desk) -> None:
    made = desk.requests.put(DEPLOY, {"ROLL_BACK_IN": "prod"}, ALICE, token="t")
    desk.now += 60
    assert desk.requests.put(DEPLOY, {"ROLL_BACK_IN": "prod"}, ALICE, token="t") == made
    assert desk.requests.put(BUILD, {}, ALICE, token="t") != made
    assert [one.id for one in desk.requests.all(DEPLOY)] == [made]
    found = desk.requests.take(DEPLOY, "gh-1")
    assert found and found.id == made and desk.requests.take(DEPLOY, "gh-2") is None


@pytest.mark.parametrize("call", range(1, 5))
def test_two_who_ask_with_one_token_at_once_ask_once(desk: Desk, call: int) -> None:
    others: list[str] = []

    def meanwhile(number: int) -> None:
        if number == call:
            put_again = lambda: desk.requests.put(BUILD, {"REASON": "b"}, ALICE, token="t")  # noqa: E731
            others.append(desk.quietly(put_again))

    desk.before = meanwhile
    made = desk.requests.put(BUILD, {"REASON": "a"}, ALICE, token="t")
    desk.before = None
    assert {made, *others} == {made}
    assert [one.id for one in desk.requests.all(BUILD)] == [made]


def test_a_call_that_is_tried_again_after_its_answer_was_lost_takes_nothing_back(desk: Desk) -> None:
    made = put(desk)
    desk.requests.take(DEPLOY, "gh-1")
    [item] = desk.client.query(
        TableName=TABLE,
        KeyConditionExpression="kind = :k",
        ExpressionAttributeValues={":k": {"S": DEPLOY}},
    )["Items"]
    desk.requests._put({**item, "status": {"S": WAITING}})
    found = desk.requests.get(DEPLOY, made)
    assert found and found.status == TAKEN


def test_pages_of_many_requests_are_all_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [put(desk, MODEL_PACKAGE="a" * 300) for _ in range(12)]

    def small(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        more = {"Limit": 5} if operation == "Query" else {}
        return real(client, operation, {**arguments, **more})

    before_calls(monkeypatch, "dynamodb", small)
    assert [one.id for one in desk.requests.all(DEPLOY)] == made


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "take", "take named", "keep", "finish", "fail"]),
        st.integers(0, 2),
        st.sampled_from([0.0, 0.1, 6.9, 7.1]),
        st.one_of(st.none(), st.tuples(st.integers(1, 5), st.booleans())),
        st.one_of(st.none(), st.tuples(st.integers(1, 5), st.integers(0, 2))),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_the_order_each_request_has_one_run_and_an_end(steps: list[Any]) -> None:
    """Runs are killed before and after any call, and others take in the middle of theirs."""
    with pytest.MonkeyPatch.context() as patches, mock_aws():
        desk = Desk(patches)
        holds: dict[str, tuple[str, float, bool]] = {}
        made: list[str] = []
        put(desk)

        def look(request: workflow_requests.Request, run: str) -> None:
            """Nobody else works on what a run has just got."""
            other, since, prepared = holds.get(request.id, (run, 0.0, False))
            lost = desk.now - since > 7 * HOUR and not prepared
            assert other == run or lost, f"{other} and {run} work on {request.id}"
            holds[request.id] = (run, desk.now, False)

        def taking(run: str, wanted: str | None = None) -> None:
            got = desk.requests.take(DEPLOY, run, wanted)
            if got is not None:
                look(got, run)

        for what, number, hours, kill, meanwhile in steps:
            desk.now += 1 + hours * HOUR
            run = f"gh-{number}"
            own = next((one for one, held in holds.items() if held[0] == run), None)

            def work(what: str = what, run: str = run, own: str | None = own) -> None:
                if what == "put":
                    made.append(put(desk))
                elif what.startswith("take"):
                    taking(run, made[-1] if what == "take named" and made else None)
                elif own and what == "keep":
                    desk.requests.keep(DEPLOY, run)
                    holds[own] = (run, holds[own][1], True)
                elif own:
                    outcome = DONE if what == "finish" else FAILED
                    assert desk.requests.finish(DEPLOY, own, run, outcome)

            if kill:
                desk.killed(work, kill[0], answered=kill[1])
            elif meanwhile:
                at, other = desk.calls + meanwhile[0], f"gh-{meanwhile[1] + 10}"

                def between(call: int, at: int = at, other: str = other) -> None:
                    if call == at:
                        desk.quietly(lambda: taking(other))

                desk.before = between
                work()
                desk.before = None
            else:
                work()
        # Whatever was lost is taken again.
        desk.now += 8 * HOUR
        for number in range(100, 130):
            rest = desk.requests.take(DEPLOY, f"gh-{number}")
            if rest is None:
                break
            assert desk.requests.finish(DEPLOY, rest.id, f"gh-{number}", DONE)
        left = [one for one in desk.requests.all(DEPLOY) if one.status not in (DONE, FAILED)]
        assert all(one.status == TAKEN and one.prepared for one in left)


# The first and the last step of a run


@pytest.fixture
def run(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workflow_requests.time, "time", lambda: desk.now)
    monkeypatch.setattr(take, "Requests", lambda client, table: desk.requests)

    def first(**variables: str) -> dict[str, str]:
        environment(monkeypatch, REQUESTS_TABLE=TABLE, EXECUTION_ID="gh-7", **variables)
        assert take.main() == 0
        return exports((tmp_path / "exports.sh").read_text())

    return first


def test_a_run_hands_on_what_was_asked_for(desk: Desk, run: Any) -> None:
    made = put(desk, MODEL_PACKAGE="arn:aws:sagemaker:eu-west-1:1:model-package/g/7", RETRY_IN="prod")
    assert run(REQUEST=made) == {
        "FOUND": "yes",
        "REQUEST": made,
        "MODEL_PACKAGE": "arn:aws:sagemaker:eu-west-1:1:model-package/g/7",
        "RETRY_IN": "prod",
        "ROLL_BACK_IN": "none",
    }


def test_a_run_without_a_request_says_so(run: Any) -> None:
    assert run() == {
        "FOUND": "no",
        "REQUEST": "none",
        "MODEL_PACKAGE": "keep-live",
        "RETRY_IN": "none",
        "ROLL_BACK_IN": "none",
    }
    assert run(KIND="build", REQUEST="none") == {
        "FOUND": "no",
        "REQUEST": "none",
        "COMMIT": "none",
        "REASON": "none",
    }


@pytest.mark.parametrize(
    "variables",
    [
        {"MODEL_PACKAGE": "$(curl x)"},
        {"MODEL_PACKAGE": "a\nFOUND=yes"},
        {"MODEL_PACKAGE": ""},
        {"RETRY_IN": "${{ secrets.X }}"},
        {"PATH": "x"},
        {"COMMIT": "a" * 40},
    ],
)
def test_what_no_run_takes_fails_and_stays_failed(
    desk: Desk, monkeypatch: Any, tmp_path: Path, run: Any, variables: dict[str, str], capsys: Any
) -> None:
    made = put(desk, **variables)
    environment(monkeypatch, REQUESTS_TABLE=TABLE, EXECUTION_ID="gh-7")
    assert take.main() == 1
    assert f"Request refused: The request {made} has '{next(iter(variables))}'" in capsys.readouterr().err
    found = desk.requests.get(DEPLOY, made)
    assert found and found.status == FAILED and not (tmp_path / "exports.sh").exists()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"REQUEST": "x; id"}, "REQUEST is 'x; id', which is no request"),
        ({"REQUEST": "token#t"}, "REQUEST is 'token#t', which is no request"),
        ({"KIND": "approval"}, "KIND is 'approval': it must be deploy or build."),
    ],
)
def test_a_run_that_is_started_with_something_else_is_refused(
    desk: Desk, run: Any, monkeypatch: Any, capsys: Any, variables: dict[str, str], message: str
) -> None:
    put(desk)
    environment(monkeypatch, REQUESTS_TABLE=TABLE, EXECUTION_ID="gh-7", **variables)
    assert take.main() == 1 and message in capsys.readouterr().err
    assert len(desk.requests.waiting(DEPLOY)) == 1


def test_targets_of_a_pipeline_have_no_requests(
    targets_file: Path, account: Any, monkeypatch: Any, capsys: Any, tmp_path: Path
) -> None:
    environment(monkeypatch, EXECUTION_ID="gh-7")
    monkeypatch.setattr(take, "__file__", str(targets_file))
    assert take.main() == 1
    assert "deployed by CodePipeline, which takes no requests" in capsys.readouterr().err


def test_the_end_of_a_run_is_written_down_by_the_run_itself_only(
    desk: Desk, run: Any, monkeypatch: Any, capsys: Any
) -> None:
    made = put(desk)
    run(REQUEST=made)
    for outcome, by, status in (("done", "gh-8", TAKEN), ("failed", "gh-7", FAILED), ("done", "gh-7", DONE)):
        environment(monkeypatch, REQUESTS_TABLE=TABLE, EXECUTION_ID=by, REQUEST=made, OUTCOME=outcome)
        assert finish.main() == 0
        found = desk.requests.get(DEPLOY, made)
        assert found and found.status == status
    assert "is not of the run gh-8 any more" in capsys.readouterr().out


def test_a_run_without_a_request_has_no_end_and_an_unknown_end_is_refused(
    run: Any, monkeypatch: Any, capsys: Any
) -> None:
    environment(monkeypatch, REQUESTS_TABLE=TABLE, EXECUTION_ID="gh-7", REQUEST="none", OUTCOME="done")
    assert finish.main() == 0
    environment(monkeypatch, REQUESTS_TABLE=TABLE, EXECUTION_ID="gh-7", REQUEST="none", OUTCOME="skipped")
    assert finish.main() == 1
    assert "OUTCOME is 'skipped': it must be done or failed." in capsys.readouterr().err


RUN = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/churn",
    "GITHUB_RUN_ID": "7",
    "REQUESTS_TABLE": TABLE,
    "EXECUTION_ID": "gh-7",
}


@pytest.mark.parametrize("kind", [DEPLOY, BUILD])
def test_a_run_that_failed_is_told_of_with_its_address(
    desk: Desk, monkeypatch: Any, targets_file: Path, kind: str
) -> None:
    told: list[dict[str, Any]] = []

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        told.extend(arguments["Entries"])
        return {"FailedEntryCount": 0, "Entries": []}

    before_calls(monkeypatch, "events", answer)
    monkeypatch.setattr(finish, "__file__", str(targets_file))
    made = desk.requests.put(kind, {}, "alice")
    desk.requests.take(kind, "gh-7")
    for request, outcome in ((made, DONE), (made, FAILED), ("none", FAILED)):
        environment(monkeypatch, **RUN, KIND=kind, REQUEST=request, OUTCOME=outcome)
        assert finish.main() == 0
    assert {(one["EventBusName"], one["Source"], one["DetailType"]) for one in told} == {
        (BUS, "sagemaker-cicd.requests", "Workflow Failed")
    }
    run = {
        "project": "churn",
        "group": "main",
        "kind": kind,
        "run": "https://github.com/acme/churn/actions/runs/7",
        "execution": "gh-7",
    }
    assert [json.loads(one["Detail"]) for one in told] == [{**run, "id": made}, {**run, "id": "none"}]


def test_what_the_gate_asked_for_is_forgotten_some_day(desk: Desk) -> None:
    made = put(desk)
    desk.client.update_item(
        TableName=TABLE, Key={"kind": {"S": DEPLOY}, "id": {"S": made}}, UpdateExpression="REMOVE expires"
    )
    desk.requests.take(DEPLOY, "gh-1")
    found = desk.requests.get(DEPLOY, made)
    assert found and found.expires == int(desk.now) + 90 * 24 * 3600


# The bus


@pytest.mark.parametrize("accepted", [True, False])
def test_the_bus_is_told_that_there_is_something_and_not_what(monkeypatch: Any, accepted: bool) -> None:
    sent: list[dict[str, Any]] = []

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        sent.extend(arguments["Entries"])
        return {"FailedEntryCount": 0 if accepted else 1, "Entries": [{"ErrorCode": "no"}]}

    before_calls(monkeypatch, "events", answer)
    bus = Announcer(boto3.client("events", region_name=REGION), BUS, "churn", "main")
    if accepted:
        bus.tell(DEPLOY, "r")
    else:
        with pytest.raises(NotTold, match="did not accept the event about r"):
            bus.tell(DEPLOY, "r")
    [entry] = sent
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == (
        "sagemaker-cicd.requests",
        "Workflow Requested",
        BUS,
    )
    assert json.loads(entry["Detail"]) == {"project": "churn", "group": "main", "kind": "deploy", "id": "r"}
