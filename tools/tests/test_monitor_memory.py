"""What a run holds at once is bounded, whatever the number of rows and of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import hour_files
import monitor_world  # noqa: F401  (it makes the packages of the job importable)
from hour_files import Spill
from labelled import answers
from monitor_rows import T0
from prediction_rows import PREDICTIONS


def row(number: int, columns: int) -> dict[str, Any]:
    return {
        "inference_id": f"i{number}", "row": 1, "time": T0, "project": "p", "environment": "e",
        "package": None, "version": 1, "prediction": "yes", "probability": None, "value": None,
        "features": [(f"f{n}", "1") for n in range(columns)], "id": [],
    }  # fmt: skip


class Chosen:
    """The rows of a window, which count how many of them become objects of Python."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.versions, self._sizes = {1: sum(sizes)}, sizes

    def tables(self, version: int, columns: Sequence[str]) -> Iterator[Any]:
        start = 0
        for size in self._sizes:
            rows = [row(number, 1) for number in range(start, start + size)]
            yield pa.Table.from_pylist(rows, schema=PREDICTIONS).select(list(columns))
            start += size


def test_a_sample_is_drawn_from_all_rows_and_is_the_same_again() -> None:
    drawn, again = (
        list(answers(Chosen([700, 1, 300]), 1, None, frozenset({"f0"}), 100))  # type: ignore[arg-type]
        for _ in range(2)
    )
    numbers = [int(one.key.removeprefix("i")) for one in drawn]
    assert len(set(numbers)) == 100 and numbers == sorted(numbers)
    assert 15 <= sum(number > 700 for number in numbers) <= 45
    assert drawn == again and drawn[0].features == {"f0": "1"}
    few = list(answers(Chosen([60]), 1, None, frozenset(), 100))  # type: ignore[arg-type]
    assert len(few) == 60


@pytest.mark.parametrize(("columns", "most"), [(10, 1819), (100, 358), (5000, 100)])
def test_rows_that_wait_are_bounded_by_their_cells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, columns: int, most: int
) -> None:
    """The file of a spill has what was held at once: with 40,000 cells, or 100 rows if these have more."""
    monkeypatch.setattr(hour_files, "CELLS", 40_000)
    monkeypatch.setattr(hour_files, "LEAST", 100)
    spill = Spill(tmp_path, PREDICTIONS, lambda one: one["time"])
    for number in range(2000 if columns < 5000 else 150):
        spill.add(row(number, columns))
    [files] = spill.hours().values()
    sizes = [parquet.ParquetFile(path).metadata.num_rows for path in files]
    assert sum(sizes) == spill.rows and max(sizes) == sizes[0] == most
    with parquet.ParquetFile(files[0]) as file:
        read = hour_files._size(file)
    assert read >= 100 and (read == 100 or read * columns <= 40_000)
