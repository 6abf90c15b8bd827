"""Serving: what the container calls once (`model_fn`) and for each request (`input_fn` to `output_fn`).

Requests are rows of the data's columns without the target, in the order of the data:

- `text/csv`: one row per line, no header, an empty cell is a missing value;
- `application/json`: `{"instances": [[...], ...]}`, or the list alone; a row may also be an object by column
  name, and null is a missing value.

Answers, one per row in the same order:

- `text/csv`: `label,probability` for a classification, the value for a regression;
- `application/json`: `{"predictions": [{"label": ..., "probability": ...}]}`, multiclass with all
  `probabilities`, regression with `value`.

`probability` is that of the positive (second) label of a binary problem, and of the predicted label
otherwise.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from refusal import Refusal, bad_request, deliver, response
from schema import CellError, Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTENT_TYPES = ("text/csv", "application/json")
Rows = Sequence[Any]


@dataclass(frozen=True)
class Model:
    """A loaded artifact."""

    schema: Schema
    framework: Any
    predictor: Any


@dataclass(frozen=True)
class Prediction:
    """Probabilities, shape (rows, classes), or values, shape (rows,)."""

    schema: Schema
    values: NDArray[np.float64]


def model_fn(model_dir: str) -> Model:
    """Load the artifact."""
    directory = Path(model_dir)
    name = json.loads((directory / "training.json").read_text(encoding="utf-8"))["framework"]
    framework = importlib.import_module(f"{name}_model")
    return Model(Schema.load(directory), framework, framework.load(directory))


def input_fn(body: str | bytes, content_type: str) -> Rows | Refusal:
    """The rows of a request; refuses what is not CSV or JSON (415), is broken or is empty (400)."""
    try:
        kind = media_type(content_type)
        if kind not in CONTENT_TYPES:
            raise Refusal(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"content type {content_type!r} is not supported: send {' or '.join(CONTENT_TYPES)}",
            )
        text = _text(body)
        rows = _csv_rows(text) if kind == "text/csv" else _json_rows(text)
        return rows or bad_request("the request has no rows")
    except Refusal as refusal:
        return deliver(refusal)


def predict_fn(rows: Rows | Refusal, model: Model) -> Prediction | Refusal:
    """The predictions of rows; refuses a wrong number of columns and unusable values (400)."""
    if isinstance(rows, Refusal):
        return rows
    try:
        try:
            features = model.schema.encode([_ordered(row, i, model.schema) for i, row in enumerate(rows, 1)])
        except CellError as error:
            bad_request(str(error))
    except Refusal as refusal:
        return deliver(refusal)
    problem_type = model.schema.problem_type
    return Prediction(model.schema, model.framework.predict(model.predictor, features, problem_type))


def output_fn(prediction: Prediction | Refusal, accept: str) -> Any:
    """The answer as (text, content type); refuses an Accept header that names neither CSV nor JSON (406)."""
    if isinstance(prediction, Refusal):
        return response(prediction)
    kinds = [media_type(part) for part in (accept or "*/*").split(",")]
    if "application/json" in kinds:
        return json.dumps({"predictions": _objects(prediction)}), "application/json"
    if {"text/csv", "text/*", "*/*"} & set(kinds):
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(o.values() for o in _objects(prediction, brief=True))
        return lines.getvalue(), "text/csv"
    message = f"Accept {accept!r} cannot be given: ask for {' or '.join(CONTENT_TYPES)}"
    return response(deliver(Refusal(HTTPStatus.NOT_ACCEPTABLE, message)))


def media_type(header: str) -> str:
    """A content type without its parameters (`text/csv; charset=utf-8` is `text/csv`)."""
    return (header or "").split(";")[0].strip().lower()


def _text(body: str | bytes) -> str:
    """The request as text, without a byte-order mark.

    The servers decode exactly `text/csv` and `application/json` themselves, leave the mark, and put U+FFFD
    for what is not UTF-8; every other content type, so also one with a charset, arrives as bytes.
    """
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    if "\ufffd" in text:
        bad_request("the request is not text in UTF-8")
    return text.removeprefix("\ufeff")


def _csv_rows(text: str) -> list[list[str]]:
    if "\0" in text:
        bad_request("the request is not CSV: it has NUL characters")
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        bad_request(f"the request is not CSV: {error}")


def _json_rows(text: str) -> list[Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        bad_request(f"the request is not JSON: {error}")
    rows = payload.get("instances") if isinstance(payload, dict) else payload
    if not isinstance(rows, list):
        bad_request('the request needs the form {"instances": [[...], ...]} or [[...], ...]')
    if rows and not any(isinstance(row, (list, dict)) for row in rows):
        rows = [rows]  # one row alone
    for position, row in enumerate(rows, 1):
        cells = row.values() if isinstance(row, dict) else row
        if not isinstance(row, (list, dict)) or any(isinstance(cell, (list, dict)) for cell in cells):
            bad_request(f"row {position} is not a list of values or an object of them")
    return rows


def _ordered(row: Any, position: int, schema: Schema) -> Sequence[Any]:
    """A row's cells in the order of the columns."""
    if not isinstance(row, dict):
        return list(row)
    names = [column.name for column in schema.columns]
    wrong = [f"{name!r} is missing" for name in names if name not in row]
    wrong += [f"{name!r} is not a column of the model" for name in row if name not in names]
    if wrong:
        bad_request(f"row {position}: {'; '.join(wrong[:5])}")
    return [row[name] for name in names]


def _objects(prediction: Prediction, brief: bool = False) -> list[dict[str, Any]]:
    """One object per row."""
    labels, values = prediction.schema.labels, prediction.values
    if not labels:
        return [{"value": float(value)} for value in values]
    answers = []
    for row, best in zip(values.tolist(), values.argmax(axis=1).tolist(), strict=True):
        answer = {"label": labels[best], "probability": row[1] if len(labels) == 2 else row[best]}
        if len(labels) > 2 and not brief:
            answer["probabilities"] = {str(label): p for label, p in zip(labels, row, strict=True)}
        answers.append(answer)
    return answers
