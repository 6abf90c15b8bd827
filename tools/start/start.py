"""
Starts a workflow on GitHub for a request, as a GitHub App.

What is asked for comes from the table; GitHub is handed the request's id alone. Whether GitHub cannot be
reached or nobody is there to take the request, it waits: a scheduled run of the workflow takes it, too.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from approval_aws import own
from approval_queue import Later, work
from github_api import Busy, GithubApi, GithubError
from github_app import GithubApp
from start_settings import Settings, read_settings
from targets import Refused
from workflow_requests import ID, REQUESTED, SOURCE, WAITING, Requests

NOT_STARTED = "Workflow Not Started"

LONGEST_DELAY = 900

PERMISSIONS = {"actions": "write"}
"""
What "Create a workflow dispatch event" needs (GitHub docs, "Permissions required for GitHub Apps"). For a
repository dispatch event it would be "contents", which is the right to push.
"""


class Starter:
    """Starts a workflow for one request after the other."""

    def __init__(
        self,
        settings: Settings,
        api: GithubApi,
        client: Callable[..., Any],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._api, self._client = settings, api, client
        self._app = GithubApp(api, client("kms", settings.key.split(":")[3]), settings, clock)
        self._requests = Requests(client("dynamodb"), settings.table, clock)

    def handle(self, event: Mapping[str, Any]) -> None:
        """Starts the workflow that an event asks for; twice the same is taken once by the runs."""
        kind, request = self._asked(event)
        found = self._requests.get(kind, request)
        if found is None:
            raise Refused(f"There is no request {request} of the kind {kind}.")
        if found.status != WAITING:
            print(f"{request} is {found.status}")
            return
        try:
            self._start(kind, request)
        except Busy as busy:
            raise Later(str(busy), busy.seconds) from None
        except GithubError as error:
            self._give_up(event, kind, request, error)
        print(f"{request}: {self._workflow(kind)} of {self._settings.repository} was started")

    def _asked(self, event: Mapping[str, Any]) -> tuple[str, str]:
        settings, detail = self._settings, event["detail"]
        if (event.get("source"), event.get("detail-type")) != (SOURCE, REQUESTED):
            raise Refused(f"Events of {event.get('source')}, {event.get('detail-type')}, start no workflow.")
        if (detail.get("project"), detail.get("group")) != (settings.project, settings.group):
            raise Refused(f"The request is of {detail.get('project')}, group {detail.get('group')}.")
        kind, request = str(detail.get("kind")), str(detail.get("id"))
        if kind not in settings.workflows or not ID.fullmatch(request):
            raise Refused(f"{request!r} of the kind {kind!r} is no request.")
        return kind, request

    def _start(self, kind: str, request: str) -> None:
        workflow = self._settings.workflows[kind]
        path = f"/repos/{self._settings.repository}/actions/workflows/{workflow.file}/dispatches"
        token = self._app.token(PERMISSIONS)
        try:
            self._api.post(path, token, {"ref": workflow.ref, "inputs": {"request": request}})
        except GithubError as error:
            if error.status != 401:
                raise
            raise Busy(f"{error}; a new token is got the next time") from None

    def _workflow(self, kind: str) -> str:
        return self._settings.workflows[kind].file

    def _give_up(self, event: Mapping[str, Any], kind: str, request: str, error: GithubError) -> None:
        """Tells people and puts the event to the dead letters; the request waits for a scheduled run."""
        why = str(error).replace('"', "'").replace("\\", "/")
        settings = self._settings
        detail = {
            "project": settings.project,
            "group": settings.group,
            "kind": kind,
            "id": request,
            "workflow": self._workflow(kind),
            "why": why,
        }
        answer = self._client("events", settings.bus.split(":")[3]).put_events(
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": NOT_STARTED,
                    "Detail": json.dumps(detail),
                    "EventBusName": settings.bus,
                }
            ]
        )
        if answer.get("FailedEntryCount"):
            raise RuntimeError(f"EventBridge did not accept the event: {answer['Entries']}")
        self._client("sqs").send_message(
            QueueUrl=os.environ["DEAD_LETTERS_URL"], MessageBody=json.dumps(event)
        )
        raise Refused(f"{request}: {self._workflow(kind)} was not started. {why}")


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry: messages of a queue, each an event."""
    settings = read_settings(context.invoked_function_arn)
    return work(event, Starter(settings, GithubApi(), own).handle, LONGEST_DELAY)
