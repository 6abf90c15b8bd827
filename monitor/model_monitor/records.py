"""Rows of the prediction log: one object or line of a table per row, features and answer together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from model_monitor.errors import MonitorError

FORMAT = 1
ANSWERS = ("prediction", "probability", "value")


def is_logged(found: Any) -> bool:
    """Whether an object is a row of the prediction log."""
    return isinstance(found, dict) and "format" in found and isinstance(found.get("features"), dict)


def row(found: Mapping[str, Any], where: str, keep: Sequence[str] = ()) -> dict[str, Any]:
    """Features, answers and kept fields as columns; an answer gives way to a feature of its name."""
    if found["format"] != FORMAT:
        raise MonitorError(
            f"{where}: the log has format {found['format']!r}, {FORMAT} is known: upgrade the monitor"
        )
    columns: dict[str, Any] = dict(found["features"])
    answers = {name: found[name] for name in ANSWERS if found.get(name) is not None}
    for label, probability in (found.get("probabilities") or {}).items():
        answers[f"probability_{label}"] = probability
    for name in keep:
        answers[name] = found.get(name, (found.get("id") or {}).get(name))
    for name, value in answers.items():
        columns[f"predicted_{name}" if name in columns else name] = value
    return columns


def flattened(table: Any, keep: Sequence[str] = ()) -> Any:
    """A table of the prediction log as features and answers; any other table as it is."""
    if "features" not in table.column_names or not pa.types.is_struct(table.schema.field("features").type):
        return table
    columns = {}
    features = table.column("features").combine_chunks()
    for index in range(features.type.num_fields):
        columns[features.type.field(index).name] = features.field(index)
    for name in (*ANSWERS, *keep):
        if name in table.column_names:
            columns[f"predicted_{name}" if name in columns else name] = table.column(name)
    return pa.table(columns)


def table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as a table. A column in which numbers and texts meet becomes one of texts."""
    names = list(dict.fromkeys(name for one in rows for name in one))
    return pa.table({name: _column(name, [one.get(name) for one in rows]) for name in names})


def _column(name: str, values: Sequence[Any]) -> Any:
    odd = next((value for value in values if isinstance(value, dict | list)), None)
    if odd is not None:
        raise MonitorError(f"column {name!r} holds {odd!r}: a column needs single numbers or texts")
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value)
