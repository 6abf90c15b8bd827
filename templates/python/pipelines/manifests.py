"""What is known of frameworks and problem types.

Each framework has a manifest, and `model/<framework>_model.py` trains with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

FRAMEWORKS: dict[str, dict[str, Any]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((HERE / "frameworks").glob("*.json"), reverse=True)
}

PROBLEM_TYPES: dict[str, dict[str, Any]] = json.loads(
    (HERE / "problem_types.json").read_text(encoding="utf-8")
)
"""Sample, metrics and default gates by problem type; `report` is where evaluation.json has the metrics."""

TRAINING_METRICS = {
    (name, problem_type): tuple(metrics)
    for name, manifest in FRAMEWORKS.items()
    for problem_type, metrics in manifest["trainingMetrics"].items()
}
"""What train.py prints, by framework and problem type; the first metric decides about early stopping."""

FLOAT_HYPERPARAMETERS = frozenset(
    name
    for manifest in FRAMEWORKS.values()
    for name, rule in manifest["hyperparameters"].items()
    if rule["type"] == "number"
)
"""Hyperparameters that train.py takes as floats, so that a default of 1 does not make them whole numbers."""
