"""Whether groups are treated as alike as in the evaluation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from model_monitor import bias
from model_monitor.model_quality import label_text

from baselines import LABEL, PREDICTION, Baseline
from found import Of, outcome_of, some
from job_metrics import word
from job_settings import BIAS as KIND
from job_settings import JobError, Settings
from labelled import Answer, same_label
from prediction_rows import number, text


def columns(settings: Settings) -> frozenset[str]:
    """The columns that say which group a row is of."""
    return frozenset(str(facet["column"]) for facet in settings.monitor(KIND)["facets"])


def compare(settings: Settings, answers: list[Answer], baseline: Baseline) -> Of:
    """The rows of a version, with their labels as far as they came, against its evaluation."""
    monitor = settings.monitor(KIND)
    find = _find(baseline)
    evaluation = _plain(baseline.evaluation(), [*columns(settings), LABEL, PREDICTION], baseline, find)
    positive = tuple(_known(str(label), find, baseline) for label in monitor["positiveLabels"])
    facets = monitor["facets"]
    runs = settings.runs_a_day(KIND) * len(facets)
    violations: list[dict[str, str]] = []
    published: list[dict[str, str]] = []
    analyses, shown, metrics, enough = [], [], {}, False
    for facet in facets:
        values = tuple(_text(value) or "" for value in facet["values"])
        counted = []
        for table in (_table(answers, str(facet["column"]), find), evaluation):
            one = bias.Bias(
                bias.Choice(str(facet["column"]), values), bias.Choice(LABEL, positive), PREDICTION
            )
            one.add(table)
            counted.append(one)
        now, before = (one.to_json() for one in counted)
        analyses.append(now)
        found = bias.violations(now, before, runs)
        published += found
        violations += [
            {"feature": f"{one['facet']}: {one['facet_value']}", "check": one["constraint_check_type"],
             "description": f"{one['metric_name']}: {one['description']}"}
            for one in found
        ]  # fmt: skip
        few = min(min(one.rows) for one in counted) < bias.LEAST_ROWS
        enough = enough or not few
        values_now, values_before = (one.metrics() for one in counted)
        for name, (value, spread) in values_now.items():
            if value == value:
                metrics[f"bias_metric_{name}_{word(str(facet['column']))}"] = value
            shown.append(
                {"facet": facet["column"], "values": ", ".join(values), "metric": name, "value": value,
                 "standard_deviation": spread, "before": values_before.get(name, (None, None))[0], "few": few,
                 "worse": any(one["metric_name"] == name for one in found)}
            )  # fmt: skip
    labelled = sum(one.label is not None for one in answers)
    notes = [f"{some(labelled, 'row')} of {len(answers):,} had a label when this ran."]
    if odd := sum(
        any(said is not None and find(said) is None for said in (one.label, one.prediction))
        for one in answers
    ):
        notes.append(f"{some(odd, 'row')} with a label or an answer that the model does not know.")
    words = "No measure of bias farther from even" if enough else "Not enough rows of each group to tell"
    if violations:
        words = f"{some(len(violations), 'measure')} of bias farther from even"
    return Of(
        baseline.version, len(answers), outcome_of(violations, enough),
        f"{words}: {some(len(answers), 'row')} against {baseline.title}", violations,
        {"violations": published}, {"version": "1.0", "analyses": analyses},
        {"title": baseline.title, "measures": shown}, metrics,
        notes,
    )  # fmt: skip


Find = Callable[[str | None], str | None]


def _find(baseline: Baseline) -> Find:
    """How the model writes a label or an answer: `True` of a file may be its `true`; none: it has none."""
    labels = [label_text(label) for label in baseline.schema().get("labels") or ()]
    if not labels:
        return _text
    find = same_label(labels)
    return lambda said: find(_text(said))


def _known(label: str, find: Find, baseline: Baseline) -> str:
    found = find(label)
    if found is None:
        raise JobError(
            f"bias.positiveLabels has {label!r}, which is no label of {baseline.title}: it has "
            f"{', '.join(map(str, baseline.schema()['labels']))}"
        )
    return found


def _table(answers: list[Answer], column: str, find: Find) -> Any:
    return pa.table(
        {
            column: pa.array([_text(one.features.get(column)) for one in answers], pa.string()),
            LABEL: pa.array([find(one.label) for one in answers], pa.string()),
            PREDICTION: pa.array([find(one.prediction) for one in answers], pa.string()),
        }
    )


def _plain(rows: Any, names: list[str], baseline: Baseline, find: Find) -> Any:
    """Some columns, with texts as the table has them."""
    if missing := [name for name in names if name not in rows.column_names]:
        raise JobError(
            f"the evaluation of {baseline.title} has no column {', '.join(missing)}: name a feature of the "
            f"model in bias.facets; it has {', '.join(rows.column_names)}"
        )
    how = {name: find if name in (LABEL, PREDICTION) else _text for name in names}
    return pa.table(
        {name: pa.array([how[name](c) for c in rows.column(name).to_pylist()], pa.string()) for name in names}
    )


def _text(cell: str | None) -> str | None:
    """A cell as a text: 1.0 of a file of CSV is 1."""
    if cell is None:
        return None
    value = number(cell) if "." in cell or "e" in cell.lower() else None
    return cell.strip() if value is None else text(value)
