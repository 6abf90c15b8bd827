"""Steps that die, hang, meet each other or what another one left, in both ways of release."""

from __future__ import annotations

import pytest

from release_cloud import Killed
from release_faults import (
    dies_at,
    fail,
    live_version,
    recorded,
    tidy,
)
from releases import Releases
from shifting import Shifting
from targets import Refused


@pytest.mark.parametrize(
    ("way", "step"),
    [
        *(("per-release", step) for step in ("Created", "before", "canary", "all", "after")),
        ("in-place", "all"),
    ],
)
def test_a_step_that_dies_goes_on_with_the_shift_that_it_began(releases, account, way, step):
    world = releases(way)
    world.deploy(account.register("Approved"))
    second = account.register("Approved")
    execution = world.prepare(second)
    world.execute(execution)
    world.shifts.at_step = dies_at(step)
    with pytest.raises(Killed):
        world.shift(execution)
    world.look()
    world.shift(execution)
    world.smoke(execution)
    tidy(world, second)
    assert [d for d in world.shifts.deployments if not d.endswith("back")] == ["d-1"]


def test_a_step_that_dies_in_the_bake_bakes_on(world, account):
    world.deploy(account.register("Approved"))
    second = account.register("Approved")
    execution = world.prepare(second)
    world.execute(execution)

    def kill() -> None:
        if live_version(world) == "2" and not world.shifts.active():
            world.each_second = lambda: None
            raise Killed

    world.each_second = kill
    with pytest.raises(Killed):
        world.shift(execution)
    world.sick.add("2")
    with pytest.raises(Refused, match="fired after"):
        world.shift(execution)
    assert live_version(world) == "1"


def test_a_step_that_died_does_not_bring_in_a_version_that_was_refused_meanwhile(world, account):
    good = account.register("Approved")
    world.deploy(good)
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)

    def kill() -> None:
        world.each_second = lambda: None
        raise Killed

    world.each_second = kill
    with pytest.raises(Killed):
        world.shift(execution)
    # CodeDeploy goes on without anybody looking.
    [deployment] = world.shifts.deployments.values()
    world.verdict = lambda *_: False
    while world.shifts.active():
        world.shifts.advance(deployment)
    with pytest.raises(Refused, match="golden rows differ"):
        world.shift(execution)
    assert [d for d in world.shifts.deployments if not d.endswith("back")] == ["d-1"]
    assert recorded(world, 2)
    assert world.served() == good


def test_a_shift_that_hangs_is_stopped_and_nothing_is_recorded(world, account):
    good = account.register("Approved")
    world.deploy(good)
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)
    world.shifts.hangs_at = "after"
    with pytest.raises(Refused, match="it came to no end and was stopped"):
        world.shift(execution)
    assert recorded(world, 2) is None
    assert live_version(world) == "1"
    world.shifts.hangs_at = ""
    world.shift(execution)
    world.smoke(execution)


def test_what_codedeploy_forgets_to_move_back_is_moved_back(world, account):
    good = account.register("Approved")
    world.deploy(good)
    world.shifts.forgets_to_return = True
    fail(world, "after")
    with pytest.raises(Refused, match="Version 1 answers"):
        world.deploy(account.register("Approved"))
    assert world.served() == good


def test_weights_that_a_dead_shift_left_over_do_not_count_and_are_removed(world, account, capsys):
    good = account.register("Approved")
    world.deploy(good)
    world.function.publish(**world.function.versions["1"])
    world.hooked.add("2")
    world.function.move("1", {"2": 0.1})
    second = account.register("Approved")
    world.deploy(second)
    assert "version 1 counts as live" in capsys.readouterr().err
    tidy(world, second)


def start_elsewhere(world: Releases, target: str) -> None:
    """Another execution's step starts a shift."""
    assert world.prod.api
    other = Shifting(world.aws, world.prod, world.prod.api, world.sleep, world.clock)
    assert other.start(live_version(world), target, [], "execution-0")


def test_another_executions_shift_is_waited_for(world, account):
    world.deploy(account.register("Approved"))
    second = account.register("Approved")
    execution = world.prepare(second)
    world.execute(execution)
    world.function.publish(**world.function.versions["1"])
    target = str(world.function.published)
    world.hooked.add(target)
    start_elsewhere(world, target)
    world.shift(execution)
    world.smoke(execution)
    assert len(world.shifts.deployments) == 2
    assert world.served() == second
