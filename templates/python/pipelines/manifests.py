"""What is known of frameworks and problem types.

Each framework has a manifest, `model/<framework>_hyperparameters.json` declares what can be set, and
`model/<framework>_model.py` trains with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.rules import Rule, alternatives

BY_PROBLEM = "byProblemType"
HERE = Path(__file__).parent


def _declared(framework: str) -> dict[str, Any]:
    """What `model/` says of the framework's hyperparameters; nothing if the file is not there."""
    file = HERE.parent / "model" / f"{framework}_hyperparameters.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {
        "hyperparameters": content.get("taken", {}),
        "refused": content.get("refused", {}),
        "deciding": content.get("deciding", {}),
        "higherIsBetter": content.get("higherIsBetter", []),
    }


FRAMEWORKS: dict[str, dict[str, Any]] = {
    file.stem: {**json.loads(file.read_text(encoding="utf-8")), **_declared(file.stem)}
    for file in sorted((HERE / "frameworks").glob("*.json"), reverse=True)
}
"""The manifest of each framework, with `hyperparameters`, `refused`, `deciding` and `higherIsBetter` of its
declarations."""

PROBLEM_TYPES: dict[str, dict[str, Any]] = json.loads(
    (HERE / "problem_types.json").read_text(encoding="utf-8")
)
"""Sample, metrics and default gates by problem type; `report` is where evaluation.json has the metrics."""

TRAINING_METRICS = {
    (name, problem_type): tuple(metrics)
    for name, manifest in FRAMEWORKS.items()
    for problem_type, metrics in manifest["trainingMetrics"].items()
}
"""What train.py always prints, by framework and problem type; the first metric decides about early stopping,
unless hyperparameters choose another one."""


KINDS = {
    name: {one["type"] for kind in rule.get(BY_PROBLEM, {"": rule}).values() for one in alternatives(kind)}
    for manifest in FRAMEWORKS.values()
    for name, rule in manifest["hyperparameters"].items()
}
FLOAT_HYPERPARAMETERS = frozenset(name for name, kinds in KINDS.items() if kinds == {"number"})
"""Hyperparameters that train.py takes as floats, so that a default of 1 does not make them whole numbers."""

JSON_HYPERPARAMETERS = frozenset(name for name, kinds in KINDS.items() if kinds & {"object", "array"})
"""Hyperparameters whose texts may be JSON."""


def hyperparameters(framework: str, problem_type: str) -> dict[str, Rule]:
    """The rule of each hyperparameter that train.py takes for the problem type."""
    found = {}
    for name, rule in FRAMEWORKS[framework]["hyperparameters"].items():
        if BY_PROBLEM not in rule:
            found[name] = rule
        elif problem_type in rule[BY_PROBLEM]:
            found[name] = rule[BY_PROBLEM][problem_type]
    return found


def refused(framework: str, problem_type: str) -> dict[str, str]:
    """Why train.py does not take other names that the framework has."""
    taken = FRAMEWORKS[framework]["hyperparameters"]
    known = hyperparameters(framework, problem_type)
    other = {
        name: f"it is not for a {problem_type} problem, but for {' and '.join(rule[BY_PROBLEM])}"
        for name, rule in taken.items()
        if name not in known
    }
    return {**FRAMEWORKS[framework]["refused"], **other}


def metrics_of(framework: str, problem_type: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """What train.py prints with these hyperparameters: the problem type's metrics and the deciding one."""
    usual = TRAINING_METRICS[framework, problem_type]
    found = [values.get("eval_metric")] if "eval_metric" in hyperparameters(framework, problem_type) else []
    found += [metrics.get(values.get(name)) for name, metrics in FRAMEWORKS[framework]["deciding"].items()]
    deciding = next(filter(None, found), usual[0])
    return usual if deciding in usual else (*usual, str(deciding))
