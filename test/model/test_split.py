"""The rule of the split, version by version: the same rows are in the same sets for ever."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from split import RowHashes, cell_hashes, number_hashes
from tests.workbench import Workbench, table

SETS = ("train", "validation", "test")
FIXED = [
    "e4bd84831fd159c4",
    "3afb565b4f7fa80a",
    "5e7ca0f8c4c353b0",
    "328172f2257dfdb4",
    "bc45a6cdb2dd126d",
    "7af20562cc08286e",
]


def rows_of(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return {tuple(map(str, row)) for row in frame.itertuples(index=False)}


@pytest.mark.parametrize("columns", [["age", "outcome"], ["city", "age", "outcome"]])
def test_another_seed_gives_another_split(bench: Workbench, columns: list[str]) -> None:
    bench.give(table("regression")[columns])
    splits = set()
    for seed in (7, 8, 9):
        bench.preprocess("regression", seed=seed)
        splits.add(frozenset(rows_of(bench.read("test"))))
    assert len(splits) == 3


def test_sets_have_their_shares_though_few_rows_differ(bench: Workbench) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": rng.integers(0, 7, 1000), "b": rng.integers(0, 3, 1000)})
    frame["outcome"] = np.where(rng.random(1000) < 0.3, "yes", "no")
    bench.give(frame)
    bench.preprocess("binary")
    assert [len(bench.read(name)) for name in SETS] == pytest.approx([600, 200, 200], abs=30)
    assert [len(set(bench.read(name)["outcome"])) for name in SETS] == [2, 2, 2]


def test_a_row_is_in_the_same_set_however_its_cells_are_written(bench: Workbench) -> None:
    plain = [f"{i * 2},{i / 8},town {i % 7},{i * 3}" for i in range(200)]
    other = [f" {i * 2}.0 ,{i / 8:.6e}, town {i % 7},+{i * 3}" for i in range(200)]
    sets = []
    for lines in (plain, other, [*plain, ",,east,1"]):
        bench.give("\n".join(["a,b,c,outcome", *lines]) + "\n")
        bench.preprocess("regression")
        sets.append({float(value) for value in bench.read("test")["outcome"]})
    assert sets[0] == sets[1]
    assert len(sets[0] ^ sets[2]) <= 2


def test_the_split_is_the_same_for_ever() -> None:
    rows = ["0.1234567890123456789,Oslo,1", "-0,,2", ",Lima,3", "1e400,a,4", "7,NaN,5", "é,ß,6"]
    columns = [
        cell_hashes(pa.array(column)) for column in zip(*(row.split(",") for row in rows), strict=True)
    ]
    hashes = RowHashes(len(rows), 7)
    for column in columns:
        hashes.add(column)
    assert [f"{number:016x}" for number in hashes.numbers] == FIXED
    assert (number_hashes(np.array([0.5, np.nan])) == cell_hashes(pa.array(["+5e-1", "nan"]))).all()


def test_new_rows_move_few_old_ones(bench: Workbench) -> None:
    frame = table("regression", rows=300)
    bench.give(frame)
    bench.preprocess("regression")
    before = rows_of(bench.read("test"))
    bench.give(pd.concat([frame, table("regression", rows=15, seed=5)]))
    bench.preprocess("regression")
    assert len(before - rows_of(bench.read("test"))) <= 6
