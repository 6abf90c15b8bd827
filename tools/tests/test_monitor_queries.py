"""The saved queries, as they are, over the Parquet that the job writes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from labelled import same_label
from monitor_rows import HOUR, PACKAGE, T0, people
from monitor_world import ROOT, World

QUERIES = ROOT / "tools/monitor/queries"
TABLES = json.loads((ROOT / "tools/monitor/tables.json").read_text())
NAMES = sorted(path.stem for path in QUERIES.glob("*.sql"))
DAYS = (20261125, 20261126)
UNTIL = (*DAYS, 20261125, 20261127)
"""Days of predictions, and days on which their labels came."""


def sql_of(name: str, id_column: str | None = None) -> str:
    key = TABLES["keys"]["inferenceId" if id_column is None else "idColumn"]
    text = (QUERIES / f"{name}.sql").read_text()
    text = text.replace("{database}", '"monitoring"').replace("{waitHours}", "24")
    return text.replace("{key}", key.replace("{column}", f"'{id_column}'"))


def asked(world: World, name: str, *parameters: Any, id_column: str | None = None) -> list[dict[str, Any]]:
    """The rows that a query answers, with the SQL of Athena in the words of the database here."""
    for key in world.keys("predictions/") + world.keys("labels/"):
        path = world.place / "tables" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(world.read(key))
    [sql] = sqlglot.transpile(sql_of(name, id_column), read="athena", write="duckdb")
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute("CREATE SCHEMA monitoring")
        for table in ("predictions", "labels"):
            files = world.place / "tables" / table
            if not files.exists():
                kinds = {"string": "VARCHAR", "timestamp": "TIMESTAMP"}
                columns = ", ".join(f'"{c["name"]}" {kinds[c["type"]]}' for c in TABLES[table]["columns"])
                database.execute(f"CREATE TABLE monitoring.{table} ({columns})")
                continue
            casts = ", ".join(f'CAST("{c["name"]}" AS TIMESTAMP) AS "{c["name"]}"'
                              for c in TABLES[table]["columns"] if c["type"] == "timestamp")  # fmt: skip
            database.execute(
                f"CREATE VIEW monitoring.{table} AS SELECT * REPLACE ({casts}) FROM "
                f"read_parquet('{files}/**/*.parquet', hive_partitioning = true)"
            )
        answered = database.execute(sql, list(parameters))
        names = [column[0] for column in answered.description or []]
        return [dict(zip(names, row, strict=True)) for row in answered.fetchall()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("id_column", [None, "customer_id"])
def test_queries_are_sql_of_trino(name: str, id_column: str | None) -> None:
    [one] = sqlglot.parse(sql_of(name, id_column), read="trino")
    assert one is not None and one.find(sqlglot.exp.Command) is None
    columns = {c["name"] for t in ("predictions", "labels") for c in TABLES[t]["columns"]}
    columns |= {p["name"] for p in TABLES["partitions"]}
    made = {alias.alias for alias in one.find_all(sqlglot.exp.Alias)}
    assert {column.name for column in one.find_all(sqlglot.exp.Column)} <= columns | made


@pytest.mark.parametrize("name", NAMES)
def test_queries_read_no_table_but_by_days(name: str) -> None:
    [one] = sqlglot.parse(sql_of(name), read="athena")
    assert one is not None
    read = [table for table in one.find_all(sqlglot.exp.Table) if table.db == "monitoring"]
    for table in read:
        select = table.find_ancestor(sqlglot.exp.Select)
        assert select is not None and not select.args.get("joins")
        assert select.args["where"].sql() == "WHERE year * 10000 + month * 100 + day BETWEEN ? AND ?"
    assert read


@pytest.fixture
def filled(monitored: World) -> World:
    """Two days of two versions."""
    monitored.keep(people(10, seed=1), T0, version=1)
    monitored.keep(people(6, seed=2), T0 + 24 * HOUR, version=2)
    monitored.keep(people(4, seed=3), T0 + 48 * HOUR, version=2)
    monitored.compact(T0 + 48 * HOUR)
    return monitored


def given(world: World, labels: dict[str, str], came: Any, name: str) -> None:
    """Labels that came at a time: a table says it, a bucket does not let itself be told."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as parquet

    import prediction_rows
    from windows import folder

    rows = [{"key": key, "label": label, "time": None, "came": came} for key, label in labels.items()]
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=prediction_rows.LABELS), file)
    world.put(world.bucket, f"labels/{folder(came)}{name}.parquet", file.getvalue())


