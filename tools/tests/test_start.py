"""Workflows that are started as a GitHub App: how, what GitHub may answer, and that no secret is shown."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

import sweep
from fakes import before_calls, service_error
from github_api import Busy, GithubApi, GithubError
from github_site import ID, Site, refusal
from request_table import BEGIN, TABLE
from starting import OTHER_KEY, World
from workflow_requests import BUILD, DEPLOY


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> Iterator[World]:
    with mock_aws():
        made = World(monkeypatch, tmp_path)
        yield made
        made.site.close()
        printed = "".join(capsys.readouterr())
        assert "ghs_" not in printed and "eyJ" not in printed, "a token was printed"


@pytest.mark.parametrize(("kind", "branch"), [(DEPLOY, "trunk"), (BUILD, "main")])
def test_a_run_is_handed_nothing_but_the_requests_id(world: World, kind: str, branch: str) -> None:
    made = world.ask(kind)
    assert world.send(kind, made)
    path = f"/repos/octo/churn/actions/workflows/{kind}-main.yml/dispatches"
    assert world.site.dispatched == [(path, {"ref": branch, "inputs": {"request": made}})]
    [(permissions, _, repositories)] = world.site.tokens.values()
    assert (permissions, repositories) == ({"actions": "write"}, [ID])
    [(operation, signed)] = world.calls
    assert (operation, signed["SigningAlgorithm"]) == ("Sign", "RSASSA_PKCS1_V1_5_SHA_256")


def test_the_newer_form_of_the_answer_is_taken_too(world: World) -> None:
    run = {"workflow_run_id": 1, "run_url": "https://api.github.com", "html_url": "https://github.com"}
    world.site.next = [None, (200, {}, run)]
    assert world.send(BUILD, world.ask(BUILD)) and world.told == []


def test_what_is_taken_or_over_is_not_started_again(world: World) -> None:
    made = world.ask()
    world.desk.requests.take(DEPLOY, "gh-1")
    assert world.send(DEPLOY, made) and world.site.asked == []


UNKNOWN = "2026-01-01T00:00:00.000Z-x"


@pytest.mark.parametrize(
    "changed",
    [
        {"source": "x"},
        {"detail-type": "x"},
        {"detail": {"project": "other", "group": "main", "kind": "deploy", "id": "x"}},
        {"detail": {"project": "churn", "group": "other", "kind": "deploy", "id": "x"}},
        {"detail": {"project": "churn", "group": "main", "kind": "approval", "id": "x"}},
        {"detail": {"project": "churn", "group": "main", "kind": "deploy", "id": "token#t"}},
        {
            "detail": {
                "project": "churn",
                "group": "main",
                "kind": "deploy",
                "id": "2026-01-01T00:00:00.000Z-x",
            }
        },
    ],
)
def test_what_is_no_request_starts_nothing(world: World, changed: dict[str, Any], capsys: Any) -> None:
    assert world.send(DEPLOY, world.ask(), **changed)
    assert world.site.asked == [] and "Refused: " in capsys.readouterr().out


LIMITED = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@pytest.mark.parametrize(
    ("reply", "delay"),
    [
        ((500, {}, {"message": "oops"}), 30),
        ((502, {}, None), 30),
        ((503, {"Retry-After": "5"}, None), 30),
        ((408, {}, None), 30),
        ((429, {"Retry-After": "120"}, {"message": "slow down"}), 120),
        ((429, {}, {"message": "slow down"}), 60),
        ((403, {"Retry-After": "90"}, {"message": "wait"}), 90),
        (refusal(403, LIMITED), 60),
        (
            (
                403,
                {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(BEGIN) + 1800)},
                {"message": "API rate limit exceeded"},
            ),
            1801,
        ),
        ((429, {"Retry-After": "99999999"}, {"message": "slow down"}), 11 * 3600),
    ],
)
@pytest.mark.parametrize("call", [0, 1])
def test_what_passes_leaves_the_message_in_the_queue_for_as_long_as_github_says(
    world: World, reply: Any, delay: int, call: int
) -> None:
    made = world.ask()
    world.site.next = [None] * call + [reply]
    assert not world.send(DEPLOY, made)
    assert world.delays == [delay] and world.told == [] and world.site.dispatched == []
    assert world.send(DEPLOY, made, attempt=2) and len(world.site.dispatched) == 1


def test_delays_grow_where_github_says_nothing(world: World) -> None:
    made = world.ask()
    for attempt in (1, 2, 3, 9):
        world.site.next = [(500, {}, None)]
        assert not world.send(DEPLOY, made, attempt=attempt)
    assert world.delays == [30, 60, 120, 900]


def test_nobody_answers(world: World) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        world.address = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert not world.send(DEPLOY, world.ask()) and world.delays == [30]


def test_an_answer_that_takes_too_long(world: World, monkeypatch: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr("github_api.TIMEOUT_SECONDS", 0.2)
        world.address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert not world.send(DEPLOY, world.ask())


def test_an_answer_that_is_no_json(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("github_api.LIMIT", 20)
    assert not world.send(DEPLOY, world.ask()) and world.delays == [30]


def suspend(world: World) -> None:
    world.site.suspended = True


def rename(world: World) -> None:
    world.site.full_name = "octo/churn-2"


def recycle(world: World) -> None:
    # Another repository has the name by now; the token is for the id.
    world.site.next = [None, refusal(404, "Not Found")]


def move(world: World) -> None:
    moved = {"Location": "https://api.github.com/repositories/4711/dispatches"}
    world.site.next = [None, (301, moved, {"message": "Moved Permanently"})]


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (suspend, "GitHub answers 403: This installation has been suspended"),
        (rename, "GitHub answers 301: the repository 4711 is octo/churn-2 now"),
        (recycle, "GitHub answers 404: Not Found"),
        (move, "GitHub answers 301: the repository has moved to https://api.github.com/repositories/4711"),
        (lambda world: world.set(installationId="1"), "GitHub answers 404: Not Found"),
        (lambda world: world.set(appId="1"), "GitHub answers 401: Integration not found"),
        (lambda world: world.set(repositoryId="1"), "GitHub answers 422: There is at least one repository"),
        (
            lambda world: setattr(world.site, "key", OTHER_KEY),
            "GitHub answers 401: A JSON web token could not",
        ),
    ],
)
def test_what_does_not_pass_is_told_once_and_goes_to_the_dead_letters(
    world: World, happens: Any, why: str
) -> None:
    made = world.ask()
    happens(world)
    assert world.send(DEPLOY, made), "it does not come again"
    [told] = world.told
    assert told["why"].startswith(why) and len(told) == 6
    assert (told["id"], told["kind"], told["workflow"]) == (made, DEPLOY, "deploy-main.yml")
    [dead] = world.dead_letters()
    assert dead["detail"]["id"] == made
    assert world.site.dispatched == []
    # A scheduled run takes it all the same.
    assert [one.id for one in world.desk.requests.waiting(DEPLOY)] == [made]


def test_a_right_that_the_app_was_not_given_is_told(world: World) -> None:
    world.site.next = [
        refusal(422, "The permissions requested are not granted", errors=[{"code": "invalid"}])
    ]
    assert world.send(BUILD, world.ask(BUILD))
    assert world.told[0]["workflow"] == "build-main.yml" and len(world.dead_letters()) == 1


def test_nothing_is_lost_while_the_bus_is_down(world: World) -> None:
    made = world.ask()
    world.site.suspended = world.bus_is_down = True
    assert not world.send(DEPLOY, made) and world.dead_letters() == []
    world.bus_is_down = False
    assert world.send(DEPLOY, made) and len(world.told) == len(world.dead_letters()) == 1


@pytest.mark.parametrize(
    ("skew", "calls"), [(-7200, 3), (-90, 3), (-59, 2), (-25, 2), (0, 2), (50, 2), (700, 3), (86400, 3)]
)
def test_clocks_that_differ_do_not_matter(world: World, skew: float, calls: int) -> None:
    world.site.skew = skew
    assert world.send(DEPLOY, world.ask()) and len(world.site.dispatched) == 1
    assert len(world.site.asked) == calls


def test_a_token_that_has_ended_in_between_is_got_anew(world: World) -> None:
    made = world.ask()
    world.site.next = [None, refusal(401, "Bad credentials")]
    assert not world.send(DEPLOY, made) and world.told == []
    assert world.send(DEPLOY, made) and len(world.site.tokens) == 2


def test_a_key_that_may_not_be_used_is_tried_again(world: World, monkeypatch: Any) -> None:
    def denied(*_: Any) -> None:
        raise service_error("Sign", "AccessDeniedException")

    before_calls(monkeypatch, "kms", denied)
    assert not world.send(DEPLOY, world.ask()) and world.site.asked == []


def test_tokens_go_nowhere_else(world: World) -> None:
    """urllib would follow, make a GET of it, and hand the token on."""
    elsewhere = Site(world.site.key, lambda: world.desk.now)
    world.site.next = [None, (302, {"Location": f"{elsewhere.address}/x"}, None)]
    assert world.send(DEPLOY, world.ask()) and elsewhere.asked == []
    elsewhere.close()


def test_builds_that_nobody_starts_are_started_by_a_scheduled_run(world: World, monkeypatch: Any) -> None:
    old = world.ask(BUILD)
    world.desk.now += 601
    world.ask(BUILD)
    world.ask(DEPLOY)
    run = {
        "GITHUB_REPOSITORY": "octo/churn",
        "BUILD_WORKFLOW": "build-main.yml",
        "BRANCH": "main",
        "GITHUB_TOKEN": "ghs_own",
        "GITHUB_API_URL": world.address,
        "REQUESTS_TABLE": TABLE,
    }
    for name, value in run.items():
        monkeypatch.setenv(name, value)
    world.site.tokens["ghs_own"] = ({"actions": "write"}, world.desk.now + 60, [ID])
    monkeypatch.setattr(sweep.time, "time", lambda: world.desk.now)
    monkeypatch.setattr(sweep, "Requests", lambda client, table: world.desk.requests)
    assert sweep.main() == 0
    path = "/repos/octo/churn/actions/workflows/build-main.yml/dispatches"
    assert world.site.dispatched == [(path, {"ref": "main", "inputs": {"request": old}})]
    for reply in (refusal(404, "Not Found"), (500, {}, None)):
        world.site.next = [reply]
        assert sweep.main() == 1


def test_what_github_says_is_one_short_line() -> None:
    api = GithubApi("http://127.0.0.1:1")
    from github_api import _Answer

    body = json.dumps({"message": "a\nb\x1b[31m" + "c" * 999}).encode()
    problem = api._problem(_Answer(404, {}, body))
    assert isinstance(problem, GithubError)
    assert str(problem).startswith("GitHub answers 404: a b [31mc") and len(str(problem)) < 330
    assert isinstance(api._problem(_Answer(500, {}, b"<html>")), Busy)
