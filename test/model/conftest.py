"""The scripts of `model/` under more tests than a generated repository has."""

from __future__ import annotations

import sys
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates" / "python"
sys.path[:0] = [str(TEMPLATES / "model"), str(TEMPLATES), str(TEMPLATES.parents[1] / "monitor")]
sys.path.append(str(TEMPLATES.parents[1] / "runner"))

from tests.conftest import bench, prepared  # noqa: E402

__all__ = ["bench", "prepared"]
