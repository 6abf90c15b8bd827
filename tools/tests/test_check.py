"""The check right before a change set: what was right when the execution began may be wrong by now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import check
from account import Account
from aws import Aws
from rollbacks import note
from stack import wait_until_settled
from targets import Refused

MINE = "2026-01-02T00:00:00.0Z"
LATER = "2026-01-03T00:00:00.0Z"


@pytest.fixture
def run(account: Account, targets_file: Path, tmp_path: Path):
    """Checks what was prepared for prod; `live` is what was live then, if the decision came from that."""
    aws = Aws()
    targets = aws.targets(targets_file)

    def check_prod(package: str, live: str | None = None, metrics: dict[str, float] | None = None) -> str:
        folder = tmp_path / "prod"
        folder.mkdir(exist_ok=True)
        values = {"ModelPackageArn": package, "StartedAt": MINE, "PipelineExecutionId": "mine"}
        (folder / "configuration.json").write_text(json.dumps({"Parameters": values}))
        record = {
            "decision": {"action": "deploy", "follows_live": live is not None, "live": live or "none"},
            "package": {"metrics": metrics or {}},
        }
        (folder / "package.json").write_text(json.dumps(record))
        return check.check(aws, targets, targets.environment("prod"), tmp_path)

    return check_prod


COMMIT = "0123456789abcdef0123456789abcdef01234567"
FACTS = {
    "GitCommit": COMMIT,
    "GitBranch": "main",
    "DataVersion": "2026-11",
}


def test_an_approved_package_passes_with_what_a_person_needs_to_know_the_most_important_first(account, run):
    old = account.register("Approved")
    account.deploy("prod", old)
    summary = run(account.register("Approved", **FACTS), metrics={"auc": 0.91234567, "accuracy": 0.97})
    assert summary == (
        f"prod: version 2, version 1 is live now; commit {COMMIT} of branch main; "
        "accuracy=0.97; auc=0.9123; group churn-main; DataVersion=2026-11"
    )


def test_the_summary_tells_the_first_deployment_and_a_repeated_one(account, run):
    package = account.register("Approved")
    first = run(package)
    where = "prod: version 1, the first one in this environment"
    assert first == f"{where}; commit unknown; metrics unknown; group churn-main"
    account.deploy("prod", package)
    assert run(package).startswith("prod: version 1, already live, deployed again; ")


def test_a_long_summary_fits_the_approval_message_and_cuts_no_fact(account, run):
    facts = {**FACTS, **{f"note_{i}": "x" * 200 for i in range(10)}}
    metrics = {f"metric_{i}": i / 7 for i in range(20)}
    summary = run(account.register("Approved", **facts), metrics=metrics)
    assert 600 < len(summary) <= check.SUMMARY_LIMIT
    assert summary.endswith("; ...")
    told = summary.split("; ")
    assert f"commit {FACTS['GitCommit']} of branch main" in told
    assert all(fact in told for fact in (f"metric_{i}={i / 7:.4g}" for i in range(20)))
    assert {len(fact) for fact in told if fact.startswith("note_")} <= {len("note_0=") + 200}


def test_version_and_commit_are_told_whole_whatever_else_there_is(account, run):
    commit = "c" * 256
    metrics = {f"{'long' * 15}_{i}": 1.0 for i in range(50)}
    package = account.register("Approved", GitCommit=commit, GitBranch="b" * 255)
    summary = run(package, metrics=metrics)
    assert len(summary) <= check.SUMMARY_LIMIT
    assert f"commit {commit} of branch {'b' * 255};" in summary
    assert summary.startswith("prod: version 1, ")


@pytest.mark.parametrize("value", ["see https://example.org/x", "www.example.org", "a\nDeploy to prod? yes"])
def test_nothing_that_a_mail_would_make_a_link_of_gets_into_the_summary(account, run, value):
    package = account.register(
        "Approved", GitCommit="0123abc", GitBranch=value, Note=value, DataUrl="s3://data/x"
    )
    summary = run(package, metrics={"accuracy": 0.9})
    where = "prod: version 1, the first one in this environment"
    expected = f"{where}; commit 0123abc; accuracy=0.9; group churn-main"
    assert summary == expected


def test_a_keep_live_execution_is_refused_when_its_package_was_rejected_meanwhile(account, run):
    package = account.register("Approved")
    account.deploy("prod", package)
    account.set_approval(package, "Rejected")
    with pytest.raises(Refused, match="is now Rejected"):
        run(package, live=package)


def test_a_keep_live_execution_never_takes_back_what_an_older_one_deployed_meanwhile(account, run):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", new, started_at="2026-01-01T00:00:00.0Z")
    with pytest.raises(
        Refused, match=r"went live in prod in the meantime.*if you start the pipeline again with keep-live"
    ):
        run(old, live=old)


def test_a_decision_that_followed_what_was_live_holds_when_its_own_package_went_live(account, run):
    bad, good = account.register("Approved"), account.register("Approved")
    account.deploy("prod", good)
    assert run(good, live=bad).startswith("prod: version 2, already live")


def test_an_approval_does_not_depend_on_what_was_live(account, run):
    account.deploy("prod", account.register("Approved"))
    assert run(account.register("Approved")).startswith("prod: version 2, version 1 is live now")


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_a_package_that_lost_its_approval_meanwhile_is_refused(account, run, status):
    package = account.register("Approved")
    account.set_approval(package, status)
    with pytest.raises(Refused, match=f"is now {status}"):
        run(package)


def test_a_package_that_was_rolled_back_meanwhile_here_or_on_the_way_is_refused(account, run, targets_file):
    aws = Aws()
    targets = aws.targets(targets_file)
    for environment in ("staging", "prod"):
        package = account.register("Approved")
        note(aws, targets, targets.environment(environment), package, "slow", "execution-1")
        with pytest.raises(
            Refused, match=f"was rolled back in {environment} at .*RetryIn,value={environment}"
        ):
            run(package)


def test_a_package_that_is_live_here_is_deployed_again_though_it_was_rolled_back_elsewhere(
    account, run, targets_file
):
    aws = Aws()
    targets = aws.targets(targets_file)
    package = account.register("Approved")
    account.deploy("prod", package)
    note(aws, targets, targets.environment("staging"), package, "slow", "execution-1")
    assert run(package, live=package).startswith("prod: version 1, already live")


def test_an_execution_that_a_newer_one_overtook_is_refused(account, run):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", new, started_at=LATER)
    with pytest.raises(
        Refused, match=rf"newer execution.*If its version is still wanted, start the pipeline with {old}"
    ):
        run(old)


def test_of_two_executions_side_by_side_the_newer_one_stays_whichever_comes_first(account, run):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", old, started_at="2026-01-01T23:59:59.9Z")
    assert run(new).startswith("prod: version 2, version 1 is live now")
    account.deploy("prod", new, started_at=LATER)
    with pytest.raises(Refused, match="out of date"):
        run(old)


def test_an_execution_without_a_package_never_removes_a_live_endpoint(account, run):
    account.deploy("prod", account.register("Approved"))
    with pytest.raises(Refused, match="never replaces"):
        run("none")


def test_an_execution_without_a_package_passes_where_there_is_none(run):
    assert run("none") == "prod: no model yet"


def test_a_stack_that_could_not_roll_back_is_named_with_what_to_do(account, run):
    account.deploy("prod", "none")
    account.set_stack_status("prod", "UPDATE_ROLLBACK_FAILED")
    with pytest.raises(Refused, match="Continue its rollback"):
        run(account.register("Approved"))


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
    with pytest.raises(Refused, match="the group main deploys to staging, prod"):
        Aws().targets(targets_file).environment("production")
