"""
Faults in the tools that the tests of releases must notice: each is put into a copy, and a test has to fail.

`npm test` tries some, picked by the commit or TEST_SEED; TEST_LONG=true all of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from short_run import sample

SHORT = 2
"""How many a short run tries."""

ROOT = Path(__file__).resolve().parents[2]

SIMULATION, INTERRUPTED, RETURNS, RETIRED, HOOKS = (
    f"test_{name}.py"
    for name in ("release_simulation", "release_interrupted", "return_api", "retire_endpoints", "hooks")
)

MUTATIONS: dict[str, tuple[str, str, str, str, str]] = {
    "the live endpoint may be removed": (
        "deploy/retire_endpoints.py",
        "    if name in led_to(aws, environment):\n",
        "    if False:\n",
        RETIRED,
        "live_one_is_removed",
    ),
    "weights do not count as live": (
        "deploy/retire_endpoints.py",
        "for version in alias.versions]",
        "for version in [alias.version]]",
        RETIRED,
        "live_one_is_removed",
    ),
    "newer endpoints are removed too": (
        "deploy/retire_endpoints.py",
        "[endpoint for endpoint in found if endpoint.made < current.made]",
        "[endpoint for endpoint in found if endpoint is not current]",
        RETIRED,
        "newer_one_is_another",
    ),
    "tags are not looked at": (
        "deploy/retire_endpoints.py",
        "if tags.get(ENVIRONMENT_TAG) != environment.endpoint or more is None:",
        "if more is None:",
        RETIRED,
        "own_ones_are_known",
    ),
    "what was live before does not stay for its bake": (
        "deploy/retire_endpoints.py",
        "(since is None or endpoint.made > since)",
        "True",
        RETIRED,
        "failed_change_set",
    ),
    "requests that wait lose their endpoint": (
        "deploy/retire_endpoints.py",
        "        time.sleep(DRAIN_SECONDS)\n",
        "        pass\n",
        RETIRED,
        "requests_that_wait",
    ),
    "scaling stays behind": (
        "deploy/retire_endpoints.py",
        "        _stop_scaling(aws, environment, there)\n",
        "",
        RETIRED,
        "scaling_goes",
    ),
    "alarms are not handed to CodeDeploy": (
        "deploy/moving.py",
        "self.alarms(self._target), self._execution",
        "[], self._execution",
        SIMULATION,
        "exactly_the_new_version and per-release",
    ),
    "alarms of the old version are handed over": (
        "deploy/moving.py",
        "self.alarms(self._target), self._execution",
        "self.alarms(alias.version), self._execution",
        SIMULATION,
        "exactly_the_new_version and per-release",
    ),
    "the bake is left out": (
        "deploy/moving.py",
        "            if left <= 0:\n",
        "            if True:\n",
        SIMULATION,
        "bake_goes_on and per-release",
    ),
    "an alarm in the bake returns nothing": (
        "deploy/moving.py",
        '        return NotProven(f"{problem} {self._give_back(before)}")',
        "        return NotProven(problem)",
        SIMULATION,
        "alarm_that_fired and per-release",
    ),
    "what lost its approval gets requests all the same": (
        "deploy/shift.py",
        "        return WayBack(aws, targets, environment).problem(values[MODEL_PACKAGE])\n",
        "        return None\n",
        "test_release_withdrawn.py",
        "lost_its_approval",
    ),
    "a retry starts a second shift": (
        "deploy/moving.py",
        "        if not running:\n            before, running = self._start(alias)\n",
        "        before, running = self._start(alias)\n",
        INTERRUPTED,
        "dies_goes_on and canary",
    ),
    "weights stay when the alias moves": (
        "deploy/aliases.py",
        '            RoutingConfig={"AdditionalVersionWeights": {}},\n',
        "",
        INTERRUPTED,
        "weights_that_a_dead and per-release",
    ),
    "others' changes of the alias are overwritten": (
        "deploy/aliases.py",
        "            RevisionId=alias.revision,\n",
        "",
        RETURNS,
        "somebody_who_changes",
    ),
    "what the stack names is taken for live": (
        "deploy/live.py",
        "    package = _package_behind(aws, environment, group, handler, serving)\n",
        "    package = stack.package\n",
        SIMULATION,
        "package_is_kept",
    ),
    "the release stays whatever changes": (
        "deploy/release_name.py",
        "    if deployed and deployed.startswith(beginning):\n",
        "    if deployed:\n",
        SIMULATION,
        "release_of_its_own",
    ),
    "the failed release's endpoint stays": (
        "deploy/shift.py",
        "        if environment.is_per_release:\n",
        "        if environment.is_per_release and False:\n",
        SIMULATION,
        "leaves_the_one_before and before and per-release",
    ),
    "in place the endpoint is not returned": (
        "deploy/shift.py",
        "        if is_new and environment.rollback_role:\n",
        "        if False:\n",
        SIMULATION,
        "leaves_the_one_before and after and in-place",
    ),
    "in place the handler does not return": (
        "deploy/return_api.py",
        "        if move_alias(functions, api, alias, fitting.version):\n",
        "        if fitting.version:\n",
        RETURNS,
        "return_together",
    ),
    "it returns to an endpoint that is gone": (
        "deploy/return_api.py",
        "        if serving is None or serving.status not in SERVES:\n",
        "        if False:\n",
        RETURNS,
        "after_the_bake or out",
    ),
    "it returns to what was never proven": (
        "deploy/return_api.py",
        "        if not self._is_proven(serving.config):\n",
        "        if False:\n",
        RETURNS,
        "not_answer and proven",
    ),
    "the alias is not looked at by the smoke test": (
        "deploy/smoke_test.py",
        "    if alias.weights or alias.version != stack.version:\n",
        "    if False:\n",
        SIMULATION,
        "smoke_test_looks",
    ),
    "the first version is not tested": (
        "deploy/moving.py",
        "        self._hook(self._api.before_traffic)\n",
        "",
        SIMULATION,
        "first_version_that_fails_gets and per-release",
    ),
    "a hook always succeeds": (
        "api/hooks.py",
        'said |= {"status": "Failed", "reason": str(problem), "tested": True}',
        'said |= {"status": "Succeeded", "reason": str(problem), "tested": True}',
        HOOKS,
        "other_answers",
    ),
    "a hook that fails keeps silent": (
        "api/hooks.py",
        "        except Exception as problem:\n",
        "        except KeyError as problem:\n",
        HOOKS,
        "every_failure",
    ),
    "the contract's hash is not looked at": (
        "api/proof.py",
        "    if found != sha256:\n",
        "    if False:\n",
        HOOKS,
        "not_believed",
    ),
    "after requests have moved the version is called in place of the alias": (
        "api/hooks.py",
        'expected.version if self._when == "before" else settings.alias',
        "expected.version",
        HOOKS,
        "leads_elsewhere",
    ),
    "any record of a prediction will do": (
        "api/proof_kept.py",
        "if inference_id.encode() in",
        'if b"" in',
        HOOKS,
        "not_taken_for_it",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tools with their tests, where they may be changed."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("tools", "testing/cloud", "runner/local_runner", "monitor/model_monitor"):
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    return root


@pytest.mark.parametrize("name", sample(MUTATIONS, SHORT, "faults of releases"))
def test_a_fault_is_noticed(copy: Path, name: str) -> None:
    file, old, new, test, which = MUTATIONS[name]
    target = copy / "tools" / file
    source = target.read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{file} has changed: {old!r} is there {source.count(old)} times"
    target.write_text(source.replace(old, new), encoding="utf-8")
    try:
        found = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "-p",
                "no:cacheprovider",
                f"tests/{test}",
                "-k",
                which,
            ],
            cwd=copy / "tools",
            env={**os.environ, "BOTH_WAYS": "true"},
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
    finally:
        target.write_text(source, encoding="utf-8")
    # 1: tests ran, and some failed (pytest documentation, "Exit codes").
    assert found.returncode == 1, f"nobody noticed: {found.stdout[-800:]}{found.stderr[-400:]}"
    assert "failed" in found.stdout
