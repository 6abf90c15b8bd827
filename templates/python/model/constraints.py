"""Constraints that name columns, as the frameworks take them: by the places of the model's features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from job import UserError, listed, nearest
from schema import Schema


def places(schema: Schema) -> dict[str, range]:
    """Where the model features of each column are."""
    found: dict[str, range] = {}
    start = 0
    for name, size in schema.groups:
        found[name] = range(start, start + size)
        start += size
    return found


def monotone(name: str, wanted: Mapping[str, int], schema: Schema) -> list[int]:
    """The direction of each model feature: 1 rises, -1 falls, 0 is free. Raises `UserError`.

    Only of columns that become one feature, so numbers and true or false: a date or a text has no direction.
    """
    found, kinds = places(schema), {column.name: column.kind for column in schema.inputs}
    directions = [0] * sum(map(len, found.values()))
    for column, direction in wanted.items():
        if column not in found:
            _unknown(name, column, schema)
        if kinds[column] not in ("number", "boolean"):
            fitting = [one for one, kind in kinds.items() if kind in ("number", "boolean")]
            raise UserError(
                f"hyperparameters: {name} names {column!r}, a column of kind {kinds[column]}, which becomes "
                f"{len(found[column])} model features: it takes columns of kind number or boolean "
                f"({listed(fitting) or 'there is none'})"
            )
        directions[found[column][0]] = direction
    return directions


def interactions(name: str, wanted: Iterable[Iterable[str]], schema: Schema) -> list[list[int]]:
    """The model features of each group of columns that may be in one tree branch. Raises `UserError`."""
    found = places(schema)
    groups = []
    for columns in wanted:
        group: list[int] = []
        for column in columns:
            if column not in found:
                _unknown(name, column, schema)
            group += found[column]
        groups.append(group)
    return groups


def _unknown(name: str, column: str, schema: Schema) -> NoReturn:
    kinds = {one.name: one.kind for one in schema.columns}
    known = [one for one, _ in schema.groups]
    what = (
        f"a column of kind {kinds[column]}, which the model does not use" if column in kinds else "no column"
    )
    raise UserError(
        f"hyperparameters: {name} names {column!r}, {what}{nearest(column, known)}; "
        f"the model uses {listed(known)}"
    )
