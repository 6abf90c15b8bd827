"""A version that must not be served any more, when somebody decides so between its check and its shift."""

from __future__ import annotations

from typing import Any

import pytest

from live import read_live
from release_cloud import NAME
from release_faults import recorded, tidy
from releases import Releases
from rollbacks import note
from stack import Unusable
from targets import Refused


def test_a_first_version_whose_test_behind_the_alias_came_to_no_word_is_tested_again(world, account):
    words = [("Failed", False), ("Succeeded", True)]
    real = world.function.hook

    def hook(name: str, version: str) -> dict[str, object]:
        if name.endswith("beforetraffic"):
            return real(name, version)
        status, tested = words.pop(0)
        return {"status": status, "reason": "no record has arrived", "tested": tested}

    world.function.hook = hook
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)
    with pytest.raises(Refused, match=r"no record has arrived\. Nothing is recorded"):
        world.shift(execution)
    assert world.function.alias is None
    assert "its first one" in world.shift(execution)
    assert words == []


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("how", ["rejected", "rolled back"])
def test_a_version_that_lost_its_approval_after_its_check_gets_no_request(released, account, how, first):
    good = account.register("Approved")
    if not first:
        released.deploy(good)
    bad = account.register("Approved")
    execution = released.prepare(bad)
    released.execute(execution)
    withdraw(released, account, bad, how)
    for _ in range(2):
        with pytest.raises(Refused, match="must not lead to version"):
            released.shift(execution)
    assert released.shifts.deployments == {}
    assert f"{NAME}-r{released.values(execution)['Release']}" not in released.endpoints
    assert released.served() == (None if first else good)
    assert how == "rolled back" or recorded(released, 2 - first) is None
    released.deploy(last := account.register("Approved"))
    tidy(released, last)


@pytest.mark.parametrize("how", ["rejected", "rolled back"])
def test_a_version_that_loses_its_approval_during_the_shift_loses_its_requests(released, account, how):
    good, bad = account.register("Approved"), account.register("Approved")
    released.deploy(good)
    execution = released.prepare(bad)
    released.execute(execution)
    look, released.look = released.look, lambda: None

    def act(step: str, _: object) -> None:
        if step == "canary":
            withdraw(released, account, bad, how)

    released.shifts.at_step = act
    with pytest.raises(Refused, match=r"must not lead to version 2: .*Version 1 answers\."):
        released.shift(execution)
    released.look, released.shifts.at_step = look, lambda *_: None
    assert released.served() == good
    assert how == "rolled back" or recorded(released, 2) is None
    released.deploy(last := account.register("Approved"))
    tidy(released, last)


def test_a_version_that_is_rejected_while_it_waits_for_its_shift_gives_way_like_a_live_one(released, account):
    good, bad = account.register("Approved"), account.register("Approved")
    released.deploy(good)
    released.execute(released.prepare(bad))
    account.set_approval(bad, "Rejected")
    released.deploy(bad)
    assert released.stack()["ModelPackageArn"] == good, "the stack no longer is of the rejected one"
    tidy(released, good)


def test_a_decision_waits_for_a_shift_that_has_no_weights_yet(released, account):
    good, second = account.register("Approved"), account.register("Approved")
    released.deploy(good)
    execution = released.prepare(second)
    released.execute(execution)
    seen: list[str] = []

    def look(step: str, _: object) -> None:
        if step == "before" and not seen:
            released.shifts.hangs_at = "before"
            with pytest.raises(Unusable, match="being shifted by d-1"):
                read_live(released.aws, released.prod, released.targets.registry, seconds=0)
            released.shifts.hangs_at = ""
            seen.append(step)

    released.shifts.at_step = look
    released.shift(execution)
    assert seen == ["before"]


def withdraw(world: Releases, account: Any, package: str, how: str) -> None:
    """Somebody decides that the package must not be served."""
    if how == "rejected":
        account.set_approval(package, "Rejected")
    else:
        note(world.aws, world.targets, world.prod, package, "why", "execution-0")
