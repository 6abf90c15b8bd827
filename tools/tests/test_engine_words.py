"""What people are told to do fits the engine that runs the delivery."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine_words import own_stage, retry, to_begin_again, to_change_again, to_deploy, to_retry_all
from github_targets import github_targets
from targets import Targets

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-main/7"


@pytest.fixture
def targets(account: Any, targets_file: Path, tmp_path: Path) -> Targets:
    return github_targets(targets_file, tmp_path)


@pytest.fixture
def workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As GitHub tells a step (GitHub docs, "Variables reference", default environment variables)."""
    monkeypatch.setenv("GITHUB_RUN_ID", "1658821493")
    monkeypatch.setenv(
        "GITHUB_WORKFLOW_REF", "acme/churn/.github/workflows/infrastructure.yml@refs/heads/release/1"
    )


def test_a_pipeline_is_started_again(targets: Targets) -> None:
    pipeline = replace(targets, engine=None)
    assert to_deploy(pipeline, PACKAGE, "prod") == f"start the pipeline with {PACKAGE}"
    assert to_begin_again(pipeline, "keep-live") == "start the pipeline again with keep-live"
    assert to_change_again() == "start the pipeline again"
    assert own_stage() == "SelfMutate"
    assert retry() == "Retry this stage."
    assert to_retry_all() == "retry this stage from its first action (all actions)"


@pytest.mark.usefixtures("workflow")
def test_a_run_of_a_workflow_is_run_again(targets: Targets) -> None:
    group = targets.group
    assert to_deploy(targets, PACKAGE, "prod") == (
        f"have it deployed: npx projen deployment:retry -- --environment prod --version 7 --group {group}"
    )
    again = "re-run all jobs for what is live: gh run rerun 1658821493"
    assert to_begin_again(targets, "keep-live") == again
    assert to_change_again() == "start the workflow again: gh workflow run infrastructure.yml --ref release/1"
    assert own_stage() == "the job deploy-self"
    assert retry() == "Re-run the failed jobs: gh run rerun 1658821493 --failed."
    assert to_retry_all() == "re-run the failed jobs: gh run rerun 1658821493 --failed"


def test_a_return_in_aws_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXECUTION_ID", "return-1")
    assert retry() == "Start the return again: npx projen rollback."


def test_no_tool_has_words_of_its_own_for_this() -> None:
    """All of it is in one module, so no refusal names an engine that is not there."""
    own = re.compile(r"(?i)(start the (deploy |build )?pipeline|retry this stage|this pipeline)")
    known = {("registry.py", "this pipeline")}
    found = {
        (file.name, match.group(1).lower())
        for folder in ("deploy", "infrastructure", "operate")
        for file in (ROOT / folder).glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if file.name != "engine_words.py" and '"""' not in line and (match := own.search(line))
    }
    assert found <= known
