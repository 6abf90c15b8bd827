"""Makes insights.json, what the scripts of a generated repository find in real data beyond the metrics.

From the root of the project: python runner/tests/report/data/make_insights.py
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[3] / "templates"
sys.path[:0] = [str(TEMPLATES / "python" / "model"), str(TEMPLATES / "python")]
SAMPLES = {"binary": "breast_cancer.csv", "multiclass": "digits.csv", "regression": "diabetes.csv"}
KEYS = ("curves", "calibration", "thresholds", "segments", "by_prediction", "notes")


def insights(problem: str, root: Path) -> dict[str, Any]:
    """The part of details.json that says more than the metrics, and lineage.json."""
    workbench = importlib.import_module("tests.workbench")
    with pytest.MonkeyPatch.context() as patch:
        bench = workbench.Workbench(root, patch)
        bench.give((TEMPLATES / "data" / SAMPLES[problem]).read_text("utf-8"))
        bench.preprocess(problem, "target", test_fraction=0.4)
        bench.run("train", framework="xgboost", num_round=120, max_depth=3)
        bench.evaluate()
        details = bench.json(bench.processing / "evaluation" / "details.json")
        rounds = details["training"]["rounds"]
        found = {key: details[key] for key in KEYS if key in details} | {"training": {"rounds": rounds}}
        return {"details": found, "lineage": bench.lineage()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as root:
        made = {problem: insights(problem, Path(root) / problem) for problem in SAMPLES}
    made["binary"]["details"]["notes"] = [
        "profit takes 1.2 s for the test rows: its spread is that of 50 bootstrap samples, not of 200, and may "
        "differ a little from run to run"
    ]
    made["binary"]["lineage"]["missing"] = {
        "mean_radius": {"train": 21, "validation": 3, "test": 17},
        "a_column_with_a_long_name_that_has_to_break_somewhere": {"train": 2, "validation": 0, "test": 0},
    }
    made["binary"]["lineage"]["notes"] = ["column 'visit' is dropped: it numbers the rows from 1 to 569"]
    (HERE / "insights.json").write_text(json.dumps(made, separators=(",", ":"), allow_nan=False) + "\n")
