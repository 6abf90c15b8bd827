"""A rollback alarm fires after a deployment: when the endpoint is returned, and when it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from account import ACCOUNT, REGION, Account
from aws import Aws
from endpoints import EPOCH, Listed
from fakes import before_calls, validate
from retire import retire
from rollbacks import note, rollbacks_of
from serving import look
from starters import Starters
from targets import Refused, Targets
from watch import Alarm, after_alarm

ENDPOINT = "churn-main-prod"


class Watched:
    """Two versions in prod, the second just proven."""

    def __init__(
        self, account: Account, targets_file: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.account, self.listed, self.aws = account, listed, Aws()
        self.targets = self.aws.targets(targets_file)
        self.state = "ALARM"
        """What the alarm is in when it is looked at again; empty where it is gone."""
        self.slept: list[float] = []
        before_calls(monkeypatch, "cloudwatch", self._alarms)
        self.old, self.new = account.register("Approved"), account.register("Approved")
        self.deploy(self.old, before="none")
        self.before = self.config
        self.deploy(self.new, before=self.old)

    def _alarms(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        assert operation == "DescribeAlarms", operation
        validate(client, operation, arguments)
        [name] = arguments["AlarmNames"]
        return {"MetricAlarms": [{"AlarmName": name, "StateValue": self.state}] if self.state else []}

    def deploy(self, package: str, before: str, *, is_proven: bool = True) -> None:
        self.config = self.account.deploy("prod", package, PipelineExecutionId="execution-1")
        now = int((datetime.now(UTC) - EPOCH).total_seconds())
        self.listed.seconds[self.config] = now + self.account.made
        decision = {"action": "deploy", "package": package, "reason": "", "live": before}
        rollbacks_of(self.aws, self.targets).remember("execution-1", {"prod": decision})
        found = look(self.account.sagemaker, ENDPOINT)
        assert found
        if is_proven:
            assert retire(self.aws, self.targets.environment("prod"), found) == []

    def fire(self, alarm: str = "server-errors", minutes: float = 5, config: str = "") -> str:
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        name = f"{ENDPOINT}/{alarm}/{config or self.config}"
        return self.look(name, at)

    def look(self, name: str, at: datetime, targets: Targets | None = None, **where: str) -> str:
        event = Alarm(name, where.get("account", ACCOUNT), where.get("region", REGION), at)
        return after_alarm(self.aws, targets or self.targets, event, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        # What SageMaker does takes less than a minute here.
        if len(self.slept) > 3:
            self.account.endpoint("prod").endpoint_status = "InService"

    def reason(self, version: int = 2) -> str | None:
        found = rollbacks_of(self.aws, self.targets).active("prod", version)
        return found.reason if found else None


@pytest.fixture
def watched(account: Account, targets_file: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(account, targets_file, listed, monkeypatch)


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


def test_an_alarm_that_fires_while_the_endpoint_is_scaled_is_looked_at_afterwards(
    watched: Watched, account: Account, starters: Starters
) -> None:
    account.endpoint("prod").endpoint_status = "Updating"
    assert "returns" in watched.fire()
    assert len(starters.started) == 1 and len(watched.slept) > 3


def test_an_endpoint_that_is_broken_is_left_alone(
    watched: Watched, account: Account, starters: Starters
) -> None:
    account.endpoint("prod").endpoint_status = "Failed"
    assert "churn-main-prod is Failed" in watched.fire()
    assert starters.started == []


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", ""])
def test_an_alarm_that_fires_no_more_two_minutes_later_returns_nothing(
    watched: Watched, starters: Starters, state: str
) -> None:
    watched.state = state
    assert "fires no more" in watched.fire()
    assert watched.slept == [120]
    assert starters.started == [] and watched.reason() is None


def test_without_an_earlier_proven_version_nothing_is_recorded_and_people_are_told(
    watched: Watched, account: Account, starters: Starters
) -> None:
    account.set_approval(watched.old, "Rejected")
    queue = account.bus()
    assert "no earlier proven version" in watched.fire()
    assert starters.started == [] and watched.reason() is None
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["reason"]) == (
        "Rollback Alarm After Deployment",
        "no earlier proven version, still approved, is left to return to",
    )


def test_a_way_back_that_a_person_would_not_have_is_none_for_an_alarm_either(
    watched: Watched, account: Account, starters: Starters, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A scaled endpoint keeps its instance type, and the version before was served on another.
    found = "Endpoint is scaled from 1 to 4"
    account.deploy("prod", watched.new, PipelineExecutionId="execution-1", scaling=found)
    config = account.endpoint("prod").endpoint_config_name
    watched.listed.seconds[config] = int((datetime.now(UTC) - EPOCH).total_seconds())
    monkeypatch.setattr("way_back.instance_type_of_config", lambda *_: "ml.c5.large")
    assert "no earlier proven version" in watched.fire(config=config)
    assert starters.started == [] and watched.reason() is None


def test_the_decision_about_another_version_says_nothing_of_the_one_that_serves(
    watched: Watched, account: Account, starters: Starters
) -> None:
    # After a return, until the stack follows: the last deployment was that of the version that was left.
    account.go_back("prod", watched.before)
    assert "version 1 stays, because it was live before" in watched.fire(config=watched.before)
    assert starters.started == [] and watched.reason(1) is None


def test_without_a_proof_the_window_begins_when_the_update_should_have_been_over(
    watched: Watched, account: Account, starters: Starters
) -> None:
    watched.deploy(account.register("Approved"), before=watched.new, is_proven=False)
    prod = watched.targets.environment("prod")
    late = (prod.update_seconds + prod.watch_seconds) / 60 + 1
    assert "no longer watched" in watched.fire(minutes=late)
    assert starters.started == []


def test_a_version_that_was_live_before_is_told_and_stays(
    watched: Watched, account: Account, starters: Starters
) -> None:
    watched.deploy(watched.new, before=watched.new)
    queue = account.bus()
    assert "version 2 stays, because it was live before" in watched.fire()
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


def own_alarm(watched: Watched) -> Targets:
    environments = tuple(
        replace(e, own_alarms=("orders-failed",)) if e.name == "prod" else e
        for e in watched.targets.environments
    )
    return replace(watched.targets, environments=environments)


def test_the_users_own_alarms_count_whatever_their_names(watched: Watched, starters: Starters) -> None:
    told = watched.look("orders-failed", datetime.now(UTC) + timedelta(minutes=1), own_alarm(watched))
    assert "is recorded as rolled back" in told
    assert len(starters.started) == 1
    assert watched.reason() == "the alarm orders-failed fired 1 minutes after the deployment"


def test_one_that_fired_before_the_deployment_says_nothing_about_it(
    watched: Watched, starters: Starters
) -> None:
    told = watched.look("orders-failed", datetime.now(UTC) - timedelta(minutes=9), own_alarm(watched))
    assert "orders-failed fired before version 2 was deployed" in told
    assert starters.started == []


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
        watched.look(alarm, datetime.now(UTC), account=account_id, region=region)


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
        watched.look(f"{ENDPOINT}/a/b", datetime.now(UTC), targets)
