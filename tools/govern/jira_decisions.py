"""
From a transition of an issue to an approval status: who made it, when and why is read from Jira itself,
whatever a webhook says.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from approval_aws import DESCRIPTION_LIMIT, BuildAccount, decide, one_line
from approval_events import JIRA_REFUSED, tell
from approval_queue import Later
from approval_settings import Group, Settings
from jira_client import Jira, JiraError
from jira_issue import PROPERTY, note, plain
from jira_memory import Memory
from registry import Package, describe
from targets import Refused

TURN_SECONDS = 300
PENDING = "PendingManualApproval"
LATE = timedelta(minutes=2)
"""How much later than its transition a comment may say why; Jira writes both with one request."""

MEANINGS = {"Approved": "approval", "Rejected": "rejection"}


@dataclass(frozen=True)
class Transition:
    """The change of an issue's status that came last."""

    id: str
    status: str
    author: str
    kind: str
    at: datetime
    before: datetime | None
    """When the status changed before that."""


@dataclass(frozen=True)
class Follower:
    """What following an issue needs."""

    settings: Settings
    jira: Jira
    memory: Memory

    def follow(self, key: str) -> None:
        """Sets the status that the issue's last transition stands for; each transition once."""
        known = self.memory.get(f"issue#{key}")
        if known is None:
            raise Refused(f"{key} is no issue of ours.")
        owner = uuid.uuid4().hex
        if not self.memory.take(key, owner, TURN_SECONDS):
            raise Later(f"{key} is being looked at")
        try:
            self._follow(key, self.memory.get(f"issue#{key}") or known)
        finally:
            self.memory.give_back(key, owner)

    def _follow(self, key: str, known: Mapping[str, str]) -> None:
        jira = self.settings.jira
        status = self._status_now(key, known)
        last = last_transition(self.jira.changelog(key))
        if last is None or last.id == known.get("handled"):
            return
        if last.status != status:
            raise Later(f"{key} is {status}, and its changelog does not say so yet")
        wanted = {jira["approvedStatus"]: "Approved", jira["rejectedStatus"]: "Rejected"}.get(status)
        if wanted is None:
            return
        said = self._decide(key, known["package"], last, wanted)
        self.jira.comment(key, note(said))
        self.memory.set(f"issue#{key}", handled=last.id)

    def _status_now(self, key: str, known: Mapping[str, str]) -> str:
        """The issue's status; refuses an issue that is not what it was."""
        try:
            issue = self.jira.issue(key, "status,project", PROPERTY)
        except JiraError as error:
            if error.status != 404:
                raise
            self._refuse(key, known["package"], "the issue was deleted, or the token's user may not see it")
        found = issue.get("fields", {})
        carried = (issue.get("properties") or {}).get(PROPERTY) or {}
        if found.get("project", {}).get("key") != self.settings.jira["projectKey"]:
            self._refuse(key, known["package"], "the issue was moved to another project")
        if carried.get("modelPackageArn") != known["package"]:
            self._refuse(
                key, known["package"], f"the issue's property {PROPERTY} names another model package"
            )
        return str(found["status"]["name"])

    def _refuse(self, key: str, package: str, why: str) -> NoReturn:
        self._tell(key, package, why)
        raise Refused(f"{key}: {why}.")

    def _tell(self, key: str, package: str, why: str) -> None:
        tell(self.settings, JIRA_REFUSED, {"issue": key, "ModelPackageArn": package, "reason": why})

    def _decide(self, key: str, arn: str, last: Transition, wanted: str) -> str:
        """Sets the status if it may; what the issue's comment says about it."""
        why_not, reason = "", ""
        if last.kind != "atlassian":
            why_not = f"a person must move the issue, not an account of the kind {last.kind!r}"
        else:
            reason = reason_of(self.jira.comments(key), last)
            if not reason:
                why_not = "there is no reason: write a comment, then move the issue away and back"
        if why_not:
            self._tell(key, arn, why_not)
            return f"Nothing was decided: {why_not}."
        group = self.settings.group_of(arn)
        if group is None:
            self._refuse(key, arn, "its deployment group is gone")
        return self._set(key, arn, group, last, wanted, reason)

    def _set(self, key: str, arn: str, group: Group, last: Transition, wanted: str, reason: str) -> str:
        account = BuildAccount(group, "approval-by-jira")
        package = describe(account.registry, arn, group.registry)
        signed = f"(Jira {key}, {last.author})"
        if package.approval != PENDING:
            if _is_ours(package, wanted, signed):
                return f"Version {package.version} is {wanted} in the registry."
            why = f"version {package.version} is {package.approval} already"
            self._tell(key, arn, why)
            return f"Nothing was decided: {why}. Decide again in the registry."
        decide(account, arn, wanted, description(wanted, reason, signed))
        return (
            f"Version {package.version} is {wanted} in the registry. Its record follows; an approval that "
            "the rules for approvers forbid is taken back and told."
        )


def description(wanted: str, reason: str, signed: str) -> str:
    """What the registry keeps; a long reason gives way to who decided."""
    meaning = f"[{MEANINGS[wanted]}]"
    room = DESCRIPTION_LIMIT - len(meaning) - len(signed) - 2
    return f"{meaning} {one_line(reason, room)} {signed}"


def _is_ours(package: Package, wanted: str, signed: str) -> bool:
    said = str(package.details.get("ApprovalDescription", ""))
    return package.approval == wanted and said.endswith(signed)


def last_transition(changelog: Any) -> Transition | None:
    """The newest change of the status; Jira lists the oldest first, which nothing here relies on."""
    changes = []
    for change in changelog:
        for item in change.get("items", []):
            if item.get("fieldId", item.get("field")) == "status":
                changes.append((parse_time(change["created"]), int(change["id"]), change, item))
    if not changes:
        return None
    changes.sort(key=lambda found: found[:2])
    at, number, change, item = changes[-1]
    author = change.get("author") or {}
    return Transition(
        id=str(number),
        status=str(item.get("toString", "")),
        author=str(author.get("accountId", "unknown")),
        kind=str(author.get("accountType", "unknown")),
        at=at,
        before=changes[-2][0] if len(changes) > 1 else None,
    )


def reason_of(comments: Any, last: Transition) -> str:
    """The newest comment of whoever moved the issue, since it was moved before; empty if there is none."""
    for comment in comments:
        written = parse_time(comment["created"])
        author = (comment.get("author") or {}).get("accountId")
        changed_by = (comment.get("updateAuthor") or {}).get("accountId", author)
        if author != last.author or changed_by != author or written > last.at + LATE:
            continue
        if last.before is not None and written <= last.before:
            continue
        if said := plain(comment.get("body")):
            return said
    return ""


def parse_time(text: str) -> datetime:
    """A time as Jira writes it: 2026-01-31T12:00:00.000+0000."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
