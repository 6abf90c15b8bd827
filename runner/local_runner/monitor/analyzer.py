"""Does what the image of a QualityCheck or ClarifyCheck step does; a script for a Python with numpy.

`analyzer.py CHECK_TYPE` has the published contract of these jobs: variables such as `dataset_format`, inputs
and outputs below /opt/ml/processing, the published forms of files. A comparison is made if
`baseline_constraints` is set.
"""

from __future__ import annotations

import csv
import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BASE = "/opt/ml/processing"
PROBLEMS = {
    "BinaryClassification": "binary", "MulticlassClassification": "multiclass", "Regression": "regression",
}  # fmt: skip
SETTINGS: Mapping[str, str] = os.environ


def main() -> int:
    """Run the check."""
    error: Any = _module("errors").MonitorError
    try:
        found = CHECKS[sys.argv[1]]()
    except error as problem:
        print(f"error: {' '.join(str(problem).split())}", file=sys.stderr)
        return 1
    print(f"{len(found)} violations")
    for item in found:
        name = item.get("feature_name") or item["metric_name"]
        print(f"{name}: {item['constraint_check_type']}: {item['description']}")
    return 0


def data_quality() -> list[dict[str, Any]]:
    """Describe the rows, suggest constraints, and compare them with the baseline."""
    statistics, constraints = _module("statistics").Statistics, _module("constraints").Constraints
    out = _place("output_path", "output")
    described = statistics.of_batches(_batches())
    if not described.rows:
        raise _module("errors").MonitorError("the dataset has no rows: see what the step before left")
    described.save(out)
    constraints.suggest(described).save(out)
    if not (given := SETTINGS.get("baseline_constraints")):
        return []
    before = statistics.from_json(_json(SETTINGS["baseline_statistics"]))
    now = described
    if any(before.kinds.get(name, kind) != kind for name, kind in described.kinds.items()):
        now = statistics.of_batches(_batches(), before.kinds)  # read as what the baseline has
    findings = _module("data_quality").check(now, before, constraints.from_json(_json(given)), 1)
    findings.save(out)
    return [violation.to_json() for violation in findings.violations]


def model_quality() -> list[dict[str, Any]]:
    """Measure predictions against the truth, and compare the metrics with the baseline's."""
    quality, out = _module("model_quality"), _place("output_path", "output")
    problem = PROBLEMS.get(SETTINGS.get("problem_type", ""))
    if problem is None:
        raise _module("errors").MonitorError(
            f"problem_type is {SETTINGS.get('problem_type')!r}, it must be one of {', '.join(PROBLEMS)}"
        )
    names = [SETTINGS.get(f"{what}_attribute") for what in ("ground_truth", "inference", "probability")]
    actual, predicted, probable = _cells(names)
    if predicted is None and probable is not None:
        limit = float(SETTINGS.get("probability_threshold_attribute") or 0.5)
        predicted = ["1" if float(value) > limit else "0" for value in probable]
    if actual is None or predicted is None:
        raise _module("errors").MonitorError(
            "ground_truth_attribute, and inference_attribute or probability_attribute, must name columns"
        )
    numpy: Any = importlib.import_module("numpy")
    given = SETTINGS.get("baseline_constraints")
    limits = _json(given) if given else {}
    seen = {quality.label_text(label) for label in (*actual, *predicted)}
    seen |= set((limits.get("extension") or {}).get("labels") or ())
    if problem == "binary" and len(seen) == 1 and seen <= {"0", "1"}:
        seen = {"0", "1"}  # rows of one class, and no baseline that names the other
    labels = [] if problem == "regression" else sorted(seen, key=_in_order)
    scores = None if probable is None or problem != "binary" else numpy.asarray(probable, float)
    report = quality.measure(problem, actual, predicted, labels, scores)
    _write(out / "statistics.json", report)
    _write(out / "constraints.json", quality.constraints(report))
    if not given:
        return []
    found: list[dict[str, Any]] = quality.violations(report, limits, 1)
    _write(out / "constraint_violations.json", {"violations": found})
    return found


