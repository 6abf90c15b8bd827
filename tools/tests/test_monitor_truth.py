"""Ground truth comes in three forms, late, twice and broken; the table of labels has what can be used."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor_rows import HOUR
from monitor_world import World

FORMS = {
    "lines": ('{"inferenceId": "a", "label": 1}\n{"inferenceId": "b", "row": 2, "label": 1.0}\n'
              '{"inferenceId": "c", "label": "yes", "time": "2026-11-01T12:00:00+01:00"}\n'),
    "csv": "\ufeffinferenceId,row,label,time\na,1,1,\nb,2,1,\nc,,yes,2026-11-01T11:00:00Z\n",
}  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def put(world: World, name: str, body: str | bytes) -> None:
    world.put(world.bucket, f"truth/{name}", body)


def found(world: World) -> dict[str, Any]:
    return {row["key"]: row["label"] for row in sorted(world.table("labels"), key=lambda row: row["came"])}


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("packed", [False, True])
def test_lines_and_csv_become_labels_by_inference_id(monitored: World, form: str, packed: bool) -> None:
    body = FORMS[form].encode()
    put(monitored, f"in/a-{form}", gzip.compress(body) if packed else body)
    monitored.compact(now())
    assert found(monitored) == {"a": "1", "b/2": "1", "c": "yes"}
    [timed] = [row for row in monitored.table("labels") if row["key"] == "c"]
    assert timed["time"] == datetime(2026, 11, 1, 11, tzinfo=UTC)
    assert timed["at"] <= timed["came"] < timed["at"] + HOUR


def test_the_form_of_model_monitor_has_a_label_for_each_row_and_the_inference_id_wins(
    monitored: World,
) -> None:
    lines = [
        {"groundTruthData": {"data": "1,0,1", "encoding": "CSV"}, "eventMetadata": {"eventId": "e1"}},
        {"groundTruthData": {"data": "[0]", "encoding": "JSON"},
         "eventMetadata": {"eventId": "e2", "inferenceId": "mine"}},
    ]  # fmt: skip
    put(
        monitored,
        "2026/11/25/10/truth.jsonl",
        "\n".join(json.dumps(x | {"eventVersion": "0"}) for x in lines),
    )
    monitored.compact(now())
    assert found(monitored) == {"e1": "1", "e1/2": "0", "e1/3": "1", "mine": "0"}


def test_with_an_id_column_lines_that_name_an_inference_id_alone_are_kept_aside(monitored: World) -> None:
    monitored.settings["groundTruth"]["idColumn"] = "customer_id"
    put(monitored, "a.csv", "customer_id,label\n17,yes\n")
    published = {"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {"eventId": "e1"}}
    lines = [{"id": "18", "label": "no"}, {"inferenceId": "i", "label": "no"}, published,
             {"inferenceId": "i", "id": "19", "row": 2, "label": "no"}, {"label": "no"}]  # fmt: skip
    put(monitored, "b.jsonl", "".join(f"{json.dumps(one)}\n" for one in lines))
    monitored.compact(now())
    assert found(monitored) == {"17": "yes", "18": "no", "19": "no"}
    aside = [json.loads(x) for x in monitored.read("truth-errors/b.jsonl.jsonl").splitlines()]
    assert [one["line"] for one in aside] == [2, 3, 5]
    why = "it names an inference ID, but labels are found by groundTruth.idColumn: give customer_id or id"
    assert all(one["why"].startswith(why) for one in aside[:2])
    assert aside[2]["why"].endswith("give customer_id or id")


def test_what_is_no_label_is_kept_aside_with_the_reason_and_stops_no_other(monitored: World) -> None:
    good = '{"inferenceId": "a", "label": "yes"}'
    odd = ["{", "[1]", '{"label": 1}', '{"inferenceId": "x"}', '{"inferenceId": "x", "label": " "}',
           '{"inferenceId": "x", "label": 1, "time": "soon"}',
           '{"groundTruthData": {"data": "AAA=", "encoding": "BASE64"}, "eventMetadata": {"eventId": "e"}}',
           '{"groundTruthData": {"data": "", "encoding": "CSV"}, "eventMetadata": {"eventId": "e"}}',
           '{"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {}}']  # fmt: skip
    put(monitored, "day/odd.jsonl", "\n".join([good, *odd, '{"inferenceId": "z", "label": "no"}']))
    put(monitored, "odd.csv", "inferenceId,label\nq,yes\nonly-one\nr,yes,more\ns,no\n")
    put(monitored, "cut.gz", gzip.compress(b"x" * 100_000)[:60])
    out = monitored.compact(now())
    assert found(monitored) == {"a": "yes", "z": "no", "q": "yes", "s": "no"}
    aside = [json.loads(x) for x in monitored.read("truth-errors/day/odd.jsonl.jsonl").splitlines()]
    assert [one["line"] for one in aside] == list(range(2, 11))
    assert "which prediction" in aside[2]["why"] and aside[2]["text"].strip() == odd[2]
    assert all(one["why"] for one in aside)
    csv_errors = [json.loads(x)["line"] for x in monitored.read("truth-errors/odd.csv.jsonl").splitlines()]
    assert csv_errors == [3, 4]
    assert "12 unreadable" in out and monitored.metrics("compaction")["labels_unreadable"] == 12


def test_a_file_that_was_replaced_adds_its_labels_and_the_last_one_counts(monitored: World) -> None:
    put(monitored, "a.csv", "inferenceId,label\na,yes\nb,yes\n")
    monitored.compact(now(), now())
    assert len(monitored.table("labels")) == 2
    from time import sleep

    sleep(1.1)
    put(monitored, "a.csv", "inferenceId,label\na,no\nunknown,yes\n")
    monitored.compact(now())
    assert found(monitored) == {"a": "no", "b": "yes", "unknown": "yes"}
