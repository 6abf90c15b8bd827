"""Ground truth: files of anybody below `truth/`, in one of three forms, as rows of labels.

JSON Lines with `inferenceId` or `id`, and `label`; CSV with such a header; or what SageMaker's Model Monitor
takes. With `groundTruth.idColumn` rows are found by `id` alone, without it by inference ID alone. A line that
cannot be read is kept aside below `truth-errors/` with the reason; it stops no other one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from job_settings import JobError, Settings, moment
from job_store import Store, opened
from prediction_rows import Row, text, to_milliseconds
from row_sources import Piece, Reading, hour_of

FOLDER, ASIDE = "truth/", "truth-errors/"
KEYS = ("inferenceId", "inference_id", "id")
SHOWN = 2000
"""Characters of a line that is kept aside."""
KEPT_ASIDE = 10_000


class Truth:
    """The files of ground truth of an environment."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._id = store, settings.id_column

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """The files that came in some hours."""
        for stored in self._store.listed(FOLDER):
            if start <= (hour := hour_of(stored)) < end:
                yield Piece(stored, hour)

    def rows(self, piece: Piece, path: Path, reading: Reading) -> Iterator[Row]:
        """The labels of a file; what is no label is kept aside."""
        aside: list[dict[str, Any]] = []
        came, key = to_milliseconds(piece.stored.modified.astimezone(UTC)), piece.stored.key
        for number, line, found in _lines(path):
            try:
                if isinstance(found, Exception):
                    raise JobError(f"it cannot be read: {found}")
                labels = list(self._labels(found))
            except (JobError, KeyError, TypeError, ValueError, AttributeError) as problem:
                why = f"no {problem}" if isinstance(problem, KeyError) else str(problem)
                reading.refuse(f"{key}, line {number}", why)
                if len(aside) < KEPT_ASIDE:
                    aside.append({"line": number, "why": why, "text": line[:SHOWN]})
                continue
            for label in labels:
                yield label | {"came": came}
        if aside:
            body = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in aside)
            self._store.put(f"{ASIDE}{key.removeprefix(FOLDER)}.jsonl", body.encode(), "application/x-ndjson")

    def _labels(self, found: Any) -> Iterator[Row]:
        if not isinstance(found, Mapping):
            raise JobError("a label must be an object with inferenceId or id, and label")
        if "groundTruthData" in found:
            if self._id is not None:
                raise JobError(f"it names an inference ID, but {self._by_id}")
            yield from _published(found)
            return
        label = text(found["label"]) if "label" in found else None
        if label is None or not label.strip():
            raise JobError("it has no label")
        time = found.get("time") or None
        yield {
            "key": self._key(found), "label": label.strip(),
            "time": None if time is None else to_milliseconds(moment(str(time))),
        }  # fmt: skip

    def _key(self, found: Mapping[str, Any]) -> str:
        names = KEYS if self._id is None else (self._id, "id")
        name = next((name for name in names if text(found.get(name))), None)
        if name is None:
            if self._id is not None and any(text(found.get(other)) for other in KEYS):
                raise JobError(f"it names an inference ID, but {self._by_id}")
            wanted = " or ".join(dict.fromkeys(names))
            raise JobError(f"it does not say which prediction it is for: give {wanted}")
        key, row = str(text(found[name])).strip(), found.get("row")
        return numbered(key, int(row)) if self._id is None and row not in (None, "") else key

    @property
    def _by_id(self) -> str:
        return f"labels are found by groundTruth.idColumn: give {self._id} or id, with its value"


def _published(found: Mapping[str, Any]) -> Iterator[Row]:
    """The form of Model Monitor: one label for each row of the request."""
    about, data = found["eventMetadata"], found["groundTruthData"]
    name = text(about.get("inferenceId")) or text(about.get("eventId"))
    if not name:
        raise JobError("eventMetadata has neither inferenceId nor eventId")
    if data.get("encoding") == "CSV":
        labels = [cell for line in csv.reader(io.StringIO(str(data["data"]))) for cell in line]
    elif data.get("encoding") == "JSON":
        inside = json.loads(data["data"])
        labels = inside if isinstance(inside, list) else [inside]
    else:
        raise JobError(f"groundTruthData has encoding {data.get('encoding')!r}: CSV and JSON can be read")
    told = [text(label) for label in labels]
    if not told or any(label is None or not label.strip() for label in told):
        raise JobError("groundTruthData has no label for a row")
    for row, label in enumerate(told, 1):
        yield {"key": numbered(name, row), "label": str(label).strip(), "time": None}


def numbered(name: str, row: int) -> str:
    """What a label names: an inference ID, with the place of the row where it is not the first."""
    return name if row == 1 else f"{name}/{row}"


def _lines(path: Path) -> Iterator[tuple[int, str, Any]]:
    """The lines of a file with their content, or with the error that it has instead."""
    with opened(path) as file:
        try:
            first = file.readline()
        except (EOFError, OSError) as problem:
            yield 1, "", problem
            return
    with opened(path) as file:
        is_json = first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
        lines = (
            line.decode("utf-8-sig" if not number else "utf-8", "replace") for number, line in enumerate(file)
        )
        number = 0
        try:
            if is_json:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield number, line, _parsed(line)
            else:
                reader = csv.DictReader(lines)
                for number, row in enumerate(reader, 2):
                    odd = None in row or None in row.values()
                    yield (
                        number,
                        json.dumps(row, default=str),
                        ValueError("other cells than the header") if odd else row,
                    )
        except (EOFError, OSError, csv.Error) as problem:
            yield number + 1, "", problem


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        return problem
