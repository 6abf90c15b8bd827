"""What is remembered of retrainings: the state of the group, and what became of each event."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from retrain_limits import DAY, State, Told

STATE = "state"
KEPT_DAYS = 400
"""Days for which it is kept what became of an event; the logs are kept about as long."""


class Memory:
    """
    A table with the key `id`.

    The state is one entry with a number that each change raises. A change counts only if the number is still
    the one that was read, so of two events that arrive at once one finds the state of the other.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def state(self) -> tuple[State, int]:
        """The state with its number; 0 before there is any."""
        item = self._get(STATE)
        if item is None:
            return State(), 0
        kept = json.loads(item["state"]["S"])
        return (
            State(
                starts=tuple(kept["starts"]),
                holder=kept["holder"],
                execution=kept["execution"],
                commit=kept["commit"],
                told={key: Told(**one) for key, one in kept["told"].items()},
            ),
            int(item["number"]["N"]),
        )

    def change(self, state: State, number: int) -> bool:
        """Whether the state could be changed: not if somebody else has changed it since it was read."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": STATE}},
                UpdateExpression="SET #state = :state, #number = :next",
                ConditionExpression="attribute_not_exists(id) OR #number = :number",
                ExpressionAttributeNames={"#state": "state", "#number": "number"},
                ExpressionAttributeValues={
                    ":state": {"S": json.dumps(asdict(state), sort_keys=True)},
                    ":number": {"N": str(number)},
                    ":next": {"N": str(number + 1)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def outcome(self, event: str) -> str | None:
        """What became of an event; None while that is open."""
        item = self._get(f"event#{event}")
        return None if item is None else str(item["outcome"]["S"])

    def keep(self, event: str, outcome: str, **fields: str) -> None:
        """Keeps what became of an event, and why."""
        self._client.put_item(
            TableName=self._table,
            Item={
                "id": {"S": f"event#{event}"},
                "outcome": {"S": outcome},
                **{name: {"S": value} for name, value in fields.items()},
                "expires": {"N": str(int(time.time()) + KEPT_DAYS * DAY)},
            },
        )

    def _get(self, key: str) -> dict[str, Any] | None:
        found = self._client.get_item(TableName=self._table, Key={"id": {"S": key}}, ConsistentRead=True)
        item: dict[str, Any] | None = found.get("Item")
        return item
