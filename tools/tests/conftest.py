"""The deploy tools and the preflight checks, unchanged, in a simulated account."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("api", "deploy", "govern", "infrastructure", "monitor", "operate", "preflight", "retrain", "start")
for folder in ("testing/cloud", *(f"tools/{name}" for name in TOOLS)):
    sys.path.insert(0, str(ROOT / folder))

# The files of the runner that tools are handed over with.
for name in ("answers", "records", "record_folder"):
    found = importlib.util.spec_from_file_location(name, ROOT / f"runner/local_runner/{name}.py")
    assert found and found.loader
    sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(sys.modules[name])

# The package that the handler of an API is handed over with.
place = ROOT / "runner/local_runner/api"
package = importlib.util.spec_from_file_location(
    "api", place / "__init__.py", submodule_search_locations=[str(place)]
)
assert package and package.loader
sys.modules["api"] = importlib.util.module_from_spec(package)
package.loader.exec_module(sys.modules["api"])

import pytest  # noqa: E402

from account import *  # noqa: E402, F403
from bootstraps import infra  # noqa: E402, F401
from both_ways import pytest_collection_modifyitems  # noqa: E402, F401
from buckets import buckets, small_limits  # noqa: E402, F401
from decisions import decide  # noqa: E402, F401
from endpoints import listed  # noqa: E402, F401
from governed import governed  # noqa: E402, F401
from live_environments import prod  # noqa: E402, F401
from monitored_job import aws_url, monitored  # noqa: E402, F401
from package_copies import registries  # noqa: E402, F401
from preflight_accounts import aws  # noqa: E402, F401
from release_faults import released, world  # noqa: E402, F401
from releases import releases  # noqa: E402, F401
from scores import scores  # noqa: E402, F401
from seals import account  # noqa: E402, F401
from smoke_runs import counted, protected, smoke_run  # noqa: E402, F401
from starters import starters  # noqa: E402, F401


@pytest.fixture(autouse=True)
def outside_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may themselves run in a workflow, which tools would take for theirs."""
    for name in ("GITHUB_RUN_ID", "GITHUB_WORKFLOW_REF"):
        monkeypatch.delenv(name, raising=False)
