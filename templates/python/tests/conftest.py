"""Fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench import Workbench, table


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """A place to run the scripts in."""
    return Workbench(tmp_path, monkeypatch)


@pytest.fixture
def prepared(bench: Workbench) -> Workbench:
    """One that has preprocessed a small table of two classes."""
    bench.give(table("binary"))
    bench.preprocess("binary")
    return bench
