"""What an evaluation found beyond the metrics, and what the sets hold, as typed values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .coerce import mapping, number, objects, text

Points = tuple[tuple[float, float], ...]
SETS = ("train", "validation", "test")


@dataclass(frozen=True)
class Bin:
    """Rows with about the same prediction: what was stated for them, and what was observed."""

    label: str
    rows: int
    stated: float
    observed: float


@dataclass(frozen=True)
class Calibration:
    brier: float | None
    error: float | None
    bins: tuple[Bin, ...]
    classes: tuple[Bin, ...]


@dataclass(frozen=True)
class Threshold:
    threshold: float
    precision: float
    recall: float
    f1: float
    share: float


@dataclass(frozen=True)
class Segment:
    column: str
    segment: str
    rows: int
    value: float
    difference: float
    error: float


@dataclass(frozen=True)
class Segments:
    metric: str
    overall: float | None
    every: int
    worst: tuple[Segment, ...]


@dataclass(frozen=True)
class Band:
    """A tenth of the predictions of a regression."""

    label: str
    rows: int
    predicted: float
    actual: float
    bias: float
    mae: float
    rmse: float


@dataclass(frozen=True)
class Insights:
    curves: tuple[tuple[str, Points], ...] = ()
    rounds: float | None = None
    calibration: Calibration | None = None
    thresholds: tuple[Threshold, ...] = ()
    best: Threshold | None = None
    segments: Segments | None = None
    bands: tuple[Band, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contents:
    """The rows of each class, and the rows without a value by column, in each set."""

    rows: tuple[tuple[str, int], ...]
    classes: tuple[tuple[str, tuple[int, ...]], ...]
    missing: tuple[tuple[str, tuple[int, ...]], ...]
    complete: int


def insights(details: Mapping[str, Any]) -> Insights:
    """Read details.json; what is wrong or missing is left out."""
    limits = mapping(details.get("thresholds"))
    points = (_threshold(one) for one in objects(limits.get("points")))
    notes = details.get("notes")
    return Insights(
        curves=tuple(_curves(mapping(details.get("curves")))),
        rounds=number(mapping(details.get("training")).get("rounds")),
        calibration=_calibration(mapping(details.get("calibration"))),
        thresholds=tuple(point for point in points if point),
        best=_threshold(mapping(limits.get("best"))),
        segments=_segments(mapping(details.get("segments"))),
        bands=tuple(band for one in objects(details.get("by_prediction")) if (band := _band(one))),
        notes=tuple(text(note) for note in notes) if isinstance(notes, list) else (),
    )


def contents(lineage: Mapping[str, Any]) -> Contents | None:
    """Read what lineage.json says of the sets, None where it says nothing."""
    split = mapping(lineage.get("split"))
    rows = tuple((name, count) for name in SETS if (count := _count(split.get(name))))
    sets = [name for name, _ in rows]
    if not rows:
        return None
    by_set = mapping(lineage.get("classes"))
    labels = list(dict.fromkeys(label for name in sets for label in mapping(by_set.get(name))))
    return Contents(
        rows=rows,
        classes=tuple(
            (label, tuple(_count(mapping(by_set.get(name)).get(label)) for name in sets)) for label in labels
        ),
        missing=tuple(
            (column, tuple(_count(mapping(gaps).get(name)) for name in sets))
            for column, gaps in mapping(lineage.get("missing")).items()
        ),
        complete=_count(lineage.get("complete")),
    )


def _curves(curves: Mapping[str, Any]) -> list[tuple[str, Points]]:
    found = []
    for name, points in curves.items():
        pairs = [
            (_finite(one[0]), _finite(one[1]))
            for one in (points if isinstance(points, list) else [])
            if isinstance(one, list) and len(one) == 2
        ]
        kept = tuple((x, y) for x, y in pairs if x is not None and y is not None)
        if len(kept) > 1:
            found.append((text(name), kept))
    return found


def _calibration(found: Mapping[str, Any]) -> Calibration | None:
    bins = [
        each
        for one in objects(found.get("bins"))
        if (each := _bin(one, f"{text(one.get('low'))} to {text(one.get('high'))}"))
    ]
    classes = [each for one in objects(found.get("classes")) if (each := _bin(one, text(one.get("label"))))]
    if not bins:
        return None
    return Calibration(_finite(found.get("brier")), _finite(found.get("error")), tuple(bins), tuple(classes))


def _bin(one: Mapping[str, Any], label: str) -> Bin | None:
    values = _numbers(one, "stated", "observed")
    return Bin(label, _count(one.get("rows")), *values) if values else None


def _threshold(one: Mapping[str, Any]) -> Threshold | None:
    values = _numbers(one, "threshold", "precision", "recall", "f1", "share")
    return Threshold(*values) if values else None


def _segments(found: Mapping[str, Any]) -> Segments | None:
    worst = []
    for one in objects(found.get("worst")):
        if values := _numbers(one, "value", "difference", "standard_error"):
            worst.append(
                Segment(text(one.get("column")), text(one.get("segment")), _count(one.get("rows")), *values)
            )
    if "worst" not in found:
        return None
    return Segments(
        text(found.get("metric")),
        _finite(found.get("overall")),
        _count(found.get("every")) or 1,
        tuple(worst),
    )


def _band(one: Mapping[str, Any]) -> Band | None:
    values = _numbers(one, "predicted", "actual", "bias", "mae", "rmse")
    ends = _numbers(one, "low", "high")
    if not values or not ends:
        return None
    return Band(" to ".join(f"{end:.4g}" for end in ends), _count(one.get("rows")), *values)


def _numbers(one: Mapping[str, Any], *names: str) -> list[float] | None:
    values = [_finite(one.get(name)) for name in names]
    kept = [value for value in values if value is not None]
    return kept if len(kept) == len(names) else None


def _finite(value: object) -> float | None:
    found = number(value)
    return found if found is not None and math.isfinite(found) else None


def _count(value: object) -> int:
    found = _finite(value)
    return int(found) if found is not None and found > 0 else 0
