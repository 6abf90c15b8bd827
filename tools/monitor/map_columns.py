"""Columns of texts from a column of maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def columns_of(maps: Any) -> Any:
    """A table with a column for each key, as they first occur; a cell is missing where a map lacks it."""
    whole = maps.combine_chunks() if isinstance(maps, pa.ChunkedArray) else maps
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], whole.type)
    rows = len(whole)
    sizes = (
        np.asarray(pc.fill_null(pc.list_value_length(_as_list(whole)), 0)) if rows else np.zeros(0, np.int64)
    )
    entries = pc.list_flatten(_as_list(whole))
    keys, cells = entries.field(0), entries.field(1)
    of_row = np.repeat(np.arange(rows), sizes)
    coded = keys.dictionary_encode()
    names, codes = coded.dictionary.to_pylist(), np.asarray(coded.indices)
    found = {}
    for code, name in enumerate(names):
        places = np.full(rows, -1, np.int64)
        some = np.flatnonzero(codes == code)
        places[of_row[some]] = some
        found[name] = cells.take(pa.array(places, mask=places < 0))
    if not found:
        return pa.table({"": pa.nulls(rows)}).select([]) if rows else pa.table({})
    return pa.table(found)


def counted(maps: Any) -> dict[str, int]:
    """In how many maps each key is."""
    found = pc.value_counts(pc.list_flatten(_as_list(maps)).field(0)).to_pylist()
    return {one["values"]: one["counts"] for one in found}


def _as_list(maps: Any) -> Any:
    entry = pa.struct([("key", pa.string()), ("value", pa.string())])
    return maps.cast(pa.list_(entry))
