"""Random cases: a few in a short run, picked by the commit or TEST_SEED; all with TEST_LONG=true."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("TEST_LONG") == "true"


def seed() -> str:
    """What cases are picked by."""
    return os.environ.get("TEST_SEED") or subprocess.run(
        ["git", "rev-parse", "--short=8", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()  # fmt: skip


def cases(what: str, every: int, few: int) -> list[int]:
    """Seeds of random cases."""
    if LONG:
        return list(range(every))
    picked = seed()
    print(f"{what}: {few} random cases of {every}, TEST_SEED={picked}; npm run test:long runs all")
    digests = (hashlib.sha256(f"{picked} {what} {n}".encode()).digest() for n in range(few))
    return [int.from_bytes(digest[:4], "big") for digest in digests]


def random_table(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Columns as they come: smooth, skewed, tied, constant, with gaps, of few and of many texts."""
    number = rng.normal(rng.uniform(-1e3, 1e3), rng.uniform(0.1, 100), rows)
    weights = 1 / np.arange(1, 9) ** rng.uniform(0, 2)
    return pd.DataFrame(
        {
            "normal": number,
            "skewed": rng.lognormal(0, rng.uniform(0.1, 3), rows),
            "whole": rng.integers(-5, int(rng.integers(1, 1000)), rows),
            "flag": (rng.random(rows) < rng.uniform(0.01, 0.99)).astype(int),
            "constant": np.full(rows, rng.normal()),
            "gaps": np.where(rng.random(rows) < rng.uniform(0, 0.5), np.nan, rng.normal(size=rows)),
            "few": rng.choice([f"k{i}" for i in range(8)], rows, p=weights / weights.sum()),
            "holes": pd.Series(np.array(["yes", "no", None], object)[rng.integers(0, 3, rows)]),
        }
    )
