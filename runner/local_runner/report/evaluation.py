"""The model-quality reports among a run's outputs: evaluation.json and details.json as typed values."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .coerce import mapping, number, objects, text
from .comparison import Comparison, comparisons, content
from .insights import Insights, Points, insights
from .record import Run

LARGEST = 32_000_000
GROUPS = {
    "binary_classification_metrics": "binary",
    "multiclass_classification_metrics": "multiclass",
    "regression_metrics": "regression",
}


@dataclass(frozen=True)
class Metric:
    name: str
    value: float | None
    deviation: float | None


@dataclass(frozen=True)
class Confusion:
    """Counts of test rows: `counts[actual][predicted]`, in the order of `labels`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts))

    @property
    def correct(self) -> int:
        return sum(row[index] for index, row in enumerate(self.counts))


@dataclass(frozen=True)
class Curve:
    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Evaluation:
    step: str
    problem: str
    metrics: tuple[Metric, ...] = ()
    confusion: Confusion | None = None
    curves: tuple[Curve, ...] = ()
    precision: Points = ()
    """The precision-recall curve, as (recall, precision)."""
    importances: tuple[tuple[str, float], ...] = ()
    residuals: tuple[tuple[float, float], ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    training: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    compared_by: str = ""
    compared: tuple[Comparison, ...] = ()
    weighted_by: str = ""
    """The column by whose values rows count in the metrics and curves, but not in the confusion matrix."""
    insights: Insights = field(default_factory=Insights)

    def metric(self, name: str) -> Metric | None:
        """Return the metric of that name, if it was measured."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def evaluations(run: Run) -> list[Evaluation]:
    """Return what each step's outputs say about the quality of a model, in the order of the steps."""
    found: list[Evaluation] = []
    seen: set[Path] = set()
    for step in run.steps:
        for output in step.outputs:
            directory = inside(run.work, output.path)
            if directory is None or directory in seen:
                continue
            seen.add(directory)
            if (directory / "evaluation.json").is_file() or (directory / "details.json").is_file():
                found.append(read(directory, step.name))
    return found


def column_notes(run: Run) -> list[str]:
    """What the steps noticed about columns: `notes` of each lineage.json among their outputs."""
    notes: list[str] = []
    for lineage in lineages(run):
        found = lineage.get("notes")
        notes += [text(one) for one in found if one] if isinstance(found, list) else []
    return list(dict.fromkeys(notes))


def lineages(run: Run) -> list[dict[str, Any]]:
    """Each lineage.json among the outputs of the steps."""
    directories = [inside(run.work, output.path) for step in run.steps for output in step.outputs]
    found = [content(each / "lineage.json") for each in dict.fromkeys(directories) if each]
    return [each for each in found if each]


def inside(root: Path, relative: str | None) -> Path | None:
    """Return root/relative, None where a record points outside of the root or at nothing."""
    if not relative or "\0" in relative:
        return None
    try:
        path = (root / relative).resolve()
        return path if path.is_relative_to(root.resolve()) and path.exists() else None
    except (OSError, ValueError, RuntimeError):
        return None


def read(directory: Path, step: str) -> Evaluation:
    """Read one directory with evaluation.json, details.json or both; what is unreadable becomes a note."""
    notes: list[str] = []
    report = _json(directory / "evaluation.json", notes)
    details = _json(directory / "details.json", notes)
    key = next((key for key in GROUPS if key in report), None)
    problem = GROUPS[key] if key else text(details.get("problem_type"))
    measured = mapping(report.get(key)) if key else {}
    labels = details.get("labels")
    names = [text(label) for label in labels] if isinstance(labels, list) else []
    compared_by, compared = comparisons(directory)
    seen = insights(details)
    return Evaluation(
        step=step,
        problem=problem,
        metrics=tuple(_metrics(measured)),
        confusion=_confusion(mapping(measured.get("confusion_matrix")), names),
        curves=tuple(_curves(mapping(measured.get("receiver_operating_characteristic_curve")), names)),
        precision=tuple(_precision(mapping(measured.get("precision_recall_curve")), seen)),
        importances=tuple(_importances(objects(details.get("feature_importance")))),
        residuals=tuple(_pairs(mapping(details.get("residuals")), "actual", "predicted")),
        data=tuple((text(name), text(value)) for name, value in mapping(details.get("data")).items()),
        training=tuple(
            (name, text(value))
            for name, value in mapping(details.get("training")).items()
            if isinstance(value, (str, int, float))
        ),
        notes=tuple(notes),
        compared_by=compared_by,
        compared=compared,
        weighted_by=text(mapping(details.get("data")).get("weight_column")),
        insights=seen,
    )


def _json(path: Path, notes: list[str]) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            notes.append(f"{path.name} is larger than {LARGEST // 1_000_000} MB and was not read.")
            return {}
        return mapping(json.loads(path.read_text("utf-8", errors="replace")))
    except FileNotFoundError:
        notes.append(f"{path.name} is missing: its section is omitted.")
    except (OSError, ValueError, RecursionError) as error:
        notes.append(f"{path.name} could not be read ({error}).")
    return {}


def _metrics(measured: dict[str, Any]) -> list[Metric]:
    found = []
    for name, entry in measured.items():
        if isinstance(entry, dict) and "value" in entry:
            found.append(Metric(name, number(entry["value"]), number(entry.get("standard_deviation"))))
        elif (bare := number(entry)) is not None:
            found.append(Metric(name, bare, None))
    return found


def _confusion(matrix: dict[str, Any], names: list[str]) -> Confusion | None:
    keys = list(dict.fromkeys([*matrix, *(key for row in matrix.values() for key in mapping(row))]))
    if not keys:
        return None
    if set(keys) <= set(names):
        keys.sort(key=names.index)
    elif all(key.isdecimal() for key in keys):
        keys.sort(key=int)
    indices = set(range(len(names)))
    named = [
        names[int(key)] if key not in names and key.isdecimal() and int(key) in indices else key
        for key in keys
    ]
    counts = tuple(tuple(_count(mapping(matrix.get(row)).get(column)) for column in keys) for row in keys)
    return Confusion(tuple(named), counts)


def _count(value: object) -> int:
    found = number(value)
    return int(found) if found is not None and math.isfinite(found) and found > 0 else 0


def _precision(curve: dict[str, Any], seen: Insights) -> list[tuple[float, float]]:
    """The curve of the report, or the points of the decision thresholds that call some row positive."""
    points = _pairs(curve, "recalls", "precisions")
    return points or sorted((one.recall, one.precision) for one in seen.thresholds if one.share > 0)


def _curves(curve: dict[str, Any], names: list[str]) -> list[Curve]:
    if "false_positive_rates" in curve:
        points = _pairs(curve, "false_positive_rates", "true_positive_rates")
        return [Curve("", tuple(points))] if len(points) > 1 else []
    several = [
        (
            names[int(key)] if key.isdecimal() and int(key) < len(names) else key,
            _pairs(mapping(one), "false_positive_rates", "true_positive_rates"),
        )
        for key, one in curve.items()
    ]
    return [Curve(label, tuple(points)) for label, points in several if len(points) > 1]


def _pairs(source: dict[str, Any], first: str, second: str) -> list[tuple[float, float]]:
    left, right = source.get(first), source.get(second)
    if not isinstance(left, list) or not isinstance(right, list):
        return []
    pairs = ((number(x), number(y)) for x, y in zip(left, right, strict=False))
    return [
        (x, y) for x, y in pairs if x is not None and y is not None and math.isfinite(x) and math.isfinite(y)
    ]


def _importances(items: list[dict[str, Any]]) -> list[tuple[str, float]]:
    found = [(text(item.get("feature")), number(item.get("importance"))) for item in items]
    kept = [(name, value) for name, value in found if value is not None and math.isfinite(value)]
    return sorted(kept, key=lambda pair: -abs(pair[1]))
