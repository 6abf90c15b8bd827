"""What the images do for an inference script that lacks a function; runs in the model's own interpreter.

Imitated from what was read, since neither image's package is on PyPI: `default_input_fn`,
`default_predict_fn` and `default_output_fn` of `sagemaker_xgboost_container.serving`, with its `encoder` (the
repository aws/sagemaker-xgboost-container, June 2026), and of `sagemaker_sklearn_container.serving`
(aws/sagemaker-scikit-learn-container, July 2026), on `sagemaker_containers._encoders` 2.8.6. Two things are
not done here: recordio, and pickles inside of npy.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

CSV, JSON, NPY = "text/csv", "application/json", "application/x-npy"
RECORDIO = "application/x-recordio-protobuf"


class UnsupportedFormat(Exception):
    """A content type without a default: status 500 there too, as the image's error is wrapped in another."""


def defaults_of(image: str) -> dict[str, Callable[..., Any]]:
    """Return the functions of an image by name; nothing for an image that is not known."""
    if image == "xgboost":
        predict: Callable[..., Any] = lambda data, model: model.predict(data, validate_features=False)  # noqa: E731
        return {"input_fn": to_matrix, "predict_fn": predict, "output_fn": encode}
    if image == "sklearn":
        return {
            "input_fn": to_array,
            "predict_fn": lambda data, model: model.predict(data),
            "output_fn": encode,
        }
    return {}


def to_array(body: Any, content_type: str) -> Any:
    """The scikit-learn image: an array, of float32 for CSV and JSON; one row of CSV has one dimension."""
    import numpy

    if content_type == CSV:
        rows = list(csv.reader(io.StringIO(body), strict=True))
        return numpy.array(rows).squeeze().astype(numpy.float32)
    if content_type == JSON:
        return numpy.array(json.loads(body)).astype(numpy.float32)
    if content_type == NPY:
        return numpy.load(io.BytesIO(body), allow_pickle=False)
    raise UnsupportedFormat(
        f"without input_fn the scikit-learn image reads {CSV}, {JSON} and {NPY}, not {content_type!r}:"
        " write input_fn"
    )


def to_matrix(body: Any, content_type: str) -> Any:
    """The XGBoost image: a DMatrix of CSV or libsvm."""
    kind = content_type.partition(";")[0].strip()
    if kind == RECORDIO:
        raise UnsupportedFormat(f"{RECORDIO} is not read on this machine: write input_fn, or send {CSV}")
    if kind not in (CSV, "text/libsvm", "text/x-libsvm"):
        raise UnsupportedFormat(
            f"without input_fn the XGBoost image reads {CSV}, text/libsvm and {RECORDIO}, not"
            f" {content_type!r}: write input_fn"
        )
    import numpy
    import xgboost

    text = body.decode() if isinstance(body, bytes) else body
    rows = _cells(text) if kind == CSV else _sparse(text)
    return xgboost.DMatrix(numpy.array(rows).astype(float) if rows else numpy.empty((0, 0)))


def _cells(text: str) -> list[list[str]]:
    """CSV as the image splits it: with a guessed delimiter, without quotes; a newline at the end is a row."""
    lines = text.split("\n")
    guess = csv.Sniffer().sniff(lines[0][:512]).delimiter
    delimiter = "," if guess.isalnum() else guess
    return [[cell or "nan" for cell in line.split(delimiter)] for line in lines]


def _sparse(text: str) -> list[list[float]]:
    """Lines of libsvm; indices count from 1 unless there is a 0."""
    pairs = [
        [part.split(":", 1) for part in line.split() if ":" in part] for line in text.strip().split("\n")
    ]
    rows = [{int(index): float(value) for index, value in row} for row in pairs]
    used = sorted({index for row in rows for index in row})
    if not used:
        return []
    columns = range(1 if used[0] >= 1 else 0, used[-1] + 1)
    return [[row.get(column, 0.0) for column in columns] for row in rows]


def encode(prediction: Any, accept: str) -> tuple[Any, str]:
    """The prediction as JSON, CSV or npy, by exactly that name."""
    import numpy

    if accept == JSON:
        return json.dumps(prediction, default=lambda value: value.tolist()), accept
    if accept == CSV:
        array = numpy.array(prediction)
        out = io.StringIO()
        rows = array.reshape(-1, 1) if array.ndim == 1 else array
        csv.writer(out, lineterminator="\n", strict=True).writerows(rows)
        return out.getvalue(), accept
    if accept == NPY:
        buffer = io.BytesIO()
        numpy.save(buffer, prediction)
        return buffer.getvalue(), accept
    raise UnsupportedFormat(
        f"without output_fn the images answer {JSON}, {CSV} and {NPY}, not {accept!r}: write output_fn"
    )
