"""The columns a model takes and the labels it gives: made by preprocess.py, kept in the artifact.

A column is numeric, or categorical (text). A numeric column becomes one model feature; a categorical column
becomes one 0/1 feature per category (one-hot), and a category that the training data did not have becomes all
zeros.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE_NAME = "schema.json"
Label = str | int
Cell = object  # text of a CSV cell, or a JSON value


class CellError(ValueError):
    """A value that the schema does not take; the message names row (from 1), column and value."""


@dataclass(frozen=True)
class Column:
    """One input column: `categories` is None for a numeric one, `missing` says whether it may be empty."""

    name: str
    missing: bool
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Schema:
    """Columns in the order in which requests give them; `labels` by class index, empty for regression."""

    problem_type: str
    target: str
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Each column with the number of model features that it becomes."""
        return [(c.name, 1 if c.categories is None else len(c.categories)) for c in self.columns]

    def label_index(self, cell: str) -> int:
        """The class index of a target cell. Raises `CellError` for a label that the model does not know."""
        for index, label in enumerate(self.labels):
            if (isinstance(label, str) and cell == label) or (
                isinstance(label, int) and _number(cell) == label
            ):
                return index
        raise CellError(f"{cell!r} is none of the labels {', '.join(map(str, self.labels))}")

    def encode(self, rows: Sequence[Sequence[Cell]]) -> NDArray[np.float32]:
        """Rows of cells as features, shape (rows, features); missing values are NaN. Raises `CellError`."""
        for position, row in enumerate(rows, 1):
            if len(row) != len(self.columns):
                raise CellError(f"row {position} has {len(row)} values, the model takes {len(self.columns)}")
        blocks = [self._column(j, column, rows) for j, column in enumerate(self.columns)]
        return np.concatenate(blocks, axis=1) if blocks else np.empty((len(rows), 0), np.float32)

    def _column(self, index: int, column: Column, rows: Sequence[Sequence[Cell]]) -> NDArray[np.float32]:
        where = f"column {index + 1} ({column.name})"
        cells = [row[index] for row in rows]
        missing = [cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells]
        if any(missing) and not column.missing:
            raise CellError(f"row {missing.index(True) + 1}, {where} is empty: no training row had that")
        if column.categories is not None:
            places = {category: i for i, category in enumerate(column.categories)}
            block = np.zeros((len(cells), len(places)), np.float32)
            for position, cell in enumerate(cells):
                if (place := places.get(str(cell).strip())) is not None:
                    block[position, place] = 1
            return block
        values = [math.nan if gone else _number(cell) for cell, gone in zip(cells, missing, strict=True)]
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            block = np.array(values, dtype=np.float32).reshape(-1, 1)
        for position in np.flatnonzero(~np.isfinite(block[:, 0])).tolist():
            if not missing[position]:
                raise CellError(f"row {position + 1}, {where} is {cells[position]!r}, not a finite number")
        return block

    def save(self, directory: Path) -> None:
        """Write `schema.json` into a directory."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (directory / FILE_NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Schema:
        """Read `schema.json` of a directory."""
        raw = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
        columns = tuple(
            Column(c["name"], c["missing"], None if c["categories"] is None else tuple(c["categories"]))
            for c in raw["columns"]
        )
        return cls(raw["problem_type"], raw["target"], columns, tuple(raw["labels"]))


def _number(cell: Cell) -> float:
    """A cell as a number; NaN for what is none (the caller names it)."""
    if isinstance(cell, str) and "_" in cell:  # float() takes 1_000
        return math.nan
    try:
        return float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
