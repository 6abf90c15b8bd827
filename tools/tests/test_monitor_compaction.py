"""
The real job fills the tables in a process of its own: no row is lost or doubled, whatever happens.

Where a test has several forms, `npm test` takes some, picked by the commit or TEST_SEED; TEST_LONG=true all.
"""

from __future__ import annotations

import gzip
import json
import time
from datetime import timedelta
from typing import Any

import pytest

from monitor_rows import GROUP, HOUR, PACKAGE, T0, captured, iso, keys_of, people, records
from monitor_world import World
from short_run import LONG, sample


def test_records_become_rows_of_the_hour_in_which_they_were_made(monitored: World) -> None:
    some = people(20)
    monitored.keep(some, T0)
    monitored.keep(people(6, seed=2), T0, name="late", earlier=2 * HOUR)
    out = monitored.compact(T0)
    assert "predictions: 26 rows added from 2 objects, 0 unreadable" in out
    rows = monitored.table()
    assert len(rows) == 26
    assert {row["at"] for row in rows} == {T0, T0 - 2 * HOUR}
    assert all(row["at"] <= row["time"] < row["at"] + HOUR for row in rows)
    first = next(row for row in rows if row["inference_id"] == "i-c0-0" and row["row"] == 1)
    assert first["package"] == f"{PACKAGE}1" and first["version"] == 1
    assert (first["project"], first["environment"], first["prediction"]) == (
        "churn",
        "prod",
        some.prediction[0],
    )
    assert first["probability"] == pytest.approx(some.probability[0]) and first["value"] is None
    assert dict(first["features"])["plan"] == some.plan[0]
    assert float(dict(first["features"])["age"]) == some.age[0]
    assert dict(first["id"]) == {"customer_id": "c0-0"}
    assert monitored.metrics("compaction")["predictions_added"] == 26


def test_an_hour_run_again_a_record_that_came_twice_and_a_late_object_add_nothing_but_what_is_new(
    monitored: World,
) -> None:
    monitored.keep(people(10), T0)
    monitored.compact(T0, T0)
    monitored.keep(people(10), T0 + HOUR, name="again", earlier=HOUR)
    monitored.keep(people(4, seed=5), T0 - 5 * HOUR, name="written-late")
    monitored.compact(T0 + HOUR, T0)
    rows = monitored.table()
    assert len(rows) == 14
    assert len(set(keys_of(rows))) == 14


def test_an_hour_in_which_nobody_asked_counts_as_a_run_for_the_alarm(monitored: World) -> None:
    monitored.compact(T0)
    assert monitored.metrics("compaction")["predictions_added"] == 0


def test_hours_whose_run_failed_are_made_up_for(monitored: World) -> None:
    for hours in range(4):
        monitored.keep(people(4, seed=hours), T0 + hours * HOUR)
    monitored.compact(T0 + 3 * HOUR)
    assert len(monitored.table()) == 16


def test_one_request_id_for_many_requests_loses_none(monitored: World) -> None:
    """Callers may give an ID of their own, and use it again."""
    same = [one | {"inferenceId": "mine", "row": 1} for one in records(people(9), T0)]
    body = "".join(json.dumps(one) + "\n" for one in same)
    monitored.put(monitored.source, f"predictions/{T0:%Y/%m/%d/%H}/x", body)
    monitored.compact(T0)
    assert len(monitored.table()) == 9


@pytest.mark.parametrize("back", sample([False, True], 1, "options for columns"))
def test_hours_read_again_with_other_options_for_columns_add_nothing_twice_and_lose_nothing(
    monitored: World, back: bool
) -> None:
    others: list[tuple[list[str], str | None]] = [(["plan"], None), ([], "age"), (["age", "plan"], "since")]
    changes = sample([*others, ([], None)], 2, "changes of options")[:: -1 if back else 1]
    frame = people(40)
    # One ID, one time, one answer: only what was asked tells these rows from each other.
    same = [one | {"inferenceId": "mine", "row": 1, "time": iso(T0), "prediction": "no", "probability": 0.1}
            for one in records(frame, T0)]  # fmt: skip
    body = "".join(json.dumps(one) + "\n" for one in same)
    monitored.keep(frame, T0)
    monitored.put(monitored.source, f"predictions/{T0:%Y/%m/%d/%H}/x", body)
    monitored.compact(T0)
    assert len(monitored.table()) == 80
    for omitted, column in changes:
        monitored.settings |= {"omitColumns": omitted, "groundTruth": {"idColumn": column, "waitHours": 0}}
        monitored.compact(T0)
        assert len(monitored.table()) == 80, (omitted, column)
    monitored.settings["omitColumns"] = ["plan"]
    monitored.keep(people(6, seed=9), T0, name="new")
    monitored.compact(T0)
    assert len(monitored.table()) == 86


