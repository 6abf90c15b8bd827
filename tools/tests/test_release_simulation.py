"""Deployments behind an API, in both ways, with a fault at each step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from release_cloud import BAKE, NAME, api_of
from release_faults import (
    FAULTS,
    fail,
    live_version,
    recorded,
    tidy,
)
from targets import KEEP_LIVE, Refused


def test_each_release_goes_live_and_only_what_may_be_returned_to_stays(world, account):
    for package in [account.register("Approved") for _ in range(4)]:
        assert "answered in" in world.deploy(package)
        tidy(world, package)
        assert len(world.function.versions) <= 2
    assert world.events() == []


def test_the_alarms_of_a_version_go_with_it_and_not_before(world, account):
    world.deploy(account.register("Approved"))
    world.deploy(account.register("Approved"))
    assert world.alarms_removed == []
    world.deploy(account.register("Approved"))
    assert world.alarms_removed == [f"{NAME}/api-server-errors/1", f"{NAME}/api-latency/1"]


def test_alarms_that_are_gone_already_are_no_problem(world, account, capsys):
    world.alarms_gone = True
    for package in [account.register("Approved") for _ in range(3)]:
        world.deploy(package)
    assert f"{NAME}/api-latency/1" in world.alarms_removed
    assert "were not removed" not in capsys.readouterr().err


def test_an_execution_without_a_package_changes_nothing_that_answers(world, account):
    package = account.register("Approved")
    world.deploy(package)
    before = (world.endpoints, live_version(world), world.stack()["EndpointConfigName"])
    execution = world.prepare()
    world.execute(execution)
    assert "is at version 1 already" in world.shift(execution)
    world.smoke(execution)
    assert (world.endpoints, live_version(world), world.stack()["EndpointConfigName"]) == before
    assert world.shifts.deployments == {}


def test_a_change_of_what_a_release_runs_on_is_a_release_of_its_own_and_is_shifted(released, account):
    package = account.register("Approved")
    released.deploy(package)
    before = released.endpoints
    released.properties = {"Memory": 1024}
    released.deploy(KEEP_LIVE)
    assert released.endpoints != before and live_version(released) == "2"
    tidy(released, package)
    [deployment] = released.shifts.deployments.values()
    assert (deployment.current, deployment.target) == ("1", "2")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_version_that_fails_leaves_the_one_before_and_is_recorded_once(world, account, fault):
    good, bad = account.register("Approved"), account.register("Approved")
    world.deploy(good)
    fail(world, fault)
    with pytest.raises(Refused) as refusal:
        world.deploy(bad)
    if fault == "codedeploy":
        # It says nothing of the version: a retry of the step goes on.
        assert "Retry this stage" in str(refusal.value)
        assert recorded(world, 2) is None
        assert live_version(world) == "1"
        return
    assert world.served() == good
    assert "is recorded as rolled back in prod" in str(refusal.value)
    assert (recorded(world, 2) or "").startswith(("d-1 did not move", "The alarm"))
    assert world.events().count("Version Rolled Back") == 1
    assert live_version(world) == "1"
    if world.way == "per-release":
        assert len(world.endpoints) == 1
        assert f"The endpoint {world.stack()['EndpointName']} was removed." in str(refusal.value)
        # For whoever looks for the cause.
        assert world.stack()["EndpointConfigName"] in world.backend.endpoint_configs
    # Nothing brings it back by itself, a retry of the step alone least of all.
    with pytest.raises(Refused):
        world.shift("execution-2")
    assert world.served() == good
    with pytest.raises(Refused, match="was rolled back in prod"):
        world.prepare(bad)
    # That stack and alias disagree is told, and the next execution puts it right.
    world.each_second, world.shifts.at_step = lambda: None, lambda *_: None
    world.verdict = lambda *_: True
    world.events()
    execution = world.prepare()
    assert "Endpoint Not As Deployed" in world.events()
    world.execute(execution)
    world.shift(execution)
    world.smoke(execution)
    tidy(world, good)
    third = account.register("Approved")
    world.deploy(third)
    tidy(world, third)


def test_the_alarm_that_fired_in_the_bake_returns_the_api_at_once(world, account):
    good, bad = account.register("Approved"), account.register("Approved")
    world.deploy(good)
    begin = world.now
    fail(world, "bake")
    with pytest.raises(Refused, match=r"fired after .* had moved to version 2"):
        world.deploy(bad)
    assert world.now - begin < BAKE + 120
    assert world.served() == good


def test_the_bake_goes_on_for_as_long_as_the_options_say(world, account):
    world.deploy(account.register("Approved"))
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)
    world.shift(execution)
    # Five looks at CodeDeploy, ten seconds apart, and the bake.
    assert BAKE <= world.now <= BAKE + 60


def test_codedeploy_looks_at_the_alarms_of_exactly_the_new_version(world, account):
    world.deploy(account.register("Approved"))
    # What is replaced may well be what fires.
    world.shifts.firing |= {f"{NAME}/api-server-errors/1", f"{NAME}/api-latency/1"}
    second = account.register("Approved")
    world.deploy(second)
    tidy(world, second)
    [shift] = world.shifts.deployments.values()
    assert [a["name"] for a in shift.request["overrideAlarmConfiguration"]["alarms"]] == [
        f"{NAME}/api-server-errors/2",
        f"{NAME}/api-latency/2",
    ]
    assert shift.request["autoRollbackConfiguration"]["enabled"]


def test_an_execution_that_was_overtaken_moves_nothing(world, account):
    world.deploy(account.register("Approved"))
    second, third = account.register("Approved"), account.register("Approved")
    slow = world.prepare(second)
    world.execute(slow)
    fast = world.prepare(third)
    world.execute(fast)
    with pytest.raises(Refused, match=r"is live in prod; .* was to be deployed|A newer execution"):
        world.shift(slow)
    world.shift(fast)
    world.smoke(fast)
    tidy(world, third)


def test_a_first_version_that_fails_gets_no_request(world, account):
    fail(world, "before")
    bad = account.register("Approved")
    with pytest.raises(Refused, match="was not taken: before: golden rows"):
        world.deploy(bad)
    assert world.function.alias is None
    assert recorded(world, 1)
    world.verdict = lambda *_: True
    good = account.register("Approved")
    world.deploy(good)
    tidy(world, good)


def test_a_first_version_that_fails_behind_the_alias_loses_it(world, account):
    fail(world, "after")
    with pytest.raises(Refused, match="was not taken: after: golden rows"):
        world.deploy(account.register("Approved"))
    assert world.function.alias is None


def test_a_first_version_that_could_not_be_tested_is_not_recorded(world, account):
    word = {"status": "Failed", "reason": "AccessDenied", "tested": False}
    world.function.hook = lambda *_: word
    with pytest.raises(Refused, match=r"AccessDenied\. Nothing is recorded"):
        world.deploy(account.register("Approved"))
    assert recorded(world, 1) is None
    assert world.function.alias is None


@pytest.mark.parametrize("orphan", [False, True])
def test_a_change_set_that_fails_moves_nothing(world, account, orphan):
    good = account.register("Approved")
    world.deploy(good)
    world.change_set, world.orphan = lambda: False, orphan
    with pytest.raises(Refused, match="the change set failed"):
        world.deploy(account.register("Approved"))
    assert live_version(world) == "1"
    world.change_set = lambda: True
    third = account.register("Approved")
    world.deploy(third)
    tidy(world, third)


def test_a_live_version_that_is_rejected_gives_way(world, account):
    first, second = account.register("Approved"), account.register("Approved")
    world.deploy(first)
    world.deploy(second)
    account.set_approval(second, "Rejected")
    # Callers meet the rejected version until requests have moved.
    world.function.after_move = lambda: None
    world.look, look = lambda: None, world.look
    world.deploy(second)
    world.look = look
    tidy(world, first)


def test_the_package_is_kept_that_answers_and_not_the_one_that_the_stack_names(released, account):
    good, bad = account.register("Approved"), account.register("Approved")
    released.deploy(good)
    execution = released.prepare(bad)
    released.execute(execution)
    # The execution ends here. The stack names the new package, and nobody is led to it.
    released.prepare()
    values = released.values("execution-3")
    assert values["ModelPackageArn"] == good
    assert values["Release"] != released.stack()["Release"]


def test_the_smoke_test_looks_at_what_the_api_calls(world, account):
    world.deploy(account.register("Approved"))
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)
    world.shift(execution)
    # Somebody moves it back by hand, and says nothing.
    world.function.move("1")
    with pytest.raises(Refused, match="is at version 1; 2 was deployed: it was returned"):
        world.smoke(execution)
    assert recorded(world, 2) is None, "the version was not tested"
    assert len(world.function.versions) == 2


def test_a_release_of_one_kind_cannot_become_one_of_the_other(world, account):
    world.deploy(account.register("Approved"))
    other = "in-place" if world.way == "per-release" else "per-release"
    world.prod = replace(world.prod, api=api_of(other))
    world.targets = replace(world.targets, environments=(world.prod,))
    with pytest.raises(Refused, match=f'it was deployed "{world.way}" and cannot become "{other}"'):
        world.prepare(account.register("Approved"))
