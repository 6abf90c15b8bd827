"""Quantiles of many values: exact while they are few, and never farther off than the sketch says."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from conftest import cases

from model_monitor.sketch import SIZE, Sketch


def sketch_of(values: np.ndarray, batch: int) -> Sketch:
    sketch = Sketch()
    for start in range(0, len(values), batch):
        sketch.add(np.sort(values[start : start + batch]))
    return sketch


def worst(sketch: Sketch, values: np.ndarray) -> int:
    """The greatest error of a rank anywhere, in rows."""
    ordered = np.sort(values)
    points = np.concatenate([np.unique(ordered), sketch.weighted()[0]])
    real = np.searchsorted(ordered, points, side="right")
    return int(np.abs(sketch.ranks(points) - real).max())


@pytest.mark.parametrize("case", cases("sketches", 200, 12))
def test_no_rank_is_farther_off_than_the_error_says(case: int) -> None:
    rng = np.random.default_rng(case)
    rows = int(rng.integers(1, 60_000))
    makers: list[Callable[[int], np.ndarray]] = [
        lambda size: rng.normal(size=size),
        lambda size: rng.integers(0, 7, size).astype(float),
        lambda size: np.sort(rng.random(size)),
        lambda size: -np.sort(rng.random(size)),
    ]
    values = makers[case % len(makers)](rows)
    sketch = sketch_of(
        values, int(rng.integers(1, 20_000)) if rows < 2000 else int(rng.integers(500, 20_000))
    )
    assert sketch.rows == rows == sketch.weighted()[1].sum()
    assert worst(sketch, values) <= sketch.error <= 0.01 * rows + 1
    if rows <= 2 * SIZE:
        assert sketch.error == 0


@pytest.mark.parametrize("case", cases("merged sketches", 100, 8))
def test_merged_sketches_are_as_good_as_one(case: int) -> None:
    rng = np.random.default_rng(case)
    parts = [rng.normal(rng.normal(), 1, int(rng.integers(1, 9000))) for _ in range(int(rng.integers(2, 9)))]
    merged = Sketch()
    for part in parts:
        merged = merged.merge(sketch_of(part, 1024))
    values = np.concatenate(parts)
    assert merged.rows == len(values)
    assert worst(merged, values) <= merged.error <= 0.02 * len(values)


def test_a_bound_that_is_too_small_would_be_noticed() -> None:
    """The bound is no formality: most of it is used by data in ascending batches."""
    values = np.arange(200_000, dtype=float)
    sketch = sketch_of(values, 50_000)
    assert 0 < worst(sketch, values) <= sketch.error
    assert worst(sketch, values) > 0.01 * sketch.error


def test_memory_is_bounded_however_many_rows_there_are() -> None:
    sketch, rng = Sketch(), np.random.default_rng(0)
    sizes = []
    for _ in range(40):
        sketch.add(np.sort(rng.normal(size=50_000)))
        sizes.append(sum(len(level) for level in sketch.to_json()["data"]))
    assert sketch.rows == 2_000_000
    assert max(sizes) < 12 * 2 * SIZE
    assert sketch.error < 0.01 * sketch.rows


def test_what_is_written_is_read_back() -> None:
    sketch = sketch_of(np.random.default_rng(1).normal(size=30_000), 4000)
    raw = json.loads(json.dumps(sketch.to_json()))
    again = Sketch.from_json(raw, sketch.rows, sketch.error)
    points = np.linspace(-3, 3, 50)
    assert (again.ranks(points) == sketch.ranks(points)).all()
    assert again.to_json() == sketch.to_json()


def test_a_sketch_that_tells_no_error_gets_a_careful_one() -> None:
    raw = {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[1.0, 2.0], [1.5, 2.5]]}
    assert Sketch.from_json(raw, 6).error > 0
    assert Sketch.from_json({**raw, "data": [[1.0, 2.0]]}, 2).error == 0


def test_displacements_cancel_in_data_without_an_order() -> None:
    values = np.random.default_rng(3).random(400_000)
    sketch = sketch_of(values, 4000)
    assert worst(sketch, values) < 0.5 * sketch.error
    signed = sketch.ranks(np.linspace(0.05, 0.95, 19)) - np.searchsorted(
        np.sort(values), np.linspace(0.05, 0.95, 19)
    )
    assert abs(signed.mean()) < 0.1 * sketch.error
