"""Golden rows: what an evaluation leaves beside its report."""

from __future__ import annotations

import hashlib
import json

from moto_client import raw_client
from values import Place

ROWS = ["1,2", "3,4"]


def evaluated(place: Place, bucket: str, report: str, answer: int = 1) -> dict[str, str]:
    """A processing job has left report and golden rows; what the package says of the latter."""
    folder = report.rpartition("/")[0]
    metrics = {"binary_classification_metrics": {"auc": {"value": 0.91}}}
    golden = {
        "version": 1,
        "contentType": "text/csv",
        "accept": "application/json",
        "rows": ROWS,
        "answers": [answer] * len(ROWS),
    }
    sha256 = hashlib.sha256(json.dumps(golden, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    for key, content in ((report, metrics), (f"{folder}/golden.json", {**golden, "sha256": sha256})):
        raw_client("s3", place).put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode())
    return {"GoldenRows": f"s3://{bucket}/{folder}/golden.json", "GoldenRowsSha256": sha256}
