"""Jira's webhook takes signed, new calls about issues of ours; everything else is refused and told."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

import jira_webhook
from jira_delivery import WEBHOOK_SECRET, JiraDelivery, content, sign
from jira_delivery import jira as jira


def test_a_signed_call_hands_on_which_issue_to_look_at_and_nothing_else(jira: JiraDelivery) -> None:
    _, key = jira.open()
    assert (
        jira.call(key, more={"user": {"accountId": "somebody"}, "changelog": {"items": []}})["statusCode"]
        == 202
    )
    assert jira.queued() == [{"issue": key}]
    assert jira.reasons() == []


def test_a_call_in_base64_is_the_same(jira: JiraDelivery) -> None:
    _, key = jira.open()
    fields = {"project": {"key": "MLOPS"}}
    body = json.dumps(
        {"timestamp": jira_webhook.time.time_ns() // 10**6, "webhookEvent": "jira:issue_updated",
         "issue": {"key": key, "fields": fields}}
    )  # fmt: skip
    encoded = base64.b64encode(body.encode()).decode()
    headers = {"x-hub-signature": sign(body, WEBHOOK_SECRET)}
    assert jira.call(key, body=encoded, isBase64Encoded=True, headers=headers)["statusCode"] == 202


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("a wrong signature", {"secret": "another secret of a webhook"}, 401, "wrong signature"),
    ("no signature", {"headers": {"x-hub-signature": ""}}, 401, "wrong signature"),
    ("a signature of another kind", {"headers": {"x-hub-signature": "sha1=00"}}, 401, "wrong signature"),
    ("a signature that is no text", {"headers": {"x-hub-signature": "sha256=é"}}, 401, "wrong signature"),
    ("late", {"age": 91 * 60}, 400, "too late"),
    ("from the future", {"age": -600}, 400, "from the future"),
    ("without a time", {"more": {"timestamp": "now"}}, 400, "no timestamp"),
    ("oversized", {"body": " " * (1024 * 1024 + 1)}, 413, "too large"),
    ("far oversized", {"body": " " * (2 * 1024 * 1024)}, 413, "too large"),
    ("malformed", {"body": "{"}, 400, "not JSON"),
    ("nested without end", {"body": "[" * 100_000}, 400, "not JSON"),
    ("no object", {"body": "[]"}, 400, "not a JSON object"),
    ("no Base64", {"body": "???", "isBase64Encoded": True}, 400, "not Base64"),
    ("no issue", {"more": {"issue": None}}, 400, "no issue with a project"),
    ("an issue without fields", {"more": {"issue": {"key": "MLOPS-1"}}}, 400, "no issue with a project"),
    ("another project", {"project": "OTHER"}, 403, "another project"),
    ("no identifier", {"identifier": ""}, 400, "no x-atlassian-webhook-identifier"),
    ("an endless identifier", {"identifier": "i" * 201}, 400, "no x-atlassian-webhook-identifier"),
    ("another method", {"method": "GET"}, 405, "not a POST request"),
]


@pytest.mark.parametrize(("changed", "status", "why"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_wrong_call_is_refused_and_told_and_hands_on_nothing(
    jira: JiraDelivery, changed: dict[str, Any], status: int, why: str
) -> None:
    _, key = jira.open()
    assert jira.call(key, **changed) == {"statusCode": status, "body": why}
    assert jira.queued() == []
    assert jira.reasons() == [f"a call of the webhook was refused: {why}"]


def test_an_unknown_issue_is_refused(jira: JiraDelivery) -> None:
    assert jira.call("MLOPS-99") == {"statusCode": 404, "body": "unknown issue"}
    assert jira.queued() == [] and len(jira.reasons()) == 1


def test_a_call_that_comes_again_is_refused(jira: JiraDelivery) -> None:
    _, key = jira.open()
    assert jira.call(key)["statusCode"] == 202
    assert jira.call(key) == {"statusCode": 409, "body": "received before"}
    assert jira.call(key, identifier="id-2")["statusCode"] == 202
    assert len(jira.queued()) == 2


def test_what_could_not_be_handed_on_is_taken_when_it_comes_again(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = jira.open()
    queue = jira.approvals.queue
    monkeypatch.setenv("QUEUE_URL", queue + "-lost")
    with pytest.raises(Exception, match="NonExistentQueue"):
        jira.call(key)
    monkeypatch.setenv("QUEUE_URL", queue)
    assert jira.call(key)["statusCode"] == 202


def test_a_flood_of_wrong_calls_is_told_once_an_hour_for_each_kind(jira: JiraDelivery) -> None:
    _, key = jira.open()
    for i in range(20):
        jira.call(key, secret=f"guess number {i:010}"), jira.call(key, age=10_000)
    assert sorted(jira.reasons()) == [
        "a call of the webhook was refused: too late", "a call of the webhook was refused: wrong signature",
    ]  # fmt: skip


def test_other_events_are_taken_and_do_nothing(jira: JiraDelivery) -> None:
    _, key = jira.open()
    assert jira.call(key, event="comment_created")["statusCode"] == 200
    assert jira.queued() == [] and jira.reasons() == []


def test_while_the_secret_is_rotated_the_one_before_is_accepted_too(
    jira: JiraDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = jira.open()
    assert jira.call(key)["statusCode"] == 202
    jira.secrets.put_secret_value(
        SecretId=jira.secret, SecretString=content("the next secret of the webhook")
    )
    # What is known does not fit, so it is read again.
    monkeypatch.setattr(jira_webhook, "SECRET_LASTS", 0.0)
    assert jira.call(key, "id-2", secret="the next secret of the webhook")["statusCode"] == 202
    assert jira.call(key, "id-3")["statusCode"] == 202
    jira.secrets.put_secret_value(SecretId=jira.secret, SecretString=content("the one after that, once more"))
    monkeypatch.setattr(jira_webhook, "SECRETS", jira_webhook.Cache())
    assert jira.call(key, "id-4")["statusCode"] == 401


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        (content(""), "has no webhookSecret"),
        (content("short"), "at least 16 characters"),
        ("[]", "not a JSON object"),
    ],
)
def test_with_a_secret_that_protects_nothing_no_call_is_taken(
    jira: JiraDelivery, secret: str, why: str
) -> None:
    _, key = jira.open()
    jira.secrets.put_secret_value(SecretId=jira.secret, SecretString=secret)
    with pytest.raises(ValueError, match=why):
        jira.call(key, secret="")
