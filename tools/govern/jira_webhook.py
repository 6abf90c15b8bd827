"""
What Jira calls when an issue changed. A call can do no more than name an issue of ours to be looked at; it is
refused unless it is signed, new and about one. Refusals are told, each kind once an hour.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from typing import Any

from approval_aws import own
from approval_events import JIRA_REFUSED, tell
from approval_settings import Settings, read_settings
from jira_memory import Memory
from jira_secret import Cache

LARGEST = 1024 * 1024
OLDEST = 90 * 60
"""Seconds between the event and the call: Jira tries five times, with up to 15 minutes in between."""
AHEAD = 300
"""Seconds by which Jira's clock may be ahead."""
REMEMBERED_DAYS = 30
IDENTIFIER = "x-atlassian-webhook-identifier"
LONGEST_IDENTIFIER = 200
SECRET_LASTS = 30.0
"""Seconds after which a secret that does not fit is read again."""

SECRETS = Cache()


class NotAccepted(Exception):
    """The call is refused; the message says why, in words that tell a stranger nothing."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Ignored(Exception):
    """The call is right and there is nothing to do."""


def receive(settings: Settings, memory: Memory, request: Mapping[str, Any]) -> str:
    """The key of the issue that is to be looked at. Raises `NotAccepted` or `Ignored`."""
    headers = {str(k).lower(): str(v) for k, v in (request.get("headers") or {}).items()}
    if request.get("requestContext", {}).get("http", {}).get("method") != "POST":
        raise NotAccepted(405, "not a POST request")
    body = _body(request)
    _check_signature(settings, body, headers.get("x-hub-signature", ""))
    said = _json(body)
    _check_age(said.get("timestamp"))
    if said.get("webhookEvent") != "jira:issue_updated":
        raise Ignored("not about a change of an issue")
    issue = said.get("issue")
    fields = issue.get("fields") if isinstance(issue, dict) else None
    project = fields.get("project") if isinstance(fields, dict) else None
    if not isinstance(issue, dict) or not isinstance(project, dict):
        raise NotAccepted(400, "no issue with a project")
    if project.get("key") != settings.jira["projectKey"]:
        raise NotAccepted(403, "another project")
    key = str(issue.get("key", ""))
    if len(key) > 300 or memory.get(f"issue#{key}") is None:
        raise NotAccepted(404, "unknown issue")
    identifier = headers.get(IDENTIFIER, "")
    if not 0 < len(identifier) <= LONGEST_IDENTIFIER:
        raise NotAccepted(400, f"no {IDENTIFIER}")
    if memory.get(f"delivery#{identifier}"):
        raise NotAccepted(409, "received before")
    own("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps({"issue": key}))
    # Only now: what could not be handed on must be taken when it comes again.
    if not memory.put_once(f"delivery#{identifier}", REMEMBERED_DAYS, issue=key):
        raise NotAccepted(409, "received before")
    return key


def _body(request: Mapping[str, Any]) -> bytes:
    given = str(request.get("body") or "")
    # Base64 is a third longer; what is too long is not decoded.
    if len(given) > LARGEST * 4 // 3 + 4:
        raise NotAccepted(413, "too large")
    try:
        body = base64.b64decode(given, validate=True) if request.get("isBase64Encoded") else given.encode()
    except (binascii.Error, ValueError):
        raise NotAccepted(400, "not Base64") from None
    if len(body) > LARGEST:
        raise NotAccepted(413, "too large")
    return body


def _check_signature(settings: Settings, body: bytes, given: str) -> None:
    """HMAC-SHA256 of the body (Jira Cloud platform, "Webhooks", "Secure admin webhooks")."""
    client, arn = own("secretsmanager"), settings.jira["secretArn"]
    for lasts in (None, SECRET_LASTS):
        secret = SECRETS.get(client, arn) if lasts is None else SECRETS.get(client, arn, lasts)
        for key in secret.webhook:
            right = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
            if hmac.compare_digest(right.encode(), given.encode()):
                return
    raise NotAccepted(401, "wrong signature")


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAccepted(400, "not JSON") from None
    if not isinstance(said, dict):
        raise NotAccepted(400, "not a JSON object")
    return said


def _check_age(timestamp: Any) -> None:
    if not isinstance(timestamp, int) or isinstance(timestamp, bool):
        raise NotAccepted(400, "no timestamp")
    age = time.time() - timestamp / 1000
    if age > OLDEST:
        raise NotAccepted(400, "too late")
    if age < -AHEAD:
        raise NotAccepted(400, "from the future")


def tell_once(settings: Settings, memory: Memory, why: str) -> None:
    """Tells each kind of refusal once an hour: whoever calls from outside must not fill people's mail."""
    hour = time.strftime("%Y-%m-%dT%H", time.gmtime())
    if memory.put_once(f"told#{why}#{hour}", 1):
        detail = {
            "issue": "none",
            "ModelPackageArn": "none",
            "reason": f"a call of the webhook was refused: {why}",
        }
        tell(settings, JIRA_REFUSED, detail)


def handler(request: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: a call of the function's URL."""
    settings = read_settings(context.invoked_function_arn)
    memory = Memory(own("dynamodb"), os.environ["TABLE"])
    try:
        key = receive(settings, memory, request)
    except Ignored as ignored:
        return {"statusCode": 200, "body": str(ignored)}
    except NotAccepted as refusal:
        print(f"Refused: {refusal}")
        tell_once(settings, memory, str(refusal))
        return {"statusCode": refusal.status, "body": str(refusal)}
    print(f"Handed on: {key}")
    return {"statusCode": 202, "body": "accepted"}
