"""What is recorded when a deployment fails, and what no execution does until a person says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import prepare
from aws import Aws
from decide_all import decide_all
from fakes import service_error
from rollbacks import Rollbacks, note, rollbacks_of, starter
from starters import ALICE, Starters
from targets import KEEP_LIVE, Refused, Targets

RETRY = (
    "aws codepipeline start-pipeline-execution --name churn-main-deploy --region eu-west-1 "
    "--variables name=ModelPackageArn,value={} name=RetryIn,value={}"
)


@pytest.fixture
def tools(account: Any, targets_file: Path) -> tuple[Aws, Targets]:
    aws = Aws()
    return aws, aws.targets(targets_file)


@pytest.fixture
def fail(tools: tuple[Aws, Targets]):
    """Records that a package failed in an environment."""
    aws, targets = tools

    def record(environment: str, package: str, reason: str = "wrong answers", **more: str) -> str:
        return note(aws, targets, targets.environment(environment), package, reason, "execution-1", **more)

    return record


def test_a_record_says_what_failed_where_why_and_who_had_started_it(account, tools, fail):
    aws, targets = tools
    package = account.register("Approved")
    account.deploy("prod", package)
    queue = account.bus()
    advice = fail("prod", package)
    found = rollbacks_of(aws, targets).active("prod", 1)
    assert found and found.at.endswith("Z")
    assert (found.package, found.version, found.reason) == (package, 1, "wrong answers")
    assert (found.execution, found.by, found.environment) == ("execution-1", ALICE, "prod")
    assert "Register a fixed version, or try this one again: " + RETRY.format(package, "prod") in advice
    [event] = account.taken(queue)
    assert event["detail-type"] == "Version Rolled Back"
    assert event["detail"] == {
        "project": "churn",
        "group": "main",
        "environment": "prod",
        "package": package,
        "version": 1,
        "reason": "wrong answers",
        "serves": package,
    }


def test_the_first_reason_counts_and_is_told_once(account, tools, fail):
    aws, targets = tools
    package = account.register("Approved")
    queue = account.bus()
    fail("prod", package, "the first")
    fail("prod", package, "the second")
    found = rollbacks_of(aws, targets).active("prod", 1)
    assert found and found.reason == "the first"
    assert len(account.taken(queue)) == 1


def test_records_are_kept_apart_by_environment_and_version(account, tools, fail):
    aws, targets = tools
    fail("prod", account.register("Approved"))
    other = account.register("Approved")
    records = rollbacks_of(aws, targets)
    assert [records.active("staging", 1), records.active("prod", 2)] == [None, None]
    fail("staging", other)
    assert records.active("staging", 2)


def test_who_started_an_execution_may_be_unknown_and_the_version_is_recorded_all_the_same(
    account, tools, fail, starters: Starters, capsys
):
    aws, targets = tools
    starters.denied = True
    fail("prod", account.register("Approved"))
    found = rollbacks_of(aws, targets).active("prod", 1)
    assert found and found.by == "unknown"
    assert "AccessDenied" in capsys.readouterr().out
    assert starter(aws, targets, "x") == "unknown"


def test_a_record_that_may_not_be_read_is_no_record_that_is_missing(tools, monkeypatch):
    aws, _ = tools
    s3 = aws.own("s3", aws.region)

    def denied(**_: Any) -> None:
        raise service_error("GetObject", "AccessDenied")

    monkeypatch.setattr(s3, "get_object", denied)
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        Rollbacks(s3, "records", "123456789012").active("prod", 1)


# What executions do


def test_an_execution_with_a_version_that_was_rolled_back_somewhere_deploys_nothing_and_tells_again(
    account, decide, fail
):
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", good)
    fail("prod", bad, "the change set failed")
    queue = account.bus()
    with pytest.raises(Refused) as refusal:
        decide(bad)
    said = str(refusal.value)
    assert "Version 2 was rolled back in prod at 20" in said
    assert "the change set failed. It is not deployed there again until somebody says so." in said
    assert RETRY.format(bad, "prod") in said
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["environment"]) == ("Version Rolled Back", "prod")
    assert event["detail"]["serves"] == good


def test_what_was_rolled_back_and_is_live_gives_way_to_the_newest_that_was_not(account, decide, fail):
    good, bad, worse = (account.register("Approved") for _ in range(3))
    account.deploy("staging", worse)
    account.deploy("prod", worse)
    fail("prod", worse)
    fail("prod", bad)
    assert decide(KEEP_LIVE) == {"staging": ("deploy", worse), "prod": ("deploy", good)}


def test_rejecting_the_live_version_never_brings_one_that_was_rolled_back_there(account, decide, fail):
    good, failed, live = (account.register("Approved") for _ in range(3))
    account.deploy("staging", live)
    account.deploy("prod", live)
    fail("prod", failed)
    account.set_approval(live, "Rejected")
    assert decide(live) == {"staging": ("deploy", failed), "prod": ("deploy", good)}


def test_a_version_that_failed_before_an_environment_does_not_come_there_instead_of_another(
    account, decide, fail
):
    good, failed, live = (account.register("Approved") for _ in range(3))
    account.deploy("staging", live)
    account.deploy("prod", live)
    fail("staging", failed)
    account.set_approval(live, "Rejected")
    assert decide(live) == {"staging": ("deploy", good), "prod": ("deploy", good)}


def test_what_is_live_stays_though_it_was_rolled_back_in_an_environment_before(account, decide, fail):
    good, live = account.register("Approved"), account.register("Approved")
    account.deploy("staging", good)
    account.deploy("prod", live)
    fail("staging", live)
    assert decide(KEEP_LIVE) == {"staging": ("deploy", good), "prod": ("deploy", live)}


def test_a_version_that_was_rolled_back_is_not_named_as_one_that_was_overlooked(account, tools, fail):
    aws, targets = tools
    live, failed = account.register("Approved"), account.register("Approved")
    account.deploy("prod", live)
    fail("prod", failed)
    decided = {e.name: d for e, d in decide_all(aws, targets, KEEP_LIVE)}
    assert decided["prod"].reason == "version 1 stays live"


def test_an_endpoint_whose_version_was_rolled_back_stays_when_there_is_no_other_and_that_is_told(
    account, decide, fail
):
    only = account.register("Approved")
    account.deploy("prod", only)
    fail("prod", only)
    queue = account.bus()
    with pytest.raises(
        Refused, match=r"Version 1 is live and rolled back, and no other version is approved"
    ) as no:
        decide(KEEP_LIVE)
    assert RETRY.format(only, "prod") in str(no.value)
    [event] = account.taken(queue)
    assert event["detail-type"] == "Rejected Model Package Still Live"
    assert event["detail"]["approval"] == "rolled back"


def test_an_execution_that_is_to_try_again_deploys_there_and_nowhere_else_where_it_was_rolled_back(
    account, tools, fail
):
    aws, targets = tools
    bad = account.register("Approved")
    fail("prod", bad)
    decided = {e.name: d for e, d in decide_all(aws, targets, bad, retry_in=("prod",))}
    assert {n: (d.action, d.retried) for n, d in decided.items()} == {
        "staging": ("deploy", False),
        "prod": ("deploy", True),
    }
    fail("staging", bad)
    with pytest.raises(Refused, match="was rolled back in staging"):
        decide_all(aws, targets, bad, retry_in=("prod",))


def test_trying_again_clears_the_record_once_everything_is_prepared(
    account, tools, fail, assembly, targets_file, tmp_path, monkeypatch, capsys
):
    aws, targets = tools
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    bad = account.register("Approved")
    fail("prod", bad)
    records = rollbacks_of(aws, targets)
    execution = prepare.Execution("execution-2", bad, "2026-01-02T00:00:00.0Z", retry_in=("prod",))

    def broken(*_: object) -> None:
        raise Refused("an asset is missing")

    with monkeypatch.context() as patch, pytest.raises(Refused, match="an asset is missing"):
        patch.setattr(prepare, "read_assets", broken)
        prepare.prepare(aws, assembly, tmp_path, execution)
    assert records.active("prod", 1)
    prepare.prepare(aws, assembly, tmp_path, execution)
    assert records.active("prod", 1) is None
    assert f"prod: {ALICE} has version 1 tried again" in capsys.readouterr().out
    kept = json.loads(
        account.s3.get_object(Bucket=targets.records, Key="rollbacks/prod/1.json")["Body"].read()
    )
    assert kept["reason"] == "wrong answers"
    assert (kept["cleared"]["by"], kept["cleared"]["execution"]) == (ALICE, "execution-2")
    # It may fail again.
    fail("prod", bad, "still wrong")
    again = records.active("prod", 1)
    assert again and again.reason == "still wrong"
    assert records.remembered("execution-2")["prod"]["retried"]


def test_an_execution_that_returned_an_endpoint_deploys_there_alone_what_serves_now(account, tools):
    aws, targets = tools
    good, bad = account.register("Approved"), account.register("Approved")
    before = account.deploy("prod", good)
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.go_back("prod", before)
    queue = account.bus()
    decided = {e.name: d for e, d in decide_all(aws, targets, KEEP_LIVE, roll_back_in=("prod",))}
    assert {n: (d.action, d.package) for n, d in decided.items()} == {
        "staging": ("skip", bad),
        "prod": ("deploy", good),
    }
    assert decided["staging"].reason == "only prod returned to an earlier version"
    assert decided["prod"].attempt == 2
    assert account.taken(queue) == []
