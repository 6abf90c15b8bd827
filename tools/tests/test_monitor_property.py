"""Whichever hours are run, in which order, how often, whoever writes meanwhile: the table is the whole."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import monitor_rows
import monitor_world  # noqa: F401  (it makes the packages of the job importable)
from compaction import Compaction
from job_settings import Place, Settings
from job_store import Stored
from monitor_rows import GROUP, HOUR, PACKAGE, T0
from row_sources import ApiSource
from version_records import Deployments


class Memory:
    """A bucket in memory; `meddle` writes an object behind the back of who replaces one."""

    bucket = "memory"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.meddle: list[bool] = []

    def listed(self, prefix: str) -> list[Stored]:
        return [
            Stored(key, _etag(body), len(body), datetime.now(UTC))
            for key, body in sorted(self.objects.items())
            if key.startswith(prefix)
        ]

    def read_json(self, key: str) -> Any:
        return json.loads(self.objects[key]) if key in self.objects else None

    def fetch(self, key: str, path: Path, listed: bool = False) -> str | None:
        if key not in self.objects:
            return None
        path.write_bytes(self.objects[key])
        return _etag(self.objects[key])

    def put(self, key: str, body: bytes, content_type: str = "") -> None:
        self.objects[key] = body

    def replace(self, key: str, path: Path, known: str | None) -> bool:
        if self.meddle and self.meddle.pop() and key in self.objects:
            # Another job put the same rows in another file there.
            with tempfile.TemporaryDirectory() as place:
                old, new = Path(place, "old"), Path(place, "new")
                old.write_bytes(self.objects[key])
                parquet.write_table(parquet.read_table(old), new, compression="gzip")
                self.objects[key] = new.read_bytes()
        if (_etag(self.objects[key]) if key in self.objects else None) != known:
            return False
        self.objects[key] = path.read_bytes()
        return True


def _etag(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()


ROW = st.tuples(
    st.integers(0, 3),  # the hour in which it came
    st.integers(0, 5400),  # seconds that it came late
    st.sampled_from(["a", "b", "c"]),  # inference IDs that are used again
    st.integers(1, 2),
    st.one_of(st.none(), st.text(max_size=3), st.floats(allow_infinity=True, allow_nan=False), st.booleans()),
)


def record(row: tuple[int, int, str, int, Any]) -> dict[str, Any]:
    came, late, name, number, cell = row
    time = T0 + came * HOUR + timedelta(seconds=1800 - late)
    return {
        "format": 1, "inferenceId": name, "row": number, "time": time.isoformat(), "project": "churn",
        "environment": "prod", "package": f"{PACKAGE}1", "features": {"x": cell}, "prediction": "yes",
        "probability": 0.5,
    }  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(ROW, max_size=25),
    order=st.lists(st.integers(0, 3), min_size=1, max_size=8),
    meddle=st.lists(st.booleans(), max_size=6),
)
def test_compaction_of_any_order_and_repetition_is_the_whole(
    rows: list[Any], order: list[int], meddle: list[bool]
) -> None:
    memory = Memory()
    by_hour: dict[int, list[str]] = {}
    for row in rows:
        by_hour.setdefault(row[0], []).append(json.dumps(record(row)))
    for hour, lines in by_hour.items():
        memory.objects[f"predictions-in/{T0 + hour * HOUR:%Y/%m/%d/%H}/x"] = "\n".join(lines).encode()
    memory.meddle = list(meddle)
    told = Settings(
        monitor_rows.SETTINGS | {"groundTruth": None}, "memory", "memory",
        Place("memory", "predictions-in/"), None, "n", "e",
    )  # fmt: skip
    source = ApiSource(memory, told, Deployments(GROUP))  # type: ignore[arg-type]
    for hour in [*order, 3]:
        job = Compaction(told, source, memory, memory, Deployments(GROUP))  # type: ignore[arg-type]
        job.run(T0 + (hour + 1) * HOUR)
    found = []
    for key, body in memory.objects.items():
        if key.startswith("predictions/"):
            with tempfile.NamedTemporaryFile() as file:
                Path(file.name).write_bytes(body)
                for one in parquet.ParquetFile(file.name).read().to_pylist():
                    assert f"day={one['time']:%d}/hour={one['time']:%H}/" in key
                    found.append((one["inference_id"], one["row"], one["time"], dict(one["features"])["x"]))
    wanted = {
        (
            made["inferenceId"],
            made["row"],
            datetime.fromisoformat(made["time"]),
            source._row(made)["features"][0][1],
        )
        for made in map(record, rows)
    }
    assert len(found) == len(set(found)) and set(found) == wanted
