"""What a person sees of a version before the decision: metrics, comparison, data, code and the seal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bound import bound_of, missing, report_of

Read = Callable[[str], bytes | None]

GOOD_LIMIT = 4 * 1024 * 1024
"""Bytes of a report; ours have some hundred thousand."""

LISTED = 5
"""Columns with missing values that are named."""


def reader(s3: Any) -> Read:
    """Gives the object at an address; None where there is none, or it cannot be read."""

    def read(uri: str) -> bytes | None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read(GOOD_LIMIT + 1)
        except s3.exceptions.ClientError:
            return None
        return body if len(body) <= GOOD_LIMIT else None

    return read


def facts(package: Mapping[str, Any], approved: str | None, read: Read) -> Iterator[str]:
    """Lines for a person; what cannot be read is told, not left out."""
    known = package.get("CustomerMetadataProperties") or {}
    report = report_of(package)
    base = report.rsplit("/", 1)[0] if report else None
    yield f"version     {package['ModelPackageArn']}"
    yield f"status      {package.get('ModelApprovalStatus', 'unknown')}"
    yield f"approved    {approved or 'no other version'}"
    yield f"commit      {known.get('GitCommit', 'unknown')} of branch {known.get('GitBranch', 'unknown')}"
    gate = _json(read, base and f"{base}/gate.json")
    yield from _metrics(_json(read, report), gate)
    for who in ("approved", "baseline"):
        yield from _comparison(who, gate.get(who) if gate else None)
    yield from _data(
        known, _json(read, known.get("DataReport")), _json(read, base and f"{base}/details.json")
    )
    bound = bound_of(package, read=read)
    for name in ("artifact", "code", "data", "evaluation"):
        yield f"SHA-256     {name:<10} {bound[name] or 'not recorded'}"
    if gone := missing(bound):
        yield f"attention   the record cannot be bound to: {', '.join(gone)}"


def _metrics(report: dict[str, Any] | None, gate: dict[str, Any] | None) -> Iterator[str]:
    if report is None:
        yield "metrics     cannot be read: the role may not, or the report is gone"
        return
    judged = (gate or {}).get("quality_gate")
    if isinstance(judged, dict):
        yield f"gate        {judged.get('metric')} {_number(judged.get('value'))}"
    for values in report.values():
        for name, metric in sorted(values.items()) if isinstance(values, dict) else ():
            value = metric.get("value") if isinstance(metric, dict) else None
            if isinstance(value, int | float):
                deviation = metric.get("standard_deviation")
                yield f"metric      {name:<24} {_number(value)}{_interval(value, deviation)}"


def _interval(value: float, deviation: object) -> str:
    if isinstance(deviation, bool) or not isinstance(deviation, int | float):
        return ""
    # Of 90 percent, as the quality gate's comparison has it.
    margin = 1.645 * deviation
    return f"  [{_number(value - margin)}, {_number(value + margin)}]"


def _comparison(who: str, found: Any) -> Iterator[str]:
    if not isinstance(found, dict):
        return
    name = found.get("name", who)
    if found.get("comparable") is not True:
        yield f"compared    with {who} ({name}): not comparable, {found.get('reason', 'no reason is given')}"
        return
    low, high = (*found.get("interval", ()), None, None)[:2]
    yield (
        f"compared    with {who} ({name}): {_number(found.get('value'))}, "
        f"difference {_number(found.get('difference'))}  [{_number(low)}, {_number(high)}]"
    )


def _data(
    known: Mapping[str, Any], lineage: dict[str, Any] | None, details: dict[str, Any] | None
) -> Iterator[str]:
    yield f"data        {known.get('DataUrl', 'unknown')}"
    found = lineage or (details or {}).get("data")
    if not isinstance(found, dict):
        return
    if isinstance(found.get("rows"), int):
        yield f"rows        {found['rows']}"
    gaps = found.get("missing")
    if isinstance(gaps, dict):
        worst = list(gaps.items())[:LISTED]
        yield f"missing     {', '.join(f'{name} {_count(n)}' for name, n in worst) or 'none'}"


def _count(found: Any) -> str:
    return (
        str(sum(n for n in found.values() if isinstance(n, int))) if isinstance(found, dict) else str(found)
    )


def _json(read: Read, uri: str | None) -> dict[str, Any] | None:
    body = read(uri) if uri and uri.startswith("s3://") else None
    try:
        found = json.loads(body) if body else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) and not isinstance(value, bool) else "unknown"
