"""What is removed of endpoints and versions that nobody is led to, and what never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fakes import before_calls, service_error, validate
from live import read_live
from release_cloud import NAME, api_of
from releases import Releases
from retire_endpoints import DRAIN_SECONDS, own_endpoints, remove_endpoint, retire_orphans
from serving import look
from targets import Refused


def test_requests_that_wait_for_an_answer_get_it_before_their_endpoint_goes(world, account):
    world.deploy(account.register("Approved"))
    begin = world.now
    world.prod = replace(world.prod, api=api_of("per-release", bake_seconds=0.0))
    world.targets = replace(world.targets, environments=(world.prod,))
    world.deploy(account.register("Approved"))
    assert len(world.endpoints) == 1
    # The fixture looks at the time of each deletion, too.
    assert world.now - begin >= DRAIN_SECONDS


@pytest.fixture
def world(releases: Callable[[str], Releases]) -> Releases:
    return releases("per-release")


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is scaled, by the endpoint's variant."""
    found: dict[str, Any] = {"targets": set(), "removed": []}

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        assert arguments["ServiceNamespace"] == "sagemaker"
        if operation == "DescribeScalableTargets":
            return {
                "ScalableTargets": [
                    {
                        "ResourceId": name,
                        "ServiceNamespace": "sagemaker",
                        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                    }
                    for name in arguments["ResourceIds"]
                    if name in found["targets"]
                ]
            }
        assert operation == "DeregisterScalableTarget", operation
        found["targets"].remove(arguments["ResourceId"])
        found["removed"].append(arguments["ResourceId"])
        return {}

    before_calls(monkeypatch, "application-autoscaling", answer)
    return found


def endpoint(world: Releases, suffix: str, owner: str = NAME) -> str:
    """An endpoint that somebody, or something, left there."""
    name = f"{NAME}{suffix}"
    world.serve(name, world.account.register("Approved"), owner)
    return name


def test_own_ones_are_known_by_name_and_tag(world):
    mine = endpoint(world, "-rabcdefgh")
    endpoint(world, "-reserve-rabcdefgh", f"{NAME}-reserve")
    endpoint(world, "-r1234")
    endpoint(world, "-rforeign1", "another-environment")
    assert [found.name for found in own_endpoints(world.aws, world.prod)] == [mine]


def test_what_others_made_stays_whatever_is_deployed(world, account):
    others = {
        endpoint(world, "-reserve-rabcdefgh", f"{NAME}-reserve"),
        endpoint(world, "-r1234", "somebody"),
        endpoint(world, "-rforeign1", "another-environment"),
    }
    for _ in range(3):
        world.deploy(account.register("Approved"))
    assert others <= set(world.endpoints)
    assert len(world.endpoints) == len(others) + 1


def test_the_live_one_is_removed_by_nobody_nor_one_that_has_a_weight(world, account):
    world.deploy(account.register("Approved"))
    [live] = world.endpoints
    with pytest.raises(Refused, match="is live, and stays"):
        remove_endpoint(world.aws, world.prod, live)
    other = endpoint(world, "-rabcdefgh")
    version = world.function.publish(**{**world.function.versions["1"], "ENDPOINT_NAME": other})
    world.look = lambda: None
    world.function.after_move = lambda: None
    world.function.move("1", {version: 0.01})
    with pytest.raises(Refused, match="is live, and stays"):
        remove_endpoint(world.aws, world.prod, other)
    world.function.move("1")
    assert remove_endpoint(world.aws, world.prod, other) == f"The endpoint {other} was removed."
    assert remove_endpoint(world.aws, world.prod, other) == f"The endpoint {other} is gone."


def test_its_scaling_goes_with_it(world, account, scaled):
    world.deploy(account.register("Approved"))
    [first] = world.endpoints
    scaled["targets"] = {f"endpoint/{first}/variant/AllTraffic", "endpoint/other/variant/AllTraffic"}
    world.deploy(account.register("Approved"))
    assert scaled["removed"] == [f"endpoint/{first}/variant/AllTraffic"]


def test_a_newer_one_is_another_executions_and_stays(world, account):
    first, second = account.register("Approved"), account.register("Approved")
    slow = world.prepare(first)
    world.execute(slow)
    world.shift(slow)
    newer = endpoint(world, "-rabcdefgh")
    world.smoke(slow)
    assert newer in world.endpoints
    world.deploy(second)
    assert len(world.endpoints) == 1


