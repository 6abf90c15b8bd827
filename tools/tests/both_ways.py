"""
Deployments behind an API are tested in both ways of release; a short run takes one of them.

Which one follows from the commit, or TEST_SEED (`short_run.py`); TEST_LONG=true takes both.
"""

from __future__ import annotations

import os

import pytest

from short_run import LONG, sample

WAYS = ("in-place", "per-release")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the other way out, unless somebody asks for tests by their names, or for both as faults do."""
    if LONG or os.environ.get("BOTH_WAYS") == "true" or any("::" in argument for argument in config.args):
        return
    [way] = sample(WAYS, 1, "deployments behind an API")
    left = [
        item
        for item in items
        if item.path.name.startswith("test_release_") and _way_of(item.name) not in (None, way)
    ]
    if left:
        print(f"deployments behind an API: {way} only")
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _way_of(name: str) -> str | None:
    """The way that a test is for; None where it is for both, or for something else."""
    given = name.partition("[")[2].rstrip("]")
    return next((way for way in WAYS if given == way or given.startswith(f"{way}-")), None)
