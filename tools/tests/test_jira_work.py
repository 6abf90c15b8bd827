"""Issues of versions, and the decisions that their transitions are."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend

import jira_decisions
import jira_work
from account import GROUP
from jira_delivery import PENDING, JiraDelivery
from jira_delivery import jira as jira
from jira_site import ANA, APP, EVE


def words(node: Any) -> str:
    if isinstance(node, dict):
        return node.get("text", "") + " " + words(node.get("content", []))
    return " ".join(map(words, node))


def test_a_registered_version_gets_an_issue_with_the_evidence(jira: JiraDelivery) -> None:
    jira.approvals.register(1, status="Approved")
    arn, key = jira.open()
    fields = jira.site.issues[key]["fields"]
    assert (fields["project"], fields["issuetype"]) == ({"key": "MLOPS"}, {"name": "Task"})
    assert fields["summary"] == f"Approve version 2 of {GROUP}" and fields["labels"][0] == "sagemaker-cicd"
    said = words(fields["description"])
    for told in (arn, "average_precision", "+0.03 (+0 to +0.06)", "569", "5.00%", "passed:12"):
        assert told in said
    assert "console.aws.amazon.com" in str(fields["description"])


def test_the_same_event_opens_one_issue_also_when_it_was_opened_but_not_remembered(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn, _ = jira.open()
    assert jira.work(jira.registered(arn))
    real = jira_work.Memory.put_once
    monkeypatch.setattr(jira_work.Memory, "put_once", lambda *_, **__: 1 / 0)
    other = jira.approvals.register(2)
    assert not jira.work(jira.registered(other)) and len(jira.site.issues) == 2
    monkeypatch.setattr(jira_work.Memory, "put_once", real)
    assert jira.work(jira.registered(other)) and len(jira.site.issues) == 2
    jira.site.move("MLOPS-2", "Approved", comment="as good as before")
    assert jira.work({"issue": "MLOPS-2"}) and jira.approvals.status(other)[0] == "Approved"


def test_two_at_once_open_one_issue(jira: JiraDelivery) -> None:
    arn = jira.approvals.register(1)
    jira.site.unindexed = True
    together(lambda: jira.work(jira.registered(arn)))
    assert len(jira.site.issues) == 1


def test_an_outage_loses_nothing_and_the_delays_grow(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[int] = []
    monkeypatch.setattr(
        "approval_queue._delay",
        lambda record, longest: delays.append(
            jira_work.work.__globals__["delay"](int(record["attributes"]["ApproximateReceiveCount"]), longest)
        ),
    )
    arn = jira.approvals.register(1)
    jira.site.down = 12
    attempts = 0
    while not jira.work(jira.registered(arn), attempt=attempts + 1):
        attempts += 1
    assert attempts == 12 and len(jira.site.issues) == 1
    assert delays[:4] == [30, 60, 120, 240] and delays[-1] == 10800


def test_an_issue_waits_for_the_seal_but_not_for_ever(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jira_work, "has_seal", lambda package: False)
    arn = jira.approvals.register(1, gate=None)
    assert not jira.work(jira.registered(arn)) and not jira.site.issues
    assert jira.work(jira.registered(arn), waited=3601)
    assert "reports cannot be shown" in words(jira.site.issues["MLOPS-1"]["fields"]["description"])


def test_a_version_that_was_decided_meanwhile_needs_no_issue(jira: JiraDelivery) -> None:
    arn = jira.approvals.register(1, status="Rejected")
    assert jira.work(jira.registered(arn)) and not jira.site.issues
    assert jira.work(jira.registered(arn.replace(GROUP, "others"))) and not jira.site.issues


@pytest.mark.parametrize(("status", "meaning"), [("Approved", "approval"), ("Rejected", "rejection")])
def test_a_transition_with_a_comment_is_a_decision_of_whoever_made_it(
    jira: JiraDelivery, status: str, meaning: str
) -> None:
    arn, key = jira.open()
    jira.site.say(key, "looks odd", EVE)
    jira.site.move(key, status, ANA, "checked the\nsegments")
    jira.site.say(key, "I think so too", EVE)
    assert jira.work({"issue": key})
    assert jira.approvals.status(arn) == (status, f"[{meaning}] checked the segments (Jira {key}, {ANA})")
    assert jira.site.texts(key)[0].startswith(f"Version 1 is {status} in the registry.")
    # Again, from the webhook, the reconciliation, or both: nothing more happens.
    assert jira.work({"issue": key}) and jira.work({"reconcile": True})
    assert len(jira.site.texts(key)) == 1


def together(do: Any, times: int = 4) -> list[Any]:
    done: list[Any] = []
    threads = [threading.Thread(target=lambda: done.append(do())) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@pytest.fixture
def whole_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto looks at the condition of an update and writes in two steps, which DynamoDB does in one."""
    one_at_a_time, update = threading.Lock(), DynamoDBBackend.update_item

    def update_item(*given: Any, **named: Any) -> Any:
        with one_at_a_time:
            return update(*given, **named)

    monkeypatch.setattr(DynamoDBBackend, "update_item", update_item)


