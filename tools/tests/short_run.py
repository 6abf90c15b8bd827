"""What a short run leaves out: cases are picked by the commit or TEST_SEED; TEST_LONG=true plays all of them.

The same as `testing/selection.ts` for tests in TypeScript.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")

LONG = os.environ.get("TEST_LONG") == "true"


def seed() -> str:
    """What cases are picked by: the commit, so that each one looks at others; TEST_SEED names another one."""
    command = ["git", "rev-parse", "--short=8", "HEAD"]
    given = os.environ.get("TEST_SEED")
    return given or subprocess.check_output(command, cwd=Path(__file__).parent, text=True).strip()


def sample(items: Collection[Item], most: int, name: str) -> list[Item]:
    """Some of the items in their own order; all of them in a long run."""
    if LONG or len(items) <= most:
        return list(items)
    picked = seed()
    ranks = [hashlib.sha256(f"{picked} {name} {index}".encode()).digest() for index in range(len(items))]
    last = sorted(ranks)[most - 1]
    print(f"{name}: {most} of {len(items)}, TEST_SEED={picked}; npm run test:long takes all of them")
    return [item for item, rank in zip(items, ranks, strict=True) if rank <= last]