def test_rows_a_day_and_the_share_of_each_class(filled: World) -> None:
    found = asked(filled, "rows-a-day", *DAYS)
    assert [(str(r["day_of"]), r["version"], r["rows_of"], r["requests"]) for r in found] == [
        ("2026-11-25", 1, 10, 5), ("2026-11-26", 2, 6, 3),
    ]  # fmt: skip
    shares = asked(filled, "classes", *DAYS)
    assert sum(r["share"] for r in shares if r["version"] == 1) == pytest.approx(1)
    yes = [r for r in shares if r["version"] == 1 and r["answer"] == "yes"]
    assert yes[0]["rows_of"] == (people(10, seed=1).prediction == "yes").sum()
    assert asked(filled, "classes", 20261201, 20261202) == []


def test_quality_counts_the_last_label_that_came_after_the_answer(filled: World) -> None:
    first = people(10, seed=1)
    wanted = {f"c1-{n}": first.prediction[n] for n in range(8)}
    given(filled, {"c1-0": "nonsense"}, T0 - HOUR, "before")
    given(filled, {"c1-0": "wrong", "c1-9": "wrong"}, T0 + 2 * HOUR, "early")
    given(filled, wanted, T0 + 3 * HOUR, "late")
    [row] = asked(filled, "quality", *UNTIL, id_column="customer_id")
    assert (row["version"], row["rows_of"]) == (1, 9) and row["accuracy"] == pytest.approx(8 / 9)
    assert row["mean_error"] is None
    by_request = {f"i-c1-{n}": first.prediction[n] for n in (0, 2, 4)} | {"i-c1-0/2": "wrong"}
    given(filled, by_request, T0 + 4 * HOUR, "requests")
    [row] = asked(filled, "quality", *UNTIL)
    assert (row["rows_of"], row["accuracy"]) == (4, 0.75)


@pytest.mark.parametrize(("said", "other", "labels"), [
    ("true", "false", ["True", "TRUE", "false", "yes"]), ("1", "0", ["1.0", "1", "0.0", "x"]),
])  # fmt: skip
def test_quality_takes_other_spellings_of_a_label_as_the_monitor_does(
    monitored: World, said: str, other: str, labels: list[str]
) -> None:
    monitored.keep(people(4, seed=1).assign(prediction=said), T0)
    monitored.compact(T0)
    given(monitored, {f"c1-{n}": label for n, label in enumerate(labels)}, T0 + 2 * HOUR, "a")
    [row] = asked(monitored, "quality", *UNTIL, id_column="customer_id")
    assert (row["rows_of"], row["accuracy"]) == (4, 0.5)
    find = same_label([other, said])
    assert [find(label) for label in labels] == [said, said, other, None]


def test_what_this_version_answered_to_this_request(filled: World) -> None:
    given(filled, {"c1-3": "yes"}, T0 + 3 * HOUR, "late")
    frame = people(10, seed=1)
    found = asked(filled, "request", *UNTIL, "i-c1-2", id_column="customer_id")
    assert [(r["row"], r["version"], r["package"], r["prediction"], r["label"]) for r in found] == [
        (1, 1, f"{PACKAGE}1", frame.prediction[2], None), (2, 1, f"{PACKAGE}1", frame.prediction[3], "yes"),
    ]  # fmt: skip
    assert json.loads(found[1]["features"])["plan"] == frame.plan[3]
    assert asked(filled, "request", *UNTIL, "i-unknown") == []


def test_labels_that_came_late_and_rows_without_one(filled: World) -> None:
    given(filled, {"c1-0": "yes", "c1-1": "no"}, T0 + 3 * HOUR, "a")
    given(filled, {"c1-0": "no", "c1-2": "no"}, T0 + timedelta(hours=30), "b")
    [late] = asked(filled, "late-labels", *UNTIL, id_column="customer_id")
    assert (late["labels_of"], late["late"]) == (3, 1) and 29 <= late["latest_hours"] <= 30
    found = asked(filled, "without-label", *UNTIL, id_column="customer_id")
    assert [(r["version"], r["rows_of"], r["without_label"]) for r in found] == [(1, 10, 7), (2, 6, 6)]
    assert Path(QUERIES).is_dir()


def test_labels_that_came_on_other_days_are_not_read(filled: World) -> None:
    frame = people(10, seed=1)
    given(filled, {"c1-0": frame.prediction[0]}, T0 + 3 * HOUR, "a")
    given(filled, {"c1-0": "wrong", "c1-1": "wrong"}, T0 + timedelta(days=3), "b")
    for until, rows, accuracy in ((20261127, 1, 1.0), (20261128, 2, 0.0)):
        days = (*DAYS, 20261125, until)
        [row] = asked(filled, "quality", *days, id_column="customer_id")
        assert (row["rows_of"], row["accuracy"]) == (rows, accuracy)
        [late] = asked(filled, "late-labels", *days, id_column="customer_id")
        assert late["labels_of"] == rows
        [first, _] = asked(filled, "without-label", *days, id_column="customer_id")
        assert first["without_label"] == 10 - rows
        [said, _] = asked(filled, "request", *days, "i-c1-0", id_column="customer_id")
        assert said["label"] == (frame.prediction[0] if rows == 1 else "wrong")
