"""Decisions that arrive as events: what is recorded, taken back and announced."""

from __future__ import annotations

import itertools
import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

import recorder as module
from account import ACCOUNT
from governed import HEAD, Governed, approval, session
from people import Unavailable

PERSON = f"arn:aws:iam::{ACCOUNT}:user/"


def problems(governed: Governed, event) -> list[str]:
    governed.recorder.handle(event)
    return governed.records()[-1]["problems"]


def test_an_approval_is_recorded_with_who_when_why_and_what_and_announced(governed: Governed) -> None:
    package = governed.version()
    governed.recorder.handle(approval(package, why="[review] better  recall"))
    [record] = governed.records()
    assert record["signer"] == {
        "name": "Ana Almeida",
        "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/churn-main-approver/ana",
        "identity": "source identity ana",
    }
    shown = (
        "kind",
        "subject",
        "decision",
        "outcome",
        "problems",
        "method",
        "meaning",
        "reason",
        "event",
        "time",
    )
    assert [record[key] for key in shown] == [
        "decision",
        "model",
        "Approved",
        "accepted",
        [],
        "person",
        "review",
        "better recall",
        "d1",
        "2026-03-01T13:00:00Z",
    ]
    assert record["bound"]["package"] == package and record["bound"]["policy"] == governed.settings.policy
    [told] = governed.told()
    assert (told["source"], told["detail-type"]) == (
        "sagemaker-cicd.governance",
        "Model Package Decision Recorded",
    )
    assert told["detail"] == {
        "ModelPackageArn": package,
        "ModelPackageGroupName": "churn-main",
        "ModelApprovalStatus": "Approved",
        "About": package,
        "Problems": "",
        "Record": record,
    }
    assert governed.status(package) == "Approved"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (session("ana", source=None), "The name ana was chosen by the caller."),
        (session("zoe", source="zoe"), "zoe is not in governance.identities."),
        (session("ana", role="Admin"), "may not decide"),
        (session("ana", role="churn-dev-approver"), "may not decide"),
        (
            session(
                "ana", role="AWSReservedSSO_Admin_0123456789abcdef", path="aws-reserved/sso.amazonaws.com/"
            ),
            "may not decide",
        ),
        ({"type": "IAMUser", "arn": f"{PERSON}ana", "userName": "ana"}, "may not decide"),
        ({"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"}, "may not decide"),
        ({"type": "AWSService", "invokedBy": "sagemaker.amazonaws.com"}, "may not decide"),
    ],
    ids=[
        "self-asserted",
        "unlisted",
        "admin",
        "other group's role",
        "permission set",
        "user",
        "root",
        "service",
    ],
)
def test_who_may_not_decide_is_refused(governed: Governed, who, expected: str) -> None:
    package = governed.version()
    found = problems(governed, approval(package, who=who))
    assert any(expected in problem for problem in found)
    assert governed.status(package) == "PendingManualApproval"


@pytest.mark.parametrize("why", [None, "", "  ", "[approval]", "[approval]  "])
def test_no_reason_is_refused(governed: Governed, why: str | None) -> None:
    assert problems(governed, approval(governed.version(), why=why)) == [
        "There is no reason. Decide again and say why."
    ]


def test_a_rejection_by_the_pusher_counts_and_stays(governed: Governed) -> None:
    governed.push(HEAD, "ana", "p2")
    package = governed.version(status="Rejected")
    governed.recorder.handle(approval(package, status="Rejected", why="recall too low"))
    [record] = governed.records()
    assert (record["outcome"], record["meaning"], record["decision"]) == ("accepted", "rejection", "Rejected")
    assert governed.status(package) == "Rejected" and len(governed.told()) == 1


def test_rules_and_jira_are_told_apart_by_their_roles(governed: Governed) -> None:
    # Versions of this group are not approved by rule, unless the options say so.
    rule = session("x", role="churn-main-ruleapprover", source=None)
    refused = problems(governed, approval(governed.version(), "q", who=rule))
    assert any("may not decide" in problem for problem in refused)
    group = governed.settings.named("main")
    assert group
    group.methods[(ACCOUNT, "churn-main-ruleapprover")] = "rule"
    assert (
        problems(governed, approval(governed.version(), "r", why="[approval] by rule: a 1", who=rule)) == []
    )
    jira = session("x", role="churn-main-jiraapprover", source=None)
    why = "[approval] good (Jira MLOPS-12, 5b10a2844c20165700ede21e)"
    assert problems(governed, approval(governed.version(), "j", why=why, who=jira)) == []
    assert [(r["method"], r["signer"]["name"]) for r in governed.records()[1:]] == [
        ("rule", "Approval by rule"),
        ("jira", "Eve Evans"),
    ]
    governed.push(HEAD, "eve", "p2")
    assert problems(governed, approval(governed.version(), "k", why=why, who=jira)) == [
        "Eve Evans pushed aaaaaaaa, and approves it: somebody else must."
    ]
    unsigned = problems(governed, approval(governed.version(), "l", why="[approval] good", who=jira))
    assert "does not end with the Jira issue" in unsigned[0]


