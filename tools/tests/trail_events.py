"""Log files of CloudTrail, and a database that answers the auditors' questions about them as Athena does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import duckdb
import sqlglot
from botocore.validate import ParamValidator

QUERIES = Path(__file__).resolve().parents[2] / "tools/govern/queries"
TABLE = json.loads((QUERIES / "table.json").read_text())
MODELS = botocore.session.get_session()
TYPES = {"string": "VARCHAR"}


def event(
    service: str,
    operation: str,
    parameters: Mapping[str, Any],
    *,
    time: str,
    who: Mapping[str, Any],
    account: str = "222222222222",
    region: str = "eu-west-1",
    **more: Any,
) -> dict[str, Any]:
    """A call as CloudTrail writes it; botocore says which parameters the call has.

    Names of parameters begin with a lower-case letter (CloudTrail user guide, "CloudTrail record contents").
    """
    shape = MODELS.get_service_model(service).operation_model(operation)
    found = ParamValidator().validate(dict(parameters), shape.input_shape)
    if found.has_errors():
        raise ValueError(f"{operation}: {found.generate_report()}")
    reads = re.match("(Describe|Get|List)", operation) is not None
    prefix = shape.service_model.endpoint_prefix
    source = {"api.sagemaker": "sagemaker", "states": "states"}.get(prefix, prefix)
    return {
        "eventVersion": "1.11",
        "userIdentity": dict(who),
        "eventTime": time,
        "eventSource": f"{source}.amazonaws.com",
        "eventName": operation,
        "awsRegion": region,
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2.31",
        "requestParameters": _lower(parameters),
        "responseElements": None,
        "requestID": f"r-{time}",
        "eventID": f"{operation}-{time}",
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        **more,
    }


def session(
    role: str, name: str, *, source: str | None = None, account: str = "222222222222"
) -> dict[str, Any]:
    """Somebody who took on a role."""
    issuer = {
        "type": "Role",
        "principalId": "AROA",
        "arn": f"arn:aws:iam::{account}:role/{role}",
        "userName": role,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"AROA:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        "accountId": account,
        "sessionContext": {
            "sessionIssuer": {**issuer, "accountId": account},
            "attributes": {"creationDate": "2026-11-01T00:00:00Z", "mfaAuthenticated": "false"},
            **({"sourceIdentity": source} if source else {}),
        },
    }


def user(name: str, *, account: str = "222222222222") -> dict[str, Any]:
    """An IAM user with a second factor."""
    return {
        "type": "IAMUser",
        "principalId": "AIDA",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "userName": name,
        "sessionContext": {
            "attributes": {"creationDate": "2026-11-01T00:00:00Z", "mfaAuthenticated": "true"}
        },
    }


def asked(question: str, events: Iterable[Mapping[str, Any]], *parameters: str) -> list[dict[str, Any]]:
    """The rows that a saved query answers, with the SQL of Athena in the words of the database here."""
    [sql] = sqlglot.transpile((QUERIES / f"{question}.sql").read_text(), read="athena", write="duckdb")
    with duckdb.connect() as database:
        _fill(database, events)
        answered = database.execute(sql, list(parameters))
        names = [column[0] for column in answered.description or []]
        return [dict(zip(names, row, strict=True)) for row in answered.fetchall()]


def _fill(database: duckdb.DuckDBPyConnection, events: Iterable[Mapping[str, Any]]) -> None:
    columns = {column["name"]: column["type"] for column in TABLE["columns"]}
    fields = [f'"{name}" {_type(kind)}' for name, kind in columns.items()]
    database.execute(
        f"CREATE TABLE {TABLE['name']} ({', '.join(fields)}, account VARCHAR, region VARCHAR, day VARCHAR)"
    )
    for one in events:
        row = _row(one, columns)
        day = one["eventTime"][:10].replace("-", "/")
        marks = ", ".join(f"CAST(? AS {_type(columns[name])})" for name in row)
        names = ", ".join(f'"{name}"' for name in row)
        database.execute(
            f"INSERT INTO {TABLE['name']} ({names}, account, region, day) VALUES ({marks}, ?, ?, ?)",
            [*row.values(), one["recipientAccountId"], one["awsRegion"], day],
        )


def _row(one: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """What the table's reader makes of a record: names in lower case, JSON where a column is a text."""
    values = {name.lower(): value for name, value in one.items()}
    return {
        name: _text(values[name]) if kind == "string" else _structure(values[name], kind)
        for name, kind in columns.items()
        if values.get(name) is not None
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _structure(value: Any, kind: str) -> Any:
    if kind.startswith("array<"):
        return [_structure(one, kind[6:-1]) for one in value]
    if kind.startswith("struct<"):
        given = {name.lower(): inner for name, inner in value.items()}
        return {
            name: _structure(given[name], inner) if given.get(name) is not None else None
            for name, inner in _fields(kind)
        }
    return value


def _type(kind: str) -> str:
    """A type of Hive in the words of the database here."""
    if kind.startswith("array<"):
        return f"{_type(kind[6:-1])}[]"
    if kind.startswith("map<"):
        return "MAP(VARCHAR, VARCHAR)"
    if kind.startswith("struct<"):
        return f"STRUCT({', '.join(f'{name} {_type(inner)}' for name, inner in _fields(kind))})"
    return TYPES[kind]


def _fields(kind: str) -> list[tuple[str, str]]:
    """Names and types in a structure."""
    parts, depth, start, inner = [], 0, 0, kind[7:-1]
    for i, character in enumerate(f"{inner},"):
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and depth == 0:
            name, _, of = inner[start:i].partition(":")
            parts.append((name, of))
            start = i + 1
    return parts


def _lower(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {f"{name[0].lower()}{name[1:]}": _lower(inner) for name, inner in value.items()}
    return [_lower(one) for one in value] if isinstance(value, list) else value
