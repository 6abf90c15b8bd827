"""Approvals of deployments that people give in AWS: entries of the kind `approval` among the requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KIND = "approval"
APPROVED, REJECTED = "Approved", "Rejected"


@dataclass(frozen=True)
class Given:
    """What a person decided about one environment of an execution."""

    decision: str
    by: str
    at: str
    reason: str


def approval_id(execution: str, environment: str) -> str:
    """The entry's id."""
    return f"{execution}#{environment}"


DIGITS = 12
"""Of a digest: enough to tell what was shown from what else the same run may show."""


def shown_change(stage: str, digest: str) -> str:
    """What is approved of the infrastructure: a stage as it was shown."""
    return f"{stage}-{digest[:DIGITS]}"


class Approvals:
    """The approvals of one group."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def get(self, execution: str, environment: str) -> Given | None:
        """What was decided last."""
        item = self._client.get_item(
            TableName=self._table,
            Key={"kind": {"S": KIND}, "id": {"S": approval_id(execution, environment)}},
            ConsistentRead=True,
        ).get("Item")
        if item is None:
            return None
        return Given(*(str(item.get(name, {}).get("S", "")) for name in ("decision", "by", "at", "reason")))

    def put(self, execution: str, environment: str, given: Given, expires: int) -> None:
        """Writes a decision down; the last one counts."""
        self._client.put_item(
            TableName=self._table,
            Item={
                "kind": {"S": KIND},
                "id": {"S": approval_id(execution, environment)},
                **{name: {"S": getattr(given, name)} for name in ("decision", "by", "at", "reason")},
                "expires": {"N": str(expires)},
            },
        )
