"""Serving: what the container calls once (`model_fn`) and for each request (`input_fn` to `output_fn`).

Requests are rows of the data's columns without target and weight, in the order of the data:

- `text/csv`: one row per line, no header, an empty cell is a missing value;
- `application/json`: `{"instances": [[...], ...]}`, or the list alone; a row may also be an object by column
  name, and null is a missing value.

Columns that the model does not use are accepted and ignored; an object may leave them out. Answers, one per
row in the same order:

- `text/csv`: `label,probability` for a classification, the value for a regression; then the cells of the
  identifier columns, if the data has any;
- `application/json`: `{"predictions": [{"label": ..., "probability": ...}]}`, multiclass with all
  `probabilities`, regression with `value`; identifiers in `id` by column name.

`probability` is that of the positive (second) label of a binary problem, and of the predicted label
otherwise.
"""

from __future__ import annotations

import vendored  # isort: skip  # noqa: F401  (first, so that all others find your packages)

import csv
import importlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

import cells
from columns import NUMBER, CellError, missing_tokens, trimmed
from engineering import Encoder, FeatureError
from refusal import Refusal, bad_request, deliver, response
from schema import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTENT_TYPES = ("text/csv", "application/json")
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""Two of these in JSON are one character; a single one is none, and no text has it."""


@dataclass(frozen=True)
class Model:
    """A loaded artifact."""

    encoder: Encoder
    framework: Any
    predictor: Any

    @property
    def schema(self) -> Schema:
        """The columns and labels."""
        return self.encoder.schema


@dataclass(frozen=True)
class Request:
    """The rows of a request as they came: the text of a CSV, or the rows of a JSON."""

    content: str | list[Any]


@dataclass(frozen=True)
class Prediction:
    """Probabilities, shape (rows, classes), or values, shape (rows,), and the cells of identifier columns."""

    schema: Schema
    values: NDArray[Any]
    ids: dict[str, list[str]] = field(default_factory=dict)


def model_fn(model_dir: str) -> Model:
    """Load the artifact."""
    directory = Path(model_dir)
    name = json.loads((directory / "training.json").read_text(encoding="utf-8"))["framework"]
    framework = importlib.import_module(f"{name}_model")
    return Model(Encoder.load(directory), framework, framework.load(directory))


def input_fn(body: str | bytes, content_type: str) -> Request | Refusal:
    """The rows of a request; refuses what is not CSV or JSON (415), is broken or is empty (400)."""
    try:
        kind = media_type(content_type)
        if kind not in CONTENT_TYPES:
            raise Refusal(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"content type {content_type!r} is not supported: send {' or '.join(CONTENT_TYPES)}",
            )
        text = _text(body)
        content = _csv(text) if kind == "text/csv" else _json_rows(text)
        return Request(content) if content else bad_request("the request has no rows")
    except Refusal as refusal:
        return deliver(refusal)


def predict_fn(request: Request | Refusal, model: Model) -> Prediction | Refusal:
    """The predictions of rows; refuses a wrong number of columns and unusable values (400)."""
    if isinstance(request, Refusal):
        return request
    schema = model.schema
    try:
        try:
            content = request.content
            if isinstance(content, str):
                features, table = _from_csv(content, model.encoder)
            else:
                table = _json_table(content, schema)
                features = model.encoder.encode(table)
        except CellError as error:
            bad_request(str(error))
        except FeatureError as error:
            raise Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)) from error
    except Refusal as refusal:
        return deliver(refusal)
    values = model.framework.predict(model.predictor, features, schema.problem_type)
    ids = {c.name: trimmed(table[c.name]).to_pylist() for c in schema.columns if c.kind == "id"}
    return Prediction(schema, values, ids)


def output_fn(prediction: Prediction | Refusal, accept: str) -> Any:
    """The answer as (text, content type); refuses an Accept header that names neither CSV nor JSON (406)."""
    if isinstance(prediction, Refusal):
        return response(prediction)
    kinds = [media_type(part) for part in (accept or "*/*").split(",")]
    if "application/json" in kinds:
        return json.dumps({"predictions": _objects(prediction)}), "application/json"
    if {"text/csv", "text/*", "*/*"} & set(kinds):
        return "\n".join(cells.lines(_csv_columns(prediction))) + "\n", "text/csv"
    message = f"Accept {accept!r} is not supported: ask for {' or '.join(CONTENT_TYPES)}"
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


def _csv(text: str) -> str:
    if "\0" in text:
        bad_request("the request is not CSV: it has NUL characters")
    return "" if text.isspace() else text


def _from_csv(text: str, encoder: Encoder) -> tuple[NDArray[np.float32], pa.Table]:
    """Features and cells of CSV rows; numbers are read as such at once, and as text where that fails."""
    schema = encoder.schema
    names = [column.name for column in schema.columns]
    content = text.encode()
    if not cells.spaced(content) and not cells.has_blank_line(content):
        missing = missing_tokens("number", schema.missing_tokens)
        numbers = _read_as_numbers(schema, missing)
        try:
            table = cells.arrow_table(content, names, numbers=numbers, missing=missing)
            if numbers or not cells.is_header([table[name][0].as_py() for name in names], names):
                return encoder.encode(table), table
        except (pa.ArrowInvalid, CellError):  # reported below, in words for a person
            pass
    try:
        table = _slow_table(text, names)
        return encoder.encode(table), table
    except CellError:
        _refuse_broken(text)
        raise


def _read_as_numbers(schema: Schema, missing: Sequence[str]) -> list[str]:
    """The columns that the reader makes numbers of: none where a header or a missing value looks like one."""
    names = [column.name for column in schema.columns if column.kind == "number"]
    like_numbers = [name for name in names if re.match(NUMBER, name) or name in missing]
    return [] if names == like_numbers or any(re.match(NUMBER, token) for token in missing) else names


def _slow_table(text: str, names: Sequence[str]) -> pa.Table:
    rows = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True))
    while rows and not rows[-1]:
        rows.pop()
    if len(names) == 1:
        rows = [row or [""] for row in rows]
    for position, row in enumerate(rows, 1):
        if not row:
            bad_request(f"row {position} is blank: each line is a row, so remove blank lines")
    if cells.is_header(rows[0], names):
        bad_request("row 1 has the names of the columns: send rows without a header")
    return cells.python_table(_checked(rows, names), names)


def _refuse_broken(text: str) -> None:
    """Say so where a quote is wrong: the cells after it are not those that were meant."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True):
            pass
    except csv.Error as error:
        bad_request(f"the request is not CSV: {error}")


