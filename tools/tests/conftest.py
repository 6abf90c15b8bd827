"""The deploy tools and the preflight checks, unchanged, in a simulated account."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in ("testing/cloud", "tools/deploy", "tools/infrastructure", "tools/operate", "tools/preflight"):
    sys.path.insert(0, str(ROOT / folder))

# The one file of the runner that the deploy tools are handed over with.
found = importlib.util.spec_from_file_location("answers", ROOT / "runner/local_runner/answers.py")
assert found and found.loader
sys.modules["answers"] = importlib.util.module_from_spec(found)
found.loader.exec_module(sys.modules["answers"])

from account import *  # noqa: E402, F403
from bootstraps import infra  # noqa: E402, F401
from buckets import buckets, small_limits  # noqa: E402, F401
from decisions import decide  # noqa: E402, F401
from endpoints import listed  # noqa: E402, F401
from live_environments import prod  # noqa: E402, F401
from package_copies import registries  # noqa: E402, F401
from preflight_accounts import aws  # noqa: E402, F401
from scores import scores  # noqa: E402, F401
from seals import account  # noqa: E402, F401
from smoke_runs import counted, protected, smoke_run  # noqa: E402, F401
from starters import starters  # noqa: E402, F401
