"""Records of deployments: since when which version answers, and from when on nobody can tell."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import deployment_records
import record_rollback
import roll_back
from deployment_records import record_proof, record_stay
from endpoints import EPOCH, Listed
from fakes import before_calls, service_error, validate
from monitored import Monitored
from rollbacks import rollbacks_of
from smoke_runs import GOOD
from targets import Refused
from tell import UNRECORDED
from updates import Updates


class Deployments(Monitored):
    """Deployments to prod at given times; each makes a configuration, a second later than the one before."""

    def serve(self, package: str, made: int) -> str:
        """A deployment whose configuration was made at a second."""
        config: str = self.account.deploy("prod", package)
        self.listed.seconds[config] = made
        return config

    def deploy(self, package: str, made: int, proven: int) -> str:
        """The same, proven at a second; what the smoke test says."""
        config = self.serve(package, made)
        self.clock.seconds = proven
        return record_proof(self.aws, self.targets, self.prod, package, config)

    def times(self) -> list[tuple[int, int, int]]:
        """Version, from and proven of each record."""
        return [(one["version"], seconds(one["from"]), seconds(one["proven"])) for one in self.records()]


def seconds(text: str) -> int:
    found = deployment_records.datetime.fromisoformat(text) - EPOCH
    assert found % timedelta(seconds=1) == timedelta()
    return int(found.total_seconds())


@pytest.fixture
def prod(account: Any, targets_file: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> Deployments:
    found = Deployments(account, targets_file, monkeypatch)
    found.listed = listed
    return found


def test_a_record_says_who_answers_since_when_and_from_when_on_nobody_could_tell(prod):
    package = prod.register()
    assert prod.deploy(package, 10, 70) == ", deployments/20260101T000110Z-1.json is recorded"
    assert prod.records() == [
        {
            "format": 1,
            "package": package,
            "group": "churn-main",
            "version": 1,
            "commit": "0123abc",
            "from": "2026-01-01T00:00:10Z",
            "proven": "2026-01-01T00:01:10Z",
        }
    ]


def test_the_next_version_may_have_answered_since_its_configuration_was_made(prod):
    prod.deploy(prod.register(), 10, 70)
    prod.deploy(prod.register(), 100, 160)
    assert prod.times() == [(1, 10, 70), (2, 100, 160)]


def test_the_same_version_again_leaves_nothing_in_doubt_nor_does_a_retry_of_the_test(prod):
    package = prod.register()
    prod.deploy(package, 10, 70)
    config = prod.serve(package, 100)
    for second in (160, 200):
        prod.clock.seconds = second
        record_proof(prod.aws, prod.targets, prod.prod, package, config)
    assert prod.times() == [(1, 10, 70), (1, 160, 160), (1, 200, 200)]


def test_a_version_that_was_never_proven_is_in_doubt_until_the_next_proof(prod):
    package = prod.register()
    prod.deploy(package, 10, 70)
    prod.serve(prod.register(), 100)
    prod.deploy(prod.register(), 500, 560)
    prod.serve(prod.register(), 600)
    # The first version again, after one that failed.
    prod.deploy(package, 700, 760)
    assert prod.times() == [(1, 10, 70), (3, 100, 560), (1, 600, 760)]


def test_a_record_that_cannot_be_written_fails_nothing_is_told_and_leaves_its_time_in_doubt(
    prod, monkeypatch, capsys
):
    prod.deploy(prod.register(), 10, 70)
    queue, denied = prod.account.bus(), True

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "PutObject" and denied and arguments["Key"].startswith("deployments/"):
            validate(client, operation, arguments)
            raise service_error(operation, "AccessDenied", "no right to")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "s3", answer)
    bad = prod.register()
    assert prod.deploy(bad, 100, 160) == ""
    [event] = prod.account.taken(queue)
    assert event["detail-type"] == "Deployment Not Recorded"
    assert event["detail"]["package"] == bad and "no right to" in event["detail"]["problem"]
    assert "no right to" in capsys.readouterr().err
    denied = False
    prod.deploy(prod.register(), 300, 360)
    assert prod.times() == [(1, 10, 70), (3, 100, 360)]


def test_what_is_told_has_its_rule():
    rules = Path(__file__).parents[2] / "src/infra/shared/deploy-failures.ts"
    assert f"detailType: '{UNRECORDED}'" in rules.read_text(encoding="utf-8")


def test_a_record_that_somebody_spoilt_fails_no_deployment(prod, capsys):
    bucket = {"Bucket": prod.prod.deployment_bucket}
    prod.account.s3.put_object(**bucket, Key="deployments/20250101T000000Z-1.json", Body=b"[]")
    assert prod.deploy(prod.register(), 10, 70) == ""
    assert "monitors do not know since when" in capsys.readouterr().err


def test_a_record_is_put_with_the_header_that_lets_nothing_be_replaced(prod, monkeypatch):
    puts: list[dict[str, Any]] = []

    def answer(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "PutObject" and arguments["Key"].startswith("deployments/"):
            validate(client, operation, arguments)
            puts.append(arguments)
        return real(client, operation, arguments)

    before_calls(monkeypatch, "s3", answer)
    prod.deploy(prod.register(), 10, 70)
    [put] = puts
    assert put["IfNoneMatch"] == "*" and put["SSEKMSKeyId"] == prod.prod.key
    assert put["ExpectedBucketOwner"] == prod.prod.account


def test_an_environment_without_monitors_has_no_records(prod):
    staging = prod.targets.environment("staging")
    assert record_proof(prod.aws, prod.targets, staging, prod.register(), "config") == ""
    assert record_stay(prod.aws, prod.targets, staging) == ""
    assert prod.stored() == {}


def test_after_an_update_that_came_to_nothing_the_version_before_answers_again(prod, monkeypatch):
    package = prod.register()
    config = prod.serve(package, 10)
    prod.clock.seconds = 70
    record_proof(prod.aws, prod.targets, prod.prod, package, config)

    def events(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation != "DescribeStackEvents":
            return real(client, operation, arguments)
        validate(client, operation, arguments)
        kinds = {"stack": "AWS::CloudFormation::Stack", "endpoint": "AWS::SageMaker::Endpoint"}
        found = [
            (300, "stack", "UPDATE_ROLLBACK_COMPLETE"),
            (200, "stack", "UPDATE_ROLLBACK_IN_PROGRESS"),
            (190, "endpoint", "UPDATE_FAILED"),
            (95, "endpoint", "UPDATE_IN_PROGRESS"),
            (90, "stack", "UPDATE_IN_PROGRESS"),
            (5, "stack", "CREATE_IN_PROGRESS"),
        ]
        return {
            "StackEvents": [
                {
                    "ResourceType": kinds[kind],
                    "ResourceStatus": status,
                    "Timestamp": EPOCH + timedelta(seconds=second),
                }
                for second, kind, status in found
            ]
        }

    before_calls(monkeypatch, "cloudformation", events)
    prod.clock.seconds = 310
    assert "-1.json is recorded" in record_stay(prod.aws, prod.targets, prod.prod)
    assert prod.times() == [(1, 10, 70), (1, 90, 310)]


def test_a_return_is_recorded_from_when_it_began(account, targets_file, listed, monkeypatch):
    prod = Deployments(account, targets_file, monkeypatch)
    prod.listed = listed
    updates = Updates(account, targets_file, monkeypatch)
    good, bad = prod.register(), prod.register()
    for package, made, proven in ((good, 10, 70), (bad, 100, 160)):
        prod.deploy(package, made, proven)
        updates.prove()
    prod.clock.seconds = 400
    returning = roll_back.Return(prod.aws, prod.targets, prod.prod, "execution-9", updates.slept.append)
    prod.clock.seconds = 460
    assert "-1.json is recorded; the stack follows" in returning.carry_out()
    assert prod.times() == [(1, 10, 70), (2, 100, 160), (1, 400, 460)]


def test_a_return_from_what_was_never_proven_is_in_doubt_since_that_was_made(
    account, targets_file, listed, monkeypatch
):
    prod = Deployments(account, targets_file, monkeypatch)
    prod.listed = listed
    updates = Updates(account, targets_file, monkeypatch)
    prod.deploy(prod.register(), 10, 70)
    updates.prove()
    prod.serve(prod.register(), 100)
    prod.clock.seconds = 400
    updates.targets, updates.prod = prod.targets, prod.prod
    assert "is recorded" in updates.carry_out()
    assert prod.times() == [(1, 10, 70), (1, 100, 400)]


def test_the_smoke_test_of_a_deployment_leaves_its_record(prod, smoke_run):
    before = prod.register()
    prod.deploy(before, 10, 70)
    package = prod.register()
    prod.clock.seconds = 400
    told = smoke_run(GOOD, prepared=package, live=package, before=before)
    assert "deployments/20260101T000640Z-" in told
    # The version of the fixture, registered first, was not deployed.
    assert [(one["package"], seconds(one["proven"])) for one in prod.records()] == [
        (before, 70),
        (package, 400),
    ]


def test_a_failed_smoke_test_leaves_none(prod, smoke_run):
    package = prod.register()
    with pytest.raises(Refused):
        smoke_run("no json", prepared=package, live=package)
    assert prod.records() == []


def test_a_version_whose_change_set_failed_leaves_a_record_of_the_one_that_stayed(prod, monkeypatch, account):
    good = prod.register()
    prod.deploy(good, 10, 70)
    stayed: list[str] = []
    monkeypatch.setattr(record_rollback, "failure_of_endpoint", lambda *_: "it did not answer to ping")
    monkeypatch.setattr(
        record_rollback, "record_stay", lambda *given: stayed.append(given[2].name) or ", kept"
    )
    bad = prod.register()
    decision = {"action": "deploy", "package": bad, "reason": "", "live": good}
    rollbacks_of(prod.aws, prod.targets).remember("execution-1", {"prod": decision})
    action = prod.prod.execute_action
    assert record_rollback.after_change_set(prod.aws, prod.targets, action, "execution-1").endswith(", kept")
    assert stayed == ["prod"]
