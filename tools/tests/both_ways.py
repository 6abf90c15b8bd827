"""
Deployments behind an API are tested in both ways of release; a short run takes one of them.

Which one follows from the commit, or TEST_SEED, as `testing/selection.ts` picks cases; TEST_LONG=true takes
both.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

WAYS = ("in-place", "per-release")


def chosen() -> str:
    """The way that a short run takes."""
    command = ["git", "rev-parse", "HEAD"]
    seed = os.environ.get("TEST_SEED") or subprocess.check_output(
        command, cwd=Path(__file__).parent, text=True
    )
    return WAYS[hashlib.sha256(seed.strip().encode()).digest()[0] % len(WAYS)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the other way out, unless somebody asks for tests by their names, or for both as faults do."""
    both = "true" in (os.environ.get("TEST_LONG"), os.environ.get("BOTH_WAYS"))
    if both or any("::" in argument for argument in config.args):
        return
    way = chosen()
    left = [
        item
        for item in items
        if item.path.name.startswith("test_release_") and _way_of(item.name) not in (None, way)
    ]
    if left:
        print(f"deployments behind an API: {way} only; TEST_LONG=true takes both ways")
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _way_of(name: str) -> str | None:
    """The way that a test is for; None where it is for both, or for something else."""
    given = name.partition("[")[2].rstrip("]")
    return next((way for way in WAYS if given == way or given.startswith(f"{way}-")), None)
