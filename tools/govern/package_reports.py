"""What a version's own reports say: its metrics, how it compares, its data and the tests of its build."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from approval_settings import Group
from bound import CHANGED, is_report_changed
from registry import Package
from targets import Refused

REPORT_LIMIT = 4 * 1024 * 1024
"""Bytes of a report that are read; ours have some hundred thousand at most."""

DATA_REPORT = "DataReport"
"""Customer metadata: address of what preprocessing found in the data."""
TESTS = "RepositoryTests"
"""Customer metadata: how many tests of the repository passed in the build."""

LISTED_COLUMNS = 200
"""Most columns with gaps that a data report lists, those with the most gaps first (`model/contents.py`)."""


@dataclass(frozen=True)
class Comparison:
    """How the version compares with another model on the same test rows."""

    name: str
    reason: str
    """Why they cannot be compared; empty if they can."""
    value: float = math.nan
    difference: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Reports:
    """What is known of a version beside its artifact; whatever its reports do not say is None."""

    metric: str
    comparison: str
    value: float
    registered: float | None
    """The metric's value in the registered evaluation report."""
    baseline: Comparison | None
    approved: Comparison | None
    test_rows: int | None
    missing: float | None
    """Share of missing values among all values of the training rows."""
    tests: str
    metrics: dict[str, float]

    @property
    def sign(self) -> int:
        """1 if a higher value is better, else -1."""
        return 1 if self.comparison.startswith(">") else -1


def read_reports(s3: Any, package: Package, group: Group) -> Reports:
    """All reports of a version. Refuses one that has none or does not keep them where our pipeline does."""
    quality = package.details.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {})
    uri = quality.get("S3Uri")
    if not uri:
        raise Refused(f"{package.arn} was registered without an evaluation report.")
    evaluation = _read(s3, uri, group)
    if is_report_changed(package.details, lambda address: _fetch(s3, address, group)):
        raise Refused(f"{package.arn}: {CHANGED}")
    base = uri.rsplit("/", 1)[0]
    judged = _read(s3, f"{base}/gate.json", group)
    details = _read(s3, f"{base}/details.json", group)
    gate = judged.get("quality_gate")
    if not isinstance(gate, dict):
        raise Refused(f"{base}/gate.json has no quality_gate: it is not our pipeline's.")
    metrics = {
        name: float(metric["value"])
        for values in evaluation.values()
        if isinstance(values, dict)
        for name, metric in values.items()
        if isinstance(metric, dict) and _is_number(metric.get("value"))
    }
    rows = details.get("data", {}).get("rows") if isinstance(details.get("data"), dict) else None
    report = package.metadata.get(DATA_REPORT)
    return Reports(
        metric=str(gate.get("metric")),
        comparison=str(gate.get("comparison")),
        value=_number(gate.get("value")),
        registered=metrics.get(str(gate.get("metric"))),
        baseline=_comparison(judged.get("baseline")),
        approved=_comparison(judged.get("approved")),
        test_rows=rows if isinstance(rows, int) and not isinstance(rows, bool) else None,
        missing=missing_share(_read(s3, report, group)) if report else None,
        tests=package.metadata.get(TESTS, "unknown"),
        metrics=metrics,
    )


def missing_share(report: dict[str, Any]) -> float | None:
    """The share of missing values among those of all columns of the training rows; None if it is not said."""
    gaps, rows = report.get("missing"), (report.get("split") or {}).get("train")
    complete = report.get("complete")
    if not isinstance(gaps, dict) or not isinstance(complete, int) or not isinstance(rows, int) or rows < 1:
        return None
    found = [int(of_set.get("train", 0)) for of_set in gaps.values()]
    unlisted = 0
    if len(found) >= LISTED_COLUMNS:
        # The others have gaps too, none more in all sets than the last one listed.
        unlisted = max(0, int(report.get("columns", 0)) - 1 - complete - len(found))
        worst = max(sum(int(n) for n in of_set.values()) for of_set in list(gaps.values())[-1:])
        found.append(unlisted * min(worst, rows))
    columns = complete + len(gaps) + unlisted
    return sum(found) / (rows * columns) if columns else None


def passed_tests(text: str) -> int | None:
    """How many tests passed, if all others were skipped and at least one was run; else None."""
    found = re.fullmatch(r"passed:(\d+) failed:0 skipped:\d+", text)
    return int(found[1]) if found and int(found[1]) > 0 else None


def _comparison(found: Any) -> Comparison | None:
    if not isinstance(found, dict):
        return None
    name = str(found.get("name", ""))
    if found.get("comparable") is not True:
        return Comparison(name, str(found.get("reason") or "it is not said why"))
    low, high = (*found.get("interval", ()), math.nan, math.nan)[:2]
    numbers = [_number(n) for n in (found.get("value"), found.get("difference"), low, high)]
    if not all(math.isfinite(n) for n in numbers):
        return Comparison(name, "its report has no numbers")
    return Comparison(name, "", *numbers)


def _fetch(s3: Any, uri: str, group: Group) -> bytes:
    if not uri.startswith(f"{group.runs}/"):
        raise Refused(f"{uri} is not below {group.runs}, where the pipeline keeps its reports.")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read(REPORT_LIMIT + 1)
        if len(body) > REPORT_LIMIT:
            raise Refused(f"{uri} is larger than {REPORT_LIMIT:,} bytes: it is not our pipeline's.")
    except s3.exceptions.NoSuchKey as error:
        raise Refused(f"{uri} does not exist.") from error
    return bytes(body)


def _read(s3: Any, uri: str, group: Group) -> dict[str, Any]:
    try:
        found = json.loads(_fetch(s3, uri, group))
    except ValueError as error:
        raise Refused(f"{uri} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise Refused(f"{uri} is not a JSON object.")
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else math.nan
