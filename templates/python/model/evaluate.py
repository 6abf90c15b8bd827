"""Evaluation step: how good the artifact is on the test set, asked through the functions that serve requests.

Reads `model/model.tar.gz` and `test/test.csv`, writes into `evaluation/`:

- `evaluation.json`: SageMaker's model-quality JSON, which the quality gate and the model registry read;
- `details.json`: labels, feature importances, and for a regression actual and predicted values;
- `sample_request.csv`: up to five rows without target, a request to try an endpoint with.
"""

from __future__ import annotations

import argparse
import csv
import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

import inference
import metrics
from job import UserError, processing_dir, run
from schema import CellError, Schema

SAMPLE_ROWS = 5
RESIDUAL_POINTS = 2_000


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments that the pipeline passes."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--seed", type=int, required=True, help="of the bootstrap")
    return parser.parse_args(argv)


def load(archive: Path) -> tuple[inference.Model, dict[str, Any]]:
    """The model of an artifact, and what training wrote down about it."""
    if not archive.is_file():
        raise UserError(f"there is no {archive.name} in the model input ({archive.parent}): train first")
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(archive) as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(directory, filter="data")
            else:
                tar.extractall(directory, checked(tar, Path(directory).resolve()))
        summary = json.loads((Path(directory) / "training.json").read_text(encoding="utf-8"))
        return inference.model_fn(directory), summary


def checked(tar: tarfile.TarFile, target: Path) -> Iterator[tarfile.TarInfo]:
    """The files that are safe to extract, their directories made; for a Python without tar filters.

    Stricter than the filter `data`: without any link, no entry can lead a later one out of `target`.
    """
    for entry in tar:
        name, place = PurePosixPath(entry.name), target.joinpath(entry.name).resolve()
        outside = target not in (place, *place.parents)
        if name.is_absolute() or ".." in name.parts or outside:
            raise tarfile.TarError(f"{entry.name!r} would be extracted outside the destination")
        if entry.isdir():
            place.mkdir(parents=True, exist_ok=True)
        elif entry.isreg():
            entry.mode = (entry.mode & (0o755 if entry.mode & 0o100 else 0o644)) | 0o600
            entry.uid = entry.gid = -1  # as they are, also for root
            entry.uname = entry.gname = ""
            yield entry
        else:
            raise tarfile.TarError(f"{entry.name!r} is neither a file nor a directory")


def read(directory: Path, schema: Schema) -> tuple[list[str], list[list[str]]]:
    """Target cells and feature rows of the test set."""
    targets: list[str] = []
    rows: list[list[str]] = []
    for file in sorted(directory.rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            for target, *features in csv.reader(stream):
                targets.append(target)
                rows.append(features)
    if not rows:
        raise UserError(f"the test input has no rows ({directory}): run the preprocessing step first")
    if len(rows[0]) != len(schema.columns):
        raise UserError(f"the test set has {len(rows[0])} features, the model takes {len(schema.columns)}")
    return targets, rows


def quality(schema: Schema, targets: Iterable[str], values: Any, seed: int) -> tuple[dict[str, Any], Any]:
    """The model-quality report, and the residuals of a regression (None otherwise)."""
    if schema.problem_type == "regression":
        actual = np.array([float(target) for target in targets])
        keep = np.unique(np.linspace(0, len(actual) - 1, min(RESIDUAL_POINTS, len(actual))).astype(int))
        residuals = {"actual": actual[keep].tolist(), "predicted": values[keep].tolist()}
        return metrics.regression(actual, values, seed), residuals
    classes = np.array([schema.label_index(target) for target in targets], dtype=np.int64)
    report = metrics.binary if schema.problem_type == "binary" else metrics.multiclass
    return report(classes, values, seed, schema.labels), None


def main() -> None:
    """Run the processing job."""
    args, base = parse(), processing_dir()
    model, summary = load(base / "model" / "model.tar.gz")
    targets, rows = read(base / "test", model.schema)
    prediction = inference.predict_fn(rows, model)
    assert isinstance(prediction, inference.Prediction)
    try:
        report, residuals = quality(model.schema, targets, prediction.values, args.seed)
    except CellError as error:
        raise UserError(f"the test set: {error}") from None

    output = base / "evaluation"
    output.mkdir(parents=True, exist_ok=True)
    details = {
        "problem_type": model.schema.problem_type,
        "labels": list(model.schema.labels) or None,
        "feature_importance": summary["feature_importance"],
        "residuals": residuals,
        "training": {key: summary[key] for key in ("framework", "rounds", "metrics", "hyperparameters")},
        "data": {"rows": len(rows), "columns": len(model.schema.columns) + 1},
    }
    for name, content in (("evaluation", report), ("details", details)):
        (output / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    with (output / "sample_request.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows[:SAMPLE_ROWS])
    (kind, found), *_ = report.items()
    shown = [f"{name}={m['value']:.4f}" for name, m in found.items() if isinstance(m.get("value"), float)]
    print(f"{kind} on {len(rows)} rows: {' '.join(shown)}")


if __name__ == "__main__":
    run(main, processing_dir().parent / "output" / "message")
