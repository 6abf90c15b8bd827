"""
Opens an issue for each registered version, and follows the issues' transitions (`jira_decisions.py`).

Works through a queue with events of the registry, names of issues that the webhook hands on, refusals of the
recorder, and a note every 15 minutes to look at issues of which no webhook told.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approval_aws import BuildAccount, own
from approval_queue import Later, work
from approval_settings import Settings, read_settings
from jira_client import Jira, JiraError
from jira_decisions import PENDING, TURN_SECONDS, Follower
from jira_issue import LABEL, PROPERTY, fields, note, package_label
from jira_memory import Memory
from jira_secret import Cache
from package_reports import Reports, read_reports
from registry import describe
from seal import has_seal
from targets import Refused

LONGEST_DELAY = 3 * 3600
SEAL_SECONDS = 3600
"""How long an issue waits for the hash of its artifact."""
RECONCILE_SECONDS = 4 * 3600
"""A look that is older is left to the next one."""
RECONCILE_DAYS = 30

SECRETS = Cache()


@dataclass(frozen=True)
class Worker:
    """What the work needs."""

    settings: Settings
    jira: Jira
    memory: Memory

    @property
    def follower(self) -> Follower:
        """Follows issues."""
        return Follower(self.settings, self.jira, self.memory)

    def handle(self, message: Mapping[str, Any], waited: float) -> None:
        """One message of the queue."""
        if "issue" in message:
            self.follower.follow(str(message["issue"]))
        elif "reconcile" in message:
            if waited < RECONCILE_SECONDS:
                self.reconcile()
        elif message.get("source") == "aws.sagemaker":
            self.open(str(message["detail"]["ModelPackageArn"]), waited)
        else:
            self.taken_back(message["detail"])

    def open(self, arn: str, waited: float) -> None:
        """Opens the issue of a version, unless it has one."""
        group = self.settings.group_of(arn)
        if group is None:
            raise Refused(f"{arn} is of no group that Jira decides about.")
        if self.memory.get(f"package#{arn}"):
            return
        account = BuildAccount(group, "approval-by-jira")
        package = describe(account.registry, arn, group.registry)
        if package.approval != PENDING:
            return
        if not has_seal(package.details) and waited < SEAL_SECONDS:
            raise Later(f"{arn} is not sealed yet")
        try:
            reports: Reports | str = read_reports(account.s3, package, group)
        except Refused as refusal:
            reports = str(refusal)
        owner = uuid.uuid4().hex
        if not self.memory.take(arn, owner, TURN_SECONDS):
            raise Later(f"the issue of {arn} is being opened")
        try:
            self._open(arn, fields(self.settings, group, package, reports))
        finally:
            self.memory.give_back(arn, owner)

    def _open(self, arn: str, described: dict[str, Any]) -> None:
        if self.memory.get(f"package#{arn}"):
            return
        # One that was opened, but could not be remembered.
        label = package_label(arn)
        found = self.jira.search(f'project = "{self.settings.jira["projectKey"]}" AND labels = "{label}"')
        key = found[0] if found else self.jira.create(described, {PROPERTY: {"modelPackageArn": arn}})
        self.memory.put_once(f"issue#{key}", package=arn)
        self.memory.put_once(f"package#{arn}", issue=key)
        print(f"{arn}: {key}")

    def reconcile(self) -> None:
        """Follows every issue that was moved, whether or not a webhook told of it."""
        jira = self.settings.jira
        statuses = ", ".join(f'"{jira[name]}"' for name in ("approvedStatus", "rejectedStatus"))
        found = self.jira.search(
            f'project = "{jira["projectKey"]}" AND labels = "{LABEL}" AND status in ({statuses}) '
            f"AND updated >= -{RECONCILE_DAYS}d ORDER BY updated ASC"
        )
        failed = []
        for key in found:
            if self.memory.get(f"issue#{key}") is None:
                # Whoever sets our label does not make an issue ours.
                continue
            try:
                self.follower.follow(key)
            except (Refused, Later, JiraError) as error:
                print(f"{key}: {error}")
                failed += [key] if isinstance(error, JiraError) else []
        if failed:
            raise Later(f"not looked at: {', '.join(failed)}")

    def taken_back(self, detail: Mapping[str, Any]) -> None:
        """Says in the issue that the recorder did not accept what was decided."""
        arn = str(detail["ModelPackageArn"])
        if known := self.memory.get(f"package#{arn}"):
            why = str(detail.get("Problems") or "the message about it says why")
            self.jira.comment(known["issue"], note(f"The decision was not accepted: {why}"))


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry: messages of the queue."""
    settings = read_settings(context.invoked_function_arn)
    memory = Memory(own("dynamodb"), os.environ["TABLE"])

    def handle(message: Mapping[str, Any]) -> None:
        secret = SECRETS.get(own("secretsmanager"), settings.jira["secretArn"])
        sent = float(event["Records"][0]["attributes"]["SentTimestamp"]) / 1000
        try:
            Worker(settings, Jira(settings.jira["url"], secret.user, secret.token), memory).handle(
                message, time.time() - sent
            )
        except JiraError as error:
            raise Later(str(error)) from error

    return work(event, handle, LONGEST_DELAY)
