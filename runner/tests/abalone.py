"""The pipeline that half of the world begins with: scripts with absolute paths, and its steps."""

from __future__ import annotations

from typing import Any

from .build import (
    condition,
    fail,
    get,
    json_get,
    output_of,
    pipeline,
    processing,
    training,
)

P = "/opt/ml/processing"
SPLIT = f"""
import pathlib
rows = pathlib.Path('{P}/input/raw.csv').read_text().split()
for name, part in (('train', rows[:6]), ('validation', rows[6:8]), ('test', rows[8:])):
    pathlib.Path('{P}', name, name + '.csv').write_text('\\n'.join(part) + '\\n')
"""
FIT = """
import json, os, pathlib, sys
rows = [line.split(',') for line in pathlib.Path('/opt/ml/input/data/train/train.csv').read_text().split()]
hp = json.loads(pathlib.Path('/opt/ml/input/config/hyperparameters.json').read_text())
factor = float(hp.get('factor', 2))
error = sum((float(x) * factor - float(y)) ** 2 for y, x in rows) / len(rows)
print(f'validation:rmse={error}')
pathlib.Path('/opt/ml/model/model.json').write_text(json.dumps({'factor': factor}))
code = pathlib.Path('/opt/ml/model/code')
code.mkdir()
(code / 'inference.py').write_text(pathlib.Path('/opt/ml/input/data/code/inference.py').read_text())
"""
INFERENCE = """
import json, pathlib
def model_fn(folder):
    return json.loads(pathlib.Path(folder, 'model.json').read_text())['factor']
def input_fn(body, content_type):
    return [float(line.split(',')[-1]) for line in body.split()]
def predict_fn(rows, factor):
    return [row * factor for row in rows]
def output_fn(values, accept):
    return ''.join(f'{value}\\n' for value in values), accept
"""
EVALUATE = f"""
import json, pathlib, tarfile
factor = json.load(tarfile.open('{P}/model/model.tar.gz').extractfile('model.json'))['factor']
rows = [line.split(',') for line in pathlib.Path('{P}/test/test.csv').read_text().split()]
error = sum((float(x) * factor - float(y)) ** 2 for y, x in rows) / len(rows)
report = {{'regression_metrics': {{'mse': {{'value': error, 'standard_deviation': 0}}}}}}
pathlib.Path('{P}/evaluation/evaluation.json').write_text(json.dumps(report))
"""
ARTIFACT = get("Steps.AbaloneTrain.ModelArtifacts.S3ModelArtifacts")
MSE = json_get("AbaloneEval", "AbaloneEvaluationReport", "regression_metrics.mse.value")


def process() -> dict[str, Any]:
    return processing("AbaloneProcess", SPLIT, {"input": "s3://b/raw.csv"}, ["train", "validation", "test"])


def train(script: str | None = FIT, **hyperparameters: str) -> dict[str, Any]:
    channels = {"train": output_of("AbaloneProcess", "train"), "code": "s3://b/code/"}
    step = training("AbaloneTrain", channels, script)
    step["Arguments"]["HyperParameters"] = {"factor": "2", **hyperparameters}
    return step


def evaluate(artifact: Any = ARTIFACT) -> dict[str, Any]:
    inputs = {"model": artifact, "test": output_of("AbaloneProcess", "test")}
    files = [("AbaloneEvaluationReport", "evaluation", "evaluation.json")]
    return processing("AbaloneEval", EVALUATE, inputs, ["evaluation"], files)


def gate(*yes: dict[str, Any]) -> dict[str, Any]:
    less = {"Type": "LessThanOrEqualTo", "LeftValue": MSE, "RightValue": get("Parameters.MseThreshold")}
    message = {
        "Std:Join": {
            "On": " ",
            "Values": ["Execution failed due to MSE", MSE, ">", get("Parameters.MseThreshold")],
        }
    }
    return condition("AbaloneMSECond", less, yes, [fail("AbaloneMSEFail", message)])


def abalone(*yes: dict[str, Any], factor: str = "2") -> dict[str, Any]:
    return pipeline(process(), train(factor=factor), evaluate(), gate(*yes), MseThreshold=6.0)