def data_bias() -> list[dict[str, Any]]:
    """Compute metrics of the data before training by facet, and compare them with the baseline's."""
    bias, out = _module("bias"), _place("output_path", "output")
    config = _json(str(_place("analysis_config", "input/config") / "analysis_config.json"))
    reading = _module("readers").Reading(columns=tuple(config.get("headers") or ()))
    found: dict[str, Any] | None = None
    violations: list[dict[str, Any]] = []
    given = SETTINGS.get("baseline_constraints")
    for facet in config["facet"]:
        counted = None
        for table in _module("readers").batches([_place("dataset", "input/data")], reading):
            if counted is None:
                label = _choice(bias, table, config["label"], config.get("label_values_or_threshold"))
                inside = _choice(bias, table, facet["name_or_index"], facet.get("value_or_threshold"))
                counted = bias.Bias(inside, label)
            counted.add(table)
        if counted is None:
            raise _module("errors").MonitorError("the dataset has no rows: see what the step before left")
        one = counted.to_json()
        violations += bias.violations(one, _json(given), 1) if given else []
        found = one if found is None else _together(found, one)
    _write(out / "analysis.json", found)
    if given:
        _write(out / "constraint_violations.json", {"violations": violations})
    return violations


def _choice(bias: Any, table: Any, name: str | int, wanted: list[Any] | None) -> Any:
    """Values, or a threshold for one number in a column that has not only whole ones."""
    column = table.column_names[name] if isinstance(name, int) else name
    if column not in table.column_names:
        names = ", ".join(table.column_names)
        raise _module("errors").MonitorError(f"there is no column {column!r}: the rows have {names}")
    if not wanted:
        raise _module("errors").MonitorError(
            f"column {column!r}: name the values or the threshold that are looked at, as"
            " value_or_threshold or label_values_or_threshold"
        )
    if len(wanted) == 1 and not isinstance(wanted[0], str):
        cells = [str(cell) for cell in table.column(column).to_pylist()]
        if not all(cell.removeprefix("-").isdigit() for cell in cells if cell):
            return bias.Choice(column, threshold=float(wanted[0]))
    return bias.Choice(column, tuple(str(value) for value in wanted))


def _together(found: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """One analysis of several facets."""
    section = "pre_training_bias_metrics"
    for name, groups in more[section]["facets"].items():
        found[section]["facets"].setdefault(name, []).extend(groups)
    found["extension"]["rows"] = [
        min(pair) for pair in zip(found["extension"]["rows"], more["extension"]["rows"], strict=True)
    ]
    return found


def _cells(names: list[str | None]) -> list[list[Any] | None]:
    """The cells of the named columns; of a number, the column at that place."""
    cells: list[list[Any] | None] = [None if name is None else [] for name in names]
    for table in _batches():
        for name, found in zip(names, cells, strict=True):
            if name is None or found is None:
                continue
            column = table.column_names[int(name)] if name.isdigit() else name
            if column not in table.column_names:
                raise _module("errors").MonitorError(
                    f"there is no column {column!r}: the rows have {', '.join(table.column_names)}"
                )
            found.extend(table.column(column).to_pylist())
    return cells


def _in_order(label: Any) -> tuple[int, float, str]:
    try:
        return 0, float(label), ""
    except (TypeError, ValueError):
        return 1, 0.0, str(label)


def _write(path: Path, content: Any) -> None:
    path.write_text(_module("written").text(content, indent=1) + "\n", "utf-8")


def _batches() -> Any:
    readers: Any = _module("readers")
    folder = _place("dataset_source", "input/baseline_dataset_input")
    form = json.loads(SETTINGS.get("dataset_format") or '{"csv": {"header": true}}')
    kind, settings = next(iter(form.items()))
    columns: tuple[str, ...] = ()
    if kind == "csv" and not settings.get("header", False):
        columns = _numbered(folder)
    return readers.batches([folder], readers.Reading(columns=columns))


def _numbered(folder: Path) -> tuple[str, ...]:
    """Names of columns that have none, as Spark gives them."""
    for file in sorted(folder.rglob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            if (first := next(csv.reader(lines), None)) is not None:
                return tuple(f"_c{index}" for index in range(len(first)))
    return ()


def _place(variable: str, usual: str) -> Path:
    return Path(SETTINGS.get(variable) or f"{SETTINGS.get('SM_PROCESSING_DIR', BASE)}/{usual}")


def _json(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


def _module(name: str) -> Any:
    return importlib.import_module(f"model_monitor.{name}")


CHECKS = {"DATA_QUALITY": data_quality, "MODEL_QUALITY": model_quality, "DATA_BIAS": data_bias}


if __name__ == "__main__":
    sys.exit(main())
