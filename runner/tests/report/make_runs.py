"""Writes realistic run directories for the report's tests; as a script it writes all of them and says which they are.

    python make_runs.py WORK_DIRECTORY    prints {"binary": {"id": ..., "steps": 6}, ...}
"""

from __future__ import annotations

import json
import random
import sys
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
        "name": name, "type": kind, "displayName": None, "status": "Succeeded", "dependsOn": [], "parent": None,
        "branch": None, "startTime": None if begin is None else at(begin),
        "endTime": None if begin is None or seconds is None else at(begin + seconds), "seconds": seconds, "attempts": 1,
        "cacheHit": None, "failureReason": None, "log": f"steps/{name}/log.txt" if begin is not None else None,
        "rerunCommand": None, "outcome": None, "conditions": [], "outputs": [], "metrics": [], "trials": [],
    }  # fmt: skip
    return record | more


def condition(left: float, right: float, result: bool, metric: str, kind: str = "GreaterThanOrEqualTo") -> JsonObject:
    """Return an evaluated condition on a metric (`group.name`)."""
    return {
        "type": kind, "left": left, "leftExpression": f"EvaluationReport: {metric}.value",
        "right": right, "rightExpression": "Parameters.QualityThreshold", "result": result,
    }  # fmt: skip


def parameters(problem: str, threshold: float) -> list[JsonObject]:
    """Return a generated repository's parameters: two of them set, two from git."""
    rows: list[tuple[str, str, Any, Any, str]] = [
        ("ProcessingInstanceType", "String", "ml.m5.large", "ml.m5.large", "default"),
        ("ProcessingInstanceCount", "Integer", 1, 1, "default"),
        ("TrainingInstanceType", "String", "ml.m5.xlarge", "ml.m5.xlarge", "default"),
        ("InputDataUrl", "String", f"{BUCKET}/data/3f9c21d07be4a1c8/{problem}.csv", f"{BUCKET}/data/3f9c21d07be4a1c8/{problem}.csv", "default"),
        ("ModelApprovalStatus", "String", "PendingManualApproval", "PendingManualApproval", "default"),
        ("QualityThreshold", "Float", threshold, threshold, "default"),
        ("TargetColumn", "String", "target", "target", "default"),
        ("max_depth", "Integer", 6, 4, "set"),
        ("eta", "Float", 0.1, 0.2, "set"),
        ("num_round", "Integer", 200, 200, "default"),
        ("GitCommit", "String", "8f2c1e0b7d5a4c3f9e6b1a2d3c4e5f60718293a4", "unknown", "git"),
        ("GitBranch", "String", "feature/deeper-trees", "unknown", "git"),
    ]  # fmt: skip
    return [dict(zip(("name", "type", "value", "default", "origin"), row, strict=True)) for row in rows]


def registered(problem: str, version: int = 3) -> list[JsonObject]:
    """Return what a Register step left in the record."""
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:model-package/churn/{version}"
    metadata = {
        "GitCommit": "8f2c1e0b7d5a4c3f9e6b1a2d3c4e5f60718293a4-dirty", "GitBranch": "feature/deeper-trees",
        "DataVersion": "3f9c21d07be4a1c8", "CodeHash": "b71d0e52c9aa4f36", "LockHash": "5de01c7790ab12ff",
        "Image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0", "ProblemType": problem,
    }  # fmt: skip
    return [{
        "step": "Register", "modelPackageArn": arn, "modelPackageGroupName": "churn", "modelPackageVersion": version,
        "approvalStatus": "PendingManualApproval", "modelDataUrl": f"{BUCKET}/run/Train/output/model.tar.gz",
        "metadata": metadata, "creationTime": at(6.4),
    }]  # fmt: skip


