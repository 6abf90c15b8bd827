"""Golden rows and schema: what an evaluation leaves beside its report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from baselines import Baseline
from moto_client import raw_client
from values import Place

ROWS = ["1,2", "3,4"]
SCHEMA = {
    "version": 2,
    "problem_type": "regression",
    "target": "y",
    "missing_tokens": None,
    "labels": [],
    "columns": [{"name": name, "kind": "number", "missing": False, "categories": [], "buckets": 0} for name in "ab"],
}


@dataclass(frozen=True)
class Evaluated:
    """What a model was measured with."""

    rows: list[str]
    answer: Any
    schema: dict[str, Any]
    """The columns that it takes."""
    baseline: Baseline | None = None
    """What monitors compare with; a version that no scene monitors has none."""


PLAIN = Evaluated(ROWS, 1, SCHEMA)


def evaluated(
    place: Place, bucket: str, report: str, answer: int = 1, measured: Evaluated = PLAIN
) -> dict[str, str]:  # fmt: skip
    """A processing job has left report, golden rows and schema; what the package says of the last two."""
    folder = report.rpartition("/")[0]
    metrics = {"binary_classification_metrics": {"auc": {"value": 0.91}}}
    golden = {
        "version": 1,
        "contentType": "text/csv",
        "accept": "application/json",
        "rows": measured.rows,
        "answers": [answer if measured is PLAIN else measured.answer] * len(measured.rows),
    }
    sha256 = _digest(golden)
    written = {
        report: metrics,
        f"{folder}/golden.json": {**golden, "sha256": sha256},
        f"{folder}/schema.json": measured.schema,
    }
    for key, content in written.items():
        raw_client("s3", place).put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode())
    return {
        "GoldenRows": f"s3://{bucket}/{folder}/golden.json",
        "GoldenRowsSha256": sha256,
        "ModelSchema": f"s3://{bucket}/{folder}/schema.json",
        "ModelSchemaSha256": _digest(measured.schema),
    }


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
