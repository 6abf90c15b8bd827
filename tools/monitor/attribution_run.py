"""Whether the features that decide are those that decided in the evaluation.

The endpoint is asked about a sample of the rows, and again with the cells of one feature after the other
shuffled. The same is done once with rows of the evaluation, and kept.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from model_monitor import attribution
from model_monitor.model_quality import label_text

from asking_endpoint import Endpoint
from baselines import EVALUATION, Baseline, feature
from found import Of, outcome_of, some
from job_settings import ATTRIBUTION, JobError, Settings
from job_store import Store
from labelled import Answer
from row_layouts import Layout

ROWS = 500
ASKED = 60_000
"""Rows that the endpoint is asked about in a run, at most."""
FOLDER = "results/baselines/"
CHECK = "feature_attribution_drift_check"


def layout_of(baseline: Baseline) -> Layout:
    """The columns of a request, which the endpoint must be asked with."""
    layout = Layout.of(baseline.schema())
    if not layout.columns:
        raise JobError(f"{baseline.title} has no schema.json in its baseline: deploy a version that has one")
    return layout


def compare(settings: Settings, answers: list[Answer], baseline: Baseline, client: Any, store: Store) -> Of:
    """The rows of the version that is live against its evaluation."""
    layout = layout_of(baseline)
    features = [
        name for name in layout.columns if name in (layout.used or ()) and name not in settings.omitted
    ]
    sample = min(ROWS, ASKED // (1 + attribution.REPEATS * max(1, len(features))))
    if sample < attribution.LEAST_ROWS or not features:
        raise JobError(
            f"{baseline.title} has {len(features)} stored features: attribution needs one, and asks about "
            f"{ASKED:,} rows at most, which is too few for so many; switch the monitor off"
        )
    if len(answers) < attribution.LEAST_ROWS:
        words = f"Not enough rows to tell: {some(len(answers), 'row')}, {attribution.LEAST_ROWS} are needed"
        return Of(baseline.version, len(answers), outcome_of([], False), words)
    labels = [label_text(label) for label in baseline.schema().get("labels") or ()]
    endpoint = Endpoint(client, settings.endpoint, layout.columns, labels)
    before = _before(endpoint, baseline, features, sample, store)
    frame = pd.DataFrame([one.features for one in answers], columns=list(layout.columns), dtype=object)
    now, rows = attribution.by_permutation(frame, endpoint.predict, features, rows=sample)
    earlier = before["explanations"]["permutation"]["label0"]["global_shap_values"]
    score = attribution.ndcg(earlier, now)
    least = float(settings.monitor(ATTRIBUTION).get("minimumNdcg", attribution.THRESHOLD))
    violations = []
    if score < least:
        description = (
            f"The order of features agrees by {score:.4g} (nDCG) with the evaluation, not by {least:g}"
        )
        violations.append({"feature": "all features", "check": CHECK, "description": description})
    published = [
        {"label": "label0", "metric_name": "permutation", "constraint_check_type": CHECK,
         "description": f"Feature attribution drift {score} exceeds threshold {least:g}"}
    ] if violations else []  # fmt: skip
    words = "Other features decide" if violations else "The same features decide"
    shown = [{"feature": name, "before": earlier[name], "now": now[name]} for name in features]
    return Of(
        baseline.version, rows, outcome_of(violations, True),
        f"{words}: nDCG {score:.3f}, {some(rows, 'row')} against {baseline.title}", violations,
        {"violations": published}, attribution.to_json({"label0": now}, rows, "permutation"),
        {"title": baseline.title, "attributions": sorted(shown, key=lambda one: -float(str(one["before"]))),
         "ndcg": score, "least": least},
        {"ndcg": score},
        [f"The endpoint was asked {some(endpoint.requests, 'time')}, about {rows:,} rows of the window."],
    )  # fmt: skip


def _before(
    endpoint: Endpoint, baseline: Baseline, features: list[str], sample: int, store: Store
) -> dict[str, Any]:
    """The attributions of the evaluation's rows; made once for a version and its features."""
    key = f"{FOLDER}{baseline.record['group']}/{baseline.version}/attribution.json"
    known = store.read_json(key)
    about = {
        "sha256": baseline.record["sha256"][EVALUATION] if baseline.has(EVALUATION) else None,
        "features": features,
    }
    if known is not None and known.get("of") == about:
        found: dict[str, Any] = known["analysis"]
        return found
    rows = baseline.evaluation()
    names = rows.column_names
    cells = {name: cell for name in features if (cell := feature(name, names)) in names}
    frame = pd.DataFrame({name: rows.column(cell).to_pylist() for name, cell in cells.items()}, dtype=object)
    if missing := [name for name in features if name not in frame]:
        raise JobError(
            f"{baseline.uri(EVALUATION)} has no column {', '.join(missing)}: attributions cannot be compared"
        )
    made, count = attribution.by_permutation(frame, endpoint.predict, features, rows=sample)
    analysis = attribution.to_json({"label0": made}, count, "permutation")
    store.put(key, json.dumps({"format": 1, "of": about, "analysis": analysis}).encode())
    return analysis
