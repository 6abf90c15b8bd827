"""Answers with what really happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from compaction import LABEL_FOLDER
from job_store import Store
from truth import numbered
from window_rows import SEED, Rows
from windows import HOUR, floor_hour, folder

COLUMNS = ("inference_id", "row", "time", "prediction", "probability", "value", "id", "features")


@dataclass
class Answer:
    """A row that was answered, with its label if one came."""

    key: str
    time: datetime
    prediction: str | None
    probability: float | None
    value: float | None
    features: dict[str, str | None] = field(default_factory=dict)
    label: str | None = None


def answers(
    rows: Rows, version: int, id_column: str | None, keep: frozenset[str] = frozenset(),
    most: int | None = None,
) -> Iterator[Answer]:  # fmt: skip
    """The rows of a version, or a random sample of so many, with some of their features."""
    columns = [name for name in COLUMNS if name != "features" or keep]
    columns = [name for name in columns if name != "id" or id_column or keep]
    drawn = _drawn(rows.versions.get(version, 0), most)
    for table in rows.tables(version, columns):
        if drawn is not None:
            chosen, drawn = drawn[: table.num_rows], drawn[table.num_rows :]
            table = table.filter(pa.array(chosen))
        for row in table.select(columns).to_pylist():
            ids = dict(row.get("id") or ())
            key = ids.get(id_column) if id_column else numbered(row["inference_id"], row["row"])
            yield Answer(
                key or "", row["time"], row["prediction"], row["probability"], row["value"],
                {name: cell for name, cell in (*(row.get("features") or ()), *ids.items()) if name in keep},
            )  # fmt: skip


def _drawn(count: int, most: int | None) -> Any:
    """Which of some rows are in the sample; none: all are."""
    if most is None or count <= most:
        return None
    drawn = np.zeros(count, bool)
    drawn[np.random.default_rng(SEED).choice(count, most, replace=False)] = True
    return drawn


def label(store: Store, found: list[Answer], start: datetime, end: datetime, place: Path) -> None:
    """Gives each answer its label: of those that came after it, and before a time, the last one."""
    by_key: dict[str, list[Answer]] = {}
    for one in found:
        if one.key:
            by_key.setdefault(one.key, []).append(one)
    wanted = pa.array(list(by_key), pa.string())
    hour = floor_hour(start)
    while hour < end and len(wanted):
        for stored in store.listed(f"{LABEL_FOLDER}{folder(hour)}"):
            path = place / "labels.parquet"
            if stored.key.endswith(".parquet") and store.fetch(stored.key, path, listed=True):
                _give(path, wanted, by_key, end)
        hour += HOUR


def _give(path: Path, wanted: Any, by_key: dict[str, list[Answer]], end: datetime) -> None:
    """Hours come one after the other, and a file's labels are put in their order: the last one stays."""
    with parquet.ParquetFile(path) as file:
        some = file.read()
    chosen = some.filter(pc.is_in(some.column("key"), value_set=wanted)).sort_by("came")
    for row in chosen.to_pylist():
        for one in by_key[row["key"]]:
            if one.time <= row["came"] < end:
                one.label = row["label"]


def same_label(labels: list[str]) -> Callable[[str | None], str | None]:
    """Finds the label of the model that a text is; none if it is none."""
    known = set(labels)
    folded = (
        {text.lower(): text for text in labels}
        if {text.lower() for text in labels} == {"true", "false"}
        else {}
    )

    def find(text: str | None) -> str | None:
        if text is None or text in known:
            return text
        if text.lower() in folded:
            return folded[text.lower()]
        try:
            whole = f"{float(text):g}"
        except ValueError:
            return None
        return whole if whole in known else None

    return find
