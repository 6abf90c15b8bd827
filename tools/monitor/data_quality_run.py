"""Whether what a version is asked looks like what it was trained on."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from model_monitor.constraints import Constraints
from model_monitor.data_quality import check
from model_monitor.schemas import Described
from model_monitor.statistics import Statistics
from model_monitor.trained import as_trained, is_boolean

from baselines import CONSTRAINTS, STATISTICS, Baseline
from found import Of, outcome_of
from job_metrics import word
from job_settings import DATA_QUALITY, Settings
from map_columns import columns_of
from window_rows import Rows

DECIDED = ("drift", "no drift")
"""Verdicts with which a distance is a metric: that of too few rows is chance, which alarms take for drift."""


def compare(settings: Settings, rows: Rows, baseline: Baseline) -> Of:
    """The rows of a version against its training rows."""
    monitor = settings.monitor(DATA_QUALITY)
    known, before = baseline.described(), baseline.statistics()
    given = monitor.get("thresholds") or {}
    constraints = with_thresholds(baseline.constraints(), given)
    ignored = frozenset(monitor.get("ignoreColumns") or ())
    leave = settings.omitted | ignored | frozenset(known.leave)
    now = Statistics.of_batches(_tables(rows, baseline.version, known, before, leave), before.kinds)
    findings = check(now, before, constraints, settings.runs_a_day(DATA_QUALITY), leave)
    violations = [
        {"feature": one.feature_name, "check": one.constraint_check_type, "description": one.description}
        for one in findings.violations
    ]
    pieces: Any = importlib.import_module("pieces")
    page = {
        **pieces.pieces(before, now, findings), "title": baseline.title,
        "statistics": baseline.uri(STATISTICS), "constraints": baseline.uri(CONSTRAINTS),
        "broken": findings.broken,
    }  # fmt: skip
    few = [feature for feature in findings.features if feature["verdict"] == "not enough rows"]
    sentence: Any = importlib.import_module("report.monitor_page").sentence
    return Of(
        baseline.version, now.rows, outcome_of(violations, not few), sentence(page), violations,
        findings.to_json(), now.to_json(), page,
        {f"feature_baseline_drift_{word(one['name'])}": one["distance"] for one in findings.features
         if one["verdict"] in DECIDED},
        _notes(settings, ignored, given, before),
    )  # fmt: skip


def _tables(
    rows: Rows, version: int, known: Described, before: Statistics, leave: frozenset[str]
) -> Iterator[Any]:
    booleans = {*known.booleans, *(name for name, column in before.columns.items() if is_boolean(column))}
    for table in rows.tables(version, ["features"]):
        cells = columns_of(table.column("features"))
        kept = cells.select([name for name in cells.column_names if name not in leave])
        yield as_trained(kept, booleans, known.missing_tokens)


def with_thresholds(constraints: Constraints, thresholds: Mapping[str, float]) -> Constraints:
    """Constraints with the distances that the options name for some columns."""
    raw = constraints.to_json()
    for feature in raw["features"]:
        if feature["name"] in thresholds:
            own = dict(constraints.monitoring(feature["name"])["distribution_constraints"])
            value = thresholds[feature["name"]]
            own |= {"comparison_threshold": value, "categorical_comparison_threshold": value}
            feature.setdefault("monitoringConfigOverrides", {})["distribution_constraints"] = own
            feature.get("monitoring_config_overrides", {}).pop("distribution_constraints", None)
    return Constraints.from_json(raw)


def _notes(
    settings: Settings, ignored: frozenset[str], thresholds: Mapping[str, float], before: Statistics
) -> list[str]:
    told = [
        (settings.omitted & frozenset(before.names), "Not compared, because not stored (omitColumns)"),
        (ignored, "Not compared, because of dataQuality.ignoreColumns"),
        (frozenset(thresholds) - frozenset(before.names), "dataQuality.thresholds names what is no feature"),
    ]  # fmt: skip
    return [f"{words}: {', '.join(sorted(names))}." for names, words in told if names]
