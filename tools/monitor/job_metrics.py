"""What a run measured, as metrics of CloudWatch."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

DATA, BYTES = 1000, 900_000
"""Of one call (CloudWatch API reference, PutMetricData: 1,000 metrics, 1 MB)."""
NAME = 255
WORD = 150
_ODD = re.compile(r"[^A-Za-z0-9_.-]")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.\-/#:]")


def safe(name: str) -> str:
    """A name that CloudWatch takes; another one for each name, also if letters had to go."""
    plain = _UNSAFE.sub("_", name)
    if plain == name and len(name) <= NAME:
        return name
    return f"{plain[: NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def word(column: str) -> str:
    """A column in the name of a metric; alarms are made with the same word (src/infra/monitor)."""
    if _ODD.search(column) is None and len(column) <= WORD:
        return column
    return f"{_ODD.sub('_', column)[: WORD - 9]}-{hashlib.sha256(column.encode()).hexdigest()[:8]}"


def put(client: Any, namespace: str, monitor: str, values: Mapping[str, float]) -> None:
    """Puts values with the monitor as their dimension; those that are no numbers are left out."""
    dimensions = [{"Name": "monitor", "Value": monitor}]
    data = [
        {"MetricName": safe(name), "Dimensions": dimensions, "Value": float(value)}
        for name, value in values.items()
        if math.isfinite(value)
    ]
    for some in _calls(data):
        client.put_metric_data(Namespace=namespace, MetricData=some)


def _calls(data: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    size = 0
    for one in data:
        length = len(json.dumps(one)) * 2  # the query protocol spells every member's path
        if some and (len(some) >= DATA or size + length > BYTES):
            yield some
            some, size = [], 0
        some.append(one)
        size += length
    if some:
        yield some
