"""The check right before a change set: what was right when the execution began may be wrong by now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import check
from aws import Aws
from conftest import Account
from stack import wait_until_settled
from targets import Refused

MINE = "2026-01-02T00:00:00.0Z"
LATER = "2026-01-03T00:00:00.0Z"


@pytest.fixture
def run(account: Account, targets_file: Path, tmp_path: Path):
    aws = Aws()
    targets = aws.targets(targets_file)

    def check_prod(package: str) -> str:
        folder = tmp_path / "prod"
        folder.mkdir(exist_ok=True)
        values = {"ModelPackageArn": package, "StartedAt": MINE, "PipelineExecutionId": "mine"}
        (folder / "configuration.json").write_text(json.dumps({"Parameters": values}))
        return check.check(aws, targets, targets.environment("prod"), tmp_path)

    return check_prod


def test_an_approved_package_passes_with_what_a_person_needs_to_know(account, run):
    old = account.register("Approved")
    account.deploy("prod", old)
    summary = run(account.register("Approved", accuracy="0.97", git_commit="abc"))
    assert summary == "prod: version 2 (now: 1) of churn-main. accuracy=0.97, git_commit=abc"


def test_a_long_summary_fits_the_approval_message(account, run):
    facts = {f"metric_{i}": "x" * 200 for i in range(10)}
    assert len(run(account.register("Approved", **facts))) == check.SUMMARY_LIMIT


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_a_package_that_lost_its_approval_meanwhile_is_refused(account, run, status):
    package = account.register("Approved")
    account.set_approval(package, status)
    with pytest.raises(Refused, match=f"is {status} now"):
        run(package)


def test_an_execution_that_a_newer_one_overtook_is_refused(account, run):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", new, started_at=LATER)
    with pytest.raises(Refused, match="newer execution"):
        run(old)


def test_an_execution_without_a_package_never_removes_a_live_endpoint(account, run):
    account.deploy("prod", account.register("Approved"))
    with pytest.raises(Refused, match="never removes"):
        run("none")


def test_an_execution_without_a_package_passes_where_there_is_none(run):
    assert run("none") == "prod: no model yet"


def test_it_waits_while_another_execution_changes_the_stack(account):
    account.deploy("prod", "none")
    account.set_stack_status("prod", "UPDATE_IN_PROGRESS")
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            account.set_stack_status("prod", "UPDATE_COMPLETE")

    wait_until_settled(account.cloudformation, "churn-main-prod-endpoint", sleep=sleep)
    assert waits == [15, 15, 15]


def test_it_gives_up_waiting_with_a_clear_message(account):
    account.deploy("prod", "none")
    account.set_stack_status("prod", "UPDATE_IN_PROGRESS")
    with pytest.raises(Refused, match="still UPDATE_IN_PROGRESS after 30 s"):
        wait_until_settled(
            account.cloudformation, "churn-main-prod-endpoint", seconds=30, sleep=lambda _: None
        )


def test_an_unknown_environment_is_named_with_those_there_are(targets_file, account):
    with pytest.raises(Refused, match="this pipeline knows staging, prod"):
        Aws().targets(targets_file).environment("production")