def _checked(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Sequence[Sequence[str]]:
    for position, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise CellError(f"row {position} has {len(row)} values, the model takes {len(names)}")
    return rows


def _json_rows(text: str) -> list[Any]:
    try:
        payload = json.loads(text)
        if SURROGATE.search(text):
            json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        bad_request("the request is not text in UTF-8: it has half a surrogate pair")
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


def _json_table(rows: Sequence[Any], schema: Schema) -> pa.Table:
    """JSON rows as a table of texts."""
    names = [column.name for column in schema.columns]
    texts = [
        [cells.text_of(cell) for cell in (_ordered(row, i, schema) if isinstance(row, dict) else row)]
        for i, row in enumerate(rows, 1)
    ]
    return cells.python_table(_checked(texts, names), names)


def _ordered(row: dict[str, Any], position: int, schema: Schema) -> Sequence[Any]:
    """A row's cells in the order of the columns; those that the model does not use may be left out."""
    names = [column.name for column in schema.columns]
    wrong = [f"{c.name!r} is missing" for c in schema.columns if c.features and c.name not in row]
    wrong += [f"{name!r} is not a column of the model" for name in row if name not in names]
    if wrong:
        bad_request(f"row {position}: {'; '.join(wrong[:5])}")
    return [row.get(name) for name in names]


def _digits(values: NDArray[Any]) -> pa.Array:
    """Numbers in the fewest digits that give the same number of its precision back."""
    return pa.array(values).cast(pa.string())


def _csv_columns(prediction: Prediction) -> list[pa.Array]:
    labels, values = prediction.schema.labels, prediction.values
    ids = [pa.array(column, pa.string()) for column in prediction.ids.values()]
    if not labels:
        return [_digits(values), *ids]
    best = values.argmax(axis=1)
    chosen = values[:, 1] if len(labels) == 2 else values[np.arange(len(values)), best]
    return [pa.array([str(label) for label in labels]).take(pa.array(best)), _digits(chosen), *ids]


def _objects(prediction: Prediction) -> list[dict[str, Any]]:
    """One object per row."""
    labels, values = prediction.schema.labels, prediction.values
    ids = [dict(zip(prediction.ids, row, strict=True)) for row in zip(*prediction.ids.values(), strict=True)]
    numbers = (
        np.array([float(text) for text in _digits(values.ravel()).to_pylist()]).reshape(values.shape).tolist()
    )
    if not labels:
        answers: list[dict[str, Any]] = [{"value": value} for value in numbers]
    else:
        answers = []
        for row, best in zip(numbers, values.argmax(axis=1).tolist(), strict=True):
            answer = {"label": labels[best], "probability": row[1] if len(labels) == 2 else row[best]}
            if len(labels) > 2:
                answer["probabilities"] = {str(label): p for label, p in zip(labels, row, strict=True)}
            answers.append(answer)
    return [answer | {"id": row} for answer, row in zip(answers, ids, strict=True)] if ids else answers
