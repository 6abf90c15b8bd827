"""What a model must reach: better than a baseline, and not worse than the version that is approved.

The baseline says the same to every row: the shares of the classes in the training rows, or the mean. Both
comparisons are of the same test rows. A difference counts when it is larger than what chance explains: 1.645
standard deviations of the difference over bootstrap samples, which one in twenty exceeds on one side.

A threshold of one's own in `qualityGate.threshold` takes the place of both; they are then reported only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import artifact
import asking
import metrics
from job import UserError
from metric_functions import FILE, Functions
from schema import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Metrics = Callable[[Floats], dict[str, float]]
    Blocks = Iterable[Sequence[str]]

CONFIDENCE = 1.645
FINISH_SECONDS = 3600


@dataclass(frozen=True)
class Answers:
    """What a model said: the class of each row (or nothing), and probabilities by class (or values)."""

    predicted: NDArray[np.int64]
    scores: NDArray[np.float64]

    def metrics(self, problem_type: str, actual: NDArray[Any]) -> Metrics:
        """The metrics as a function of how often each row counts."""
        if problem_type == "regression":
            return metrics.regression_metrics(actual, self.scores)
        kind = metrics.binary_metrics if problem_type == "binary" else metrics.multiclass_metrics
        return kind(actual, self.predicted, self.scores)


@dataclass(frozen=True)
class Approved:
    """The version that is approved: its name, and the image that it runs in."""

    name: str
    image: str


def understood(schema: Schema, blocks: Iterable[Sequence[Mapping[str, Any]]]) -> Answers:
    """The answers of `output_fn`. Raises `ValueError` if they do not have its form."""
    parts = [_understood(schema, block) for block in blocks]  # numbers take little beside their JSON
    return Answers(
        np.concatenate([part.predicted for part in parts]), np.concatenate([part.scores for part in parts])
    )


def _understood(schema: Schema, found: Sequence[Mapping[str, Any]]) -> Answers:
    try:
        if schema.problem_type == "regression":
            return Answers(np.empty(0, np.int64), np.array([float(answer["value"]) for answer in found]))
        places = {label: place for place, label in enumerate(schema.labels)}
        predicted = np.array([places[answer["label"]] for answer in found])
        if schema.problem_type == "binary":
            positive = np.array([float(answer["probability"]) for answer in found])
            return Answers(predicted, np.column_stack([1 - positive, positive]))
        names = [str(label) for label in schema.labels]
        return Answers(
            predicted, np.array([[float(answer["probabilities"][n]) for n in names] for answer in found])
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"an answer does not have the form that inference.py gives ({error!r})") from None


def baseline(schema: Schema, rows: int) -> Answers:
    """The baseline's answer: what the training rows alone predict for every row."""
    if schema.problem_type == "regression":
        return Answers(np.empty(0, np.int64), np.full(rows, schema.prior[0]))
    shares = np.array(schema.prior)
    return Answers(np.full(rows, int(shares.argmax())), np.tile(shares, (rows, 1)))


