"""What is kept of predictions, read from the bucket as monitoring will read it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import Any

from api_gateway import Answer
from facts import Environment, Group
from journey import Journey, expect
from moto_client import raw_client
from values import parse_arn


def kept(j: Journey, environment: Environment) -> list[dict[str, Any]]:
    """Every record in the bucket of an environment."""
    bucket = environment.front.predictions
    client = raw_client("s3", environment.place)
    found: list[dict[str, Any]] = []
    for place, name, key in j.world.fronts.firehose.written:
        if (place, name) == (environment.place, bucket):
            body = gzip.decompress(client.get_object(Bucket=name, Key=key)["Body"].read())
            found += [json.loads(line) for line in body.decode().splitlines()]
    return found


def log_is_right(j: Journey, group: Group) -> None:
    """Each answered row is there once, with the version that answered it and without columns that must not be
    stored."""
    for environment in group.environments:
        if not (environment.api and environment.api.predictions):
            continue
        records = kept(j, environment)
        expect(not j.world.fronts.firehose.undelivered, f"{j.world.fronts.firehose.undelivered}")
        by_request = Counter((r["inferenceId"], r["row"]) for r in records)
        twice = [key for key, n in by_request.items() if n > 1]
        expect(not twice, f"{environment.name} keeps {twice[:3]} more than once")
        known = {r["inferenceId"]: r for r in records}
        answered = [a for a in j.answered(environment) if _has_predictions(a)]
        expect(bool(answered), f"no caller of {environment.name} was answered")
        for answer in answered:
            _is_kept(environment, answer, known)
        for record in records:
            text = json.dumps(record)
            for column in environment.front.omitted:
                expect(f'"{column}"' not in text and "Ada" not in text, f"{environment.name} keeps {column}: {text}")
            wanted = j.bound_to[(environment.place, environment.front.function, record["version"])]
            expect(
                parse_arn(record["package"]).name == parse_arn(wanted).name,
                f"a record of version {record['version']} names {record['package']}",
            )


def _has_predictions(answer: Answer) -> bool:
    return answer.status == 200 and isinstance(answer.json().get("predictions"), list)


def _is_kept(environment: Environment, answer: Answer, known: dict[str, dict[str, Any]]) -> None:
    identity = answer.headers.get("x-inference-id", "")
    expect(identity in known, f"the prediction {identity} of {environment.name} is not kept")
    record = known[identity]
    expect(record["version"] == answer.version, f"{identity} is kept as of version {record['version']}")
    [said] = answer.json()["predictions"]
    expect(
        record.get("prediction") == said["label"] and record.get("probability") == said["probability"],
        f"{identity} is kept as {record}, and was answered with {said}",
    )
