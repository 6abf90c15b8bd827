"""What goes wrong with a release, and what is to be found after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from release_cloud import NAME, Killed
from releases import Releases
from rollbacks import rollbacks_of

WAYS = ("per-release", "in-place")


@pytest.fixture(params=WAYS)
def world(request: pytest.FixtureRequest, releases: Callable[[str], Releases]) -> Releases:
    return releases(request.param)


@pytest.fixture
def released(releases: Callable[[str], Releases]) -> Releases:
    return releases("per-release")


def recorded(world: Releases, version: int) -> str | None:
    found = rollbacks_of(world.aws, world.targets).active("prod", version)
    return found.reason if found else None


def tidy(world: Releases, package: str) -> None:
    """One endpoint, with what it may return to, and nothing else."""
    assert world.served() == package
    assert len(world.endpoints) == 1
    assert len(world.backend.endpoint_configs) <= 3
    assert len(world.function.versions) <= 3
    assert world.shifts.active() == []


def live_version(world: Releases) -> str:
    assert world.function.alias
    return str(world.function.alias["version"])


FAULTS = ("codedeploy", "before", "after", "canary", "bake")


def fail(world: Releases, fault: str) -> None:
    """What goes wrong with the next version."""
    number = str(world.function.published + 1)
    alarm = f"{NAME}/api-server-errors/{number}"
    if fault == "codedeploy":
        world.shifts.fails_with = "IAM_ROLE_PERMISSIONS"
    elif fault in ("before", "after"):
        world.verdict = lambda when, version: (when, version) != (fault, number)
    elif fault == "canary":
        world.shifts.at_step = lambda step, _: world.shifts.firing.add(alarm) if step == "canary" else None
    else:
        assert fault == "bake"

        def later() -> None:
            if world.function.answering == [number] and not world.shifts.active():
                world.sick.add(number)

        world.each_second = later


def dies_at(step: str) -> Callable[[str, object], None]:
    died: list[str] = []

    def kill(at: str, _: object) -> None:
        if at == step and not died:
            died.append(at)
            raise Killed

    return kill
