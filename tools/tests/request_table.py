"""The requests of a group in moto's DynamoDB, with a clock; each call may be the last one of a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import boto3
import botocore.client

from account import ACCOUNT, REGION
from fakes import validate
from workflow_requests import Requests

REAL = botocore.client.BaseClient._make_api_call
TABLE = "churn-main-requests"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/churn-events"
BEGIN = 1_780_000_000.0


class Killed(BaseException):
    """The run is gone in the middle of its work."""


def make_table(name: str = TABLE) -> Any:
    """The table as the delivery makes it; a client."""
    client = boto3.client("dynamodb", region_name=REGION)
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("kind", "id")],
        KeySchema=[
            {"AttributeName": "kind", "KeyType": "HASH"},
            {"AttributeName": "id", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


class Desk:
    """Requests, and what happens before and after each call of whoever works on them."""

    def __init__(self, monkeypatch: Any, name: str = TABLE) -> None:
        self.now = BEGIN
        self.client = make_table(name)
        self.requests = Requests(self.client, name, lambda: self.now, lambda _: None)
        self.calls = 0
        self.before: Callable[[int], None] | None = None
        self.after: Callable[[int], None] | None = None
        monkeypatch.setattr(
            botocore.client.BaseClient,
            "_make_api_call",
            lambda client, operation, arguments: self._call(client, operation, arguments),
        )

    def _call(self, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != "dynamodb":
            return REAL(client, operation, arguments)
        validate(client, operation, arguments)
        self.calls += 1
        number = self.calls
        if self.before:
            self.before(number)
        answer = REAL(client, operation, arguments)
        if self.after:
            self.after(number)
        return answer

    def quietly(self, work: Callable[[], Any]) -> Any:
        """Work that nothing interrupts."""
        kept, self.before, self.after = (self.before, self.after), None, None
        try:
            return work()
        finally:
            self.before, self.after = kept

    def killed(self, work: Callable[[], Any], call: int, *, answered: bool) -> bool:
        """Does the work, whose run ends before or after this call; whether it did."""
        at = self.calls + call

        def end(number: int) -> None:
            if number == at:
                raise Killed

        self.before, self.after = (None, end) if answered else (end, None)
        try:
            work()
        except Killed:
            return True
        finally:
            self.before = self.after = None
        return False


def exports(text: str) -> dict[str, str]:
    """What a file of exports says."""
    lines = (line.removeprefix("export ").split("=", 1) for line in text.splitlines())
    return {name: value.strip("'") for name, value in lines}


def environment(monkeypatch: Any, **variables: str) -> None:
    """Exactly these variables of a run."""
    for name in ("KIND", "REQUEST", "EXECUTION_ID", "OUTCOME", "REQUESTS_TABLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setitem(os.environ, name, value)
