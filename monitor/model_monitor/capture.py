"""Rows of SageMaker's capture files: what an endpoint was asked, and what it answered."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from model_monitor.errors import MonitorError

LISTS = ("instances", "predictions", "outputs")
ROW = ("features", "data")
OUTPUTS = (("prediction",), ("prediction", "probability"))
WORDS = {"label": "prediction", "predicted_label": "prediction", "score": "probability"}
"""Names in JSON answers that the prediction log calls otherwise."""


def rows(
    found: Mapping[str, Any], where: str, columns: Sequence[str], outputs: Sequence[str]
) -> list[Mapping[str, Any]]:
    """The rows of one captured call; what was not captured has no columns."""
    asked, answers = parts(found, where, columns, outputs)
    return [_joined(together) for together in zip(*filter(None, (asked, answers)), strict=True)]


def parts(
    found: Mapping[str, Any], where: str, columns: Sequence[str], outputs: Sequence[str]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The features and the answers of each row of a captured call; nothing of what was not captured."""
    data = found["captureData"]
    if not {"endpointInput", "endpointOutput"} & set(data):
        raise MonitorError(f"{where}: captureData has neither endpointInput nor endpointOutput")
    asked: list[Mapping[str, Any]] = []
    answers: list[Mapping[str, Any]] = []
    if "endpointInput" in data:
        asked = [named(row, where, columns) for row in _content(data["endpointInput"], where)]
    if "endpointOutput" in data:
        answers = [answer(row, where, outputs) for row in _content(data["endpointOutput"], where)]
    if len(data.keys() & {"endpointInput", "endpointOutput"}) == 2 and len(asked) != len(answers):
        raise MonitorError(
            f"{where}: {len(asked)} rows were asked, {len(answers)} are answered: "
            "capture requests whose answers have one line per row"
        )
    return asked, answers


def _joined(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    row = dict(parts[0])
    for part in parts[1:]:
        for name, value in part.items():
            row[f"predicted_{name}" if name in row else name] = value
    return row


def named(found: Any, where: str, columns: Sequence[str]) -> Mapping[str, Any]:
    """A row of features by name: an object, or a list in the order of a request."""
    if isinstance(found, dict):
        inner = next((found[key] for key in ROW if isinstance(found.get(key), list | dict)), None)
        return found if inner is None or len(found) > 1 else named(inner, where, columns)
    if not isinstance(found, list):
        raise MonitorError(f"{where}: a row is {found!r}: it must be an object or a list")
    if len(found) != len(columns):
        raise MonitorError(
            f"{where}: a row has {len(found)} values and no names; "
            + (
                f"the model takes {len(columns)}"
                if columns
                else "give the columns of a request in their order"
            )
        )
    return dict(zip(columns, found, strict=True))


def answer(found: Any, where: str, outputs: Sequence[str]) -> dict[str, Any]:
    """What is said about a row, by the names of the prediction log."""
    if isinstance(found, dict):
        row: dict[str, Any] = {}
        for name, value in found.items():
            if name == "probabilities" and isinstance(value, dict):
                row |= {f"probability_{label}": share for label, share in value.items()}
            elif not isinstance(value, dict | list):
                row[WORDS.get(str(name), str(name))] = value
        return row
    values = found if isinstance(found, list) else [found]
    names = outputs or next((known for known in OUTPUTS if len(known) == len(values)), ())
    if len(names) != len(values):
        raise MonitorError(
            f"{where}: an answer has {len(values)} values, {len(names)} names are known: name the outputs"
        )
    return dict(zip(names, values, strict=True))


def _content(part: Mapping[str, Any], where: str) -> list[Any]:
    """The rows of what was asked or answered, as lists or objects."""
    text, encoding = part.get("data"), part.get("encoding")
    if not isinstance(text, str):
        raise MonitorError(f"{where}: captured data is {text!r}: it must be a text")
    if encoding == "BASE64":
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as problem:
            raise MonitorError(f"{where}: data in BASE64 is no text: {problem}") from problem
        kind = str(part.get("observedContentType", "")).split(";")[0].strip().lower()
        encoding = "JSON" if "json" in kind else "CSV" if kind == "text/csv" else kind
    if encoding == "CSV":
        return [row for row in csv.reader(io.StringIO(text)) if row]
    if encoding != "JSON":
        raise MonitorError(f"{where}: data has encoding {encoding!r}: CSV and JSON can be read")
    try:
        return _listed(json.loads(text))
    except ValueError:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as problem:
            raise MonitorError(f"{where}: captured data is no JSON: {problem}") from problem


def _listed(content: Any) -> list[Any]:
    if isinstance(content, dict):
        inside = next((content[key] for key in LISTS if isinstance(content.get(key), list)), None)
        return [content] if inside is None else inside
    return (
        content
        if isinstance(content, list) and content and isinstance(content[0], list | dict)
        else [content]
    )
