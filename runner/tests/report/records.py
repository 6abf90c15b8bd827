"""Builders of run records and of the files beside them, in the form that the runner writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
START = datetime(2026, 11, 21, 12, 0, 0, 250000, tzinfo=UTC)
BUCKET = "s3://local-bucket/churn"
JsonObject = dict[str, Any]


def at(seconds: float) -> str:
    """Return the time that many seconds after the start of the run."""
    return (START + timedelta(seconds=seconds)).isoformat()


def step(name: str, kind: str, begin: float | None, seconds: float | None, **more: Any) -> JsonObject:
    """Return a step's record; without `begin` it did not run."""
    record: JsonObject = {
        "name": name,
        "type": kind,
        "displayName": None,
        "status": "Succeeded",
        "dependsOn": [],
        "parent": None,
        "branch": None,
        "startTime": None if begin is None else at(begin),
        "endTime": None if begin is None or seconds is None else at(begin + seconds),
        "seconds": seconds,
        "attempts": 1,
        "cacheHit": None,
        "failureReason": None,
        "log": f"steps/{name}/log.txt" if begin is not None else None,
        "rerunCommand": None,
        "outcome": None,
        "conditions": [],
        "outputs": [],
        "metrics": [],
        "trials": [],
    }
    return record | more


def condition(
    left: float, right: float, result: bool, metric: str, kind: str = "GreaterThanOrEqualTo"
) -> JsonObject:
    """Return an evaluated condition on a metric (`group.name`)."""
    return {
        "type": kind,
        "left": left,
        "leftExpression": f"EvaluationReport: {metric}.value",
        "right": right,
        "rightExpression": "Parameters.QualityThreshold",
        "result": result,
    }


def parameters(problem: str, threshold: float) -> list[JsonObject]:
    """Return a generated repository's parameters: two of them set, two from git."""
    rows: list[tuple[str, str, Any, Any, str]] = [
        ("ProcessingInstanceType", "String", "ml.m5.large", "ml.m5.large", "default"),
        ("ProcessingInstanceCount", "Integer", 1, 1, "default"),
        ("TrainingInstanceType", "String", "ml.m5.xlarge", "ml.m5.xlarge", "default"),
        (
            "InputDataUrl",
            "String",
            f"{BUCKET}/data/3f9c21d07be4a1c8/{problem}.csv",
            f"{BUCKET}/data/3f9c21d07be4a1c8/{problem}.csv",
            "default",
        ),
        ("ModelApprovalStatus", "String", "PendingManualApproval", "PendingManualApproval", "default"),
        ("QualityThreshold", "Float", threshold, threshold, "default"),
        ("TargetColumn", "String", "target", "target", "default"),
        ("max_depth", "Integer", 6, 4, "set"),
        ("eta", "Float", 0.1, 0.2, "set"),
        ("num_round", "Integer", 200, 200, "default"),
        ("GitCommit", "String", "8f2c1e0b7d5a4c3f9e6b1a2d3c4e5f60718293a4", "unknown", "git"),
        ("GitBranch", "String", "feature/deeper-trees", "unknown", "git"),
    ]
    return [dict(zip(("name", "type", "value", "default", "origin"), row, strict=True)) for row in rows]


def registered(problem: str, version: int = 3) -> list[JsonObject]:
    """Return what a Register step left in the record."""
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:model-package/churn/{version}"
    metadata = {
        "GitCommit": "8f2c1e0b7d5a4c3f9e6b1a2d3c4e5f60718293a4-dirty",
        "GitBranch": "feature/deeper-trees",
        "DataVersion": "3f9c21d07be4a1c8",
        "CodeHash": "b71d0e52c9aa4f36",
        "LockHash": "5de01c7790ab12ff",
        "Image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0",
        "ProblemType": problem,
    }
    return [
        {
            "step": "Register",
            "modelPackageArn": arn,
            "modelPackageGroupName": "churn",
            "modelPackageVersion": version,
            "approvalStatus": "PendingManualApproval",
            "modelDataUrl": f"{BUCKET}/run/Train/output/model.tar.gz",
            "metadata": metadata,
            "creationTime": at(6.4),
        }
    ]


def run(identity: str, steps: list[JsonObject], **more: Any) -> JsonObject:
    """Return a run's record."""
    return {
        "version": 1,
        "executionId": identity,
        "pipelineName": "churn",
        "status": "Succeeded",
        "failureReason": None,
        "executionArn": f"arn:aws:sagemaker:us-east-1:000000000000:pipeline/churn/execution/{identity}",
        "startTime": at(0),
        "endTime": at(6.9),
        "seconds": 6.9,
        "cores": 2,
        "command": "python -m pipelines.local run --set max_depth=6 --set eta=0.1",
        "parameters": [],
        "steps": steps,
        "registered": None,
        "sampleAnswer": None,
    } | more


def save(work: Path, record: JsonObject, logs: dict[str, str] | None = None) -> str:
    """Write a run with its logs (a plain one where none is given) and return its id."""
    directory = work / "runs" / str(record["executionId"])
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "run.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    (directory / "definition.json").write_text('{"Version": "2020-12-01"}\n', encoding="utf-8")
    for each in record["steps"]:
        if each["log"]:
            path = directory / each["log"]
            path.parent.mkdir(parents=True, exist_ok=True)
            content = (logs or {}).get(
                each["name"], f"{each['name']}: reading\n{each['name']}: 569 rows\n{each['name']}: done\n"
            )
            path.write_bytes(content.encode("utf-8", "surrogatepass"))
    return str(record["executionId"])


def evaluation(work: Path, identity: str, content: JsonObject) -> JsonObject:
    """Write evaluation.json and details.json where an Evaluate step puts them; returns its output."""
    relative = f"s3/local-bucket/churn/{identity}/Evaluate/evaluation"
    directory = work / relative
    directory.mkdir(parents=True, exist_ok=True)
    for part in ("evaluation", "details", "lineage"):
        if part in content:
            (directory / f"{part}.json").write_text(json.dumps(content[part]), encoding="utf-8")
    return {
        "name": "evaluation",
        "uri": f"s3://local-bucket/churn/{identity}/Evaluate/evaluation",
        "path": relative,
    }


def fixture(problem: str) -> JsonObject:
    """Return the metrics of a real model on a real data set, and what another one said beyond them."""
    content: JsonObject = json.loads((DATA / f"{problem}.json").read_text("utf-8"))
    more = json.loads((DATA / "insights.json").read_text("utf-8"))[problem]
    content["details"] |= more["details"]
    content["lineage"] = more["lineage"]
    return content
