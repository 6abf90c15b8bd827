"""Fills the tables, an hour at a time: rows of a source, and ground truth.

A run takes what came in the hour that it is asked for, and what came in the three days before and was not
taken yet: objects that a delivery stream wrote late, and hours whose run failed. What was taken is noted
beside the results; a note that is lost costs time and nothing else, because rows that are there already are
not added again. The hour itself is noted when all of it is in the tables.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hour_files import HourFiles, Spill, same
from hours_done import BACK, note
from job_settings import API, Settings
from job_store import Store
from prediction_rows import LABELS, PREDICTIONS, Row
from row_sources import Piece, Reading, Source
from truth import Truth
from version_records import Deployments
from windows import HOUR, floor_hour

AGAIN = 6 * HOUR
"""So long objects with unreadable rows are read again: the record of a deployment may tell what they hold."""
PREDICTION_FOLDER, LABEL_FOLDER, NOTES = "predictions/", "labels/", "results/compaction/"


@dataclass
class Compacted:
    """What a run did."""

    added: int = 0
    taken: int = 0
    unreadable: int = 0
    words: list[str] = field(default_factory=list)

    def take(self, reading: Reading) -> None:
        """Counts what could not be read of an object."""
        self.taken += 1
        self.unreadable += reading.unreadable
        self.words += reading.words[: max(0, 10 - len(self.words))]


class Taken:
    """Which objects of an hour were taken, and when deployments were that rows of it have the versions of."""

    def __init__(self, store: Store, what: str) -> None:
        self._store, self._what = store, what
        self._known: dict[datetime, dict[str, str]] = {}
        self._changed: set[datetime] = set()

    def _key(self, hour: datetime) -> str:
        return f"{NOTES}{self._what}/{hour:%Y/%m/%d/%H}.json"

    def _of(self, hour: datetime) -> dict[str, str]:
        if hour not in self._known:
            self._known[hour] = dict((self._store.read_json(self._key(hour)) or {}).get("objects", {}))
        return self._known[hour]

    def has(self, piece: Piece) -> bool:
        """Whether an object was taken as it is."""
        return self._of(piece.hour).get(piece.stored.key) == piece.stored.etag

    def add(self, piece: Piece) -> None:
        """Notes an object."""
        self._of(piece.hour)[piece.stored.key] = piece.stored.etag
        self._changed.add(piece.hour)

    def save(self) -> None:
        """Writes the notes; only after the rows are in their files."""
        for hour in self._changed:
            body = {"format": 1, "objects": self._known[hour]}
            self._store.put(self._key(hour), json.dumps(body, sort_keys=True).encode())


class Compaction:
    """The tables of an environment."""

    def __init__(
        self, settings: Settings, source: Source, fetcher: Store, store: Store, deployments: Deployments
    ) -> None:
        self._settings, self._source, self._fetcher = settings, source, fetcher
        self._store, self._deployments = store, deployments

    def run(self, time: datetime) -> tuple[Compacted, Compacted | None]:
        """Takes the hour before a time; of ground truth nothing where there is none."""
        hour = floor_hour(time) - HOUR
        predictions = self._predictions(hour)
        labels = self._labels(hour) if self._settings.raw.get("groundTruth") else None
        note(self._store, hour)
        return predictions, labels

    def _predictions(self, hour: datetime) -> Compacted:
        stamp = same if self._settings.kind_of_source == API else self._stamped
        files = HourFiles(self._store, PREDICTION_FOLDER, PREDICTIONS, stamp)
        taken, done = Taken(self._store, "rows"), Compacted()
        pieces = [
            piece
            for piece in self._source.pieces(hour - BACK, hour + HOUR)
            if piece.hour == hour or not taken.has(piece)
        ]
        with tempfile.TemporaryDirectory() as place:
            spill = Spill(Path(place), PREDICTIONS, lambda row: _time(row["time"]))
            for piece in pieces:
                reading = Reading()
                for row in self._read(piece, Path(place), reading):
                    spill.add(row)
                done.take(reading)
                if not reading.unreadable or piece.hour < hour - AGAIN:
                    taken.add(piece)
            hours = spill.hours()
            for one in self._restamped(hour) if stamp is not same else ():
                hours.setdefault(one, [])
            for one, paths in hours.items():
                done.added += files.add(one, paths)
        taken.save()
        return done

    def _read(self, piece: Piece, place: Path, reading: Reading) -> Iterator[Row]:
        path = place / hashlib.sha256(piece.stored.key.encode()).hexdigest()
        if self._fetcher.fetch(piece.stored.key, path, listed=True) is None:
            return  # its time was over since it was listed
        yield from self._source.rows(piece, path, reading)
        path.unlink()
        path.with_suffix(".input").unlink(missing_ok=True)

    def _stamped(self, row: Row) -> Row:
        """A row with the version that, as far as is known now, answered it."""
        record = self._deployments.at(_time(row["time"]))
        package, version = (None, None) if record is None else (record.package, record.version)
        return row | {"package": package, "version": version}

    def _restamped(self, hour: datetime) -> Iterator[datetime]:
        """Hours of deployments whose records came later: rows may have got the version of before."""
        for start, end in self._deployments.in_doubt(hour - AGAIN):
            one = max(floor_hour(start), hour - BACK)
            while one <= min(end + HOUR, hour):
                yield one
                one += HOUR

    def _labels(self, hour: datetime) -> Compacted:
        files, truth = HourFiles(self._store, LABEL_FOLDER, LABELS), Truth(self._store, self._settings)
        taken, done = Taken(self._store, "labels"), Compacted()
        pieces = [
            piece
            for piece in truth.pieces(hour - BACK, hour + HOUR)
            if piece.hour == hour or not taken.has(piece)
        ]
        with tempfile.TemporaryDirectory() as place:
            spill = Spill(Path(place), LABELS, lambda row: _time(row["came"]))
            for piece in pieces:
                reading, path = Reading(), Path(place, "truth")
                if self._store.fetch(piece.stored.key, path, listed=True) is None:
                    continue
                for row in truth.rows(piece, path, reading):
                    spill.add(row)
                done.take(reading)
                taken.add(piece)
            for one, paths in spill.hours().items():
                done.added += files.add(one, paths)
        taken.save()
        return done


def _time(value: Any) -> datetime:
    found: datetime = value
    return found
