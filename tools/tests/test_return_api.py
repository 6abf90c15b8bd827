"""The return of an API: in the bake, during a shift, too late, and what follows it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from account import ACCOUNT, REGION
from owned import PROVEN_TAG
from release_cloud import NAME
from releases import Releases
from roll_back import roll_back
from rollbacks import note, rollbacks_of
from starters import ALICE
from targets import Refused


@pytest.fixture
def world(releases: Callable[[str], Releases]) -> Releases:
    return releases("per-release")


@pytest.fixture
def in_place(releases: Callable[[str], Releases]) -> Releases:
    return releases("in-place")


def returned(world: Releases, execution: str = "execution-9") -> str:
    [told] = roll_back(world.aws, world.targets, ("prod",), execution)
    return told


def arn_of(config: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint-config/{config}"


def live_version(world: Releases) -> str:
    assert world.function.alias
    return str(world.function.alias["version"])


def in_bake(world: Releases, account) -> tuple[str, str, str]:
    """Two packages, of which the second one has all requests and bakes; with its execution."""
    first, second = account.register("Approved"), account.register("Approved")
    world.deploy(first)
    execution = world.prepare(second)
    world.execute(execution)
    return first, second, execution


def during_the_bake(world: Releases, act: Callable[[], object]) -> None:
    def later() -> None:
        if live_version(world) == "2" and not world.shifts.active():
            world.each_second = lambda: None
            act()

    world.each_second = later


def test_in_the_bake_the_alias_moves_back_and_the_step_that_bakes_ends(world, account):
    first, second, execution = in_bake(world, account)
    told: list[str] = []
    during_the_bake(world, lambda: told.append(returned(world)))
    with pytest.raises(Refused, match="has left version 2 during the bake"):
        world.shift(execution)
    assert re.search(r"serves version 1 of the model again, after \d+ s; the stack follows", told[0])
    assert world.served() == first
    found = rollbacks_of(world.aws, world.targets).active("prod", 2)
    assert found and found.reason == (
        f"{ALICE} returned {NAME}-api:live to version 1, which is for package 1"
    )
    assert world.events().count("Version Rolled Back") == 1
    # What follows deploys what answers, and removes what was left.
    world.deploy(roll_back_in=())
    assert world.served() == first
    assert len(world.endpoints) == 1
    assert second != first


def test_a_return_is_an_execution_that_returns_and_then_deploys_what_answers(world, account):
    first, _, execution = in_bake(world, account)
    during_the_bake(world, lambda: world.deploy(roll_back_in=("prod",)))
    with pytest.raises(Refused):
        world.shift(execution)
    assert world.served() == first
    assert len(world.endpoints) == 1
    third = account.register("Approved")
    world.deploy(third)
    assert world.served() == third


@pytest.mark.parametrize("ends", [False, True])
def test_a_shift_that_is_under_way_is_stopped(world, account, ends):
    first, _, execution = in_bake(world, account)
    told: list[str] = []

    def stop(step: str, _: object) -> None:
        if step == "all" and not told:
            told.append("")
            # Or it comes to its end in the very moment in which it is to be stopped.
            world.shifts.hangs_at = "" if ends else "all"
            told[0] = returned(world)

    world.shifts.at_step = stop
    with pytest.raises(Refused, match="somebody else moved it" if ends else "d-1 did not move"):
        world.shift(execution)
    assert "serves version 1 of the model again" in told[0]
    assert world.served() == first
    assert world.shifts.deployments["d-1"].status == ("Succeeded" if ends else "Stopped")
    found = rollbacks_of(world.aws, world.targets).active("prod", 2)
    assert found and found.reason.startswith(ALICE), "the first reason counts"


def test_a_return_that_is_retried_goes_no_version_too_far(world, account):
    first, _, execution = in_bake(world, account)
    during_the_bake(world, lambda: (returned(world), returned(world)))
    with pytest.raises(Refused):
        world.shift(execution)
    assert world.served() == first


def test_after_the_bake_it_is_refused_with_what_to_do(world, account):
    world.deploy(account.register("Approved"))
    second = account.register("Approved")
    world.deploy(second)
    with pytest.raises(Refused) as refusal:
        returned(world)
    assert f"the endpoint {NAME}-r" in str(refusal.value) and "is gone" in str(refusal.value)
    assert "stays only for the bake, of 60 s here" in str(refusal.value)
    assert "Reject the version that is live" in str(refusal.value)
    assert world.served() == second
    assert rollbacks_of(world.aws, world.targets).active("prod", 2) is None


@pytest.mark.parametrize("state", ["Rejected", "rolled back", "not proven", "other model", "out of service"])
def test_it_returns_to_nothing_that_must_not_answer(world, account, state):
    first, _, execution = in_bake(world, account)
    endpoint = world.function.versions["1"]["ENDPOINT_NAME"]
    config = world.backend.endpoints[endpoint].endpoint_config_name
    if state == "Rejected":
        account.set_approval(first, "Rejected")
    elif state == "rolled back":
        note(world.aws, world.targets, world.prod, first, "why", "execution-0")
    elif state == "not proven":
        account.sagemaker.delete_tags(ResourceArn=arn_of(config), TagKeys=[PROVEN_TAG])
    elif state == "other model":
        other = world.serve("elsewhere", account.register("Approved"))
        world.backend.endpoints[endpoint].endpoint_config_name = other
    else:
        world.backend.endpoints[endpoint].endpoint_status = "OutOfService"
    world.function.after_move = lambda: None
    refused: list[str] = []

    def act() -> None:
        with pytest.raises(Refused) as refusal:
            returned(world)
        refused.append(str(refusal.value))

    during_the_bake(world, act)
    world.look = lambda: None
    world.shift(execution)
    assert "cannot return at once" in refused[0]
    assert live_version(world) == "2"


def test_somebody_who_changes_the_alias_in_the_same_moment_is_noticed(world, account):
    _, _, execution = in_bake(world, account)
    refused: list[str] = []

    def act() -> None:
        def other() -> None:
            world.function.before_update = lambda: None
            world.function.versions["3"] = world.function.versions["2"]
            world.hooked.add("3")
            world.function.move("3")

        world.function.before_update = other
        with pytest.raises(Refused) as refusal:
            returned(world)
        refused.append(str(refusal.value))

    during_the_bake(world, act)
    with pytest.raises(Refused):
        world.shift(execution)
    assert "moved by others" in refused[0]
    assert live_version(world) == "3"


def test_what_was_left_is_proven_no_more(world, account):
    _, _, execution = in_bake(world, account)
    world.shift(execution)
    endpoint = world.function.versions["2"]["ENDPOINT_NAME"]
    arn = arn_of(world.backend.endpoints[endpoint].endpoint_config_name)
    account.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": PROVEN_TAG, "Value": "t"}])
    returned(world)
    assert PROVEN_TAG not in [t["Key"] for t in account.sagemaker.list_tags(ResourceArn=arn)["Tags"]]


def test_without_an_alias_there_is_nothing_to_return(world):
    with pytest.raises(Refused, match="is not there: nothing can be returned to"):
        returned(world)


def test_in_place_endpoint_and_handler_return_together(in_place, account):
    first, second = account.register("Approved"), account.register("Approved")
    in_place.deploy(first)
    in_place.deploy(second)
    told = returned(in_place)
    assert "serves version 1 again" in told and f"version 1 of {NAME}-api answers" in told
    assert in_place.served() == first
    in_place.deploy()
    assert in_place.served() == first


def test_in_place_a_shift_of_the_handler_is_stopped_with_the_return(in_place, account):
    first, second = account.register("Approved"), account.register("Approved")
    in_place.deploy(first)
    execution = in_place.prepare(second)
    in_place.execute(execution)
    done: list[str] = []

    def stop(step: str, _: object) -> None:
        if step == "all" and not done:
            done.append("")
            in_place.shifts.hangs_at = "all"
            done[0] = returned(in_place)

    in_place.shifts.at_step = stop
    with pytest.raises(Refused):
        in_place.shift(execution)
    assert in_place.shifts.deployments["d-1"].status == "Stopped"
    assert in_place.served() == first


def test_in_place_the_handler_stays_where_none_for_the_package_is_left(in_place, account):
    first, second = account.register("Approved"), account.register("Approved")
    in_place.deploy(first)
    in_place.deploy(second)
    del in_place.function.versions["1"]
    assert "no version of churn-main-prod-api for it is left, so version 2 answers" in returned(in_place)
