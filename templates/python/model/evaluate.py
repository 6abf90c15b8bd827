"""Evaluation step: how good the artifact is on the test set, asked through the functions that serve requests.

Reads `model/model.tar.gz`, `test/test.parquet` and, if a version is approved, `approved/model.tar.gz`; writes
into `evaluation/`:

- `evaluation.json`: SageMaker's model-quality JSON, which the quality gate and the model registry read;
- `gate.json`: the gate's metric, and how it compares with a baseline and with the approved version;
- `details.json`: labels, feature importances, learning curves, calibration, decision thresholds, where it
  errs, and for a regression actual and predicted values;
- `golden.json`: rows with the model's answers, which every deployment must give again, and their digest in
  `golden_digest.json`;
- `schema.json`: the artifact's own, so that what the model takes is known without it, and its digest in
  `schema_digest.json`;
- `model_quality.json`, `model_quality_constraints.json` and `evaluation.csv.gz`: what monitors compare later
  answers with, and their digests in `monitored_digest.json`;
- `sample_request.csv`: up to five rows without target, a request to try an endpoint with.
"""

from __future__ import annotations

import vendored  # isort: skip  # noqa: F401  (first, so that all others find your packages)

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import artifact
import asking
import baseline
import cells
import evaluation_rows
import gate
import golden
import insights
import metrics
import segments
from columns import whole
from gate import Answers
from job import UserError, processing_dir, run
from metric_functions import Functions
from schema import FILE_NAME, CellError, Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_ROWS = 5
RESIDUAL_POINTS = 2_000
MOST_IMPORTANCES = 500
METRICS = {"binary": "average_precision", "multiclass": "balanced_accuracy", "regression": "rmse"}


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments that the pipeline passes."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--seed", type=int, required=True, help="of the bootstrap")
    parser.add_argument("--metric", help="that the quality gate asks for")
    parser.add_argument("--comparison", choices=[">=", ">", "<=", "<"])
    parser.add_argument("--image", default="none", help="that the model runs in")
    parser.add_argument("--approved", default="none", help="the approved version, by name")
    parser.add_argument("--approved_image", default="none", help="that the approved version runs in")
    parser.add_argument("--custom_metrics", nargs="*", default=[], help="by their names in custom_metrics.py")
    parser.add_argument("--golden_rows", choices=golden.SOURCES, default="evaluation", help="which to keep")
    return parser.parse_args(argv)