@pytest.mark.usefixtures("whole_updates")
def test_two_transitions_at_once_are_one_decision(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn, key = jira.open()
    decided: list[str] = []
    real = jira_decisions.decide

    def counted(account: Any, package: str, status: str, said: str) -> None:
        decided.append(status)
        real(account, package, status, said)

    monkeypatch.setattr(jira_decisions, "decide", counted)
    jira.site.move(key, "Approved", ANA, "good")
    jira.site.move(key, "Rejected", EVE, "bad")
    outcomes = together(lambda: jira.work({"issue": key}))
    # Those whose turn it was not come again.
    assert any(outcomes)
    assert jira.work({"issue": key})
    assert decided == ["Rejected"]
    assert jira.approvals.status(arn)[1].endswith(f"(Jira {key}, {EVE})")


def test_a_decision_stands_whatever_is_moved_afterwards(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    jira.site.move(key, "Approved", ANA, "good")
    assert jira.work({"issue": key})
    jira.site.move(key, "Rejected", EVE, "bad")
    assert jira.work({"issue": key})
    assert jira.approvals.status(arn)[0] == "Approved"
    assert "version 1 is Approved already" in jira.site.texts(key)[-1]
    assert jira.reasons() == ["version 1 is Approved already"]


NO_DECISION: list[tuple[str, dict[str, Any], str]] = [
    ("no comment", {}, "there is no reason"),
    ("an empty comment", {"comment": "  "}, "there is no reason"),
    ("an account of an app", {"comment": "good", "by": APP, "kind": "app"}, "a person must move the issue"),
    ("a customer", {"comment": "good", "kind": "customer"}, "a person must move the issue"),
]


@pytest.mark.parametrize(("moved", "why"), [c[1:] for c in NO_DECISION], ids=[c[0] for c in NO_DECISION])
def test_what_is_no_decision_is_said_in_the_issue_and_told(
    jira: JiraDelivery, moved: dict[str, Any], why: str
) -> None:
    arn, key = jira.open()
    jira.site.say(key, "somebody else's reason", EVE)
    jira.site.move(key, "Approved", **moved)
    assert jira.work({"issue": key}) and jira.work({"issue": key})
    assert jira.approvals.status(arn) == (PENDING, "")
    [said] = jira.site.texts(key)
    assert why in said and [why in reason for reason in jira.reasons()] == [True]


def test_a_reason_counts_for_the_transition_that_it_was_written_for(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    jira.site.move(key, "Approved", ANA)
    assert jira.work({"issue": key})
    jira.site.tick(600)
    jira.site.say(key, "too late for that one", ANA)
    assert jira.work({"issue": key}) and jira.approvals.status(arn)[0] == PENDING
    # The comment is newer than the transition before this one.
    jira.site.move(key, "To Do", ANA)
    jira.site.move(key, "Approved", ANA)
    assert jira.work({"issue": key}) and jira.approvals.status(arn)[0] == PENDING
    jira.site.move(key, "To Do", ANA)
    jira.site.move(key, "Approved", ANA, "now I looked at it")
    assert jira.work({"issue": key})
    assert jira.approvals.status(arn) == ("Approved", f"[approval] now I looked at it (Jira {key}, {ANA})")


def test_a_comment_that_somebody_else_edited_is_no_reason(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    jira.site.move(key, "Approved", ANA, "not yet")
    jira.site.issues[key]["comments"][-1]["updateAuthor"] = {"accountId": EVE}
    assert jira.work({"issue": key}) and jira.approvals.status(arn)[0] == PENDING


def test_moves_elsewhere_mean_nothing(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    jira.site.move(key, "In Review", ANA, "looking")
    assert jira.work({"issue": key}) and jira.approvals.status(arn)[0] == PENDING
    assert jira.site.texts(key) == [] and jira.reasons() == []


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("project", "OTHER", "moved to another project"),
        ("properties", {"sagemaker-cicd": {"modelPackageArn": "arn:another"}}, "names another model package"),
        ("properties", {}, "names another model package"),
    ],
)
def test_an_issue_that_is_not_what_it_was_decides_nothing(
    jira: JiraDelivery, field: str, value: Any, why: str
) -> None:
    arn, key = jira.open()
    jira.site.move(key, "Approved", ANA, "good")
    jira.site.issues[key][field] = value
    assert jira.work({"issue": key}) and jira.approvals.status(arn)[0] == PENDING
    assert why in jira.reasons()[0]


def test_a_deleted_issue_is_told(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    del jira.site.issues[key]
    assert jira.work({"issue": key}) and jira.approvals.status(arn)[0] == PENDING
    assert "deleted" in jira.reasons()[0]


def test_a_transition_that_no_webhook_told_of_is_found(jira: JiraDelivery) -> None:
    first, one = jira.open()
    second, two = jira.open()
    jira.site.move(one, "Approved", ANA, "good")
    jira.site.move(two, "Rejected", EVE, "bad")
    forged = {"fields": {**jira.site.issues[one]["fields"]}, "status": "Approved"}
    jira.site.issues["MLOPS-3"] = {**jira.site.issues[one], **forged}
    assert jira.work({"reconcile": True})
    assert [jira.approvals.status(arn)[0] for arn in (first, second)] == ["Approved", "Rejected"]
    assert jira.site.texts("MLOPS-3") == jira.site.texts(one)


def test_a_look_during_an_outage_is_tried_again_and_an_old_one_is_left_to_the_next(
    jira: JiraDelivery,
) -> None:
    _, key = jira.open()
    jira.site.move(key, "Approved", ANA, "good")
    jira.site.down = 2
    assert not jira.work({"reconcile": True}) and not jira.work({"reconcile": True})
    asked = len(jira.site.asked)
    assert jira.work({"reconcile": True}, waited=5 * 3600) and len(jira.site.asked) == asked


def test_a_crash_after_the_decision_does_not_decide_twice(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn, key = jira.open()
    jira.site.move(key, "Approved", ANA, "good")
    real = jira_decisions.Jira.comment
    monkeypatch.setattr(jira_decisions.Jira, "comment", lambda *_: 1 / 0)
    assert not jira.work({"issue": key}) and jira.approvals.status(arn)[0] == "Approved"
    monkeypatch.setattr(jira_decisions.Jira, "comment", real)
    assert jira.work({"issue": key})
    assert jira.site.texts(key) == ["Version 1 is Approved in the registry."] and jira.reasons() == []


def test_a_long_reason_gives_way_to_who_decided(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    jira.site.move(key, "Approved", ANA, "x" * 5000)
    assert jira.work({"issue": key})
    said = jira.approvals.status(arn)[1]
    assert len(said) == 1024 and said.endswith(f"… (Jira {key}, {ANA})")


def test_a_refusal_of_the_recorder_is_said_in_the_issue(jira: JiraDelivery) -> None:
    arn, key = jira.open()
    detail = {"ModelPackageArn": arn, "Problems": "Ana Almeida pushed abc. Another one."}
    event = {
        "source": "sagemaker-cicd.governance",
        "detail-type": "Model Package Approval Refused",
        "detail": detail,
    }
    assert jira.work(event)
    assert jira.site.texts(key)[-1].endswith("not accepted: Ana Almeida pushed abc. Another one.")


def test_the_token_goes_to_no_other_host(jira: JiraDelivery) -> None:
    arn = jira.approvals.register(1)
    jira.site.redirects_to = "http://127.0.0.1:9/elsewhere"
    assert not jira.work(jira.registered(arn))


def test_a_wrong_token_is_tried_again(jira: JiraDelivery) -> None:
    arn = jira.approvals.register(1)
    jira.secrets.put_secret_value(
        SecretId=jira.secret,
        SecretString='{"user": "bot@example.org", "token": "old", "webhookSecret": "0123456789abcdef"}',
    )
    assert not jira.work(jira.registered(arn)) and not jira.site.issues
