"""What was scored in batches: answers, with what was asked beside them or in the objects that were scored."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from model_monitor import capture
from model_monitor.errors import MonitorError

from job_settings import JobError, Settings
from job_store import Store, below, opened
from prediction_rows import Row, to_milliseconds
from row_layouts import Form, Layout, Layouts
from row_sources import Piece, Reading, hour_of, row_of
from version_records import Deployments

ENDING = ".out"
ASKED, SAID = "SageMakerInput", "SageMakerOutput"
"""Where a transform job puts both when it joins objects of JSON."""


class ScoredSource:
    """Objects `<execution>/<name of the input>.out`; rows are of the time at which the object was written."""

    def __init__(
        self,
        store: Store,
        inputs: Store | None,
        settings: Settings,
        deployments: Deployments,
        layouts: Layouts,
    ) -> None:
        self._store, self._inputs, self._settings = store, inputs, settings
        self._deployments, self._layouts = deployments, layouts
        transform = settings.raw.get("transform") or {}
        self._joined = bool(transform.get("joined", True))
        self._form = "csv" if "csv" in str(transform.get("contentType", "text/csv")) else "json"
        self._by_name: dict[str, list[str]] | None = None

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """The objects that were written in some hours."""
        for stored in self._store.listed(self._settings.source.prefix):
            if stored.key.endswith(ENDING) and start <= (hour := hour_of(stored)) < end:
                yield Piece(stored, hour)

    def rows(self, piece: Piece, path: Path, reading: Reading) -> Iterator[Row]:
        """The rows of an object."""
        where, time = piece.stored.key, to_milliseconds(piece.stored.modified.astimezone(UTC))
        name = below(self._settings.source, where)
        found = self._together(name, path, where, reading)
        for number, line in enumerate(found, 1):
            try:
                layout, asked, said = _fitting(self._layouts.at(time), line, f"{where}, line {number}")
            except (MonitorError, JobError) as problem:
                reading.refuse(f"{where}, line {number}", problem)
                continue
            yield row_of(name, number, time, asked, said, layout, self._settings, self._deployments)

    def _together(self, name: str, path: Path, where: str, reading: Reading) -> Iterator[tuple[Any, Any]]:
        """What was asked and what was answered, of each line; asked is nothing where both are in one."""
        if self._joined:
            for line in self._records(path):
                yield None, line
            return
        try:
            inputs = self._input(name, path.with_suffix(".input"))
        except JobError as problem:
            return reading.refuse(where, problem)
        pairs = itertools.zip_longest(self._records(inputs), self._records(path))
        for number, (asked, said) in enumerate(pairs, 1):
            if asked is None or said is None:
                return reading.refuse(f"{where}, line {number}", "the object that was scored has other lines")
            yield asked, said

    def _records(self, path: Path) -> Iterator[Any]:
        with opened(path) as file:
            if self._form == "csv":
                decoded = (line.decode("utf-8", "replace") for line in file)
                yield from (row for row in csv.reader(decoded) if row)
                return
            for line in file:
                if line.strip():
                    try:
                        found = json.loads(line)
                    except ValueError:
                        found = {}
                    inside = found.get("predictions") if isinstance(found, dict) else None
                    yield from inside if isinstance(inside, list) else [found]

    def _input(self, name: str, path: Path) -> Path:
        """The object that was scored: at the same place below the input, or the only one of its name."""
        place = self._settings.inputs
        if self._inputs is None or place is None:
            raise JobError("answers alone were kept, and the place of what was scored is not known")
        inner = name.partition("/")[2].removesuffix(ENDING)
        if self._inputs.fetch(place.prefix + inner, path) is not None:
            return path
        if self._by_name is None:
            self._by_name = {}
            for stored in self._inputs.listed(place.prefix):
                self._by_name.setdefault(PurePosixPath(stored.key).name, []).append(stored.key)
        found = self._by_name.get(PurePosixPath(inner).name, [])
        if len(found) != 1:
            raise JobError(
                f"{len(found)} objects are called {PurePosixPath(inner).name}: which one was scored?"
            )
        self._inputs.fetch(found[0], path)
        return path


def _fitting(
    layouts: list[Form], line: tuple[Any, Any], where: str
) -> tuple[Layout, Mapping[str, Any], Mapping[str, Any]]:
    """The first layout that a line has, with what was asked and answered."""
    problem = MonitorError(f"{where}: no version is known that may have answered")
    for layout, outputs in layouts:
        try:
            asked, said = _split(line, layout, where)
            row = capture.named(asked, where, layout.columns)
            return layout, row, capture.answer(said, where, outputs)
        except MonitorError as error:
            problem = error if layout.columns else problem
    raise problem


def _split(line: tuple[Any, Any], layout: Layout, where: str) -> tuple[Any, Any]:
    asked, said = line
    if asked is not None:
        return asked, said
    if isinstance(said, dict) and SAID in said:
        inside = said.get(ASKED, {name: cell for name, cell in said.items() if name != SAID})
        return inside, _only(said[SAID])
    if isinstance(said, list) and layout.columns:
        return said[: len(layout.columns)], said[len(layout.columns) :]
    raise MonitorError(f"{where}: there is no answer beside what was asked")


def _only(said: Any) -> Any:
    """The one answer in what a model says about one row."""
    inside = said.get("predictions") if isinstance(said, dict) else said
    return inside[0] if isinstance(inside, list) and len(inside) == 1 else said
