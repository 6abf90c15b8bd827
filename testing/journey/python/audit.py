"""What an auditor reads: the chain of records, and the saved queries over what the trails recorded.

The chain is checked by the runner's own program on the objects of the bucket; the queries are those of the templates,
answered by DuckDB in place of Athena.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from facts import Governance
from moto_client import raw_client
from world import World

sys.path.append(str(Path(__file__).parents[3] / "runner" / "local_runner"))
sys.path.append(str(Path(__file__).parents[3] / "tools" / "govern"))
from record_store import Bucket  # type: ignore[import-not-found]  # found through the line above
from records import read_all, verify  # type: ignore[import-not-found]

Row = dict[str, Any]


class Auditor:
    """Reads everything, and changes nothing."""

    def __init__(self, world: World, governance: Governance) -> None:
        self._world = world
        self.s3 = raw_client("s3", governance.place)
        self.bucket = governance.evidence
        self._store = Bucket(self.s3, governance.evidence)

    def records(self, chain: str) -> list[Row]:
        """The records of a group, the oldest first."""
        return list(read_all(self._store, chain))

    def problems(self, chain: str) -> list[str]:
        """Where a chain is broken."""
        return list(verify(self._store, chain))

    def pushes(self, commit: str) -> list[Row]:
        """What was kept of the pushes of a commit."""
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="pushes/").get("Contents", [])
        return [self._kept(f["Key"]) for f in found if f"/{commit}/" in f["Key"]]

    def _kept(self, key: str) -> Row:
        kept = json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        return dict(json.loads(kept) if isinstance(kept, str) else kept)

    def ask(self, question: str, *parameters: str) -> list[Row]:
        """The rows that a saved query answers."""
        cloud = self._world.cloud
        found = next(q for q in cloud.all("AWS::Athena::NamedQuery") if q.properties["Name"] == question)
        [sql] = sqlglot.transpile(found.properties["QueryString"], read="athena", write="duckdb")
        [table] = cloud.all("AWS::Glue::Table")
        columns = {c["Name"]: c["Type"] for c in table.properties["TableInput"]["StorageDescriptor"]["Columns"]}
        file = self._world.settings.work / "trail.ndjson"
        lines = [json.dumps(_row(record, columns)) for record in self._world.trail.records]
        file.write_text("\n".join(lines))
        types = {**{name: _type(kind) for name, kind in columns.items()}, "day": "VARCHAR"}
        with duckdb.connect() as database:
            source = database.read_json(str(file), columns=types, format="newline_delimited")
            source.create("cloudtrail")
            answer = database.execute(sql, list(parameters))
            names = [column[0] for column in answer.description or []]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _row(record: Row, columns: dict[str, str]) -> Row:
    """A record as the table's reader sees it: names in small letters, JSON where a column is a text."""
    values = {k.lower(): v for k, v in record.items()}
    row: Row = {"day": record["eventTime"][:10].replace("-", "/")}
    for name, kind in columns.items():
        if values.get(name) is not None:
            row[name] = _text(values[name]) if kind == "string" else _small(values[name])
    return row


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _small(value: Any) -> Any:
    if isinstance(value, dict):
        return {k.lower(): _small(v) for k, v in value.items()}
    return [_small(v) for v in value] if isinstance(value, list) else value


def _type(kind: str) -> str:
    """A type of Hive in DuckDB's words."""
    parsed = sqlglot.exp.DataType.build(kind, dialect="hive")
    return parsed.sql(dialect="duckdb")
