"""The rows of a window from the table, at most so many, with the version that answered each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from compaction import PREDICTION_FOLDER
from job_settings import API, Settings
from job_store import Store
from map_columns import columns_of
from prediction_rows import PREDICTIONS
from version_records import UNKNOWN, Deployments
from windows import Window, folder

SEED = 20_260_730
"""Of the sample: the same rows are drawn whenever a run is made again."""
BATCH = 65_536


@dataclass
class Rows:
    """The rows of a window, on the disk."""

    window: Window
    total: int = 0
    """Rows in the window."""
    taken: int = 0
    """Of which so many were drawn."""
    left_out: int = 0
    """Of these, rows that nobody can tell the version of."""
    versions: dict[int, int] = field(default_factory=dict)
    """Rows by version."""
    files: list[Path] = field(default_factory=list)
    chosen: Any = None
    _deployments: Deployments | None = None
    _named: bool = True

    @property
    def sampled(self) -> bool:
        """Whether there were more rows than a run looks at."""
        return self.taken < self.total

    @property
    def main(self) -> int | None:
        """The version with most rows; of two with as many, the newer one."""
        return max(self.versions, key=lambda version: (self.versions[version], version), default=None)

    def tables(self, version: int, columns: Sequence[str]) -> Iterator[Any]:
        """The chosen rows that a version answered, with some columns of the table."""
        for table, versions in self._batches(columns):
            if (mask := versions == version).any():
                yield table.filter(pa.array(mask))

    def _batches(self, columns: Sequence[str]) -> Iterator[tuple[Any, Any]]:
        start = 0
        for path in self.files:
            with parquet.ParquetFile(path) as file:
                wanted = list(dict.fromkeys((*columns, "time", "version")))
                for batch in file.iter_batches(batch_size=BATCH, columns=wanted):
                    table = pa.Table.from_batches([batch])
                    inside = _inside(table, self.window)
                    rows = int(inside.sum())
                    chosen = self.chosen[start : start + rows] if self.chosen is not None else slice(None)
                    start += rows
                    table = table.filter(pa.array(inside))
                    if self.chosen is not None:
                        table = table.filter(pa.array(chosen))
                    if table.num_rows:
                        yield table, self._versions(table)

    def _versions(self, table: Any) -> Any:
        if self._named:
            return pc.fill_null(table.column("version"), UNKNOWN).to_numpy().astype(np.int64)
        assert self._deployments is not None
        return self._deployments.versions_at(_milliseconds(table))


def read(
    store: Store, settings: Settings, deployments: Deployments, window: Window, most: int, place: Path
) -> Rows:
    """The rows of a window: all of them, or a random sample of so many."""
    rows = Rows(window, _deployments=deployments, _named=settings.kind_of_source == API)
    for hour in window.hours():
        for stored in store.listed(f"{PREDICTION_FOLDER}{folder(hour)}"):
            path = place / f"{hour:%Y%m%d%H}-{len(rows.files)}.parquet"
            if stored.key.endswith(".parquet") and store.fetch(stored.key, path, listed=True):
                rows.files.append(path)
    for path in rows.files:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH, columns=["time"]):
                rows.total += int(_inside(batch, window).sum())
    rows.taken = min(rows.total, most)
    if rows.sampled:
        rows.chosen = np.zeros(rows.total, bool)
        drawn = np.random.default_rng(SEED).choice(rows.total, rows.taken, replace=False, shuffle=False)
        rows.chosen[drawn] = True
    for _, versions in rows._batches(()):
        found, counts = np.unique(versions, return_counts=True)
        for version, count in zip(found.tolist(), counts.tolist(), strict=True):
            rows.versions[version] = rows.versions.get(version, 0) + count
    rows.left_out = rows.versions.pop(UNKNOWN, 0)
    return rows


def features(table: Any) -> Any:
    """The features of rows as columns of texts, in the order in which they first occur."""
    return columns_of(table.column("features"))


def _inside(table: Any, window: Window) -> Any:
    times = _milliseconds(table)
    start, end = (int(time.timestamp() * 1000) for time in (window.start, window.end))
    return (times >= start) & (times < end)


def _milliseconds(table: Any) -> Any:
    return table.column("time").cast(PREDICTIONS.field("time").type).cast(pa.int64()).to_numpy()
