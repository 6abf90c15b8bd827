"""Requests that are made up, with what was answered, as the API keeps them and as SageMaker captures them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

REGION, GROUP = "eu-west-1", "churn-main"
PACKAGE = f"arn:aws:sagemaker:{REGION}:222222222222:model-package/{GROUP}/"
T0 = datetime(2026, 11, 25, 10, tzinfo=UTC)
"""The hour that most tests look at."""
HOUR = timedelta(hours=1)
SCHEMA = {
    "version": 2, "problem_type": "binary", "target": "churned", "labels": ["no", "yes"],
    "missing_tokens": None,
    "columns": [
        {"name": "customer_id", "kind": "id"}, {"name": "age", "kind": "number"},
        {"name": "plan", "kind": "category"}, {"name": "since", "kind": "date"},
        {"name": "note", "kind": "dropped"},
    ],
}  # fmt: skip
FEATURES = ("age", "plan", "since")
DAILY = {
    "schedule": "daily", "maxRows": 1_000_000, "timeoutMinutes": 60, "instanceType": "ml.m5.large",
    "waitHours": 0,
}  # fmt: skip
SETTINGS: dict[str, Any] = {
    "format": 1, "project": "churn", "group": "main", "environment": "prod", "modelPackageGroup": GROUP,
    "source": "api", "omitColumns": [], "groundTruth": {"idColumn": None, "waitHours": 0},
    "retentionDays": 90,
    "retrainOn": ["drift"],
    "monitors": {
        "data-quality": {**DAILY, "schedule": "hourly", "ignoreColumns": []}, "model-quality": DAILY,
        "bias": {**DAILY, "facets": [{"column": "plan", "values": ["gold"]}], "positiveLabels": ["yes"]},
        "attribution": {**DAILY, "minimumNdcg": 0.9},
    },
}  # fmt: skip


def people(rows: int, seed: int = 0, age: float = 40.0) -> pd.DataFrame:
    """Requests, with what happened to them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{seed}-{n}" for n in range(rows)],
            "age": np.round(rng.normal(age, 10, rows), 1),
            "plan": rng.choice(["basic", "gold", "none"], rows, p=[0.5, 0.3, 0.2]),
            "since": [f"2026-0{n % 9 + 1}-01" for n in range(rows)],
            "note": [f"n{n}" for n in range(rows)],
        }
    )
    frame["probability"] = np.clip(1 / (1 + np.exp(-(frame.age - 40) / 5)), 0.01, 0.99).round(4)
    frame["prediction"] = np.where(frame.probability > 0.5, "yes", "no")
    right = rng.random(rows) < 0.9
    frame["label"] = np.where(right, frame.prediction, np.where(frame.prediction == "yes", "no", "yes"))
    return frame


def records(
    frame: pd.DataFrame, arrived: datetime, version: int = 1, earlier: timedelta = timedelta()
) -> list[Any]:
    """A request of two rows after the other, spread over the hour."""
    found = []
    for number, row in enumerate(frame.to_dict("records")):
        time = arrived - earlier + timedelta(seconds=3599 * (number // 2) * 2 / max(1, len(frame)))
        found.append(
            {
                "format": 1,
                "inferenceId": found[-1]["inferenceId"] if number % 2 else f"i-{row['customer_id']}",
                "row": number % 2 + 1, "time": f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z",
                "project": "churn", "group": "main", "environment": "prod", "package": f"{PACKAGE}{version}",
                "endpoint": "churn-main-prod", "version": "7",
                "features": {name: row[name] for name in FEATURES if name in row},
                "prediction": row["prediction"], "probability": row["probability"],
                "id": {"customer_id": row["customer_id"]},
            }
        )  # fmt: skip
    return found


def captured(
    frame: pd.DataFrame, time: datetime, *, encoding: str = "CSV", rows: int = 2, named: bool = True
) -> str:
    """Calls as SageMaker captures them (SageMaker developer guide, "Data capture")."""
    lines = []
    columns = [column["name"] for column in SCHEMA["columns"]]
    for number, start in enumerate(range(0, len(frame), rows)):
        some = frame.iloc[start : start + rows]
        asked, said = io.StringIO(), io.StringIO()
        some[columns].to_csv(asked, index=False, header=False)
        some[["prediction", "probability", "customer_id"]].to_csv(said, index=False, header=False)
        kinds = ("text/csv", "text/csv")
        data = [asked.getvalue(), said.getvalue()]
        if encoding == "JSON":
            kinds = ("application/json", "application/json")
            answers = [{"label": r.prediction, "probability": r.probability} for r in some.itertuples()]
            data = [
                json.dumps({"instances": some[columns].values.tolist()}),
                json.dumps({"predictions": answers}),
            ]
        if encoding == "BASE64":
            data = [base64.b64encode(one.encode()).decode() for one in data]
        parts = [
            {"observedContentType": kind, "mode": mode, "data": text, "encoding": encoding}
            for kind, mode, text in zip(kinds, ("INPUT", "OUTPUT"), data, strict=True)
        ]
        about = {"eventId": f"e-{time:%d%H}-{number}", "inferenceTime": iso(time + timedelta(seconds=number))}
        if named:
            about["inferenceId"] = f"i-{some.iloc[0].customer_id}"
        lines.append(
            json.dumps(
                {
                    "captureData": {"endpointInput": parts[0], "endpointOutput": parts[1]},
                    "eventMetadata": about, "eventVersion": "0",
                }
            )
        )  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def keys_of(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    return sorted((row["inference_id"], row["row"]) for row in rows)
