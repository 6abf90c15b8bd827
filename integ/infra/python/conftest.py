"""Synthesized rules, buses and state machines, in a make-believe account."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "testing" / "cloud"))
sys.path.append(str(ROOT / "tools" / "deploy"))

from account import *  # noqa: E402, F403
