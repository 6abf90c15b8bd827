"""A monitor says that there are no rows only if somebody has looked for them."""

from __future__ import annotations

from datetime import timedelta

from monitor_rows import DAILY, HOUR, T0, people
from monitor_world import World

DONE = "results/compaction/done/"
AFTER = T0 + HOUR + timedelta(minutes=40)


def test_an_hour_in_which_nothing_came_is_noted_as_done(monitored: World) -> None:
    monitored.baseline(1)
    monitored.compact(T0)
    assert monitored.keys(DONE) == [f"{DONE}2026/11/25/10.json"]
    assert monitored.json(f"{DONE}2026/11/25/10.json") == {"format": 1, "hour": "2026-11-25T10:00:00Z"}
    monitored.run("data-quality", AFTER)
    assert monitored.told()["outcome"] == "no-rows"


def test_an_hour_that_was_not_compacted_is_an_error_until_it_was_or_a_later_one_was(monitored: World) -> None:
    monitored.baseline(1)
    words = "the compaction of the hour from 2026-11-25T10:00:00Z has not ended well"
    assert words in monitored.refused("data-quality", AFTER)  # there was none at all
    monitored.compact(T0 - HOUR)
    monitored.keep(people(1500), T0)
    assert words in monitored.refused("data-quality", AFTER)
    assert monitored.keys("results/data-quality/") == monitored.keys("results/runs/") == []
    monitored.compact(T0 + 3 * HOUR)
    monitored.run("data-quality", AFTER)
    assert (monitored.told()["outcome"], monitored.told()["rows"]) == ("fine", 1500)


def test_an_hour_whose_compaction_failed_is_not_noted(monitored: World) -> None:
    monitored.compact(T0 - HOUR)
    deployed = "deployments/20261125T000000Z-1.json"
    monitored.put(monitored.deployments, deployed, '{"format": 2, "group": "churn-main"}')
    assert "has format 2" in monitored.refused("compaction", T0 + HOUR + timedelta(minutes=20))
    monitored.s3.delete_object(Bucket=monitored.deployments, Key=deployed)
    monitored.settings["source"] = "batch"  # whose source is elsewhere, and gone
    monitored.more = {"SOURCE_URI": "s3://no-such-bucket-of-ours/scores/"}
    process = monitored.process("compaction", T0 + HOUR + timedelta(minutes=20))
    process.communicate(timeout=300)
    assert process.returncode != 0
    assert monitored.keys(DONE) == [f"{DONE}2026/11/25/09.json"]
    assert "has not ended well" in monitored.refused("data-quality", AFTER)


def test_a_day_needs_its_last_hour_and_one_before_the_first_note_needs_none(monitored: World) -> None:
    monitored.baseline(1)
    monitored.settings["monitors"]["data-quality"] |= DAILY
    night = T0.replace(hour=2, minute=45) + timedelta(days=1)
    monitored.compact(T0)
    assert "from 2026-11-25T23:00:00Z has not ended well" in monitored.refused("data-quality", night)
    monitored.compact(T0.replace(hour=23))
    monitored.run("data-quality", night)
    assert monitored.told()["outcome"] == "no-rows"
    # Four days before, nothing was monitored: labels of then may be waited for all the same.
    monitored.run("data-quality", night - timedelta(days=4), "e2")
    assert monitored.told("e2")["outcome"] == "no-rows"
    # What more than three days later runs have not taken is not in the tables.
    monitored.compact(T0 + timedelta(days=5))
    late = night + timedelta(days=1)
    assert "from 2026-11-26T23:00:00Z has not ended well" in monitored.refused("data-quality", late)
