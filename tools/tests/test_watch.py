"""A rollback alarm fires after a deployment: when the endpoint is returned, and when it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from account import ACCOUNT, REGION, Account
from aws import Aws
from endpoints import Listed
from retire import retire
from rollbacks import note, rollbacks_of
from serving import look
from starters import Starters
from targets import Refused
from watch import after_alarm

ENDPOINT = "churn-main-prod"


class Watched:
    """Two versions in prod, the second just proven."""

    def __init__(self, account: Account, targets_file: Path) -> None:
        self.account, self.aws = account, Aws()
        self.targets = self.aws.targets(targets_file)
        self.old, self.new = account.register("Approved"), account.register("Approved")
        self.deploy(self.old, before="none")
        self.before = self.config
        self.deploy(self.new, before=self.old)

    def deploy(self, package: str, before: str, *, is_proven: bool = True) -> None:
        self.config = self.account.deploy("prod", package, PipelineExecutionId="execution-1")
        decision = {"action": "deploy", "package": package, "reason": "", "live": before}
        rollbacks_of(self.aws, self.targets).remember("execution-1", {"prod": decision})
        found = look(self.account.sagemaker, ENDPOINT)
        assert found
        if is_proven:
            assert retire(self.aws, self.targets.environment("prod"), found) == []

    def fire(self, alarm: str = "server-errors", minutes: float = 5, config: str = "") -> str:
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        name = f"{ENDPOINT}/{alarm}/{config or self.config}"
        return after_alarm(self.aws, self.targets, name, ACCOUNT, REGION, at.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def reason(self, version: int = 2) -> str | None:
        found = rollbacks_of(self.aws, self.targets).active("prod", version)
        return found.reason if found else None


@pytest.fixture
def watched(account: Account, targets_file: Path, listed: Listed) -> Watched:
    return Watched(account, targets_file)


def test_an_alarm_within_the_window_returns_the_endpoint_records_the_version_and_tells(
    watched: Watched, account: Account, starters: Starters
) -> None:
    queue = account.bus()
    told = watched.fire()
    assert "Version 2 is recorded as rolled back in prod" in told
    assert "The execution return-1 of churn-main-deploy returns churn-main-prod." in told
    [started] = starters.started
    assert started["name"] == "churn-main-deploy"
    assert started["variables"] == [{"name": "RollBackIn", "value": "prod"}]
    assert watched.reason() == (
        f"the alarm {ENDPOINT}/server-errors/{watched.config} fired 5 minutes after the deployment"
    )
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["serves"]) == ("Version Rolled Back", watched.new)


def test_several_alarms_of_one_deployment_start_one_return(watched: Watched, starters: Starters) -> None:
    watched.fire()
    assert "version 2 is recorded as rolled back already" in watched.fire("latency-p99")
    assert len(starters.started) == 1


def test_alarms_that_are_looked_at_side_by_side_start_the_same_execution(
    watched: Watched, starters: Starters, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither has recorded anything when the other looks.
    monkeypatch.setattr("rollbacks.Rollbacks.active", lambda *_: None)
    assert "return-1 of" in watched.fire()
    assert "return-1 of" in watched.fire("latency-p99")
    assert len(starters.started) == 1


def test_after_the_window_nothing_is_returned(watched: Watched, starters: Starters) -> None:
    assert "was deployed 61 minutes ago and is no longer watched" in watched.fire(minutes=61)
    assert starters.started == [] and watched.reason() is None


def test_a_deployment_that_is_not_proven_yet_is_watched(watched: Watched, starters: Starters) -> None:
    watched.deploy(watched.account.register("Approved"), before=watched.new, is_proven=False)
    watched.fire(minutes=0.5)
    assert len(starters.started) == 1 and watched.reason(3)


def test_alarms_of_a_configuration_that_does_not_serve_say_nothing(
    watched: Watched, starters: Starters
) -> None:
    assert f"is not an alarm of {watched.config}, which serves" in watched.fire(config=watched.before)
    assert starters.started == []


def test_while_the_endpoint_changes_sagemaker_looks_itself(
    watched: Watched, account: Account, starters: Starters
) -> None:
    account.endpoint("prod").endpoint_status = "Updating"
    assert "SageMaker looks at it then" in watched.fire()
    assert starters.started == []


def test_a_version_that_was_live_before_is_told_and_stays(
    watched: Watched, account: Account, starters: Starters
) -> None:
    watched.deploy(watched.new, before=watched.new)
    queue = account.bus()
    assert "version 2 was live before" in watched.fire()
    assert starters.started == [] and watched.reason() is None
    [event] = account.taken(queue)
    assert event["detail-type"] == "Rollback Alarm After Deployment"
    assert event["detail"]["alarm"] == f"{ENDPOINT}/server-errors/{watched.config}"


def test_a_recorded_version_is_not_returned_again(watched: Watched, starters: Starters) -> None:
    prod = watched.targets.environment("prod")
    note(watched.aws, watched.targets, prod, watched.new, "it was bad", "execution-7")
    assert "recorded as rolled back already" in watched.fire()
    assert starters.started == []


def test_what_is_not_of_the_group_is_left_alone(
    watched: Watched, account: Account, starters: Starters
) -> None:
    account.group("others")
    config = account.serve("prod", account.register("Approved", "others"))
    assert "is not of this group" in watched.fire(config=config)
    assert starters.started == []


def test_the_users_own_alarms_count_whatever_their_names(watched: Watched, starters: Starters) -> None:
    environments = tuple(
        replace(e, own_alarms=("orders-failed",)) if e.name == "prod" else e
        for e in watched.targets.environments
    )
    targets = replace(watched.targets, environments=environments)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    after_alarm(watched.aws, targets, "orders-failed", ACCOUNT, REGION, at)
    assert len(starters.started) == 1
    assert watched.reason() == "the alarm orders-failed fired 0 minutes after the deployment"


@pytest.mark.parametrize(
    ("alarm", "account_id", "region"),
    [
        (f"{ENDPOINT}/server-errors/c", "999999999999", REGION),
        (f"{ENDPOINT}/server-errors/c", ACCOUNT, "us-east-1"),
        ("churn-main-prod-2/server-errors/c", ACCOUNT, REGION),
        ("orders-failed", ACCOUNT, REGION),
    ],
)
def test_alarms_of_others_are_refused(watched: Watched, alarm: str, account_id: str, region: str) -> None:
    with pytest.raises(Refused, match="churn-main-deploy does not watch the alarm"):
        after_alarm(watched.aws, watched.targets, alarm, account_id, region, "2026-01-01T00:00:00Z")


def test_a_return_that_cannot_be_started_is_told_with_the_command_and_records_nothing(
    watched: Watched, starters: Starters
) -> None:
    starters.denied = True
    with pytest.raises(Refused, match="npx projen rollback -- --environment prod"):
        watched.fire()
    assert watched.reason() is None


def test_an_environment_that_is_not_watched_returns_nothing(watched: Watched) -> None:
    environments: Any = tuple(replace(e, watch_seconds=0) for e in watched.targets.environments)
    targets = replace(watched.targets, environments=environments)
    with pytest.raises(Refused, match="does not watch"):
        after_alarm(watched.aws, targets, f"{ENDPOINT}/a/b", ACCOUNT, REGION, "2026-01-01T00:00:00Z")
