"""Records of predictions on their way to a delivery stream: moto's, and ones that hang and refuse."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from typing import Any

import boto3
import botocore.config
import pytest
from moto import mock_aws

import stream
from fakes import service_error, validate
from stream import Stream


class Dropped(list[tuple[int, str]]):
    """What is said about records that will be missing."""

    def __call__(self, count: int, why: str) -> None:
        self.append((count, why))

    @property
    def count(self) -> int:
        return sum(count for count, _ in self)


class Firehose:
    """Takes batches as botocore's model has them; `react` may refuse one, or some of its records."""

    def __init__(self) -> None:
        self.model = boto3.client("firehose", region_name="eu-west-1")
        self.taken: list[Any] = []
        self.batches: list[int] = []
        self.react: Any = lambda records: [None] * len(records)

    def put_record_batch(self, **arguments: Any) -> dict[str, Any]:
        validate(self.model, "PutRecordBatch", arguments)
        data = [record["Data"] for record in arguments["Records"]]
        assert 1 <= len(data) <= 500
        assert sum(map(len, data)) <= 4 * 2**20 and max(map(len, data)) <= 1000 * 1024
        self.batches.append(len(data))
        outcomes = self.react(data)
        self.taken += [json.loads(one) for one, code in zip(data, outcomes, strict=True) if code is None]
        answers = [
            {"ErrorCode": code, "ErrorMessage": "no"} if code else {"RecordId": "1"} for code in outcomes
        ]
        return {"FailedPutCount": sum(map(bool, outcomes)), "RequestResponses": answers}


def keep(kept: Stream, records: list[dict[str, Any]]) -> None:
    """The records of a request."""
    kept.keep(lambda: records, len(records))


def waiting(seconds: float, condition: Any) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.005)
    return bool(condition())


@pytest.fixture
def firehose(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Firehose()


def test_records_arrive_in_the_stream_one_a_line():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="predictions")
        client = boto3.client("firehose", region_name="us-east-1")
        client.create_delivery_stream(
            DeliveryStreamName="churn-predictions",
            S3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::123456789012:role/firehose",
                "BucketARN": "arn:aws:s3:::predictions",
            },
        )
        dropped = Dropped()
        kept = Stream(client, "churn-predictions", dropped)
        records = [{"row": row, "features": {"name": "é\n"}} for row in range(1, 4)]
        keep(kept, records)
        assert kept.flush(5)
        objects = [item["Key"] for item in s3.list_objects_v2(Bucket="predictions")["Contents"]]
        text = "".join(
            s3.get_object(Bucket="predictions", Key=key)["Body"].read().decode() for key in objects
        )
        assert text.endswith("\n")
        assert [json.loads(line) for line in text.splitlines()] == records
        assert not dropped


def test_many_records_are_handed_over_in_as_few_calls_as_the_limits_allow(firehose):
    kept = Stream(firehose, "s", Dropped())
    keep(kept, [{"row": row} for row in range(1201)])
    assert kept.flush(5)
    assert firehose.batches == [500, 500, 201]
    assert [record["row"] for record in firehose.taken] == list(range(1201))


def test_large_records_are_split_by_their_size(firehose):
    kept = Stream(firehose, "s", Dropped())
    keep(kept, [{"row": row, "text": "x" * 900_000} for row in range(9)])
    assert kept.flush(5)
    assert firehose.batches == [4, 4, 1]


def test_a_record_that_no_stream_takes_is_counted_and_the_others_are_kept(firehose):
    dropped = Dropped()
    kept = Stream(firehose, "s", dropped)
    keep(kept, [{"row": 1}, {"row": 2, "text": "x" * 1_100_000}, {"row": 3}])
    assert kept.flush(5)
    assert [record["row"] for record in firehose.taken] == [1, 3]
    assert dropped == [(1, "a record has at most 1024000 bytes")]


def test_only_what_was_refused_of_a_batch_is_handed_over_again(firehose):
    kept = Stream(firehose, "s", Dropped())
    firehose.react = lambda data: [
        "ServiceUnavailableException" if b'"row":2' in one else None for one in data
    ]
    keep(kept, [{"row": row} for row in (1, 2, 3)])
    assert not kept.flush(1)
    firehose.react = lambda data: [None] * len(data)
    assert kept.flush(5)
    assert [record["row"] for record in firehose.taken] == [1, 3, 2]
    assert firehose.batches == [3, 1]


def test_what_is_refused_for_good_is_dropped_in_the_end_and_counted(firehose):
    dropped = Dropped()
    kept = Stream(firehose, "s", dropped)

    def refuse(data: list[bytes]) -> Any:
        raise service_error("PutRecordBatch", "ServiceUnavailableException", data[0].decode())

    firehose.react = refuse
    keep(kept, [{"row": 1}, {"row": 2}])
    for _ in range(stream.TRIES - 1):
        assert not kept.flush(1)
        assert not dropped
    kept.flush(1)
    assert dropped == [(2, "ServiceUnavailableException")]
    assert firehose.batches == [2] * stream.TRIES
    assert kept.flush(1)