def run(identity: str, steps: list[JsonObject], **more: Any) -> JsonObject:
    """Return a run's record."""
    return {
        "version": 1, "executionId": identity, "pipelineName": "churn", "status": "Succeeded", "failureReason": None,
        "executionArn": f"arn:aws:sagemaker:us-east-1:000000000000:pipeline/churn/execution/{identity}",
        "startTime": at(0), "endTime": at(6.9), "seconds": 6.9, "cores": 2,
        "command": "python -m pipelines.local run --set max_depth=6 --set eta=0.1", "parameters": [], "steps": steps,
        "registered": None, "sampleAnswer": None,
    } | more  # fmt: skip


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
            content = (logs or {}).get(each["name"], f"{each['name']}: reading\n{each['name']}: 569 rows\n{each['name']}: done\n")
            path.write_bytes(content.encode("utf-8", "surrogatepass"))
    return str(record["executionId"])


def evaluation(work: Path, identity: str, content: JsonObject) -> JsonObject:
    """Write evaluation.json and details.json where a run's Evaluate step puts them; returns the step's output."""
    relative = f"s3/local-bucket/churn/{identity}/Evaluate/evaluation"
    directory = work / relative
    directory.mkdir(parents=True, exist_ok=True)
    for part, name in (("evaluation", "evaluation.json"), ("details", "details.json")):
        if part in content:
            (directory / name).write_text(json.dumps(content[part]), encoding="utf-8")
    return {"name": "evaluation", "uri": f"s3://local-bucket/churn/{identity}/Evaluate/evaluation", "path": relative}


def fixture(problem: str) -> JsonObject:
    """Return the metrics of a real model on a real data set."""
    content: JsonObject = json.loads((DATA / f"{problem}.json").read_text("utf-8"))
    return content


GATES = {
    "binary": ("binary_classification_metrics", "accuracy", "GreaterThanOrEqualTo", 0.85),
    "multiclass": ("multiclass_classification_metrics", "weighted_f1", "GreaterThan", 0.9),
    "regression": ("regression_metrics", "rmse", "LessThan", 70.0),
}


def successful(work: Path, problem: str, identity: str, threshold: float | None = None, **more: Any) -> str:
    """Write a run of the standard pipeline; with a threshold that the metric misses it ends in the Fail step."""
    content = more.pop("content", None) or fixture(problem)
    group, metric, kind, usual = GATES[problem]
    limit = usual if threshold is None else threshold
    value = content["evaluation"][group][metric]["value"]
    met = value < limit if kind == "LessThan" else value >= limit
    report = evaluation(work, identity, content)
    losses = [0.62 * 0.9**index + 0.08 for index in range(40)]
    reason = f"{metric} {value:.4f} missed the threshold {limit}"
    steps = [
        step("Preprocess", "Processing", 0.1, 1.4, cacheHit={"executionId": "20261120T171502-77e0"}),
        step("Train", "Training", 1.5, 3.1, dependsOn=["Preprocess"],
             metrics=[{"name": "validation:logloss", "value": loss} for loss in losses] + [{"name": "train:rounds", "value": 131}]),
        step("Evaluate", "Processing", 4.6, 1.6, dependsOn=["Preprocess", "Train"], outputs=[report]),
        step("CheckQuality", "Condition", 6.2, 0.01, dependsOn=["Evaluate"], outcome=str(met), log=None,
             conditions=[condition(value, limit, met, f"{group}.{metric}", kind)]),
    ]  # fmt: skip
    taken, other = (("Register", "if"), ("QualityGateFailed", "else"))[:: 1 if met else -1]
    for name, branch in sorted((taken, other), reverse=True, key=lambda pair: pair[1]):
        kind = "RegisterModel" if branch == "if" else "Fail"
        if name == taken[0]:
            status: JsonObject = {} if met else {"status": "Failed", "failureReason": reason}
            steps.append(step(name, kind, 6.25, 0.2, parent="CheckQuality", branch=branch, log=None, **status))
        else:
            steps.append(step(name, kind, None, None, parent="CheckQuality", branch=branch, status="Skipped"))
    ending: JsonObject = {"registered": registered(problem), "sampleAnswer": SAMPLE} if met else {"status": "Failed", "failureReason": reason}
    return save(work, run(identity, steps, parameters=parameters(problem, limit)) | ending | more)


