"""One page of all environments: what their newest runs found, and which of them cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import monitor_overview
import pytest
from moto import mock_aws

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        for bucket in ("prod-monitoring", "staging-monitoring"):
            client.create_bucket(Bucket=bucket)
        yield client


def put(s3: Any, bucket: str, window: str, outcome: str, words: str, kind: str = "data-quality") -> None:
    until = f"2026-{window[5:7]}-{window[8:10]}T{window[11:]}:00:00Z"
    told = {
        "format": 1,
        "outcome": outcome,
        "words": words,
        "window": {"until": until},
        "report": f"s3://{bucket}/r",
    }
    s3.put_object(Bucket=bucket, Key=f"results/{kind}/{window}/run.json", Body=json.dumps(told))


def place(environment: str, *kinds: str, schedule: str = "hourly", **more: Any) -> dict[str, Any]:
    monitors = [{"kind": kind, "schedule": schedule, "waitHours": 0} for kind in kinds or ("data-quality",)]
    bucket = f"{environment}-monitoring"
    return {"group": "main", "environment": environment, "bucket": bucket, "monitors": monitors, **more}


def shown(s3: Any, tmp_path: Path, capsys: Any, *places: dict[str, Any]) -> tuple[int, list[str], str]:
    out = tmp_path / "pages" / "overview.html"
    task = {"project": "churn", "environments": list(places), "out": str(out)}
    code = monitor_overview.run(task, lambda region: s3, NOW)
    return code, capsys.readouterr().out.splitlines(), out.read_text()


def test_the_newest_run_of_each_monitor_is_shown(s3: Any, tmp_path: Path, capsys: Any) -> None:
    put(s3, "prod-monitoring", "2026/11/27/23", "violations", "old news")
    put(s3, "prod-monitoring", "2026/11/28/10", "fine", "No violation: 1,500 rows")
    put(s3, "prod-monitoring", "2026/11/28/11", "violations", "1 violation in 1 column <b>", kind="bias")
    s3.put_object(
        Bucket="prod-monitoring", Key="results/data-quality/2026/11/28/11/statistics.json", Body=b"{}"
    )
    code, said, page = shown(s3, tmp_path, capsys, place("prod", "data-quality", "bias"), place("staging"))
    assert code == 0
    assert said[0].endswith(" No violation: 1,500 rows") and "old news" not in page
    assert "violations" in said[1] and "has not run yet" in said[2]
    assert "3 monitors in 2 environments: 1 to look at" in said
    assert page.startswith("<!doctype html>") and "1 violation in 1 column &lt;b&gt;" in page
    assert page.index("1 violation in 1 column") < page.index("No violation: 1,500 rows")


def test_an_environment_that_cannot_be_read_is_said_and_makes_the_command_fail(
    s3: Any, tmp_path: Path, capsys: Any
) -> None:
    put(s3, "prod-monitoring", "2026/11/28/10", "fine", "No violation")
    code, said, page = shown(s3, tmp_path, capsys, place("gone"), place("prod"))
    assert code == 1
    assert "cannot be read" in said[0] and "gone-monitoring: NoSuchBucket" in said[0]
    assert "gone-monitoring: NoSuchBucket" in page and "No violation" in said[1]
    s3.put_object(
        Bucket="staging-monitoring", Key="results/data-quality/2026/11/28/10/run.json", Body=b'{"format": 2}'
    )
    code, said, _ = shown(s3, tmp_path, capsys, place("staging"))
    assert code == 1 and "another format than 1" in said[0]


@pytest.mark.parametrize(("schedule", "late"), [("hourly", True), ("daily", False)])
def test_a_monitor_that_no_longer_runs_is_said(
    s3: Any, tmp_path: Path, capsys: Any, schedule: str, late: bool
) -> None:
    put(s3, "prod-monitoring", "2026/11/28/04", "fine", "No violation")
    _, said, _ = shown(s3, tmp_path, capsys, place("prod", schedule=schedule))
    assert ("overdue" in said[0]) is late
    assert (f"no newer run although it is {schedule}" in said[0]) is late
