"""The columns a model takes and the labels it gives: made by preprocess.py, kept in the artifact.

The same steps encode for training, evaluation, an endpoint and batch prediction: `typed` makes values from
cells, the user's own features make other values of them (see `engineering.py`), `features` makes the model's
numbers from values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from columns import CellError, Column, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CellError", "Column", "Label", "Schema"]
FILE_NAME = "schema.json"
VERSION = 2
Label = str | int


@dataclass(frozen=True)
class Schema:
    """Columns in the order in which requests give them; `labels` by class index, empty for regression."""

    problem_type: str
    target: str
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    missing_tokens: tuple[str, ...] | None = None
    weight: str | None = None
    split: Mapping[str, Any] = field(default_factory=dict)
    prior: tuple[float, ...] = ()
    """The baseline's answer: the share of each class in the training rows, or the mean of the target."""
    made: tuple[Column, ...] = ()
    """The columns that `features.py` makes of the used ones; none if it makes nothing of its own."""
    version: int = VERSION

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns of requests that features come from."""
        return tuple(column for column in self.columns if column.features)

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that become the model's features: those of `features.py`, or else the used ones."""
        return self.made or self.used

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Each input with the number of its model features."""
        return [(column.name, column.features) for column in self.inputs]

    def label_index(self, cell: str) -> int:
        """The class index of a target cell. Raises `CellError` for a label that the model does not know."""
        text = cell.strip()
        for index, label in enumerate(self.labels):
            if (isinstance(label, str) and text == label) or (
                isinstance(label, int) and _number(text) == label
            ):
                return index
        folded = [label.lower() if isinstance(label, str) else "" for label in self.labels]
        if set(folded) == {"true", "false"} and text.lower() in folded:
            return folded.index(text.lower())
        raise CellError(f"{cell!r} is not one of the labels {', '.join(map(str, self.labels))}")

    def features(self, values: Iterable[pa.Array], rows: int) -> NDArray[np.float32]:
        """The typed values of each input as features, shape (rows, features); NaN: missing."""
        out = np.empty((rows, sum(size for _, size in self.groups)), np.float32)
        start = 0
        for column, found in zip(self.inputs, values, strict=True):
            column.encode(found, out[:, start : start + column.features])
            start += column.features
        return out

    def typed(self, table: pa.Table) -> Iterator[pa.Array]:
        """The values of each used column of a table of cells. Raises `CellError`."""
        return (c.typed(whole(table[c.name]), self.missing_tokens) for c in self.used)

    def save(self, directory: Path) -> None:
        """Write `schema.json` into a directory."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (directory / FILE_NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Schema:
        """Read `schema.json` of a directory."""
        raw = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
        columns, made = (
            tuple(Column(**{**c, "categories": tuple(c["categories"])}) for c in raw.pop(key, ()))
            for key in ("columns", "made")
        )
        tokens = raw.pop("missing_tokens")
        return cls(
            **raw | {"labels": tuple(raw["labels"]), "prior": tuple(raw["prior"])},
            columns=columns,
            made=made,
            missing_tokens=None if tokens is None else tuple(tokens),
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
