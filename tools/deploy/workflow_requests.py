"""
What the workflows of a group are asked for: a table with the key `kind` and `id`, an entry for each request.

Whoever asks puts an entry and tells the delivery's bus. A run takes it, once, and says what became of it.
What was asked for stands in the table, never in an event: an event only says that there is something.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

DEPLOY, BUILD = "deploy", "build"
WAITING, TAKEN, DONE, FAILED = "waiting", "taken", "done", "failed"

SOURCE = "sagemaker-cicd.requests"
REQUESTED = "Workflow Requested"
RUN_FAILED = "Workflow Failed"

KEPT_DAYS = 90

LOST_SECONDS = 7 * 3600
"""
After this time a run that has taken a request and prepared nothing is lost: its job ends after six hours
(GitHub docs, "Actions limits").
"""

TRIES = 5

ID = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z-[A-Za-z0-9-]{1,64}")
AFTER_IDS = ":"
"""Comes after all digits: what begins with a letter is no request."""
TOKEN = "token#"


@dataclass(frozen=True)
class Request:
    """Something that a workflow is asked for."""

    kind: str
    id: str
    status: str
    variables: Mapping[str, str] = field(default_factory=dict)
    by: str = "unknown"
    """ARN of whoever asks."""
    run: str = ""
    """The run that has taken it: "gh-" or "gl-" and its number."""
    taken: str = ""
    """When."""
    prepared: bool = False
    """Whether the run has come so far that it is not taken from it any more."""
    expires: int = 0
    """When it is forgotten; 0 for never."""

    @property
    def asked(self) -> float:
        """When it was asked for, in seconds since 1970."""
        return seconds(self.id[: len("2026-01-01T00:00:00.000Z")])


class NotTold(Exception):
    """The bus did not accept the event; the request waits for the next run that looks for one."""


class Requests:
    """The requests of one group."""

    def __init__(
        self,
        client: Any,
        table: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._table, self._clock, self._sleep = client, table, clock, sleep

    def put(self, kind: str, variables: Mapping[str, str], by: str, token: str | None = None) -> str:
        """Asks for a run; the request's id. The same token asks once, however often it is given."""
        at = self._clock()
        request = Request(kind, f"{shown(at)}-{uuid.uuid4()}", WAITING, variables, by)
        item = {**_item(request), "expires": {"N": str(int(at) + KEPT_DAYS * 24 * 3600)}}
        if token is None:
            self._put(item)
            return request.id
        return self._put_once(item, token)

    def get(self, kind: str, request: str) -> Request | None:
        """A request, as it is now."""
        found = self._get(kind, request)
        return None if found is None else _request(found)

    def all(self, kind: str) -> Iterator[Request]:
        """All requests of a kind, the oldest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="#kind = :kind AND #id < :end",
            ExpressionAttributeNames={"#kind": "kind", "#id": "id"},
            ExpressionAttributeValues={":kind": {"S": kind}, ":end": {"S": AFTER_IDS}},
        )
        for page in pages:
            yield from map(_request, page["Items"])

    def of_run(self, kind: str, run: str) -> Request | None:
        """The request that a run has taken."""
        return next((request for request in self.all(kind) if request.run == run), None)

    def waiting(self, kind: str) -> list[Request]:
        """What waits for a run, and then what a lost run has taken, which others must not wait behind."""
        free = [request for request in self.all(kind) if self._is_free(request)]
        return sorted(free, key=lambda request: request.status != WAITING)

    def take(self, kind: str, run: str, wanted: str | None = None) -> Request | None:
        """
        Takes the request of this id, or else the one that waits for the longest time; None where there is
        none, or where another run has it. A run that begins again takes what it had taken before.
        """
        own = self.of_run(kind, run)
        if own is not None:
            return self._take(own, run)
        if wanted is None:
            found = self.waiting(kind)
        else:
            named = self.get(kind, wanted)
            found = [named] if named is not None and self._is_free(named) else []
        return next((taken for request in found if (taken := self._take(request, run))), None)

    def keep(self, kind: str, run: str) -> None:
        """The run is so far that people see what becomes of it, however long it waits for one of them."""
        if own := self.of_run(kind, run):
            self._change(own, "SET #prepared = :prepared", {":prepared": {"BOOL": True}})

    def finish(self, kind: str, request: str, run: str, outcome: str) -> bool:
        """Says what became of a request; False where it is not the run's any more."""
        found = self.get(kind, request)
        if found is None or found.run != run:
            return False
        return self._change(found, "SET #status = :next", {":next": {"S": outcome}})

    def _is_free(self, request: Request) -> bool:
        now = self._clock()
        if 0 < request.expires <= now:
            # DynamoDB removes what has expired within days only.
            return False
        if request.status == WAITING:
            return True
        lost = request.status == TAKEN and not request.prepared
        return lost and seconds(request.taken) < now - LOST_SECONDS

    def _take(self, request: Request, run: str) -> Request | None:
        at = shown(self._clock())
        # The approval gate gives no time to forget it at: it has no clock that counts seconds.
        expires = request.expires or int(self._clock()) + KEPT_DAYS * 24 * 3600
        values = {
            ":next": {"S": TAKEN},
            ":run": {"S": run},
            ":taken": {"S": at},
            ":expires": {"N": str(expires)},
        }
        change = "SET #status = :next, #run = :run, #taken = :taken, #expires = :expires REMOVE #prepared"
        if not self._change(request, change, values):
            return None
        return self.get(request.kind, request.id)

    def _change(self, seen: Request, change: str, values: Mapping[str, Any]) -> bool:
        """Whether it could be changed: not if another run has changed it since it was seen."""
        unchanged = "#run = :was AND #taken = :then" if seen.run else "attribute_not_exists(#run)"
        condition = f"#status = :seen AND {unchanged}"
        given = {**values, ":seen": {"S": seen.status}}
        if seen.run:
            given |= {":was": {"S": seen.run}, ":then": {"S": seen.taken}}
        text = change + condition
        known = ("status", "run", "taken", "prepared", "expires")
        names = {f"#{name}": name for name in known if f"#{name}" in text}
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"kind": {"S": seen.kind}, "id": {"S": seen.id}},
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=given,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _put(self, item: dict[str, Any]) -> None:
        try:
            self._client.put_item(TableName=self._table, Item=item, **NEW)
        except self._client.exceptions.ConditionalCheckFailedException:
            # The id is unique, so this very call was tried again after its answer was lost.
            print(f"{item['id']['S']} is there already")

    def _put_once(self, item: dict[str, Any], token: str) -> str:
        mark = {"kind": item["kind"], "id": {"S": TOKEN + token}, "request": item["id"]}
        entries = [item, {**mark, "expires": item["expires"]}]
        writes = [{"Put": {"TableName": self._table, "Item": entry, **NEW}} for entry in entries]
        for _ in range(TRIES):
            before = self._get(item["kind"]["S"], TOKEN + token)
            if before is not None:
                return str(before["request"]["S"])
            try:
                self._client.transact_write_items(TransactItems=writes)
                return str(item["id"]["S"])
            except self._client.exceptions.TransactionCanceledException as error:
                # Somebody else asks with the same token at this moment.
                print(f"{TOKEN}{token}: {error}")
                self._sleep(0.2)
        raise RuntimeError(f"{TOKEN}{token} is written by others all the time.")

    def _get(self, kind: str, key: str) -> dict[str, Any] | None:
        found = self._client.get_item(
            TableName=self._table, Key={"kind": {"S": kind}, "id": {"S": key}}, ConsistentRead=True
        )
        item: dict[str, Any] | None = found.get("Item")
        return item


