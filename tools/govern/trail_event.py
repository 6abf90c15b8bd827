"""
What CloudTrail recorded of a decision: who called, what was decided about, when and why.

Nothing here asks anybody. The record is the only witness of who decided: the registry shows the last change
alone, and what a caller says of himself in the call counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

APPROVED, REJECTED = "Approved", "Rejected"
"""Statuses that are decisions; a version that waits is not decided."""

MEANINGS = ("approval", "review", "responsibility", "rejection")
"""What a signature can mean (21 CFR 11.50)."""

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
"""What CloudTrail writes in place of a value that it keeps to itself."""

_PERMISSION_SET = re.compile(r":role/aws-reserved/sso\.amazonaws\.com/")


class NotADecision(Exception):
    """An event that decides nothing; the message says why."""


@dataclass(frozen=True)
class Caller:
    """Who made a call, as CloudTrail saw them."""

    name: str
    """Name of the person, or of the session where no person is behind it."""
    principal: str
    """ARN of the user, or of the session of a role."""
    identity: str
    """Where the name comes from: "source identity", "user name", "permission set" or "session name"."""
    role: str | None = None
    """ARN of the role of a session."""

    @property
    def chosen(self) -> bool:
        """Whether callers may have chosen the name themselves."""
        return self.identity == "session name"


@dataclass(frozen=True)
class Decision:
    """A decision about a model package, or about what a pipeline waits with."""

    event: str
    """Id that CloudTrail gave the event; the same however often it is delivered."""
    time: str
    status: str
    caller: Caller
    meaning: str
    reason: str
    package: str = ""
    """ARN of the model package; empty for a pipeline's approval."""
    pipeline: str = ""
    stage: str = ""
    action: str = ""
    token: str = ""

    @property
    def group(self) -> str:
        """ARN of the package's group."""
        return self.package.rsplit("/", 1)[0].replace(":model-package/", ":model-package-group/", 1)


def decision_of(event: Mapping[str, Any]) -> Decision:
    """
    The decision that an EventBridge event brings.

    Raises NotADecision for a call that failed, or that sets no status. A KeyError means that the event is
    not in CloudTrail's format: it is kept, and looked at by a person.
    """
    detail = event["detail"]
    if detail.get("errorCode"):
        raise NotADecision(f"the call failed: {detail['errorCode']}")
    name = detail["eventName"]
    asked = detail.get("requestParameters") or {}
    if name == "UpdateModelPackage":
        status = str(asked.get("modelApprovalStatus", ""))
        meaning, reason = signature(str(asked.get("approvalDescription") or ""), status)
        about = {"package": str(asked.get("modelPackageArn", ""))}
    elif name == "PutApprovalResult":
        result = asked["result"]
        status = str(result["status"])
        meaning, reason = signature(str(result.get("summary") or ""), status)
        fields = (
            ("pipeline", "pipelineName"),
            ("stage", "stageName"),
            ("action", "actionName"),
            ("token", "token"),
        )
        about = {ours: str(asked.get(theirs) or "") for ours, theirs in fields}
    else:
        raise NotADecision(f"{name} decides nothing")
    if status not in (APPROVED, REJECTED):
        raise NotADecision(f"the call sets {status or 'no status'}")
    return Decision(
        event=str(detail["eventID"]),
        time=str(detail["eventTime"]),
        status=status,
        caller=caller_of(detail["userIdentity"]),
        meaning=meaning,
        reason=reason,
        **about,
    )


def caller_of(who: Mapping[str, Any]) -> Caller:
    """
    Who called, by CloudTrail's `userIdentity`: whatever of it names a person and was not asserted by them.
    """
    kind = who.get("type")
    principal = str(who.get("arn") or who.get("principalId") or who.get("invokedBy") or kind)
    if kind != "AssumedRole":
        return Caller(str(who.get("userName") or principal), principal, "user name")
    context = who.get("sessionContext") or {}
    issuer = context.get("sessionIssuer") or {}
    role = str(issuer.get("arn") or "") or None
    session = str(who.get("principalId", "")).partition(":")[2] or principal.rsplit("/", 1)[-1]
    if source := context.get("sourceIdentity"):
        return Caller(str(source), principal, "source identity", role)
    direct = role is not None and _PERMISSION_SET.search(role) is not None
    return Caller(session, principal, "permission set" if direct else "session name", role)


def signature(text: str, status: str) -> tuple[str, str]:
    """Meaning and reason of `[meaning] reason`; without brackets the meaning follows from the status."""
    line = " ".join(text.split())
    found = re.match(r"^\[([a-z]+)\]\s*(.*)$", line)
    if found and found[1] in MEANINGS:
        return found[1], found[2]
    return ("approval" if status == APPROVED else "rejection"), line
