"""The columns of a model's requests in their order, and the labels of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .columns import Column

CSV, JSON = "text/csv", "application/json"
MEDIA_TYPES = (CSV, JSON)
VERSION = 2
"""Of `schema.json`."""
PROBLEM_TYPES = ("binary", "multiclass", "regression")

Label = str | int


@dataclass(frozen=True)
class Layout:
    """Columns and labels; a regression has no labels."""

    problem_type: str
    columns: tuple[Column, ...]
    labels: tuple[Label, ...] = ()
    missing_tokens: tuple[str, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The columns that an answer gives back."""
        return tuple(column.name for column in self.columns if column.kind == "id")

    @property
    def media_types(self) -> tuple[str, ...]:
        """Of requests and of answers."""
        return MEDIA_TYPES

    def values(self, row: Sequence[str]) -> dict[str, Any]:
        """The values of a row by column, as numbers, booleans and texts; None where one is missing."""
        tokens = self.missing_tokens
        return {c.name: c.value(cell, tokens) for c, cell in zip(self.columns, row, strict=True)}


def fields_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a layout from the content of `schema.json`; raises ValueError for one of another form."""
    try:
        version, problem_type, tokens = schema["version"], schema["problem_type"], schema["missing_tokens"]
        if version != VERSION or problem_type not in PROBLEM_TYPES:
            raise ValueError(
                f"version {version!r}, problem type {problem_type!r}: known are version {VERSION} and "
                f"{', '.join(PROBLEM_TYPES)}"
            )
        columns = tuple(Column.of(column) for column in schema["columns"])
        if len({column.name for column in columns}) < len(columns) or not columns:
            raise ValueError("it has no columns, or two of one name")
        return {
            "problem_type": problem_type,
            "columns": columns,
            "labels": tuple(schema["labels"]),
            "missing_tokens": None if tokens is None else tuple(map(str, tokens)),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a schema of a model: {error!r}") from None