NEW = {"ConditionExpression": "attribute_not_exists(#id)", "ExpressionAttributeNames": {"#id": "id"}}


@dataclass(frozen=True)
class Announcer:
    """Tells the delivery's bus of requests."""

    client: Any
    bus: str
    project: str
    group: str

    def tell(self, kind: str, request: str) -> None:
        """Says that there is something to take; twice the same does no harm."""
        self._put(REQUESTED, {"kind": kind, "id": request})

    def failed(self, kind: str, request: str, address: str, execution: str) -> None:
        """Says that a run has failed, and where it is."""
        self._put(RUN_FAILED, {"kind": kind, "id": request, "run": address, "execution": execution})

    def _put(self, what: str, detail: Mapping[str, str]) -> None:
        entry = {
            "Source": SOURCE,
            "DetailType": what,
            "Detail": json.dumps({"project": self.project, "group": self.group, **detail}),
            "EventBusName": self.bus,
        }
        answer = self.client.put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            raise NotTold(f"EventBridge did not accept the event about {detail['id']}: {answer['Entries']}")


def shown(at: float) -> str:
    """A time as ids begin with it: they sort by it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    """The same in seconds since 1970; 0 for what is no time."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0


def _item(request: Request) -> dict[str, Any]:
    return {
        "kind": {"S": request.kind},
        "id": {"S": request.id},
        "status": {"S": request.status},
        "variables": {"M": {name: {"S": value} for name, value in request.variables.items()}},
        "by": {"S": request.by},
    }


def _request(item: Mapping[str, Any]) -> Request:
    def text(name: str, default: str = "") -> str:
        return str(item.get(name, {}).get("S", default))

    return Request(
        kind=text("kind"),
        id=text("id"),
        status=text("status"),
        variables={
            name: str(one.get("S", "")) for name, one in item.get("variables", {}).get("M", {}).items()
        },
        by=text("by", "unknown"),
        run=text("run"),
        taken=text("taken"),
        prepared=bool(item.get("prepared", {}).get("BOOL", False)),
        expires=int(item.get("expires", {}).get("N", "0")),
    )