SAMPLE = {
    "contentType": "text/csv", "accept": "application/json", "seconds": 0.41, "rows": 2,
    "request": "17.99,10.38,122.8,1001.0,0.1184,0.2776,0.3001\n20.57,17.77,132.9,1326.0,0.0847,0.0786,0.0869\n",
    "response": '{"predictions": [{"label": "malignant", "probability": 0.993}, {"label": "malignant", "probability": 0.978}]}',
}  # fmt: skip
TRACEBACK = """\
train: reading /opt/ml/input/data/train/train.csv
train: 398 rows, 30 columns
Traceback (most recent call last):
  File "/opt/ml/input/data/code/train.py", line 131, in <module>
    main(parse_arguments(sys.argv[1:]))
  File "/opt/ml/input/data/code/train.py", line 88, in main
    raise TrainingError(f"column {target!r} holds {count} classes, a binary problem has two")
TrainingError: column 'target' holds 3 classes, a binary problem has two
"""


def failed(work: Path, identity: str) -> str:
    """Write a run that ended in training."""
    log = "".join(f"[{index}] validation-logloss:{0.69 - index / 4000:.5f}\n" for index in range(1200)) + TRACEBACK
    steps = [
        step("Preprocess", "Processing", 0.1, 1.4),
        step("Train", "Training", 1.5, 0.9, dependsOn=["Preprocess"], status="Failed", attempts=2,
             failureReason="AlgorithmError: train.py ended with exit code 1. Its last line: "
             "TrainingError: column 'target' holds 3 classes, a binary problem has two",
             rerunCommand=f"python -m pipelines.local run --only Train --from-run {identity} --set max_depth=6"),
        step("Evaluate", "Processing", None, None, dependsOn=["Train"], status="NotStarted"),
        step("CheckQuality", "Condition", None, None, dependsOn=["Evaluate"], status="NotStarted"),
        step("Register", "RegisterModel", None, None, parent="CheckQuality", branch="if", status="NotStarted"),
        step("QualityGateFailed", "Fail", None, None, parent="CheckQuality", branch="else", status="NotStarted"),
    ]  # fmt: skip
    ending = {"status": "Failed", "failureReason": "Step Train failed", "seconds": 2.4, "endTime": at(2.4)}
    return save(work, run(identity, steps, parameters=parameters("binary", 0.85)) | ending, {"Train": log})


def unfinished(work: Path, identity: str, status: str = "Executing") -> str:
    """Write a run in the middle of training, going on or interrupted."""
    state = "Executing" if status == "Executing" else "Stopped"
    steps = [
        step("Preprocess", "Processing", 0.1, 1.4),
        step("Train", "Training", 1.5, None if state == "Executing" else 0.7, dependsOn=["Preprocess"], status=state,
             rerunCommand=f"python -m pipelines.local run --only Train --from-run {identity}"),
        step("Evaluate", "Processing", None, None, dependsOn=["Train"], status="NotStarted"),
        step("CheckQuality", "Condition", None, None, dependsOn=["Evaluate"], status="NotStarted"),
    ]  # fmt: skip
    ending = {"status": status, "endTime": None if status == "Executing" else at(2.2), "seconds": None}
    return save(work, run(identity, steps) | ending)


