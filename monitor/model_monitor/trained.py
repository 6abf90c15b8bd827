"""Cells as training read them: names of booleans in any case, and what counts as a missing value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from model_monitor.columns import CategoryColumn, Column
from model_monitor.values import NO_NUMBER, is_text

NAMES = ("true", "false")


def as_trained(table: Any, booleans: Collection[str], tokens: Sequence[str] | None) -> Any:
    """A table with the texts of booleans in lower case, and null for `data.missingTokens` where it is set."""
    for place, name in enumerate(table.column_names):
        cells = table.column(name)
        if not is_text(cells.type) or (tokens is None and name not in booleans):
            continue
        texts = pc.utf8_trim_whitespace(cells)
        missing = pc.is_in(texts, pa.array(NO_NUMBER if tokens is None else ("", *tokens), texts.type))
        texts = pc.if_else(missing, pa.scalar(None, texts.type), texts)
        if name in booleans:
            lower = pc.utf8_lower(texts)
            texts = pc.if_else(pc.is_in(lower, pa.array(NAMES, lower.type)), lower, texts)
        table = table.set_column(place, name, texts)
    return table


def is_boolean(column: Column | None) -> bool:
    """Whether a column of a baseline has no other values than the names of booleans."""
    return (
        isinstance(column, CategoryColumn)
        and len(column.counts.by_text) > 0
        and {*column.counts.by_text} <= {*NAMES}
    )