def test_columns_that_must_not_be_stored_are_in_no_file(monitored: World) -> None:
    monitored.settings["omitColumns"] = ["plan", "customer_id"]
    monitored.keep(people(10), T0)
    monitored.compact(T0)
    rows = monitored.table()
    assert {name for row in rows for name, _ in row["features"]} == {"age", "since"}
    assert all(row["id"] == [] for row in rows)
    for key in monitored.keys(""):
        assert b"gold" not in monitored.read(key) and b"customer_id" not in monitored.read(key)


def test_lines_that_cannot_be_read_and_files_that_are_cut_stop_no_other_row(monitored: World) -> None:
    good = records(people(4), T0)
    lines = [json.dumps(one) for one in good]
    odd = [
        "{",
        "[]",
        "null",
        json.dumps({**good[0], "format": 2}),
        json.dumps({**good[1], "time": "yesterday"}),
    ]
    folder = f"predictions/{T0:%Y/%m/%d/%H}"
    monitored.put(monitored.source, f"{folder}/odd", "\n".join([lines[0], *odd, lines[1]]))
    whole = gzip.compress("\n".join(json.dumps(one) for one in records(people(2000, seed=3), T0)).encode())
    monitored.put(monitored.source, f"{folder}/cut", whole[: len(whole) // 2])
    monitored.put(monitored.source, f"{folder}/plain", "\n".join(lines[2:]))
    out = monitored.compact(T0)
    rows = monitored.table()
    assert {row["inference_id"] for row in rows} >= {"i-c0-0", "i-c0-2"}
    assert len(rows) > 100
    assert "could not be read" in out and "6 unreadable" in out
    assert monitored.metrics("compaction")["predictions_unreadable"] == 6


@pytest.mark.parametrize("files", sample([0, 1, 3], 1, "files of a job that is killed"))
def test_a_job_that_is_killed_and_started_again_leaves_every_row_once(monitored: World, files: int) -> None:
    for number in range(6):
        earlier = number % 2 * HOUR
        monitored.keep(people(300, seed=number), T0 + number % 3 * HOUR, name=str(number), earlier=earlier)
    process = monitored.process("compaction", T0 + 3 * HOUR)
    while process.poll() is None and len(monitored.keys("predictions/")) < files:
        time.sleep(0.01)
    if not files:
        time.sleep(0.5)
    process.kill()
    process.communicate()
    assert len(monitored.keys("predictions/")) < 4 or process.returncode == -9
    monitored.compact(T0 + 2 * HOUR)
    rows = monitored.table()
    assert len(rows) == 1800 and len(set(keys_of(rows))) == 1800


def test_jobs_that_run_at_once_leave_every_row_once(monitored: World) -> None:
    for number in range(8):
        monitored.keep(people(400, seed=number), T0 + number * HOUR, earlier=number * HOUR)
    running = [monitored.process("compaction", T0 + (n + 1) * HOUR) for n in (7, 7, 3, 5)]
    for process in running:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    rows = monitored.table()
    assert {row["at"] for row in rows} == {T0}
    assert len(rows) == 3200 and len(set(keys_of(rows))) == 3200


CAPTURED = {"source": "capture"}


def put_captured(world: World, frame: Any, hour: Any, name: str = "a", **more: Any) -> None:
    body = captured(frame, hour, **more)
    world.put(world.source, f"churn-main-prod/churn-main-prod/main/{hour:%Y/%m/%d/%H}/{name}.jsonl", body)


@pytest.mark.parametrize("encoding", sample(["CSV", "JSON", "BASE64"], 1, "encodings of captured calls"))
def test_captured_calls_become_rows_with_the_columns_of_the_version_that_answered(
    monitored: World, encoding: str
) -> None:
    monitored.settings |= CAPTURED
    monitored.prefix = "churn-main-prod/"
    monitored.deploy(1, T0 - HOUR)
    monitored.baseline(1)
    frame = people(7)
    put_captured(monitored, frame, T0, encoding=encoding)
    put_captured(monitored, people(2, seed=9), T0, name="unnamed", named=False)
    monitored.compact(T0)
    rows = {(row["inference_id"], row["row"]): row for row in monitored.table()}
    assert len(rows) == 9
    row = rows["i-c0-2", 2]
    cells = dict(row["features"])
    assert float(cells.pop("age")) == frame.age[3]
    assert cells == {"plan": frame.plan[3], "since": frame.since[3]}
    assert dict(row["id"]) == {"customer_id": "c0-3"}
    assert (row["prediction"], row["version"], row["package"]) == (frame.prediction[3], 1, f"{PACKAGE}1")
    assert row["probability"] == pytest.approx(frame.probability[3])
    assert ("e-2510-0", 1) in rows


def test_rows_of_a_deployment_have_no_version_also_if_its_record_comes_after_they_were_kept(
    monitored: World,
) -> None:
    monitored.settings |= CAPTURED
    monitored.prefix = "churn-main-prod/"
    monitored.deploy(1, T0 - 5 * HOUR)
    monitored.baseline(1)
    monitored.baseline(2)
    count = 3000 if LONG else 600
    put_captured(monitored, people(count), T0)
    monitored.compact(T0)
    assert {row["version"] for row in monitored.table()} == {1}
    started, proven = T0 + timedelta(minutes=5), T0 + timedelta(minutes=15)
    monitored.deploy(2, started, proven)
    monitored.compact(T0 + HOUR)
    rows = monitored.table()
    assert len(rows) == count
    for row in rows:
        wanted = 1 if row["time"] < started else 2 if row["time"] >= proven else None
        assert row["version"] == wanted
        assert row["package"] == (wanted and f"{PACKAGE}{wanted}")


def test_captured_calls_before_the_first_record_of_a_deployment_are_read_again_once_it_is_there(
    monitored: World,
) -> None:
    monitored.settings |= CAPTURED
    monitored.prefix = "churn-main-prod/"
    put_captured(monitored, people(6), T0)
    assert "no version is known that may have answered" in monitored.compact(T0)
    assert monitored.table() == []
    monitored.baseline(1)
    monitored.deploy(1, T0 - HOUR, T0 + HOUR)
    monitored.compact(T0 + HOUR)
    assert len(monitored.table()) == 6


FORMS = [("csv", True), ("csv", False), ("jsonl", True), ("jsonl", False)]


@pytest.mark.parametrize(("form", "joined"), sample(FORMS, 1, "forms of scores"))
def test_scores_become_rows_with_what_was_scored(monitored: World, form: str, joined: bool) -> None:
    kind = "text/csv" if form == "csv" else "application/jsonlines"
    monitored.settings |= {"source": "batch", "transform": {"contentType": kind, "joined": joined}}
    monitored.settings["groundTruth"]["idColumn"] = "customer_id"
    monitored.prefix = "output/"
    monitored.more = {"INPUT_URI": f"s3://{monitored.source}/input/"}
    frame = people(5)
    columns = ["customer_id", "age", "plan", "since", "note"]
    says = ["prediction", "probability", "customer_id"]
    asked = frame[columns].to_csv(index=False, header=False).splitlines()
    said = frame[says].to_csv(index=False, header=False).splitlines()
    together = [f"{a},{b}" for a, b in zip(asked, said, strict=True)]
    if form == "jsonl":
        objects = frame[columns].to_dict("records")
        answers = [
            {"predictions": [{"label": r.prediction, "probability": r.probability}]}
            for r in frame.itertuples()
        ]
        asked, said = [json.dumps(one) for one in objects], [json.dumps(one) for one in answers]
        together = [json.dumps(a | {"SageMakerOutput": b}) for a, b in zip(objects, answers, strict=True)]
    monitored.put(monitored.source, "input/day/people.csv", "\n".join(asked) + "\n")
    output = "\n".join(together if joined else said) + "\n"
    monitored.put(monitored.source, "output/exec1/people.csv.out", output)
    monitored.put(monitored.source, "output/exec1/_SUCCESS", "")
    written = monitored.s3.head_object(Bucket=monitored.source, Key="output/exec1/people.csv.out")[
        "LastModified"
    ]
    hour = written.replace(minute=0, second=0, microsecond=0)
    monitored.deploy(1, hour - HOUR)
    monitored.baseline(1)
    monitored.compact(hour)
    rows = sorted(monitored.table(), key=lambda row: row["row"])
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5]
    assert {row["inference_id"] for row in rows} == {"exec1/people.csv.out"}
    assert {row["time"] for row in rows} == {written}
    for row, wanted in zip(rows, frame.itertuples(), strict=True):
        assert dict(row["features"])["plan"] == wanted.plan
        assert dict(row["id"]) == {"customer_id": wanted.customer_id}
        assert (row["prediction"], row["version"]) == (wanted.prediction, 1)
        assert row["probability"] == pytest.approx(wanted.probability)
    monitored.compact(hour)
    assert len(monitored.table()) == 5


def test_the_tables_have_the_columns_that_the_catalogue_says(monitored: World) -> None:
    import prediction_rows
    from monitor_world import ROOT

    tables = json.loads((ROOT / "tools/monitor/tables.json").read_text())
    kinds = {
        "string": "string", "int": "int32", "timestamp": "timestamp[ms, tz=UTC]", "double": "double",
        "map<string,string>": "map<string, string>",
    }  # fmt: skip
    for name, schema in (("predictions", prediction_rows.PREDICTIONS), ("labels", prediction_rows.LABELS)):
        listed = [(column["name"], kinds[column["type"]]) for column in tables[name]["columns"]]
        assert listed == [(field.name, str(field.type)) for field in schema]
    monitored.keep(people(2), T0)
    monitored.compact(T0)
    [key] = monitored.keys("predictions/")
    place = tables["location"]
    for part, value in (("year", "2026"), ("month", "11"), ("day", "25"), ("hour", "10")):
        place = place.replace(f"${{{part}}}", value)
    assert key.startswith(f"predictions/{place}") and key.endswith(".parquet")
    assert GROUP == "churn-main"