def many(work: Path, identity: str, count: int = 60) -> str:
    """Write a run of many steps: chains side by side, reused, not emulated and skipped ones among them, and a tuning."""
    draw = random.Random(5)
    steps = [step("ListRegions", "Processing", 0.0, 0.8)]
    lanes, begin = 5, [0.9] * 5
    words = ("Extract", "CleanAndJoin", "BuildFeatures", "TrainCandidate", "CompareWithTheVersionInProduction")
    names: list[str] = []
    for index in range(count - 6):
        lane = index % lanes
        name = f"{words[index // lanes % len(words)]}-{index + 1}"
        needs = [names[index - lanes]] if index >= lanes else ["ListRegions"]
        if index >= lanes and index % 7 == 0:
            needs.append(names[index - lanes - 1 if index > lanes else 0])
        seconds = round(draw.uniform(0.3, 6), 2)
        more: JsonObject = {"dependsOn": needs}
        if index % 11 == 3:
            more["cacheHit"] = {"executionId": "20261120T171502-77e0"}
        if index % 17 == 9:
            steps.append(step(name, "Lambda", None, None, status="NotEmulated", dependsOn=needs))
        else:
            steps.append(step(name, "Training" if name.startswith("Train") else "Processing", begin[lane], seconds, **more))
        begin[lane] += seconds + 0.1
        names.append(name)
    end = max(begin)
    trials = [
        {"name": f"trial-{index + 1}", "status": "Completed", "hyperparameters": {"max_depth": 3 + index % 5, "eta": 0.05 * (1 + index % 4)},
         "objective": 0.91 + 0.004 * ((index * 7) % 11), "seconds": 2.1 + index / 10, "best": index == 3}
        for index in range(8)
    ]  # fmt: skip
    steps += [
        step("Tune", "Tuning", end, 9.5, dependsOn=names[-lanes:], trials=trials),
        step("Check", "Condition", end + 9.6, 0.01, dependsOn=["Tune"], outcome="True", log=None,
             conditions=[condition(0.95, 0.9, True, "binary_classification_metrics.auc")]),
        step("Register", "RegisterModel", end + 9.7, 0.2, parent="Check", branch="if", log=None),
        step("NotifyTeam", "Callback", None, None, parent="Check", branch="if", dependsOn=["Register"], status="NotEmulated"),
        step("Stop", "Fail", None, None, parent="Check", branch="else", status="Skipped"),
    ]  # fmt: skip
    total = {"seconds": end + 9.9, "endTime": at(end + 9.9), "registered": registered("binary", 41)}
    return save(work, run(identity, steps, parameters=parameters("binary", 0.9)) | total)


def wordy_classes(count: int = 20) -> JsonObject:
    """Return a multiclass evaluation of many classes with long names."""
    draw = random.Random(11)
    labels = [f"{('premium', 'standard', 'legacy')[index % 3]} customers of region {index + 1:02d} (north-west)" for index in range(count)]
    rows = {
        str(a): {str(b): draw.randint(60, 240) if a == b else draw.choice((0, 0, 0, 1, 4, 12)) for b in range(count)}
        for a in range(count)
    }
    report = {"weighted_f1": {"value": 0.93, "standard_deviation": 0.004}, "confusion_matrix": rows}
    features = [{"feature": f"average_monthly_amount_over_the_last_{index}_months", "importance": 1 / (index + 2)} for index in range(45)]
    details = {"problem_type": "multiclass", "labels": labels, "feature_importance": features}
    return {"evaluation": {"multiclass_classification_metrics": report}, "details": details}


def everything(work: Path) -> dict[str, str]:
    """Write one run of each kind and return their ids."""
    return {
        "binary": successful(work, "binary", "20261121T120000-ab12"),
        "multiclass": successful(work, "multiclass", "20261121T120100-ab13"),
        "regression": successful(work, "regression", "20261121T120200-ab14"),
        "missed": successful(work, "binary", "20261121T120300-ab15", threshold=0.97),
        "failed": failed(work, "20261121T120400-ab16"),
        "executing": unfinished(work, "20261121T120500-ab17"),
        "stopped": unfinished(work, "20261121T120600-ab18", "Stopped"),
        "many": many(work, "20261121T120700-ab19"),
        "classes": successful(work, "multiclass", "20261121T120800-ab20", content=wordy_classes()),
    }


if __name__ == "__main__":
    root = Path(sys.argv[1])
    written = everything(root)
    counts = {
        name: len(json.loads((root / "runs" / identity / "run.json").read_text("utf-8"))["steps"]) for name, identity in written.items()
    }
    print(json.dumps({name: {"id": identity, "steps": counts[name]} for name, identity in written.items()}))
