"""Whether a version's answers are as good as in its evaluation, as far as labels have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from model_monitor import model_quality as quality

from baselines import EVALUATION, LABEL, PREDICTION, PROBABILITY, QUALITY_LIMITS, Baseline
from found import Of, outcome_of, some
from job_settings import MODEL_QUALITY, JobError, Settings
from labelled import Answer, same_label
from prediction_rows import number

PROBLEMS = ("binary", "multiclass", "regression")
THRESHOLD = "threshold_check"
"""A metric that does not reach what the options ask for."""


def compare(settings: Settings, answers: list[Answer], baseline: Baseline) -> Of:
    """The labelled rows of a version against its evaluation."""
    monitor, schema = settings.monitor(MODEL_QUALITY), baseline.schema()
    problem = str(schema.get("problem_type"))
    if problem not in PROBLEMS:
        raise JobError(
            f"{baseline.title} has no schema.json with a problem type: deploy a version that has one"
        )
    labels = [quality.label_text(label) for label in schema.get("labels") or ()]
    having = [one for one in answers if one.label is not None]
    triples, odd = usable(
        problem, labels, [(one.label, _said(one, problem), one.probability) for one in having]
    )
    notes = [f"{some(len(answers) - len(having), 'row')} of {len(answers):,} had no label when this ran."]
    if odd:
        notes.append(f"{some(odd, 'row')} left out: label or answer is none that the model knows.")
    if not triples:
        words = f"No label for any of {some(len(answers), 'row')}: {baseline.title} was not measured"
        return Of(baseline.version, 0, outcome_of([], False), words, notes=notes)
    report = measured(problem, labels, triples)
    limits = limits_of(baseline, problem, labels)
    runs = settings.runs_a_day(MODEL_QUALITY)
    compared = quality.compared(report, limits, runs)
    if quality.uncertain(limits):
        notes.append(
            f"{baseline.title} was evaluated on too few rows: nothing is compared with those metrics of it."
        )
    published = quality.violations(report, limits, runs)
    asked = _asked(report, monitor.get("thresholds") or {}, runs)
    worse = [one for one in asked if one["verdict"] == "worse"]
    violations = [
        {"feature": one["metric_name"], "check": one["constraint_check_type"],
         "description": one["description"]}
        for one in published
    ] + [
        {"feature": one["metric_name"], "check": THRESHOLD,
         "description": f"Metric {one['metric_name']} is {one['value']:.4g} +/- "
         f"{one['standard_deviation']:.2g}; modelQuality.thresholds asks for {one['threshold']:g}"}
        for one in worse
    ]  # fmt: skip
    enough = any(one["verdict"] == "not worse" for one in (*compared, *asked))
    what = f"{some(len(triples), 'labelled row')} against {baseline.title}"
    words = f"{some(len(violations), 'metric')} worse" if violations else "No metric worse" if enough else (
        "Not enough labelled rows to tell")  # fmt: skip
    return Of(
        baseline.version, len(triples), outcome_of(violations, enough), f"{words}: {what}", violations,
        {"violations": published}, report, {"title": baseline.title, "compared": [*compared, *asked]},
        {f"metric_{one['metric_name']}": one["value"] for one in compared if one["value"] is not None}, notes,
    )  # fmt: skip


def _said(one: Answer, problem: str) -> str | None:
    value = one.value if one.value is not None else number(one.prediction)
    return one.prediction if problem != "regression" else None if value is None else repr(value)


Triple = tuple[str, str, float | None]


def usable(
    problem: str, labels: list[str], given: Sequence[tuple[str | None, str | None, float | None]]
) -> tuple[list[Triple], int]:
    """Label, prediction and probability of each row that can be measured, and how many cannot."""
    find = same_label(labels)
    found: list[Triple] = []
    for label, said, probability in given:
        if problem == "regression":
            both = [None if number(text) is None else text for text in (label, said)]
        else:
            both = [find(label), find(said)]
        if both[0] is not None and both[1] is not None:
            found.append((both[0], both[1], probability))
    return found, len(given) - len(found)


def measured(problem: str, labels: list[str], triples: list[Triple]) -> dict[str, Any]:
    """The published report of rows."""
    actual, predicted = [one[0] for one in triples], [one[1] for one in triples]
    scores = None
    if problem == "binary" and all(one[2] is not None for one in triples):
        scores = np.asarray([one[2] for one in triples], float)
    return quality.measure(problem, actual, predicted, labels, scores)  # type: ignore[arg-type]


def limits_of(baseline: Baseline, problem: str, labels: list[str]) -> Mapping[str, Any]:
    """The constraints that were registered, else those that the rows of the evaluation satisfy."""
    if baseline.has(QUALITY_LIMITS):
        found: Mapping[str, Any] = baseline.json(QUALITY_LIMITS)
        return found
    if not baseline.has(EVALUATION):
        raise JobError(
            f"{baseline.title} has neither {QUALITY_LIMITS} nor {EVALUATION} in its baseline: deploy a "
            "version whose pipeline registers them"
        )
    rows = baseline.evaluation()
    names = rows.column_names
    cells = [rows.column(name).to_pylist() if name in names else [None] * rows.num_rows
             for name in (LABEL, PREDICTION, PROBABILITY)]  # fmt: skip
    triples, _ = usable(problem, labels, [(a, b, number(c)) for a, b, c in zip(*cells, strict=True)])
    if not triples:
        raise JobError(f"{baseline.uri(EVALUATION)} has no row with label and prediction")
    return quality.constraints(measured(problem, labels, triples))


def _asked(report: Mapping[str, Any], thresholds: Mapping[str, float], runs: float) -> list[dict[str, Any]]:
    """Metrics against what the options ask for."""
    if not thresholds:
        return []
    problem = next(name for name in quality.REPORTS.values() if f"{name}_metrics" in report)
    known = [
        name for name, one in report[f"{problem}_metrics"].items() if isinstance(one, dict) and "value" in one
    ]
    if unknown := [name for name in thresholds if name not in known]:
        raise JobError(
            f"modelQuality.thresholds names {', '.join(unknown)}: this model has {', '.join(known)}"
        )
    limits = {
        name: {
            "threshold": value, "standard_deviation": 0.0,
            "comparison_operator": quality.GREATER if name in quality.LOWER_IS_BETTER else quality.LESS,
        }
        for name, value in thresholds.items()
    }  # fmt: skip
    return quality.compared(report, {f"{problem}_constraints": limits}, runs)
