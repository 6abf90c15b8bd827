"""What is remembered of Jira: which issue is about which version, what came, and who works on it now."""

from __future__ import annotations

import time
from typing import Any

DAY = 86400


class Memory:
    """A table with the key `id`; entries with `expires` go by themselves."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def get(self, key: str) -> dict[str, str] | None:
        """An entry, as it is now."""
        found = self._client.get_item(TableName=self._table, Key={"id": {"S": key}}, ConsistentRead=True)
        item = found.get("Item")
        return {name: str(next(iter(value.values()))) for name, value in item.items()} if item else None

    def put_once(self, key: str, days: float | None = None, **fields: str) -> bool:
        """Whether the entry was not there before."""
        item = {"id": {"S": key}, **{name: {"S": value} for name, value in fields.items()}}
        if days is not None:
            item["expires"] = {"N": str(int(time.time() + days * DAY))}
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(id)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def set(self, key: str, **fields: str) -> None:
        """Changes fields of an entry."""
        names = {f"#{i}": name for i, name in enumerate(fields)}
        values = {f":{i}": {"S": value} for i, value in enumerate(fields.values())}
        self._client.update_item(
            TableName=self._table,
            Key={"id": {"S": key}},
            UpdateExpression="SET " + ", ".join(f"#{i} = :{i}" for i in range(len(fields))),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )

    def take(self, key: str, owner: str, seconds: int) -> bool:
        """Whether it is this one's turn; a turn that was never given back ends by itself."""
        now = int(time.time())
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": f"turn#{key}"}},
                UpdateExpression="SET holder = :owner, ends = :until, expires = :later",
                ConditionExpression="attribute_not_exists(id) OR ends < :now OR holder = :owner",
                ExpressionAttributeValues={
                    ":owner": {"S": owner},
                    ":until": {"N": str(now + seconds)},
                    ":now": {"N": str(now)},
                    ":later": {"N": str(now + DAY)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def give_back(self, key: str, owner: str) -> None:
        """Ends a turn; one that somebody else has by now is left to them."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": f"turn#{key}"}},
                UpdateExpression="SET ends = :now",
                ConditionExpression="holder = :owner",
                ExpressionAttributeValues={":owner": {"S": owner}, ":now": {"N": "0"}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
