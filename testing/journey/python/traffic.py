"""What callers ask of a monitored endpoint, at moments that a scene chooses, and how it comes to lie in buckets."""

from __future__ import annotations

import gzip
import json
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from baselines import IDENTIFIER, KINDS, Row, requested
from callers import Callers
from facts import Environment
from journey import Journey, expect
from moto_client import raw_client
from prediction_log import kept

IN_A_REQUEST = 100
NAMES = ("Ada", "Bea")


def usual(count: int, seed: int) -> list[Row]:
    """Rows as the training rows were."""
    chance = random.Random(seed)
    return [
        {"age": round(chance.gauss(40, 10), 1), "visits": chance.randint(0, 9), "name": chance.choice(NAMES),
         IDENTIFIER: f"c{seed}-{number}"}
        for number in range(count)
    ]  # fmt: skip


def older(rows: Sequence[Row]) -> list[Row]:
    """The same with a drift: everybody is twelve years older."""
    return [{**row, "age": round(row["age"] + 12, 1)} for row in rows]


def broken(rows: Sequence[Row]) -> list[Row]:
    """The same as a program sends them that has lost a column, and counts years in months."""
    return [{**row, "age": round(row["age"] * 12, 1), "visits": None if number % 2 else row["visits"]}
            for number, row in enumerate(rows)]  # fmt: skip


def asked(j: Journey, environment: Environment, hour: datetime, rows: Sequence[Row]) -> None:
    """The endpoint is asked about rows during an hour; SageMaker captures what it is asked and what it answers."""
    parts = [rows[start : start + IN_A_REQUEST] for start in range(0, len(rows), IN_A_REQUEST)]
    for number, part in enumerate(parts):
        j.world.sagemaker.now = hour + timedelta(minutes=1) + timedelta(seconds=3300 * number / len(parts))
        params = {"EndpointName": environment.endpoint, "Body": requested(part).encode(), "ContentType": "text/csv"}
        j.world.gateway.unjudged("caller", environment.place, "sagemaker-runtime", "InvokeEndpoint", params)
    j.world.sagemaker.now = None


def logged(
    j: Journey, environment: Environment, hour: datetime, rows: Sequence[Row], predicted: Sequence[int]
) -> list[dict[str, Any]]:
    """The API keeps its answers of an hour. One is of a caller, through all of the API; the others are made from that
    record, and lie where the stream would write them."""
    callers = Callers(j.world.fronts, environment, [[1, 2, "Ada", "c1"]])
    answer = callers.ask()
    expect(answer.status == 200, f"{environment.name} answers {answer.status}: {answer.body!r}")
    j.world.fronts.clock.advance(400)
    mine = [r for r in kept(j, environment) if r["inferenceId"] == answer.headers["x-inference-id"]]
    expect(len(mine) == 1, f"{environment.name} keeps {len(mine)} records of a request")
    records = []
    for number, (row, said) in enumerate(zip(rows, predicted, strict=True)):
        moment = hour + timedelta(seconds=60 + 3300 * number / len(rows))
        known = mine[0]["features"]
        records.append({
            **mine[0], "inferenceId": str(uuid.uuid4()), "row": 1,
            "time": moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "features": {name: row[name] for name in KINDS if name in known},
            "prediction": said, "probability": 0.9 if said else 0.1, "id": {IDENTIFIER: row[IDENTIFIER]},
        })  # fmt: skip
    body = gzip.compress("".join(f"{json.dumps(r)}\n" for r in records).encode())
    key = f"predictions/{hour + timedelta(minutes=56):%Y/%m/%d/%H}/log-{uuid.uuid4()}.json.gz"
    bucket = environment.front.predictions
    raw_client("s3", environment.place).put_object(Bucket=bucket, Key=key, Body=body)
    return records
