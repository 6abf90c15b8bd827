"""Asks the endpoint about rows, a bounded number of them, one request after the other."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from botocore.exceptions import ClientError
from model_monitor import capture
from model_monitor.errors import MonitorError

from job_settings import JobError
from job_store import code_of
from prediction_rows import number, text

ROWS, BYTES = 200, 1_000_000
"""Of a request: far below what an endpoint takes, so that it goes on answering others."""


class Endpoint:
    """An endpoint that answers rows in CSV; `columns` are those of a request in their order."""

    def __init__(self, client: Any, name: str, columns: Sequence[str], labels: Sequence[str]) -> None:
        self._client, self._name = client, name
        self._columns, self._labels = list(columns), list(labels)
        self.requests = 0

    def predict(self, frame: pd.DataFrame) -> Any:
        """The answers to rows of texts: values, or a column for each class."""
        lines = [_line([row.get(name) for name in self._columns]) for row in frame.to_dict("records")]
        return np.asarray([self._numbers(one) for body in _bodies(lines) for one in self._asked(body)], float)

    def _asked(self, body: list[str]) -> list[dict[str, Any]]:
        try:
            answer = self._client.invoke_endpoint(
                EndpointName=self._name, ContentType="text/csv", Accept="application/json",
                Body="".join(body).encode(),
            )  # fmt: skip
        except ClientError as error:
            raise JobError(
                f"the endpoint {self._name} did not answer {len(body)} rows: {code_of(error)}"
            ) from error
        self.requests += 1
        encoding = "CSV" if "csv" in str(answer.get("ContentType", "")).lower() else "JSON"
        said = {"data": answer["Body"].read().decode("utf-8", "replace"), "encoding": encoding}
        where = f"the answer of {self._name}"
        try:
            _, found = capture.parts({"captureData": {"endpointOutput": said}}, where, (), ())
        except MonitorError as problem:
            raise JobError(f"{where} cannot be read: {problem}") from problem
        if len(found) != len(body):
            raise JobError(f"{where} has {len(found)} rows for {len(body)}")
        return [dict(one) for one in found]

    def _numbers(self, said: dict[str, Any]) -> list[float]:
        prediction = text(said.get("prediction", said.get("value")))
        if not self._labels:
            value = number(said.get("value", said.get("prediction")))
            if value is None:
                raise JobError(f"the endpoint {self._name} answered {prediction!r}, which is no number")
            return [value]
        probability = number(said.get("probability"))
        shares = [number(said.get(f"probability_{label}")) for label in self._labels]
        if all(share is not None for share in shares):
            return [share for share in shares if share is not None]
        if len(self._labels) == 2 and probability is not None:
            return [probability]
        return [
            (1.0 if probability is None else probability) * (label == prediction) for label in self._labels
        ]


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        ["" if cell is None or cell != cell else cell for cell in cells]
    )
    return out.getvalue()


def _bodies(lines: Sequence[str]) -> Iterator[list[str]]:
    body: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode())
        if body and (len(body) >= ROWS or size + length > BYTES):
            yield body
            body, size = [], 0
        body.append(line)
        size += length
    if body:
        yield body