def test_an_answer_that_cannot_be_understood_loses_nothing(firehose, monkeypatch):
    kept = Stream(firehose, "s", Dropped())
    real = firehose.put_record_batch
    monkeypatch.setattr(firehose, "put_record_batch", lambda **_: {"RequestResponses": []})
    keep(kept, [{"row": 1}])
    assert not kept.flush(1)
    monkeypatch.setattr(firehose, "put_record_batch", real)
    assert kept.flush(1)
    assert firehose.taken == [{"row": 1}]


@pytest.mark.parametrize(("records", "size"), [(100, 10), (10_000, 0)])
def test_the_buffer_is_bounded_and_keeps_what_is_new(firehose, monkeypatch, records, size):
    monkeypatch.setattr(stream, "BUFFER_BYTES", 2000)
    monkeypatch.setattr(stream, "BUFFER_RECORDS", 50)
    dropped = Dropped()
    kept = Stream(firehose, "s", dropped)
    for row in range(records):
        keep(kept, [{"row": row, "text": "x" * size}])
        assert len(kept._waiting) <= 50 and kept._size <= 2000
    assert kept.flush(5)
    assert firehose.taken[-1]["row"] == records - 1
    assert len(firehose.taken) + dropped.count == records
    assert kept._size == 0


def test_a_stream_that_hangs_costs_a_request_a_few_hundredths_of_a_second(firehose):
    released = threading.Event()
    kept = Stream(firehose, "s", Dropped())

    def hang(data: list[bytes]) -> list[None]:
        assert released.wait(10)
        return [None] * len(data)

    firehose.react = hang
    times = []
    for row in range(20):
        started = time.monotonic()
        keep(kept, [{"row": row}])
        assert not kept.flush()
        times.append(time.monotonic() - started)
    assert max(times) < 0.1
    assert len([t for t in threading.enumerate() if t.name == "predictions"]) == 1
    released.set()
    assert waiting(5, lambda: len(firehose.taken) == 20)


def test_a_real_client_gives_a_stream_up_that_never_answers(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = botocore.config.Config(
            retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=0.3, read_timeout=0.3
        )
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = boto3.client("firehose", region_name="eu-west-1", endpoint_url=address, config=config)
        dropped = Dropped()
        kept = Stream(client, "s", dropped)
        keep(kept, [{"row": 1}])
        started = time.monotonic()
        for _ in itertools.takewhile(lambda _: not dropped, range(100)):
            kept.flush(1)
        assert dropped == [(1, "ReadTimeoutError")]
        assert time.monotonic() - started < 0.4 * stream.TRIES + 2


def test_records_are_made_beside_the_request(firehose):
    kept = Stream(firehose, "s", Dropped())
    released, makers = threading.Event(), []

    def make() -> list[dict[str, Any]]:
        makers.append(threading.current_thread().name)
        assert released.wait(5)
        return [{"row": 1}]

    started = time.monotonic()
    kept.keep(make, 1)
    assert not kept.flush()
    assert time.monotonic() - started < 0.1
    released.set()
    assert waiting(5, lambda: firehose.taken == [{"row": 1}])
    assert makers == ["predictions"]


def test_an_answer_that_no_records_can_be_made_of_is_counted_and_others_are_kept(firehose):
    dropped = Dropped()
    kept = Stream(firehose, "s", dropped)

    def make() -> list[dict[str, Any]]:
        raise ValueError("not an answer of this model: Jane Doe")

    kept.keep(make, 3)
    keep(kept, [{"row": 1}])
    assert kept.flush(5)
    assert dropped == [(3, "ValueError")]
    assert firehose.taken == [{"row": 1}]


def test_requests_that_wait_for_a_thread_that_hangs_are_bounded_by_their_rows(firehose, monkeypatch):
    monkeypatch.setattr(stream, "BUFFER_RECORDS", 10)
    dropped = Dropped()
    kept = Stream(firehose, "s", dropped)
    for request in range(7):
        keep(kept, [{"request": request}] * 3)
    assert dropped == [(3, "the buffer is full")] * 4
    kept.keep(lambda: [], 11)
    assert dropped.count == 7 * 3 + 11
    assert kept.flush(1) and not firehose.taken


def test_without_records_no_thread_is_started(firehose):
    kept = Stream(firehose, "s", Dropped())
    before = threading.active_count()
    assert kept.flush(0)
    assert threading.active_count() == before and not firehose.batches


def test_where_no_thread_can_be_started_the_next_request_tries(firehose, monkeypatch):
    kept = Stream(firehose, "s", Dropped())
    keep(kept, [{"row": 1}])
    with monkeypatch.context() as patched:

        def start(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        patched.setattr(threading.Thread, "start", start)
        assert not kept.flush(0.01)
    assert kept.flush(5)
    assert firehose.taken == [{"row": 1}]


def test_requests_at_the_same_time_lose_and_repeat_nothing(firehose):
    dropped = Dropped()
    kept = Stream(firehose, "s", dropped)
    fail = itertools.cycle([None, None, "ServiceUnavailableException"])
    firehose.react = lambda data: [next(fail) for _ in data]

    def requests(number: int) -> None:
        for row in range(100):
            keep(kept, [{"request": number, "row": row}])
            kept.flush(0.001)

    threads = [threading.Thread(target=requests, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    firehose.react = lambda data: [None] * len(data)
    assert waiting(5, lambda: kept.flush(0.1))
    found = sorted((record["request"], record["row"]) for record in firehose.taken)
    assert found == sorted(set(found))
    assert len(found) + dropped.count == 800
