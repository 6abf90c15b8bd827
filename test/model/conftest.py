"""The scripts of `model/` under more tests than a generated repository has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates" / "python"
sys.path[:0] = [str(TEMPLATES / "model"), str(TEMPLATES)]

from tests.workbench import Workbench  # noqa: E402


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """A place to run the scripts in."""
    return Workbench(tmp_path, monkeypatch)
