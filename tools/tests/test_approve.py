"""What a person sees who approves, and what is refused before anything is written."""

from __future__ import annotations

from typing import Any

import approve
import boto3
import pytest
import records
from approve import Approval, Refused

from account import ACCOUNT, REGION
from record_store import Bucket
from seals import SealedAccount

ROLE = f"arn:aws:iam::{ACCOUNT}:role/churn-main-approver"
EVIDENCE = "evidence"


class World:
    """A person at a terminal, a sealed version, and a recorder that is slow."""

    def __init__(self, account: SealedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = account
        self.said: list[str] = []
        self.asked: list[str] = []
        self.answers: list[str] = []
        self.slept = 0
        self.outcome: dict[str, Any] = {"outcome": "accepted", "problems": []}
        self.records_after: int | None = 2
        iam = boto3.client("iam", region_name=REGION)
        iam.create_user(UserName="ana")
        keys = iam.create_access_key(UserName="ana")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        self.s3 = boto3.client("s3", region_name=REGION)
        self.s3.create_bucket(
            Bucket=EVIDENCE,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        self.arn = account.register()

    def wanted(self, **more: Any) -> dict[str, Any]:
        group = self.arn.replace(":model-package/", ":model-package-group/").rsplit("/", 1)[0]
        return {
            "version": int(self.arn.rsplit("/", 1)[-1]),
            "status": "Approved",
            "why": "AUC 0.93, checked the confusion matrix",
            "yes": False,
            "group": "main",
            "registry": group,
            "role": ROLE,
            "bound": True,
            "evidence": {"bucket": EVIDENCE, "account": "{account}", "region": "{region}"},
        } | more

    def ask(self, text: str) -> str:
        self.asked.append(text)
        return self.answers.pop(0)

    def sleep(self, seconds: float) -> None:
        """The recorder writes while the person waits."""
        self.slept += 1
        if self.slept == self.records_after:
            package = self.package()
            entry = {
                "kind": "decision",
                "decision": package["ModelApprovalStatus"],
                "event": "e1",
                "time": "2026-03-01T12:00:00Z",
                "meaning": "approval",
                "reason": package["ApprovalDescription"],
                "signer": {"name": "Ana Almeida"},
                "bound": {"package": self.arn},
                **self.outcome,
            }
            records.append(Bucket(self.s3, EVIDENCE), "main", entry)

    def package(self) -> dict[str, Any]:
        found: dict[str, Any] = self.account.sagemaker.describe_model_package(ModelPackageName=self.arn)
        return found

    def run(self, terminal: bool = True, **more: Any) -> int:
        session = boto3.Session(region_name=REGION)
        ask = self.ask if terminal else None
        return Approval(self.wanted(**more), session, ask, self.said.append).run(self.sleep)


@pytest.fixture
def world(account: SealedAccount, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(account, monkeypatch)


def test_a_person_sees_signs_and_gets_the_record(world: World) -> None:
    world.answers = ["review", world.arn.rsplit("/", 1)[-1]]
    assert world.run() == 0
    assert world.package()["ModelApprovalStatus"] == "Approved"
    text = "\n".join(world.said)
    assert "by ana: [review] AUC 0.93, checked the confusion matrix" in text
    assert "signed      Ana Almeida, 2026-03-01T12:00:00Z" in text
    assert "accepted    Approved" in text and "SHA-256     artifact" in text
    assert world.asked[0].startswith("What does your signature mean (approval, review, responsibility)?")
    assert world.asked[1].startswith("Sign as ana, meaning review: type ")


def test_the_call_has_meaning_and_reason_in_its_description(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run(yes=True, meaning="responsibility")
    assert world.package()["ApprovalDescription"] == "[responsibility] AUC 0.93, checked the confusion matrix"
    assert world.asked == []


def test_a_refused_decision_is_told_with_its_problems(world: World) -> None:
    world.outcome = {"outcome": "refused", "problems": ["Ana Almeida pushed 0123abc."]}
    assert world.run(yes=True, meaning="approval") == 1
    assert "            Ana Almeida pushed 0123abc." in world.said


def test_a_record_that_does_not_come_is_no_success(world: World) -> None:
    world.records_after = None
    assert world.run(yes=True, meaning="approval") == 1
    assert world.slept == approve.WAIT_SECONDS / approve.POLL_SECONDS
    assert "nothing is deployed without a record" in world.said[-1]
    assert "... 15 min" in world.said


def test_an_older_record_of_the_same_version_is_not_taken_for_this_one(world: World) -> None:
    old = {"kind": "decision", "decision": "Approved", "event": "e0", "time": "2026-02-01T00:00:00Z",
           "outcome": "refused", "bound": {"package": world.arn}}  # fmt: skip
    records.append(Bucket(world.s3, EVIDENCE), "main", old)
    assert world.run(yes=True, meaning="approval") == 0


def test_without_records_it_ends_with_the_decision(world: World) -> None:
    assert world.run(yes=True, meaning="approval", evidence=None) == 0
    assert world.slept == 0


def test_rejecting_has_one_meaning(world: World) -> None:
    assert world.run(yes=True, status="Rejected") == 0
    assert world.package()["ApprovalDescription"].startswith("[rejection] ")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"version": 99}, "There is no .*/99. Give the number of a version."),
        ({"why": "x" * 1024}, "1035 characters"),
        (
            {"meaning": "rejection"},
            "'rejection': for Approved it must be approval or review or responsibility",
        ),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(
    world: World, more: dict[str, Any], told: str
) -> None:
    with pytest.raises(Refused, match=told):
        world.run(**{"yes": True, "meaning": "approval", **more})
    assert world.package()["ModelApprovalStatus"] == "PendingManualApproval"


def test_a_version_that_is_not_sealed_is_refused(world: World) -> None:
    arn = world.account.unsealed("PendingManualApproval")
    with pytest.raises(Refused, match="is not sealed"):
        world.run(yes=True, version=int(arn.rsplit("/", 1)[-1]), meaning="approval")


def test_a_status_is_set_once(world: World) -> None:
    assert world.run(yes=True, meaning="approval", evidence=None) == 0
    with pytest.raises(Refused, match=r"is Approved already \(\[approval\] AUC 0.93"):
        world.run(yes=True, meaning="approval")
    assert world.run(yes=True, status="Rejected", evidence=None) == 0


def test_another_answer_than_the_number_decides_nothing(world: World) -> None:
    world.answers = ["", "yes"]
    with pytest.raises(Refused, match="Nothing was decided"):
        world.run()
    assert world.package()["ModelApprovalStatus"] == "PendingManualApproval"


def test_where_nobody_can_be_asked_yes_must_be_given(world: World) -> None:
    with pytest.raises(Refused, match="give --yes"):
        world.run(terminal=False)