def test_duplicates_and_events_out_of_order_are_one_decision_each(governed: Governed) -> None:
    for number, order in enumerate(itertools.permutations(range(3))):
        package = governed.version()
        decided = [
            approval(package, f"{number}-0", time="2026-03-01T13:00:00Z"),
            approval(package, f"{number}-1", "Rejected", "worse", time="2026-03-01T13:05:00Z"),
            approval(package, f"{number}-2", why="after all", time="2026-03-01T13:10:00Z"),
        ]
        for which in (*order, *order[::-1]):
            governed.recorder.handle(decided[which])
        standing = module.standing_decision(governed.recorder.evidence.store, "main", package)
        assert standing and standing["event"] == f"{number}-2"
        assert len(governed.records()) == 3 * (number + 1)


def test_a_refusal_that_comes_late_takes_no_later_approval_back(governed: Governed) -> None:
    package = governed.version()
    governed.recorder.handle(approval(package, "d2", time="2026-03-01T13:10:00Z"))
    governed.recorder.handle(approval(package, "d1", why="", time="2026-03-01T13:00:00Z"))
    assert [r["outcome"] for r in governed.records()] == ["accepted", "refused"]
    assert governed.status(package) == "Approved"


def test_many_at_once_make_one_chain(governed: Governed) -> None:
    packages = [governed.version() for _ in range(5)]
    events = [approval(package, f"{n}-{i}") for n, package in enumerate(packages) for i in range(3)] * 2
    random.Random(7).shuffle(events)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(governed.recorder.handle, events))
    found = governed.records()
    assert len(found) == 15 and len({record["event"] for record in found}) == 15


def test_what_failed_is_done_again_and_recorded_once(
    governed: Governed, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = governed.version()
    put = governed.recorder._put

    def broken(*_: object) -> None:
        raise RuntimeError("no")

    governed.recorder._put = broken  # type: ignore[method-assign]
    monkeypatch.setattr(module, "_recorder", governed.recorder)
    message = {"messageId": "m1", "body": json.dumps(approval(package)), "attributes": {}}
    assert module.handler({"Records": [message]}) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    governed.recorder._put = put  # type: ignore[method-assign]
    assert module.handler({"Records": [message]}) == {"batchItemFailures": []}
    assert len(governed.records()) == 1 and len(governed.told()) == 1


def test_a_host_that_does_not_answer_is_waited_for_and_then_the_approval_is_refused(
    governed: Governed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise Unavailable("api.github.com/repos/a/b gives no answer.")

    monkeypatch.setattr("change.committers", silent)
    event = approval(governed.version())
    for tries in range(1, module.WAITS):
        with pytest.raises(Unavailable):
            governed.recorder.handle(event, tries)
    governed.recorder.handle(event, module.WAITS)
    [record] = governed.records()
    assert record["outcome"] == "refused" and "gives no answer" in record["problems"][0]


def test_what_decides_nothing_is_not_recorded(governed: Governed) -> None:
    package = governed.version()
    waiting = approval(package, status="PendingManualApproval")
    failed = approval(package)
    failed["detail"]["errorCode"] = "AccessDenied"
    metadata = approval(package)
    del metadata["detail"]["requestParameters"]["modelApprovalStatus"]
    for event in (waiting, failed, metadata):
        assert governed.recorder.handle(event) is None
    assert governed.records() == []


def test_a_hidden_reason_is_taken_from_the_registry_while_it_says_the_same(governed: Governed) -> None:
    package = governed.version()
    governed.sagemaker.update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Approved", ApprovalDescription="[review] better"
    )
    hidden = approval(package, why="HIDDEN_DUE_TO_SECURITY_REASONS")
    real = governed.sagemaker.describe_model_package(ModelPackageName=package).get("ApprovalDescription")
    governed.recorder.handle(hidden)
    [record] = governed.records()
    assert (record["meaning"], record["reason"]) == ("review", "better") if real else record["problems"]


def test_no_text_of_a_record_ends_the_message_that_it_is_put_into(governed: Governed) -> None:
    governed.recorder.handle(approval(governed.version(), why='[approval] "good" \\ enough'))
    [told] = governed.told()
    assert told["detail"]["Record"]["reason"] == "'good' / enough"
    assert governed.records()[0]["reason"] == '"good" \\ enough'
