"""Fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench import Workbench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """A place to run the scripts in."""
    return Workbench(tmp_path, monkeypatch)
