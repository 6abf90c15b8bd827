"""Executions that are runs of a workflow on GitHub: what AWS knows of them stands in the requests."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from approvals_table import APPROVED, Approvals, approval_id
from aws import Aws
from engine_words import RETURN, retry_request
from registry import version_in
from targets import Environment, GithubActions, Refused, Targets
from workflow_requests import DEPLOY, Announcer, NotTold, Requests

ALARM = "a rollback alarm"
"""Which of several it was says the record: a token goes with the same variables only."""


class GithubExecutions:
    """Those of the workflow that deploys a group."""

    def __init__(self, aws: Aws, targets: Targets, engine: GithubActions) -> None:
        self._aws, self._targets, self._engine = aws, targets, engine
        self._table: Any = aws.own("dynamodb", aws.region)
        self._requests = Requests(self._table, engine.table)

    def starter(self, execution: str) -> str:
        """Whoever asked for what the run took; of a return, whoever started the build."""
        if execution.startswith(RETURN):
            return os.environ.get("STARTED_BY") or "unknown"
        try:
            request = self._requests.of_run(DEPLOY, execution)
        except self._table.exceptions.ClientError as error:
            # What is recorded matters more than who is to be asked about it.
            print(f"Who started the execution {execution} is unknown: {error}")
            return "unknown"
        return request.by if request else "unknown"

    def start_return(self, environment: Environment, token: str) -> str:
        """
        Starts the build that returns the endpoint: making production safe never waits for GitHub.

        Several alarms of one deployment fire in the same minute. Within five minutes CodeBuild takes a token
        once (API reference, StartBuild); later a build of the same execution finds what the first one left.
        """
        execution = RETURN + hashlib.sha256(token.encode()).hexdigest()[:32]
        client = self._aws.own("codebuild", self._aws.region)
        variables = {"ROLL_BACK_IN": environment.name, "EXECUTION_ID": execution, "STARTED_BY": ALARM}
        try:
            client.start_build(
                projectName=self._engine.roll_back_project,
                idempotencyToken=execution,
                environmentVariablesOverride=[
                    {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
                ],
            )
        except client.exceptions.ClientError as error:
            raise Refused(
                f"{environment.endpoint} was not returned: {error}. "
                f"Roll back manually: npx projen rollback -- --environment {environment.name}"
            ) from error
        return execution

    def returned(self, names: tuple[str, ...], execution: str) -> None:
        """Asks for a deployment of what these environments serve now, so that their stacks agree."""
        targets, by = self._targets, self.starter(execution)
        request = self._requests.put(DEPLOY, {"ROLL_BACK_IN": ",".join(names)}, by)
        region = targets.bus.split(":")[3]
        bus = Announcer(self._aws.own("events", region), targets.bus, targets.project, targets.group)
        try:
            bus.tell(DEPLOY, request)
        except (NotTold, bus.client.exceptions.ClientError) as problem:
            print(f"{problem} The next scheduled run of {self._engine.workflow} takes it.")
        print(f"The request {request} has the stacks of {', '.join(names)} follow")

    def prepared(self, execution: str) -> None:
        """No other run takes the request any more, however long this one waits for a person."""
        self._requests.keep(DEPLOY, execution)

    def retry_command(self, package: str, environment: str) -> str:
        """Asks for a run with both variables."""
        version = version_in(package, self._targets.registry) or package
        return retry_request(self._targets.group, version, environment)

    def approval(self, environment: Environment, execution: str) -> str:
        """The entry in which a person approved; what people approve on GitHub is not known here."""
        found = Approvals(self._table, self._engine.table).get(execution, environment.name)
        if found is None or found.decision != APPROVED:
            raise Refused(f"The execution {execution} shows no approval of {environment.name}.")
        return approval_id(execution, environment.name)
