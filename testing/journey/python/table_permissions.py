"""Permissions of calls to DynamoDB: with the partitions that they are about."""

from __future__ import annotations

import re
from typing import Any

from cloud import Cloud, Resource
from permissions import Call, Context, Needed, Request, Rule


def _table(action: str) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        table = cloud.get("AWS::DynamoDB::Table", request.place.arn("dynamodb", f"table/{request['TableName']}"))
        return Needed([Call(f"dynamodb:{action}", table.arn, _leading(table, request.params))], table.place)

    return rule


def _transaction(cloud: Cloud, request: Request) -> Needed:
    """Each write needs the right of its own (DynamoDB guide, "Managing complex workflows with transactions")."""
    calls = []
    for item in request["TransactItems"]:
        [(kind, write)] = item.items()
        table = cloud.get("AWS::DynamoDB::Table", request.place.arn("dynamodb", f"table/{write['TableName']}"))
        action = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}.get(kind, "ConditionCheckItem")
        calls.append(Call(f"dynamodb:{action}", table.arn, _leading(table, write)))
    return Needed(calls, request.place)


def _leading(table: Resource, call: dict[str, Any]) -> Context:
    """The partition that a call is about (DynamoDB guide, "Using IAM policy conditions")."""
    name = next(k["AttributeName"] for k in table.properties["KeySchema"] if k["KeyType"] == "HASH")
    values = call.get("ExpressionAttributeValues", {})
    keys = call.get("Key") or call.get("Item") or {name: values.get(_placeholder(call, name))}
    found = [str(value) for value in (keys[name] or {}).values()]
    return {"dynamodb:LeadingKeys": found} if found else {}


def _placeholder(query: dict[str, Any], name: str) -> str:
    """What stands in a query for the value of the partition key."""
    named = [k for k, v in query.get("ExpressionAttributeNames", {}).items() if v == name]
    pattern = "|".join(re.escape(word) for word in [name, *named])
    match = re.search(rf"(?:{pattern})\s*=\s*(:\w+)", query.get("KeyConditionExpression", ""))
    return match[1] if match else ""


TABLES: dict[str, Rule] = {
    **{name: _table(name) for name in ("PutItem", "DeleteItem", "GetItem", "UpdateItem", "Query")},
    "TransactWriteItems": _transaction,
}