class TestSet:
    """The test set: targets and weights of its rows, and the rows as requests, a block at a time."""

    __test__ = False  # not a test for pytest

    def __init__(self, directory: Path, schema: Schema) -> None:
        self._files = [parquet.ParquetFile(file) for file in sorted(directory.rglob("*.parquet"))]
        self._names = [column.name for column in schema.columns]
        if sum(file.metadata.num_rows for file in self._files) == 0:
            raise UserError(f"the test input has no rows ({directory}): run the preprocessing step first")
        beside = [schema.target] + ([schema.weight] if schema.weight else [])
        for file in self._files:
            names = file.schema_arrow.names
            if names != [*self._names, *beside]:
                raise UserError(
                    f"the test set has {len(names) - len(beside)} columns beside the target, "
                    f"the model takes {len(self._names)}: it comes from another preprocessing run"
                )
        self.targets = self.column(schema.target).to_pylist()
        self.weights = (
            np.array(self.column(schema.weight).to_pylist(), np.float64)
            if schema.weight
            else np.ones(len(self.targets))
        )
        if not self.weights.any():
            raise UserError(f"{schema.weight!r} is 0 in every row of the test set: nothing can be measured")

    def column(self, name: str) -> Any:
        """The cells of one column."""
        return whole(pa.concat_tables([file.read(columns=[name]) for file in self._files])[name])

    def frame(self, schema: Schema) -> Any:
        """All columns of the rows as a typed pandas frame."""
        from frames import frame_of

        return frame_of(schema, pa.concat_tables([file.read(columns=self._names) for file in self._files]))

    def rows(self, numbers: Sequence[int]) -> list[str]:
        """Some rows as lines of a request, in the given order."""
        found: dict[int, str] = {}
        start = 0
        for batch in self._batches():
            for number in numbers:
                if start <= number < start + batch.num_rows:
                    [found[number]] = self._lines(batch.slice(number - start, 1))
            start += batch.num_rows
        return [found[n] for n in numbers]

    def __iter__(self) -> Iterator[list[str]]:
        return map(self._lines, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for file in self._files:
            yield from file.iter_batches(asking.ROWS_AT_A_TIME)

    def _lines(self, batch: pa.RecordBatch) -> list[str]:
        return cells.lines([batch[name] for name in self._names])


def actual_of(schema: Schema, targets: Sequence[str]) -> NDArray[Any]:
    """Class indices or values of target cells."""
    if schema.problem_type == "regression":
        return np.array([float(target) for target in targets])
    try:
        known = {target: schema.label_index(target) for target in set(targets)}
    except CellError as error:
        raise UserError(f"the test set: {error}") from None
    return np.array([known[target] for target in targets], dtype=np.int64)


def quality(
    schema: Schema, actual: NDArray[Any], answers: Answers, seed: int, weights: NDArray[np.float64]
) -> dict[str, Any]:
    """The model-quality report."""
    if schema.problem_type == "regression":
        return metrics.regression(actual, answers.scores, seed, weights)
    report = metrics.binary if schema.problem_type == "binary" else metrics.multiclass
    return report(actual, answers.predicted, answers.scores, seed, schema.labels, weights)


def residuals(actual: NDArray[Any], answers: Answers) -> dict[str, list[float]]:
    """Actual and predicted values of some rows."""
    keep = np.unique(np.linspace(0, len(actual) - 1, min(RESIDUAL_POINTS, len(actual))).astype(int))
    return {"actual": actual[keep].tolist(), "predicted": answers.scores[keep].tolist()}


def looked_into(
    schema: Schema,
    tests: TestSet,
    actual: NDArray[Any],
    answers: Answers,
    importance: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """What the test rows say about the model beyond its metrics."""
    weights, regression = tests.weights, not schema.labels
    if regression:
        row_scores = np.abs(answers.scores - actual)
        found: dict[str, Any] = {"by_prediction": insights.by_prediction(actual, answers.scores, weights)}
    else:
        row_scores = (answers.predicted == actual).astype(np.float64)
        said = (actual, answers.predicted, answers.scores, weights)
        found = {"calibration": insights.calibration(*said)}
        if schema.problem_type == "binary":
            found["thresholds"] = insights.thresholds(actual, answers.scores[:, 1], weights)
        else:
            found["calibration"]["classes"] = insights.class_calibration(*said, schema.labels)
    important = [str(one["feature"]) for one in importance]
    found["segments"] = segments.worst(
        schema, tests.column, row_scores, weights, higher=not regression, important=important
    )
    return found


def golden_answers(
    source: str, ask: asking.Ask, schema: Schema, tests: TestSet, answers: Answers
) -> dict[str, Any] | None:
    """The content of golden.json; None if no rows are kept."""
    if source == "none":
        return None
    if source == "evaluation":
        rows = tests.rows(golden.chosen(schema, answers))
        return golden.document(rows, ask(rows))
    made = golden.synthetic(schema, tests.column)
    found = ask(made)
    kept = golden.clear(schema, gate.understood(schema, [found]))
    return golden.document([made[row] for row in kept], [found[row] for row in kept])


def main() -> None:
    """Run the processing job."""
    args, base = parse(), processing_dir()
    with artifact.unpacked(base / "model" / "model.tar.gz") as directory:
        schema, summary = Schema.load(directory), artifact.summary(directory)
        tests = TestSet(base / "test", schema)
        try:
            ask = asking.opened(str(directory))
            answers = gate.understood(schema, map(ask, tests))
        except ValueError as error:
            raise UserError(f"the model does not answer the rows of its test set: {error}") from None
        kept = golden_answers(args.golden_rows, ask, schema, tests, answers)
        columns = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
    kind = schema.problem_type
    args.metric = args.metric or METRICS[kind]
    args.comparison = args.comparison or ("<" if kind == "regression" else ">")
    actual = actual_of(schema, tests.targets)
    functions = Functions(args.custom_metrics, schema, actual, tests.weights, lambda: tests.frame(schema))
    own = functions.report(answers, args.seed)
    report = {
        key: found | own for key, found in quality(schema, actual, answers, args.seed, tests.weights).items()
    }
    approved = base / "approved" / "model.tar.gz"
    judgement = gate.judged(args, schema, actual, answers, approved, tests, tests.weights, functions)

    output = base / "evaluation"
    output.mkdir(parents=True, exist_ok=True)
    details = {
        "problem_type": kind,
        "labels": list(schema.labels) or None,
        "feature_importance": summary["feature_importance"][:MOST_IMPORTANCES],
        "residuals": residuals(actual, answers) if kind == "regression" else None,
        "training": {key: summary[key] for key in ("framework", "rounds", "metrics", "hyperparameters")},
        "data": {"rows": len(actual), "columns": len(schema.columns) + 1}
        | ({"weight_column": schema.weight} if schema.weight else {}),
        "notes": functions.notes,
        "curves": summary.get("curves", {}),
        **looked_into(schema, tests, actual, answers, summary["feature_importance"]),
    }
    written = {"evaluation": report, "gate": judgement, "details": details, "schema": columns}
    written["schema_digest"] = {"sha256": golden.digest(columns)}
    monitored = {"model_quality": baseline.write_quality(output, schema, actual, answers, args.seed)}
    if args.golden_rows in evaluation_rows.KEPT_WITH:
        rows = output / evaluation_rows.FILE
        digest = evaluation_rows.write(rows, schema, tests, actual, answers, args.seed)
        monitored["evaluation_rows"] = digest
    written["monitored_digest"] = monitored
    if kept:
        written |= {"golden": kept, "golden_digest": {"sha256": kept["sha256"]}}
    for name, content in written.items():
        text = json.dumps(content, indent=1, allow_nan=False) + "\n"
        (output / f"{name}.json").write_text(text, encoding="utf-8")
    sample = "".join(f"{line}\n" for line in next(iter(tests))[:SAMPLE_ROWS])
    (output / "sample_request.csv").write_text(sample, encoding="utf-8")
    (title, found), *_ = report.items()
    shown = [f"{name}={m['value']:.4f}" for name, m in found.items() if isinstance(m.get("value"), float)]
    print(f"{title} on {len(actual)} rows: {' '.join(shown)}")
    for note in functions.notes:
        print(f"note: {note}")
    for who in ("baseline", "approved"):
        if (said := judgement.get(who)) is not None:
            print(_compared(args.metric, said))


def _compared(metric: str, said: dict[str, Any]) -> str:
    if not said["comparable"]:
        return f"{said['name']}: not comparable: {said['reason']}"
    low, high = said["interval"]
    compared = f"difference {said['difference']:+.4f} ({low:+.4f} to {high:+.4f})"
    return f"{said['name']}: {metric}={said['value']:.4f}, {compared}"


if __name__ == "__main__":
    run(main, processing_dir().parent / "output" / "message")
