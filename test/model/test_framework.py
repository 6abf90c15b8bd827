"""A further framework is a manifest, its hyperparameters and a module of four functions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.workbench import Workbench, table

ROOT = Path(__file__).parents[2] / "templates" / "python"
MODULE = """
import numpy as np
from training import Fitted


def add_arguments(parser):
    parser.add_argument("--rounds", type=int, default=1)


def fit(job):
    (job.model_dir / "middle").write_text(str(job.data("train").target.mean()))
    return Fitted(job.args.rounds, np.ones(sum(size for _, size in job.schema.groups)), {"rmse": 1.0})


def load(directory):
    return float((directory / "middle").read_text())


def predict(model, features, problem_type):
    return np.full(len(features), model)
"""
ASK = """
import json, sys
from pipelines import manifests, settings
raw = json.load(open("parameters.json"))
raw["model"] |= {"framework": "middle", "frameworkVersion": "0.1"}
raw["training"]["hyperparameters"] = {"rounds": 3}
print(settings.parse(raw).model.framework, manifests.TRAINING_METRICS["middle", "binary"])
raw["training"]["instanceCount"] = 2
settings.parse(raw)
"""


def test_it_trains_serves_and_is_judged(bench: Workbench, tmp_path: Path) -> None:
    from tests.test_settings import GOOD

    for name in ("model", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    # It lies beside the scripts in a job.
    shutil.copytree(ROOT.parents[1] / "monitor" / "model_monitor", tmp_path / "model" / "model_monitor")
    manifest = json.loads((ROOT / "pipelines" / "frameworks" / "sklearn.json").read_text("utf-8"))
    manifest |= {"title": "Middle"}
    (tmp_path / "pipelines" / "frameworks" / "middle.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "model" / "middle_model.py").write_text(MODULE, "utf-8")
    taken = {"taken": {"rounds": {"type": "integer", "minimum": 1}}}
    (tmp_path / "model" / "middle_hyperparameters.json").write_text(json.dumps(taken), "utf-8")
    (tmp_path / "parameters.json").write_text(json.dumps(GOOD), "utf-8")
    asked = subprocess.run([sys.executable, "-c", ASK], cwd=tmp_path, capture_output=True, text=True)
    assert asked.stdout == "middle ('logloss',)\n", asked.stderr
    assert "1: Middle trains on one instance" in asked.stderr

    bench.give(table("regression"))
    bench.preprocess("regression")
    for script, words in (
        ("train", ["--framework", "middle", "--rounds", "2"]),
        ("evaluate", ["--seed", "7"]),
    ):
        command = [sys.executable, str(tmp_path / "model" / f"{script}.py"), *words]
        subprocess.run(command, check=True, capture_output=True)
        bench.pack("model")
    report = bench.json(bench.processing / "evaluation" / "evaluation.json")
    assert report["regression_metrics"]["r2"]["value"] <= 0
    assert bench.gate()["quality_gate"]["value"] >= bench.gate()["quality_gate"]["required"]
