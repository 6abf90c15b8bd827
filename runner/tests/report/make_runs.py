"""Writes realistic run directories for the report's tests; as a script it writes one of each kind.

python -m tests.report.make_runs WORK_DIRECTORY    prints {"binary": {"id": ..., "steps": 6}, ...}
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from .records import (
    JsonObject,
    at,
    condition,
    evaluation,
    fixture,
    parameters,
    registered,
    run,
    save,
    step,
)

GATES = {
    "binary": ("binary_classification_metrics", "accuracy", "GreaterThanOrEqualTo", 0.85),
    "multiclass": ("multiclass_classification_metrics", "weighted_f1", "GreaterThan", 0.9),
    "regression": ("regression_metrics", "rmse", "LessThan", 70.0),
}


def successful(work: Path, problem: str, identity: str, threshold: float | None = None, **more: Any) -> str:
    """Write a run of the standard pipeline; where the metric misses it, it ends in the Fail step."""
    content = more.pop("content", None) or fixture(problem)
    group, metric, kind, usual = GATES[problem]
    limit = usual if threshold is None else threshold
    value = content["evaluation"][group][metric]["value"]
    met = value < limit if kind == "LessThan" else value >= limit
    report = evaluation(work, identity, content)
    losses = [{"name": "validation:logloss", "value": 0.62 * 0.9**index + 0.08} for index in range(40)]
    reason = f"{metric} {value:.4f} missed the threshold {limit}"
    steps = [
        step("Preprocess", "Processing", 0.1, 1.4, cacheHit={"executionId": "20261120T171502-77e0"}),
        step(
            "Train",
            "Training",
            1.5,
            3.1,
            dependsOn=["Preprocess"],
            metrics=[*losses, {"name": "train:rounds", "value": 131}],
        ),
        step("Evaluate", "Processing", 4.6, 1.6, dependsOn=["Preprocess", "Train"], outputs=[report]),
        step(
            "CheckQuality",
            "Condition",
            6.2,
            0.01,
            dependsOn=["Evaluate"],
            outcome=str(met),
            log=None,
            conditions=[condition(value, limit, met, f"{group}.{metric}", kind)],
        ),
    ]
    taken, other = (("Register", "if"), ("QualityGateFailed", "else"))[:: 1 if met else -1]
    for name, branch in sorted((taken, other), reverse=True, key=lambda pair: pair[1]):
        kind = "RegisterModel" if branch == "if" else "Fail"
        if name == taken[0]:
            status: JsonObject = {} if met else {"status": "Failed", "failureReason": reason}
            steps.append(
                step(name, kind, 6.25, 0.2, parent="CheckQuality", branch=branch, log=None, **status)
            )
        else:
            steps.append(step(name, kind, None, None, parent="CheckQuality", branch=branch, status="Skipped"))
    ending: JsonObject = (
        {"registered": registered(problem), "sampleAnswer": SAMPLE}
        if met
        else {"status": "Failed", "failureReason": reason}
    )
    return save(work, run(identity, steps, parameters=parameters(problem, limit)) | ending | more)


SAMPLE = {
    "contentType": "text/csv",
    "accept": "application/json",
    "seconds": 0.41,
    "rows": 2,
    "request": "17.99,10.38,122.8,1001.0,0.1184,0.2776\n20.57,17.77,132.9,1326.0,0.0847,0.0786\n",
    "response": '{"predictions": [{"label": "malignant", "probability": 0.993}, '
    '{"label": "malignant", "probability": 0.978}]}',
}
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
    log = (
        "".join(f"[{index}] validation-logloss:{0.69 - index / 4000:.5f}\n" for index in range(1200))
        + TRACEBACK
    )
    steps = [
        step("Preprocess", "Processing", 0.1, 1.4),
        step(
            "Train",
            "Training",
            1.5,
            0.9,
            dependsOn=["Preprocess"],
            status="Failed",
            attempts=2,
            failureReason="AlgorithmError: train.py ended with exit code 1. Its last line: "
            "TrainingError: column 'target' holds 3 classes, a binary problem has two",
            rerunCommand=f"python -m pipelines.local run --only Train --from-run {identity}",
        ),
        step("Evaluate", "Processing", None, None, dependsOn=["Train"], status="NotStarted"),
        step("CheckQuality", "Condition", None, None, dependsOn=["Evaluate"], status="NotStarted"),
        step(
            "Register", "RegisterModel", None, None, parent="CheckQuality", branch="if", status="NotStarted"
        ),
        step(
            "QualityGateFailed", "Fail", None, None, parent="CheckQuality", branch="else", status="NotStarted"
        ),
    ]
    ending = {"status": "Failed", "failureReason": "Step Train failed", "seconds": 2.4, "endTime": at(2.4)}
    return save(work, run(identity, steps, parameters=parameters("binary", 0.85)) | ending, {"Train": log})


def unfinished(work: Path, identity: str, status: str = "Executing") -> str:
    """Write a run in the middle of training, going on or interrupted."""
    state = "Executing" if status == "Executing" else "Stopped"
    steps = [
        step("Preprocess", "Processing", 0.1, 1.4),
        step(
            "Train",
            "Training",
            1.5,
            None if state == "Executing" else 0.7,
            dependsOn=["Preprocess"],
            status=state,
            rerunCommand=f"python -m pipelines.local run --only Train --from-run {identity}",
        ),
        step("Evaluate", "Processing", None, None, dependsOn=["Train"], status="NotStarted"),
        step("CheckQuality", "Condition", None, None, dependsOn=["Evaluate"], status="NotStarted"),
    ]
    ending = {"status": status, "endTime": None if status == "Executing" else at(2.2), "seconds": None}
    return save(work, run(identity, steps) | ending)


def many(work: Path, identity: str, count: int = 60) -> str:
    """Write a run of many steps: chains side by side, all states among them, and a tuning."""
    draw = random.Random(5)
    steps = [step("ListRegions", "Processing", 0.0, 0.8)]
    lanes, begin = 5, [0.9] * 5
    words = (
        "Extract",
        "CleanAndJoin",
        "BuildFeatures",
        "TrainCandidate",
        "CompareWithTheVersionInProduction",
    )
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
            steps.append(
                step(
                    name,
                    "Training" if name.startswith("Train") else "Processing",
                    begin[lane],
                    seconds,
                    **more,
                )
            )
        begin[lane] += seconds + 0.1
        names.append(name)
    end = max(begin)
    trials = [
        {
            "number": index + 1,
            "name": f"Tune-{index + 1:03d}",
            "hyperparameters": {"max_depth": str(3 + index % 5), "eta": f"{0.05 * (1 + index % 4):.2f}"},
            "status": "Failed" if index == 5 else "Completed",
            "objective": None if index == 5 else 0.91 + 0.004 * ((index * 7) % 11),
            "failureReason": "train.py ended with exit code 1" if index == 5 else None,
            "model": "s3://local-bucket/churn/model.tar.gz",
            "log": f"steps/Tune/trial-{index + 1:03d}.txt",
        }
        for index in range(8)
    ]
    steps += [
        step("Tune", "Tuning", end, 9.5, dependsOn=names[-lanes:], trials=trials),
        step(
            "Check",
            "Condition",
            end + 9.6,
            0.01,
            dependsOn=["Tune"],
            outcome="True",
            log=None,
            conditions=[condition(0.95, 0.9, True, "binary_classification_metrics.auc")],
        ),
        step("Register", "RegisterModel", end + 9.7, 0.2, parent="Check", branch="if", log=None),
        step(
            "NotifyTeam",
            "Callback",
            None,
            None,
            parent="Check",
            branch="if",
            dependsOn=["Register"],
            status="NotEmulated",
        ),
        step("Stop", "Fail", None, None, parent="Check", branch="else", status="Skipped"),
    ]
    aim = {"Type": "Maximize", "MetricName": "validation:auc"}
    arguments = {"HyperParameterTuningJobConfig": {"HyperParameterTuningJobObjective": aim}}
    path = work / "runs" / identity / "steps" / "Tune" / "arguments.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(arguments), encoding="utf-8")
    total = {"seconds": end + 9.9, "endTime": at(end + 9.9), "registered": registered("binary", 41)}
    return save(work, run(identity, steps, parameters=parameters("binary", 0.9)) | total)


def wordy_classes(count: int = 20) -> JsonObject:
    """Return a multiclass evaluation of many classes with long names."""
    draw = random.Random(11)
    labels = [
        f"{('premium', 'standard', 'legacy')[index % 3]} customers of region {index + 1:02d} (north-west)"
        for index in range(count)
    ]
    rows = {
        str(a): {
            str(b): draw.randint(60, 240) if a == b else draw.choice((0, 0, 0, 1, 4, 12))
            for b in range(count)
        }
        for a in range(count)
    }
    report = {"weighted_f1": {"value": 0.93, "standard_deviation": 0.004}, "confusion_matrix": rows}
    features = [
        {"feature": f"average_monthly_amount_over_the_last_{index}_months", "importance": 1 / (index + 2)}
        for index in range(45)
    ]
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
        name: len(json.loads((root / "runs" / identity / "run.json").read_text("utf-8"))["steps"])
        for name, identity in written.items()
    }
    print(json.dumps({name: {"id": identity, "steps": counts[name]} for name, identity in written.items()}))
