"""Tables of cells as typed pandas frames."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from columns import floats, trimmed, whole
from schema import Schema


def frame_of(schema: Schema, table: pa.Table) -> pd.DataFrame:
    """The columns of a table of cells by their kinds: float64, boolean, text, or datetime64[us]."""
    found = {}
    for column in schema.columns:
        cells = whole(table[column.name])
        if column.kind in ("id", "dropped"):
            found[column.name] = trimmed(cells).to_pandas().astype(object)
            continue
        values = column.typed(cells, schema.missing_tokens)
        if column.kind == "number":
            found[column.name] = pd.Series(floats(values), dtype="float64")
        elif column.kind == "date":
            found[column.name] = pd.to_datetime(pd.Series(floats(values)), unit="s").astype("datetime64[us]")
        elif column.kind == "boolean":
            found[column.name] = pd.Series(
                values.to_pandas(), dtype="boolean" if values.null_count else "bool"
            )
        else:
            found[column.name] = values.dictionary_decode().to_pandas().astype(object)
    return pd.DataFrame(found)
