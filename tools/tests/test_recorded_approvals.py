"""Deployments where decisions are recorded: the registry's word alone is not enough."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from records import append

import check
from account import ACCOUNT, REGION, Account
from aws import Aws
from decide_all import decide_all
from record_store import Bucket
from registry import UNRECORDED
from targets import Evidence, Refused
from way_back import WayBack

BUCKET = "churn-evidence"


class Recorded:
    """The delivery, with decisions in a bucket."""

    def __init__(self, account: Account, targets_file: Path) -> None:
        self.s3: Any = boto3.client("s3", region_name=REGION)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.account, self.aws = account, Aws()
        self.targets = replace(self.aws.targets(targets_file), evidence=Evidence(BUCKET, ACCOUNT, REGION))
        self.events = 0

    def decide(
        self,
        package: str,
        outcome: str = "accepted",
        decision: str = "Approved",
        at: str = "10:00",
        subject: str = "model",
    ) -> None:
        self.events += 1
        append(
            Bucket(self.s3, BUCKET),
            self.targets.group,
            {
                "kind": "decision",
                "subject": subject,
                "decision": decision,
                "outcome": outcome,
                "problems": [],
                "event": str(self.events),
                "time": f"2026-03-01T{at}:00Z",
                "bound": {"package": package},
            },
        )

    def wanted(self, package: str) -> dict[str, tuple[str, str]]:
        return {e.name: (d.action, d.package) for e, d in decide_all(self.aws, self.targets, package)}


@pytest.fixture
def recorded(account: Account, targets_file: Path) -> Recorded:
    return Recorded(account, targets_file)


def test_an_approval_with_an_accepted_record_is_deployed(recorded: Recorded) -> None:
    package = recorded.account.register("Approved")
    recorded.decide(package)
    assert recorded.wanted(package) == {"staging": ("deploy", package), "prod": ("deploy", package)}


@pytest.mark.parametrize(
    "decisions",
    [
        [],
        [("refused", "Approved", "10:00")],
        [("accepted", "Rejected", "10:00")],
        [("accepted", "Approved", "10:00"), ("refused", "Approved", "11:00")],
        # Recorded late: what was decided last counts.
        [("accepted", "Rejected", "11:00"), ("accepted", "Approved", "10:00")],
        [("accepted", "Approved", "10:00"), ("accepted", "Rejected", "10:00")],
        [("accepted", "Rejected", "10:00"), ("accepted", "Approved", "10:00")],
    ],
    ids=[
        "none",
        "refused",
        "rejected",
        "refused later",
        "recorded late",
        "in the same second",
        "in it the other way round",
    ],
)
def test_an_approval_without_one_is_not(recorded: Recorded, decisions: list[tuple[str, str, str]]) -> None:
    package = recorded.account.register("Approved")
    for outcome, decision, at in decisions:
        recorded.decide(package, outcome, decision, at)
    with pytest.raises(Refused, match=f"is {UNRECORDED}"):
        recorded.wanted(package)


def test_the_record_of_a_deployment_approves_no_model(recorded: Recorded) -> None:
    package = recorded.account.register("Approved")
    recorded.decide(package, subject="deployment")
    with pytest.raises(Refused, match=UNRECORDED):
        recorded.wanted(package)


def test_an_older_rejection_that_is_recorded_late_changes_nothing(recorded: Recorded) -> None:
    package = recorded.account.register("Approved")
    recorded.decide(package, at="11:00")
    recorded.decide(package, decision="Rejected", at="10:00")
    assert recorded.wanted(package)["prod"] == ("deploy", package)


def test_what_replaces_a_rejected_version_has_a_record(recorded: Recorded) -> None:
    account = recorded.account
    old, newer, live = (account.register("Approved") for _ in range(3))
    recorded.decide(old)
    recorded.decide(newer, "refused")
    for environment in ("staging", "prod"):
        account.deploy(environment, live)
    account.set_approval(live, "Rejected")
    assert recorded.wanted(live) == {"staging": ("deploy", old), "prod": ("deploy", old)}


def test_a_version_without_a_record_is_not_returned_to(recorded: Recorded) -> None:
    package = recorded.account.register("Approved")
    way = WayBack(recorded.aws, recorded.targets, recorded.targets.environment("prod"))
    assert way.problem(package) == f"version 1 is {UNRECORDED}"
    recorded.decide(package)
    assert way.problem(package) is None


def test_a_record_that_came_meanwhile_stops_a_change(recorded: Recorded, tmp_path: Path) -> None:
    package = recorded.account.register("Approved")
    recorded.decide(package)
    recorded.decide(package, "refused", at="11:00")
    (tmp_path / "prod").mkdir()
    values = {
        "ModelPackageArn": package,
        "StartedAt": "2026-01-02T00:00:00.0Z",
        "PipelineExecutionId": "mine",
    }
    (tmp_path / "prod/configuration.json").write_text(json.dumps({"Parameters": values}))
    decision = {"action": "deploy", "follows_live": False, "live": "none"}
    (tmp_path / "prod/package.json").write_text(
        json.dumps({"decision": decision, "package": {"metrics": {}}})
    )
    with pytest.raises(Refused, match=f"is now {UNRECORDED}"):
        check.check(recorded.aws, recorded.targets, recorded.targets.environment("prod"), tmp_path)


def test_without_records_the_registry_is_enough(recorded: Recorded) -> None:
    recorded.targets = replace(recorded.targets, evidence=None)
    package = recorded.account.register("Approved")
    assert recorded.wanted(package)["prod"] == ("deploy", package)
