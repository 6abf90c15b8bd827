"""A work directory with one run of each kind, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .make_runs import everything
from .reading import Kinds


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Kinds:
    """Return the written runs by kind."""
    work: Path = tmp_path_factory.mktemp("report") / ".local"
    return Kinds(work, everything(work))
