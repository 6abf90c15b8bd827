"""What predictions are worth, once the truth is known: metrics with intervals, against those of the baseline.

The forms are the published ones: `statistics.json` of a model-quality job with `value` and
`standard_deviation`, constraints with `threshold` and `comparison_operator`. A metric is a violation only
where its difference from the baseline is more than both measurements may be wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model_monitor import metrics
from model_monitor.data_quality import FALSE_ALARMS, RUNS_A_DAY
from model_monitor.errors import MonitorError
from model_monitor.sketch import Floats
from model_monitor.support import LEAST, least_deviation, support

Values = Sequence[Any] | NDArray[Any]
Problem = Literal["binary", "multiclass", "regression"]
REPORTS: Mapping[str, str] = {
    "binary": "binary_classification",
    "multiclass": "multiclass_classification",
    "regression": "regression",
}
LOWER_IS_BETTER = ("log_loss", "mae", "mse", "rmse", "false_positive_rate", "false_negative_rate")
BOOTSTRAP_SAMPLES = 200
BOOTSTRAP_ROWS = 4_000_000
INTERVAL = 0.95
LEAST_ROWS = 200
"""As in the published form: with fewer rows no deviation is told, and nothing is compared."""
LESS, GREATER = "LessThanThreshold", "GreaterThanThreshold"


def measure(
    problem: Problem,
    actual: Values,
    predicted: Values,
    labels: Sequence[str | int] = (),
    probabilities: Floats | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """The report of some rows: `labels` in the order of their classes, the positive one last.

    `probabilities` are those of the positive class, or one column per class.
    """
    if problem not in REPORTS:
        raise MonitorError(f"problem is {problem!r}: give one of {', '.join(REPORTS)}")
    if not len(actual) or len(actual) != len(predicted):
        raise MonitorError(
            f"{len(actual)} rows have the truth, {len(predicted)} a prediction: give both for each row"
        )
    rows = len(actual)
    if problem == "regression":
        numbers = [_numbers(values, what) for values, what in ((actual, "truth"), (predicted, "prediction"))]
        report = _report(metrics.regression(*numbers), rows, seed)
        return {"regression_metrics": report, "extension": {"rows": rows}}
    names = [label_text(label) for label in labels]
    if len(set(names)) < 2 or (problem == "binary" and len(names) != 2):
        raise MonitorError(f"labels are {names}: give {'two' if problem == 'binary' else 'two or more'}")
    classes = [
        _classes(values, names, what) for values, what in ((actual, "truth"), (predicted, "prediction"))
    ]
    if probabilities is not None and len(probabilities) != rows:
        raise MonitorError(
            f"{len(probabilities)} rows have probabilities, {rows} the truth: give both for each row"
        )
    if problem == "binary":
        positive = (
            probabilities[:, 1] if probabilities is not None and probabilities.ndim == 2 else probabilities
        )
        compute = metrics.binary(classes[0], classes[1], positive)
    else:
        compute = metrics.multiclass(classes[0], classes[1], len(names), probabilities)
    table = metrics.confusion(classes[0], classes[1], np.ones(rows), len(names))
    matrix = {
        a: {p: int(n) for p, n in zip(names, row, strict=True)} for a, row in zip(names, table, strict=True)
    }
    report = {"confusion_matrix": matrix, **_report(compute, rows, seed)}
    return {f"{REPORTS[problem]}_metrics": report, "extension": {"rows": rows}}


def constraints(report: Mapping[str, Any]) -> dict[str, Any]:
    """The constraints that a report satisfies: each metric is to be no worse; its labels are kept along."""
    problem = _problem(report)
    labels = list(report[f"{problem}_metrics"].get("confusion_matrix") or ())
    return {
        "version": 0.0,
        **({"extension": {"labels": labels}} if labels else {}),
        f"{problem}_constraints": {
            name: {
                "threshold": one["value"],
                "comparison_operator": GREATER if name in LOWER_IS_BETTER else LESS,
                "standard_deviation": one["standard_deviation"],
            }
            for name, one in _measured(report[f"{problem}_metrics"])
            if _number(one["value"]) is not None
        },
    }


def violations(
    report: Mapping[str, Any], limits: Mapping[str, Any], runs_a_day: float = RUNS_A_DAY
) -> list[dict[str, str]]:
    """Metrics that are worse than the constraints, and by more than chance, in the published form."""
    return [
        {
            "metric_name": one["metric_name"],
            "constraint_check_type": one["operator"],
            "description": (
                f"Metric {one['metric_name']} with {one['value']:.4g} +/- {one['standard_deviation']:.2g} "
                f"was {one['operator']} {one['threshold']:.4g}"
            ),
        }
        for one in compared(report, limits, runs_a_day)
        if one["verdict"] == "worse"
    ]


def compared(
    report: Mapping[str, Any], limits: Mapping[str, Any], runs_a_day: float = RUNS_A_DAY
) -> list[dict[str, Any]]:
    """Each constrained metric with its verdict: worse, not worse, or not enough rows.

    A limit without `standard_deviation` is exact; one of a measurement that told none cannot be compared.
    """
    problem = _problem(report)
    wanted = limits.get(f"{problem}_constraints")
    if not isinstance(wanted, Mapping):
        raise MonitorError(f"the constraints have no {problem}_constraints: give those of the same problem")
    rows = int(report.get("extension", {}).get("rows", LEAST_ROWS))
    alpha = FALSE_ALARMS / runs_a_day / max(1, len(wanted))
    sigmas = NormalDist().inv_cdf(1 - alpha)
    found = []
    measured = dict(_measured(report[f"{problem}_metrics"]))
    for name, limit in wanted.items():
        one = measured.get(name)
        value, spread = (
            (None, None) if one is None else (_number(one["value"]), _number(one["standard_deviation"]))
        )
        threshold = _number(limit.get("threshold"))
        operator = limit.get("comparison_operator")
        if threshold is None or operator not in (LESS, GREATER):
            raise MonitorError(f"constraints: {name} needs a number as threshold, and {LESS} or {GREATER}")
        result = {
            "metric_name": name, "value": value, "standard_deviation": spread, "threshold": threshold,
            "operator": operator, "verdict": "not enough rows",
        }  # fmt: skip
        depends = support(name, problem, report[f"{problem}_metrics"].get("confusion_matrix"), rows)
        before = _number(limit.get("standard_deviation", 0.0))
        enough = rows >= LEAST_ROWS and depends >= LEAST
        if value is not None and spread is not None and before is not None and enough:
            spread = max(spread, least_deviation(name, threshold, depends))
            worse = threshold - value if operator == LESS else value - threshold
            margin = sigmas * math.hypot(spread, before)
            result["verdict"] = "worse" if worse > margin else "not worse"
        found.append(result)
    return found


def uncertain(limits: Mapping[str, Any]) -> bool:
    """Whether limits are of a measurement that told no deviation: one of fewer than LEAST_ROWS rows."""
    return any(
        _number(one.get("standard_deviation", 0.0)) is None
        for name, section in limits.items()
        if name.endswith("_constraints")
        for one in section.values()
    )


def _report(compute: Callable[[Floats], metrics.Metrics], rows: int, seed: int) -> dict[str, Any]:
    values = compute(np.ones(rows))
    drawn: list[metrics.Metrics] = []
    if rows >= LEAST_ROWS:
        rng = np.random.default_rng(seed)
        for _ in range(int(np.clip(BOOTSTRAP_ROWS // rows, 20, BOOTSTRAP_SAMPLES))):
            drawn.append(compute(np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(float)))
    return {name: _spread(value, [one[name] for one in drawn]) for name, value in values.items()}


def _spread(value: float, drawn: Sequence[float]) -> dict[str, Any]:
    finite = [one for one in drawn if math.isfinite(one)]
    deviation = float(np.std(finite, ddof=1)) if len(finite) > 1 else math.nan
    reach = NormalDist().inv_cdf((1 + INTERVAL) / 2) * deviation
    return {
        "value": _json(value),
        "standard_deviation": _json(deviation),
        "interval": [_json(value - reach), _json(value + reach)],
    }


def _measured(report: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, one) for name, one in report.items() if isinstance(one, Mapping) and "value" in one]


def _problem(report: Mapping[str, Any]) -> str:
    for problem in REPORTS.values():
        if f"{problem}_metrics" in report:
            return problem
    raise MonitorError("this is no model-quality report: it has none of binary_classification_metrics, …")


def _classes(values: Values, names: Sequence[str], what: str) -> metrics.Ints:
    index = {name: number for number, name in enumerate(names)}
    texts = [label_text(value) for value in values]
    unknown = next((text for text in texts if text not in index), None)
    if unknown is not None:
        raise MonitorError(f"the {what} {unknown!r} is not one of the labels {', '.join(names)}")
    return np.array([index[text] for text in texts], np.int64)


def _numbers(values: Values, what: str) -> Floats:
    found: Floats = np.asarray(pd.to_numeric(pd.Series(values), errors="coerce"), float)
    if not np.isfinite(found).all():
        odd = values[int(np.argmin(np.isfinite(found)))]
        raise MonitorError(f"the {what} {odd!r} is no number")
    return found


def label_text(value: object) -> str:
    """A label as a text: 1, 1.0 and "1" are one."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _json(value: float) -> float | str:
    return float(value) if math.isfinite(value) else "NaN"
