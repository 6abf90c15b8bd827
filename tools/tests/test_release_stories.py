"""Deployments behind an API with faults in any order; TEST_LONG=true plays many."""

from __future__ import annotations

import random

import pytest

from release_cloud import Killed
from release_faults import (
    FAULTS,
    dies_at,
    fail,
    tidy,
)
from releases import Releases
from short_run import LONG, seed
from targets import Refused

STORIES = 40 if LONG else 1


@pytest.mark.parametrize("story", range(STORIES))
def test_whatever_goes_wrong_in_whatever_order_callers_are_answered_and_all_is_tidy_in_the_end(
    world, account, story
):
    """What callers meet is checked whenever the alias moves; what may be deleted, whenever something is."""
    pick = random.Random(f"{seed()}-{story}-{world.way}")
    world.deploy(account.register("Approved"))
    for _ in range(6):
        act = pick.choice(["good", *FAULTS, "die", "change set", "commit", "return", "late", "retry"])
        world.shifts.at_step, world.each_second, world.verdict = (
            lambda *_: None,
            lambda: None,
            lambda *_: True,
        )
        world.shifts.fails_with, world.change_set = "", lambda: True
        package = account.register("Approved")
        if act in FAULTS:
            fail(world, act)
        elif act == "die":
            world.shifts.at_step = dies_at(pick.choice(["Created", "before", "canary", "all", "after"]))
        elif act == "change set":
            world.change_set, world.orphan = lambda: False, pick.random() < 0.5
        elif act == "commit":
            world.properties = {"Memory": pick.randrange(1, 9999)}
        try:
            if act in ("return", "commit"):
                world.deploy(roll_back_in=("prod",) if act == "return" else ())
            elif act == "late":
                prepared = [world.prepare(package), world.prepare(account.register("Approved"))]
                for execution in reversed(prepared):
                    world.execute(execution)
                    world.shift(execution)
                    world.smoke(execution)
            else:
                world.deploy(package)
        except Refused as refusal:
            print(f"{act}: {refusal}")
        except Killed:
            print(f"{act}: the build ended")
            if pick.random() < 0.5:
                world.shift(f"execution-{world.started}")
        world.look()
    all_well(world)
    for deployment in world.shifts.active():
        # CodeDeploy goes on by itself.
        while deployment in world.shifts.active():
            world.shifts.advance(deployment)
    for _ in range(2):
        last = account.register("Approved")
        world.deploy(last)
    tidy(world, last)


def all_well(world: Releases) -> None:
    """Nothing goes wrong any more."""
    world.shifts.at_step, world.each_second = lambda *_: None, lambda: None
    world.verdict, world.shifts.fails_with, world.change_set = lambda *_: True, "", lambda: True
