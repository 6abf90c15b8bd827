"""Which features decide, and whether the same ones still do.

Contributions that the framework computes are used as they are. Without them, a feature's attribution is how
much the answers change when its cells are shuffled, on a sample of the rows. Two lists are compared by nDCG.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from model_monitor.errors import MonitorError
from model_monitor.sketch import Floats

Method = Literal["kernel_shap", "permutation"]
Attributions = dict[str, float]
SAMPLE_ROWS = 2000
REPEATS = 3
LEAST_ROWS = 100
THRESHOLD = 0.9
"""As in the published form: a lower score is a violation."""


def by_permutation(
    frame: pd.DataFrame,
    predict: Callable[[pd.DataFrame], Floats],
    features: Sequence[str] | None = None,
    seed: int = 0,
    rows: int = SAMPLE_ROWS,
) -> tuple[Attributions, int]:
    """The mean change of the answers when a feature is shuffled, and the number of rows that were used.

    `predict` answers rows: values, or one column of probabilities per class.
    """
    rng = np.random.default_rng(seed)
    sample = frame.iloc[np.sort(rng.permutation(len(frame))[:rows])].reset_index(drop=True)
    if len(sample) < 2:
        raise MonitorError(f"{len(sample)} rows cannot be shuffled: give at least {LEAST_ROWS}")
    answers = np.asarray(predict(sample), float)
    found = {}
    for name in features or list(frame.columns):
        if name not in sample:
            raise MonitorError(f"there is no column {name!r}: the rows have {', '.join(map(str, sample))}")
        changes = []
        for _ in range(REPEATS):
            shuffled = sample.copy()
            shuffled[name] = sample[name].iloc[rng.permutation(len(sample))].to_numpy()
            changes.append(np.abs(np.asarray(predict(shuffled), float) - answers).mean())
        found[str(name)] = float(np.mean(changes))
    return found, len(sample)


def of_contributions(frame: pd.DataFrame) -> tuple[Attributions, int]:
    """The mean absolute contribution of each feature, from one column per feature and one row per answer."""
    values = frame.apply(pd.to_numeric, errors="coerce")
    odd = [str(name) for name in values if not np.isfinite(values[name]).all()]
    if odd or values.empty:
        raise MonitorError(
            f"contributions of {', '.join(odd) or 'no feature'} are not all numbers: "
            "give one number per row and feature"
        )
    return {str(name): float(values[name].abs().mean()) for name in values}, len(values)


def ndcg(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """1 if the features are in the order that they had; the formula of the published monitor."""
    if set(before) != set(now):
        different = ", ".join(sorted(set(before) ^ set(now)))
        raise MonitorError(f"attributions are of different features: {different}; compare those of one model")
    if not before:
        raise MonitorError("there is no attribution to compare")

    def gain(order: Mapping[str, float]) -> float:
        names = sorted(order, key=lambda name: (-order[name], name))
        return sum(before[name] / math.log2(place + 1) for place, name in enumerate(names, 1))

    ideal = gain(before)
    return gain(now) / ideal if ideal else 1.0


def to_json(attributions: Mapping[str, Attributions], rows: int, method: Method) -> dict[str, Any]:
    """The published form: attributions by label (`label0` if there is one answer)."""
    return {
        "version": "1.0",
        "explanations": {
            method: {label: {"global_shap_values": dict(found)} for label, found in attributions.items()}
        },
        "extension": {"rows": rows},
    }


def compared(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The score of each label, with its verdict."""
    (method, current), (earlier_method, earlier) = (_explanations(one) for one in (now, before))
    if method != earlier_method:
        raise MonitorError(f"attributions by {method} do not compare with those by {earlier_method}")
    rows = min(one.get("extension", {}).get("rows", LEAST_ROWS) for one in (now, before))
    found = []
    for label, values in earlier.items():
        if label not in current:
            raise MonitorError(f"there are no attributions of label {label!r}")
        score = ndcg(values["global_shap_values"], current[label]["global_shap_values"])
        verdict = "not enough rows" if rows < LEAST_ROWS else "drift" if score < THRESHOLD else "no drift"
        found.append(
            {"label": label, "method": method, "ndcg": score, "threshold": THRESHOLD, "verdict": verdict}
        )
    return found


def violations(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[dict[str, str]]:
    """Labels whose features decide in another order, in the published form."""
    return [
        {
            "label": one["label"],
            "metric_name": "shap" if one["method"] == "kernel_shap" else one["method"],
            "constraint_check_type": "feature_attribution_drift_check",
            "description": f"Feature attribution drift {one['ndcg']} exceeds threshold {THRESHOLD}",
        }
        for one in compared(now, before)
        if one["verdict"] == "drift"
    ]


def _explanations(analysis: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    found = analysis.get("explanations")
    if not isinstance(found, Mapping) or len(found) != 1:
        raise MonitorError("this is no analysis with attributions: it needs `explanations` by one method")
    return next(iter(found.items()))
