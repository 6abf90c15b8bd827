"""Where rows come from: what the API kept, what SageMaker captured, what was scored in batches.

A source lists its objects by the hour in which they came, and gives the rows of each. What cannot be read is
counted and told; it stops no other row.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from model_monitor import capture
from model_monitor.errors import MonitorError

from job_settings import JobError, Settings, moment
from job_store import Store, Stored, opened
from prediction_rows import Row, answered, texts, to_milliseconds
from row_layouts import Form, Layout, Layouts, cells
from version_records import Deployments
from windows import DAY, floor_hour

FORMAT = 1
TOLD = 5
_HOUR = re.compile(r"(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]+$")


@dataclass(frozen=True)
class Piece:
    """An object of a source, with the hour in which it came."""

    stored: Stored
    hour: datetime


@dataclass
class Reading:
    """What could not be read."""

    unreadable: int = 0
    words: list[str] = field(default_factory=list)

    def refuse(self, where: str, why: object) -> None:
        """Counts a row, or the rest of a file."""
        self.unreadable += 1
        if len(self.words) < TOLD:
            self.words.append(f"{where}: {' '.join(str(why).split())[:300]}")


class Source(Protocol):
    """Rows of an environment."""

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """The objects that came in some hours."""

    def rows(self, piece: Piece, path: Path, reading: Reading) -> Iterator[Row]:
        """The rows of an object, which lies at a path."""


def by_hour(store: Store, prefix: str, start: datetime, end: datetime) -> Iterator[Piece]:
    """Objects in folders `yyyy/mm/dd/hh/` below a prefix."""
    day = start.replace(hour=0)
    while day < end:
        for stored in store.listed(f"{prefix}{day:%Y/%m/%d}/"):
            if found := _HOUR.search(stored.key):
                year, month, of_month, hour = map(int, found.groups())
                came = datetime(year, month, of_month, hour, tzinfo=UTC)
                if start <= came < end:
                    yield Piece(stored, came)
        day += DAY


def lines(path: Path, where: str, reading: Reading) -> Iterator[tuple[str, Any]]:
    """The objects of a file of JSON Lines, packed or not, with their places."""
    with opened(path) as file:
        number = 0
        while True:
            try:
                line = file.readline()
            except (EOFError, OSError, zlib.error) as problem:
                return reading.refuse(f"{where}, after line {number}", problem)
            if not line:
                return None
            number += 1
            if line.strip():
                try:
                    yield f"{where}, line {number}", json.loads(line)
                except (ValueError, RecursionError) as problem:
                    reading.refuse(f"{where}, line {number}", problem)


class ApiSource:
    """Records of the API in front of the endpoint; they name their package."""

    def __init__(self, store: Store, settings: Settings, deployments: Deployments) -> None:
        self._store, self._settings, self._deployments = store, settings, deployments

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """The objects that the delivery stream wrote."""
        return by_hour(self._store, self._settings.source.prefix, start, end)

    def rows(self, piece: Piece, path: Path, reading: Reading) -> Iterator[Row]:
        """The records of an object."""
        for where, found in lines(path, piece.stored.key, reading):
            try:
                yield self._row(found)
            except (JobError, KeyError, TypeError, ValueError, AttributeError) as problem:
                reading.refuse(where, f"no record of a prediction: {problem!r}")

    def _row(self, found: Mapping[str, Any]) -> Row:
        if found["format"] != FORMAT:
            raise JobError(f"format {found['format']!r}, {FORMAT} is known")
        features, ids = dict(found["features"]), dict(found.get("id") or {})
        column, omitted = self._settings.id_column, self._settings.omitted
        if column is not None and column in features:
            ids.setdefault(column, features[column])
        said = answered(found, found.get("value") is not None)
        return {
            "inference_id": str(found["inferenceId"]), "row": int(found["row"]),
            "time": to_milliseconds(moment(str(found["time"]))), "project": str(found["project"]),
            "environment": str(found["environment"]), "package": str(found["package"]),
            "version": self._deployments.of_package(str(found["package"])), **said,
            "features": texts(features, omitted), "id": texts(ids, omitted),
        }  # fmt: skip


class CaptureSource:
    """Requests and answers that SageMaker captured; they name neither columns nor versions."""

    def __init__(self, store: Store, settings: Settings, deployments: Deployments, layouts: Layouts) -> None:
        self._store, self._settings = store, settings
        self._deployments, self._layouts = deployments, layouts

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """The files of all variants."""
        for endpoint in self._store.folders(self._settings.source.prefix):
            for variant in self._store.folders(endpoint):
                yield from by_hour(self._store, variant, start, end)

    def rows(self, piece: Piece, path: Path, reading: Reading) -> Iterator[Row]:
        """The rows of the calls in a file."""
        for where, found in lines(path, piece.stored.key, reading):
            try:
                about = found["eventMetadata"]
                name = str(about.get("inferenceId") or about["eventId"])
                time = to_milliseconds(moment(str(about["inferenceTime"])))
                layout, asked, answers = _fitting(self._layouts.at(time), found, where)
            except (JobError, MonitorError, KeyError, TypeError, AttributeError) as problem:
                reading.refuse(where, problem)
                continue
            for number, (row, said) in enumerate(_pairs(asked, answers), 1):
                yield row_of(name, number, time, row, said, layout, self._settings, self._deployments)


def _fitting(
    layouts: Iterable[Form], found: Mapping[str, Any], where: str
) -> tuple[Layout, list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The first layout that a captured call has, and its rows."""
    problem = MonitorError(f"{where}: no version is known that may have answered")
    for layout, outputs in layouts:
        try:
            asked, answers = capture.parts(found, where, layout.columns, outputs)
        except MonitorError as error:
            problem = error if layout.columns else problem
            continue
        return layout, asked, answers
    raise problem


def _pairs(
    asked: list[Mapping[str, Any]], answers: list[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Rows with their answers, of which one may not have been captured."""
    return zip(asked or [{}] * len(answers), answers or [{}] * len(asked), strict=True)


def row_of(
    name: str, number: int, time: datetime, asked: Mapping[str, Any], said: Mapping[str, Any], layout: Layout,
    settings: Settings, deployments: Deployments,
) -> Row:  # fmt: skip
    """A row of a source that names no version: that of the deployment that had been proven."""
    record = deployments.at(time)
    return {
        "inference_id": name, "row": number, "time": time, "project": str(settings.raw["project"]),
        "environment": str(settings.raw["environment"]),
        "package": None if record is None else record.package,
        "version": None if record is None else record.version,
        **answered(said, layout.regression), **cells(asked, layout, settings.omitted, settings.id_column),
    }  # fmt: skip


def hour_of(stored: Stored) -> datetime:
    """The hour in which an object came."""
    return floor_hour(stored.modified.astimezone(UTC))
