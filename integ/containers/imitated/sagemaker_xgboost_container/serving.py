"""The XGBoost image's server: loads sagemaker-inference too, which its multi-model server is made of."""

from __future__ import annotations

import csv
from typing import Any

import sagemaker_inference.errors  # noqa: F401  what misled a script that took this for its server

from imitated import Lazy, respond


def decode(body: Any, content_type: str) -> Any:
    """The default `input_fn`: CSV or libsvm to a DMatrix (recordio is left out)."""
    from sagemaker_containers import _errors

    readers = {"text/csv": csv_matrix, "text/libsvm": libsvm_matrix, "text/x-libsvm": libsvm_matrix}
    reader = readers.get(content_type.split(";")[0].strip())
    if reader is None:
        raise _errors.UnsupportedFormatError(content_type)
    return reader(body if isinstance(body, str) else body.decode())


def csv_matrix(text: str) -> Any:
    """Every line a row, also an empty last one; the delimiter is guessed from the first."""
    import numpy as np
    import xgboost

    first, *_ = lines = text.split("\n")
    delimiter = csv.Sniffer().sniff(first[:512]).delimiter
    if delimiter.isalnum():
        delimiter = ","
    return xgboost.DMatrix(
        np.array([[cell or "nan" for cell in line.split(delimiter)] for line in lines], float)
    )


def libsvm_matrix(text: str) -> Any:
    """`index:value` pairs; an index 0 anywhere makes all of them count from 0."""
    import numpy as np
    import xgboost

    rows = []
    for line in text.strip().split("\n"):
        pairs = (token.split(":", 1) for token in line.split() if ":" in token)
        rows.append({int(index): float(value) for index, value in pairs})
    indices = [index for row in rows for index in row]
    if not indices:
        return xgboost.DMatrix(np.empty((0, 0)))
    offset = min(min(indices), 1)
    matrix = np.zeros((len(rows), max(indices) - offset + 1))
    for number, row in enumerate(rows):
        for index, value in row.items():
            matrix[number, index - offset] = value
    return xgboost.DMatrix(matrix)


main = Lazy(
    {
        "input_fn": decode,
        "predict_fn": lambda data, model: model.predict(data, validate_features=False),
        "output_fn": respond,
    }
)
