"""Statistics of a table, a part at a time: `statistics.json` in the published form.

Statistics of parts merge to those of the whole, so a job over many files or instances answers as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from model_monitor import written
from model_monitor.columns import CategoryColumn, Column, NumberColumn
from model_monitor.columns import merged as merged_columns
from model_monitor.errors import MonitorError
from model_monitor.values import Kind, kind_of

Kinds = Mapping[str, Kind]
Frame = Any
"""A table or record batch of pyarrow, which has no types, or a data frame of pandas."""
FILE_NAME = "statistics.json"


class Statistics:
    """Rows and columns; a column of which all cells were missing so far has no kind yet."""

    def __init__(self, kinds: Kinds | None = None) -> None:
        self.rows = 0
        self.columns: dict[str, Column] = {}
        self.empty: dict[str, int] = {}
        """Columns without any value, with the number of their cells."""
        self._kinds = dict(kinds or {})

    @classmethod
    def of(cls, frame: Frame, kinds: Kinds | None = None) -> Statistics:
        """The statistics of one table."""
        return cls.of_batches([frame], kinds)

    @classmethod
    def of_batches(cls, frames: Iterable[Frame], kinds: Kinds | None = None) -> Statistics:
        """The statistics of all tables together, which are read one after the other."""
        statistics = cls(kinds)
        for frame in frames:
            statistics.add(frame)
        return statistics

    def add(self, frame: Frame) -> None:
        """Add the rows of a table. A column that some tables lack is missing there."""
        table = frame
        if isinstance(frame, pd.DataFrame):
            table = pa.Table.from_pandas(frame, preserve_index=False)
        rows = table.num_rows
        names = table.column_names
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise MonitorError(f"column {twice!r} occurs twice: give each column a name of its own")
        for name in names:
            self._add(name, table.column(name), rows)
        for name in {*self.columns, *self.empty} - set(names):
            self._absent(name, rows)
        self.rows += rows

    def _add(self, name: str, cells: Any, rows: int) -> None:
        column = self.columns.get(name)
        if column is None:
            kind = self._kinds.get(name) or kind_of(name, cells)
            if kind is None:
                self.empty[name] = self.empty.get(name, self.rows) + rows
                return
            column = self.columns[name] = NumberColumn(name) if kind == "number" else CategoryColumn(name)
            column.missing = self.empty.pop(name, self.rows)
        column.add(cells)

    def _absent(self, name: str, rows: int) -> None:
        if name in self.columns:
            self.columns[name].missing += rows
        else:
            self.empty[name] += rows

    def merge(self, other: Statistics) -> Statistics:
        """The statistics of the rows of both."""
        merged = Statistics(self._kinds)
        merged.rows = self.rows + other.rows
        for name in dict.fromkeys([*self.names, *other.names]):
            one, two = self.columns.get(name), other.columns.get(name)
            if one is None and two is None:
                merged.empty[name] = merged.rows
            elif one is None or two is None:
                there, absent = (one, other) if one is not None else (two, self)
                assert there is not None
                column = merged_columns(there, type(there)(name))
                column.missing += absent.rows
                merged.columns[name] = column
            else:
                merged.columns[name] = merged_columns(one, two)
        return merged

    @property
    def names(self) -> list[str]:
        """All columns."""
        return [*self.columns, *self.empty]

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each column holds, for statistics that are to be compared with these."""
        return {name: column.kind for name, column in self.columns.items()}

    def missing(self, name: str) -> int:
        """How many cells of a column are missing."""
        return self.columns[name].missing if name in self.columns else self.empty[name]

    def to_json(self) -> dict[str, Any]:
        """The published form."""
        unknown = [
            {
                "name": name,
                "inferred_type": "Unknown",
                "string_statistics": {
                    "common": {"num_present": 0, "num_missing": rows},
                    "distinct_count": 0,
                    "distribution": {"categorical": {"buckets": []}},
                },
                "extension": {"kind": None},
            }
            for name, rows in self.empty.items()
        ]
        return {
            "version": 0.0,
            "dataset": {"item_count": self.rows},
            "features": [column.to_json() for column in self.columns.values()] + unknown,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Statistics:
        """Statistics of the published form, our own or another program's."""
        statistics = cls()
        try:
            statistics.rows = int(raw["dataset"]["item_count"])
            for feature in raw["features"]:
                if "numerical_statistics" in feature:
                    statistics.columns[feature["name"]] = NumberColumn.from_json(feature)
                elif feature.get("extension", {"kind": ""})["kind"] is None:
                    common = feature["string_statistics"]["common"]
                    statistics.empty[feature["name"]] = int(common["num_missing"])
                else:
                    statistics.columns[feature["name"]] = CategoryColumn.from_json(feature)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise MonitorError(
                f"these are no statistics in the published form ({type(problem).__name__}: {problem}): "
                "give statistics.json as `baseline` writes it"
            ) from problem
        return statistics

    def save(self, directory: Path) -> Path:
        """Write `statistics.json` into a directory."""
        path = directory / FILE_NAME
        path.write_text(written.text(self.to_json()) + "\n", encoding="utf-8")
        return path