def test_requests_that_move_while_it_removes_are_noticed(world, account, monkeypatch):
    world.deploy(account.register("Approved"))
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)
    world.shift(execution)
    moved: list[str] = []

    def moves(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        # Somebody returns the API after the list was made.
        if operation == "ListEndpoints" and not moved:
            moved.append("1")
            answer = real(client, operation, arguments)
            world.function.move("1")
            return answer
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", moves)
    world.smoke(execution)
    assert len(world.endpoints) == 2
    assert moved


def test_what_cannot_be_removed_is_told_and_the_next_deployment_removes_it(world, account, monkeypatch):
    refuses = ["DeleteEndpoint"]

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation in refuses:
            raise service_error(operation, "ValidationException", "Cannot update in-progress endpoint")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "sagemaker", answer)
    world.deploy(account.register("Approved"))
    world.deploy(account.register("Approved"))
    assert len(world.endpoints) == 2
    assert world.events() == ["Replaced Models Not Removed"]
    # What the old endpoint runs on stays as long as it does.
    assert len(world.backend.endpoint_configs) == 2
    refuses.clear()
    world.deploy(account.register("Approved"))
    assert len(world.endpoints) == 1


def test_versions_that_cannot_be_removed_are_told(world, account, monkeypatch):
    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "DeleteFunction":
            assert arguments["Qualifier"].isdigit(), "the function itself must never go"
            raise service_error(operation, "AccessDeniedException")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "lambda", answer)
    for _ in range(3):
        world.deploy(account.register("Approved"))
    assert world.events() == ["Replaced Models Not Removed"]


def test_after_a_failed_change_set_only_what_the_stack_does_not_have_goes(world, account):
    world.deploy(account.register("Approved"))
    execution = world.prepare(account.register("Approved"))
    world.execute(execution)
    # The stack has it, and requests are about to move to it; the orphan is of an execution that failed.
    coming = world.stack()["EndpointName"]
    orphan = endpoint(world, "-rabcdefgh")
    retire_orphans(world.aws, world.prod)
    assert orphan not in world.endpoints
    assert coming in world.endpoints and len(world.endpoints) == 2
    world.shift(execution)
    # What was live before stays for its bake.
    retire_orphans(world.aws, world.prod)
    assert len(world.endpoints) == 2


def test_what_is_live_goes_by_the_alias_alone(world, account):
    first, second = account.register("Approved"), account.register("Approved")
    assert read_live(world.aws, world.prod, world.targets.registry, seconds=0) is None
    world.deploy(first)
    found = read_live(world.aws, world.prod, world.targets.registry, seconds=0)
    assert found and (found.package, found.deployed, found.astray) == (first, first, None)
    execution = world.prepare(second)
    world.execute(execution)
    found = read_live(world.aws, world.prod, world.targets.registry, seconds=0)
    assert found and (found.package, found.deployed) == (first, second)
    assert found.astray and found.astray["endpoint"] == world.function.versions["1"]["ENDPOINT_NAME"]
    assert found.release == world.stack()["Release"]


def test_a_live_endpoint_that_somebody_gave_another_model_is_told_by_what_it_serves(world, account):
    first, second = account.register("Approved"), account.register("Approved")
    world.deploy(first)
    [name] = world.endpoints
    other = world.serve("elsewhere", second)
    world.backend.endpoints[name].endpoint_config_name = other
    found = read_live(world.aws, world.prod, world.targets.registry, seconds=0)
    assert found and found.package == second and found.astray
    serving = look(world.aws.client("sagemaker", world.prod), name)
    assert serving and serving.name == name


def test_a_live_endpoint_that_somebody_deleted_is_made_again_by_the_next_execution(world, account):
    first = account.register("Approved")
    world.deploy(first)
    [name] = world.endpoints
    del world.backend.endpoints[name]
    world.look, look_again = lambda: None, world.look
    world.function.after_move = lambda: None
    execution = world.prepare()
    world.execute(execution)
    world.shift(execution)
    world.look = look_again
    world.smoke(execution)
    assert world.served() == first
    assert world.endpoints != [name]
