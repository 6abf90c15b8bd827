"""Records of predictions: one for each row, with what was asked, what was answered, and by which model."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .contract import Checked, Contract, media_type
from .layout import CSV

Record = dict[str, Any]

FORMAT = 1


@dataclass(frozen=True)
class About:
    """Which model answers, where; what `/version` says and what every record carries."""

    project: str
    group: str
    environment: str
    package: str
    """ARN or name of the model package."""
    endpoint: str
    version: str
    """Of what answers: the version of the function, or of the local registry."""
    model_name: str = ""
    contract: str = "none"
    """SHA-256 of the contract document."""
    release: str = "none"

    def to_json(self) -> dict[str, str]:
        """What `/version` says."""
        return {
            "project": self.project,
            "group": self.group,
            "environment": self.environment,
            "package": self.package,
            "endpoint": self.endpoint,
            "version": self.version,
            "modelName": self.model_name,
            "contract": self.contract,
            "release": self.release,
        }


class PredictionLog(Protocol):
    """Where records go. It raises nothing and does not make a request wait."""

    def keep(self, make: Callable[[], Sequence[Record]], rows: int) -> None:
        """Keep the records of some rows, or count them as not kept; `make` makes them once there is time."""


class NoLog:
    """Keeps nothing."""

    def keep(self, make: Callable[[], Sequence[Record]], rows: int) -> None:
        """Nothing."""


def records(
    contract: Contract,
    checked: Checked,
    answer: bytes,
    content_type: str,
    about: About,
    *,
    inference_id: str,
    time: str,
    omit: Sequence[str] = (),
) -> list[Record]:
    """One record for each row; columns of `omit` are in none.

    Raises ValueError for an answer of another form.
    """
    answers = predictions(contract, answer, content_type)
    if len(answers) != len(checked.rows):
        raise ValueError(f"{len(answers)} answers for {len(checked.rows)} rows")
    features = [c.name for c in contract.columns if c.is_used and c.name not in omit]
    identifiers = [name for name in contract.identifiers if name not in omit]
    found: list[Record] = []
    for number, (cells, said) in enumerate(zip(checked.rows, answers, strict=True), 1):
        values = contract.values(cells)
        found.append(
            {
                "format": FORMAT,
                "inferenceId": inference_id,
                "row": number,
                "time": time,
                "project": about.project,
                "group": about.group,
                "environment": about.environment,
                "package": about.package,
                "endpoint": about.endpoint,
                "version": about.version,
                "features": {name: values[name] for name in features},
                **said,
                **({"id": {name: values[name] for name in identifiers}} if identifiers else {}),
            }
        )
    return found


def predictions(contract: Contract, answer: bytes, content_type: str) -> list[dict[str, Any]]:
    """What an answer says about each row: prediction, and probability and probabilities, or value.

    Raises ValueError for an answer of another form.
    """
    text = answer.decode()
    try:
        if media_type(content_type) == CSV:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            return [_of_cells(contract, row) for row in rows]
        return [_of_object(contract, one) for one in json.loads(text)["predictions"]]
    except (KeyError, TypeError, IndexError, csv.Error) as error:
        raise ValueError(f"not an answer of this model: {error!r}") from None


def _of_cells(contract: Contract, row: Sequence[str]) -> dict[str, Any]:
    if not contract.labels:
        return {"prediction": float(row[0]), "value": float(row[0])}
    by_text = {str(label): label for label in contract.labels}
    return {"prediction": by_text[row[0]], "probability": float(row[1])}


def _of_object(contract: Contract, one: Mapping[str, Any]) -> dict[str, Any]:
    if not contract.labels:
        return {"prediction": one["value"], "value": one["value"]}
    kept = {key: one[key] for key in ("probability", "probabilities") if key in one}
    return {"prediction": one["label"], **kept}