def approved_answers(archive: Path, schema: Schema, blocks: Blocks) -> Answers | str:
    """What the approved version says to the same rows, by its own code; else why it cannot be compared."""
    with artifact.unpacked(archive) as directory, tempfile.TemporaryDirectory() as work:
        try:
            theirs = json.loads((directory / "schema.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "its artifact has no schema.json"
        if difference := _different(theirs, schema):
            return difference
        requests, answers = Path(work) / "requests.json", Path(work) / "answers.jsonl"
        with requests.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(block) + "\n" for block in blocks)
        command = [
            sys.executable,
            str(Path(asking.__file__)),
            str(directory / "code"),
            str(directory),
            str(requests),
        ]
        try:
            ended = subprocess.run(
                [*command, str(answers)], cwd=work, capture_output=True, text=True, timeout=FINISH_SECONDS
            )
        except subprocess.TimeoutExpired:
            return f"it did not answer within {FINISH_SECONDS} s"
        if ended.returncode != 0:
            return f"it fails for these rows: {(ended.stderr.strip().splitlines() or ['no message'])[-1]}"
        try:
            with answers.open(encoding="utf-8") as stream:
                return understood(schema, map(json.loads, stream))
        except ValueError as error:
            return str(error)


def _different(theirs: Mapping[str, Any], schema: Schema) -> str:
    """Why test rows of this schema say nothing about a model of another one; empty when they do."""
    if theirs.get("problem_type") != schema.problem_type or tuple(theirs.get("labels", ())) != schema.labels:
        return "its labels are different"
    if [c.get("name") for c in theirs.get("columns", [])] != [c.name for c in schema.columns]:
        return "its columns are different"
    if theirs.get("split") != dict(schema.split):
        return "its data was split by another rule, so it may have trained on these test rows"
    return ""


def judged(
    args: Any,
    schema: Schema,
    actual: NDArray[Any],
    answers: Answers,
    archive: Path,
    blocks: Blocks,
    weights: Floats,
    functions: Functions,
) -> dict[str, Any]:
    """The content of gate.json. Raises `UserError` when the metric is not defined on these rows."""
    kind, name = schema.problem_type, args.metric
    custom = name in functions.names
    most = functions.samples(name, answers) if custom else None

    def measure(said: Answers) -> Metrics:
        return functions.of(name, said) if custom else said.metrics(kind, actual)

    own = measure(answers)
    values = own(weights)
    if name not in values:
        raise UserError(f"--metric {name!r} is not one of {', '.join([*values, *functions.names])}")
    if not np.isfinite(values[name]):
        why = f"all its {'values' if kind == 'regression' else 'classes'} are equal"
        if custom:
            why = f"{FILE} gives {values[name]}"
        raise UserError(
            f"{name} is not defined on this test set ({why}): the gate cannot use it; add data or choose "
            "another metric"
        )
    higher = args.comparison.startswith(">")
    others: dict[str, Answers | str] = {"baseline": baseline(schema, len(weights))}
    if archive.is_file():
        same_image = "none" in (args.image, args.approved_image) or args.image == args.approved_image
        others["approved"] = (
            approved_answers(archive, schema, blocks) if same_image else "its image is different"
        )
    elif args.approved != "none":
        others["approved"] = "its artifact is not one model.tar.gz"
    report: dict[str, Any] = {}
    required, against = -np.inf if higher else np.inf, ""
    for who, said in others.items():
        title = args.approved if who == "approved" else _baseline_title(schema)
        if isinstance(said, str):
            report[who] = {"name": title, "comparable": False, "reason": said}
            continue
        theirs = measure(said)
        value = theirs(weights)[name]
        if not np.isfinite(value):
            report[who] = {"name": title, "comparable": False, "reason": f"its {name} is not defined"}
            continue
        gained, spread = metrics.difference(name, own, theirs, weights, args.seed, most)
        margin = CONFIDENCE * (spread if np.isfinite(spread) else 0.0)
        report[who] = {
            "name": title,
            "comparable": True,
            "value": value,
            "difference": gained,
            "interval": [gained - margin, gained + margin],
        }
        # The baseline must be beaten by more than chance; the approved version may win by chance.
        sign = 1 if (who == "baseline") == higher else -1
        needed = value + sign * margin
        if who == "approved":
            needed = float(np.nextafter(needed, -np.inf if higher else np.inf))
        if (needed > required) == higher:
            required, against = needed, title
    return {
        "quality_gate": {
            "metric": name,
            "comparison": args.comparison,
            "value": values[name],
            "required": float(required),
            "against": against,
        },
        **report,
    }


def _baseline_title(schema: Schema) -> str:
    if schema.problem_type == "regression":
        return f"the baseline (the mean {schema.prior[0]:.6g} for every row)"
    return f"the baseline (class {schema.labels[int(np.argmax(schema.prior))]!r} for every row)"
