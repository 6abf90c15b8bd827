"""Events around releases: endpoints that serve, change sets that fail, alarms that fire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from account import ACCOUNT, REGION
from record_rollback import after_change_set, after_event
from release_cloud import NAME
from release_faults import live_version, recorded
from rollbacks import rollbacks_of
from targets import Refused
from watch import Alarm, after_alarm


def arn_of(endpoint: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{endpoint}"


def fires(world, version: str, name: str = "api-server-errors") -> str:
    """The alarm of a version fires now, and goes on."""
    alarm = f"{NAME}/{name}/{version}"
    world.shifts.firing.add(alarm)
    event = Alarm(alarm, ACCOUNT, REGION, datetime.now(UTC))
    return after_alarm(world.aws, world.targets, event, world.sleep)


def test_an_endpoint_that_was_made_says_nothing_of_the_api_yet(released, account):
    released.deploy(account.register("Approved"))
    execution = released.prepare(account.register("Approved"))
    released.execute(execution)
    coming = released.stack()["EndpointName"]
    told = after_event(released.aws, released.targets, arn_of(coming))
    assert told == f"prod: {coming} serves, and the API does not lead to it"
    assert recorded(released, 2) is None
    assert released.events() == []


def test_the_live_endpoint_serves_what_its_handler_is_for(released, account):
    released.deploy(account.register("Approved"))
    [live] = released.endpoints
    assert "serves what was deployed" in after_event(released.aws, released.targets, arn_of(live))
    other = released.serve("elsewhere", account.register("Approved"))
    released.backend.endpoints[live].endpoint_config_name = other
    told = after_event(released.aws, released.targets, arn_of(live))
    assert "serves another package than its handler is for" in told
    assert released.events() == ["Endpoint Not As Deployed"]


@pytest.mark.parametrize("name", [NAME, f"{NAME}-r123", f"{NAME}-reserve", f"x-{NAME}-rabcdefgh"])
def test_an_endpoint_of_another_name_is_not_the_environments(released, name):
    with pytest.raises(Refused, match="is not an endpoint that"):
        after_event(released.aws, released.targets, arn_of(name))


def test_after_a_change_set_that_failed_what_it_left_is_removed(released, account):
    good, bad = account.register("Approved"), account.register("Approved")
    released.deploy(good)
    released.change_set, released.orphan = lambda: False, True
    execution = released.prepare(bad)
    remember(released, execution, bad)
    with pytest.raises(Refused):
        released.execute(execution)
    assert len(released.endpoints) == 2
    action = released.prod.execute_action
    told = after_change_set(released.aws, released.targets, action, execution)
    assert "the change set failed" in told
    assert len(released.endpoints) == 1
    assert released.served() == good


def test_an_alarm_in_the_bake_is_left_to_the_step_that_bakes(released, account):
    released.deploy(account.register("Approved"))
    execution = released.prepare(account.register("Approved"))
    released.execute(execution)
    released.shift(execution)
    assert "version 2 bakes; the step that moved the API looks at its alarms" in fires(released, "2")
    assert live_version(released) == "2"


def test_an_alarm_of_a_version_that_does_not_answer_is_none(released, account):
    released.deploy(account.register("Approved"))
    released.deploy(account.register("Approved"))
    assert f"{NAME}/api-latency/1 is not an alarm of 2, which serves" in fires(released, "1", "api-latency")


def test_after_the_bake_people_hear_of_an_alarm_since_there_is_no_way_back(released, account):
    released.deploy(account.register("Approved"))
    second = account.register("Approved")
    execution = released.prepare(second)
    remember(released, execution, second)
    released.execute(execution)
    released.shift(execution)
    released.smoke(execution)
    assert "version 2 stays, because no earlier proven version" in fires(released, "2")
    assert released.events() == ["Rollback Alarm After Deployment"]


def remember(world, execution: str, package: str) -> None:
    """What the preparation remembers of an execution's decision."""
    decision = {"action": "deploy", "package": package, "reason": "", "live": "another"}
    rollbacks_of(world.aws, world.targets).remember(execution, {"prod": decision})
