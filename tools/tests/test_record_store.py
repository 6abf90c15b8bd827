"""
Records in the evidence bucket: moto's S3 decides who was first.

`npm test` decides about 20 versions at once; TEST_LONG=true about 100.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import records
from moto import mock_aws

from record_store import Bucket, ReadOnce
from short_run import LONG

GROUP, NAME = "churn-main", "evidence"
VERSIONS = 100 if LONG else 20


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=NAME, ObjectLockEnabledForBucket=True)
        client.put_object_lock_configuration(
            Bucket=NAME,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 10}},
            },
        )
        yield client


def decision(number: int, package: str = "arn:1", **more: Any) -> dict[str, Any]:
    return {
        "kind": "decision",
        "decision": "Approved",
        "outcome": "accepted",
        "event": f"event-{number}",
        "time": "2026-03-01T12:00:00Z",
        "reason": "größer",
        "bound": {"package": package},
        **more,
    }


def test_a_number_is_given_once(s3: Any) -> None:
    store = Bucket(s3, NAME)
    assert store.create(GROUP, 1, b"first")
    assert not store.create(GROUP, 1, b"second")
    assert store.read(GROUP, 1) == b"first"
    assert store.read(GROUP, 2) is None


def test_without_the_condition_a_record_could_be_written_over(s3: Any) -> None:
    """What the test above relies on: the condition is what moto refuses for."""
    Bucket(s3, NAME).create(GROUP, 1, b"first")
    key = f"records/{GROUP}/00000001.json"
    s3.put_object(Bucket=NAME, Key=key, Body=b"second")
    assert Bucket(s3, NAME).read(GROUP, 1) == b"second"
    [told] = [p for p in Bucket(s3, NAME).oddities(GROUP)]
    assert told.startswith(f"{GROUP}: {key} was written more than once")
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=NAME, Key=key, Body=b"third", IfNoneMatch="*")


def test_records_are_locked_and_in_canonical_form(s3: Any) -> None:
    record = records.append(Bucket(s3, NAME), GROUP, decision(1))
    found = s3.get_object(Bucket=NAME, Key=f"records/{GROUP}/00000001.json")
    assert found["Body"].read() == records.canonical(record)
    assert (found["ObjectLockMode"], found["ContentType"]) == ("GOVERNANCE", "application/json")


def test_a_record_that_was_deleted_shows_although_it_was_the_last(s3: Any) -> None:
    store = Bucket(s3, NAME)
    for number in range(1, 4):
        records.append(store, GROUP, decision(number))
    assert records.verify(store, GROUP) == []
    s3.delete_object(Bucket=NAME, Key=f"records/{GROUP}/00000003.json")
    [told] = records.verify(store, GROUP)
    assert told.startswith(f"{GROUP}: records/{GROUP}/00000003.json was deleted at ")


def test_more_records_than_s3_lists_at_once_are_counted(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Bucket(s3, NAME)
    for number in range(1, 1004):
        assert store.create(GROUP, number, b"{}")
    store.create("other", 1, b"{}")
    assert store.latest(GROUP) == 1003
    assert store.groups() == [GROUP, "other"]


def test_a_foreign_object_between_the_records_is_told(s3: Any) -> None:
    s3.put_object(Bucket=NAME, Key=f"records/{GROUP}/note.txt", Body=b"")
    assert Bucket(s3, NAME).oddities(GROUP) == [f"{GROUP}: records/{GROUP}/note.txt is not a record."]
    assert Bucket(s3, NAME).latest(GROUP) == 0


def test_approvals_that_arrive_ten_times_at_once_are_one_decision_each(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto looks whether the key is there and writes it in two steps, which S3 does in one.
    one_at_a_time = threading.Lock()
    put = s3.put_object

    def put_object(**given: Any) -> Any:
        with one_at_a_time:
            return put(**given)

    monkeypatch.setattr(s3, "put_object", put_object)
    store = Bucket(s3, NAME)

    def approve(call: int) -> dict[str, Any]:
        version = call % VERSIONS
        # The event of each approval is delivered ten times, each to a function of its own.
        return records.append(store, f"{GROUP}-{version % 10}", decision(version, f"arn:{version}"))

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(approve, range(10 * VERSIONS)))
    assert store.groups() == [f"{GROUP}-{n}" for n in range(10)]
    for group in store.groups():
        assert records.verify(store, group) == []
        assert store.latest(group) == VERSIONS // 10
    assert len({(record["group"], record["sequence"]) for record in made}) == VERSIONS
    assert all(record["bound"]["package"] == f"arn:{call % VERSIONS}" for call, record in enumerate(made))


def test_whoever_reads_once_fetches_each_record_once_and_still_sees_new_ones(s3: Any) -> None:
    store, fetched = ReadOnce(s3, NAME), []
    s3.meta.events.register("before-call.s3.GetObject", lambda **_: fetched.append(1))
    for number in (1, 2):
        records.append(store, GROUP, {"event": str(number), "time": f"2026-03-0{number}T00:00:00Z"})
    for _ in range(3):
        assert [r["event"] for r in records.newest_first(store, GROUP)] == ["2", "1"]
    assert len(fetched) == 2
    assert store.read(GROUP, 3) is None
    records.append(Bucket(s3, NAME), GROUP, {"event": "3", "time": "2026-03-03T00:00:00Z"})
    assert store.read(GROUP, 3) is not None
