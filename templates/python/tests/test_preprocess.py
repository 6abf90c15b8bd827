"""preprocess.py: how a table is split, encoded and described, and what it says about wrong ones."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from job import UserError
from split import SPLIT_VERSION
from tests.workbench import PROBLEMS, Workbench, table

Capture = pytest.CaptureFixture[str]
SETS = ("train", "validation", "test")


def rows_of(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return {tuple(map(str, row)) for row in frame.itertuples(index=False)}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_row_is_in_one_set_and_sets_have_the_sizes_asked_for(bench: Workbench, problem: str) -> None:
    bench.give(table(problem))
    bench.preprocess(problem)
    sizes = [len(bench.read(name)) for name in SETS]
    assert sum(sizes) == 160
    assert sizes == pytest.approx([96, 32, 32], abs=3)
    lineage = bench.json(bench.processing / "lineage" / "lineage.json")
    assert [lineage["split"][name] for name in SETS] == sizes
    assert lineage["split"]["version"] == SPLIT_VERSION


def test_classes_have_the_same_share_in_all_sets(bench: Workbench) -> None:
    frame = table("binary", rows=400)
    frame["outcome"] = np.where(np.arange(400) % 10 == 0, "rare", "common")
    bench.give(frame)
    bench.preprocess("binary")
    for name in SETS:
        share = bench.read(name)["outcome"].astype(str).isin(["rare", "1.0"]).mean()
        assert share == pytest.approx(0.1, abs=0.015)


def test_the_order_of_the_rows_and_the_number_of_files_do_not_matter(bench: Workbench) -> None:
    frame = table("binary")
    bench.give(frame)
    bench.preprocess("binary")
    before = rows_of(bench.read("test"))
    shuffled = frame.sample(frac=1, random_state=1)
    bench.give(shuffled[:70])
    bench.give(shuffled[70:], "more.csv")
    bench.preprocess("binary")
    assert rows_of(bench.read("test")) == before


def test_equal_rows_are_in_the_same_set(bench: Workbench) -> None:
    frame = table("regression", rows=60)
    bench.give(pd.concat([frame] * 3))
    bench.preprocess("regression")
    sets = [set(bench.read(name)["outcome"].astype(float)) for name in SETS]
    assert all(sets) and not (sets[0] & sets[1] | sets[0] & sets[2] | sets[1] & sets[2])


def test_the_schema_names_categories_gaps_and_labels(bench: Workbench) -> None:
    bench.give(table("multiclass"))
    bench.preprocess("multiclass")
    schema = bench.schema()
    assert [(c.name, c.kind) for c in schema.columns] == [
        ("age", "number"),
        ("income", "number"),
        ("city", "category"),
        ("member", "boolean"),
    ]
    assert [c.missing for c in schema.columns] == [False, True, False, False]
    assert schema.columns[2].categories == ("Lima, PE", "Oslo", "Rome")
    assert schema.labels == ("high", "low", "mid")
    assert sum(schema.prior) == pytest.approx(1)


def test_number_labels_are_in_the_order_of_their_values(bench: Workbench) -> None:
    frame = table("binary")
    frame["outcome"] = np.where(frame["outcome"] == "yes", 10, 9)
    bench.give(frame)
    bench.preprocess("binary")
    assert bench.schema().labels == (9, 10)


def test_the_data_version_is_the_hash_of_the_file(bench: Workbench) -> None:
    bench.give(table("binary"))
    bench.preprocess("binary")
    lineage = bench.json(bench.processing / "lineage" / "lineage.json")
    file = bench.processing / "input" / "data" / "data.csv"
    assert lineage["data_version"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (lineage["rows"], lineage["columns"]) == (160, 5)


def test_running_twice_writes_the_same_bytes(bench: Workbench) -> None:
    def written() -> dict[str, bytes]:
        files = (p for p in bench.processing.rglob("*") if p.is_file())
        return {str(p): p.read_bytes() for p in files}

    bench.give(table("binary"))
    bench.preprocess("binary")
    before = written()
    bench.preprocess("binary")
    assert written() == before and len(before) == 8


def test_of_several_hosts_only_the_first_writes(bench: Workbench) -> None:
    bench.give(table("binary"))
    config = bench.ml / "config" / "resourceconfig.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]}))
    bench.preprocess("binary")
    assert not (bench.processing / "train").exists()


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


WRONG: dict[str, tuple[str, str, str]] = {
    "missing target column": ("binary", lines("age,outcom", "1,2"), r"mean .outcom.\?.*there: age, outcom"),
    "empty file": ("binary", "", r"data\.csv is empty: a header"),
    "header without rows": ("binary", "age,outcome\n", "no data rows"),
    "no features": ("binary", lines("outcome", "1", "0"), "no column but the target"),
    "gaps in the target": ("binary", lines("age,outcome", "1,yes", "2,", "3,no"), "empty in 1 of 3 rows"),
    "three classes": ("binary", lines("a,outcome", "1,x", "2,y", "3,z"), "3 different values .x, y, z"),
    "gap by a token": ("binary", lines("a,outcome", "1,NA", "2,b"), "is 'NA', .* in 1 of 2 rows"),
    "one class": ("multiclass", lines("a,outcome", "1,x", "2,x"), "1 different values"),
    "rare class": ("multiclass", lines("a,outcome", *["1,x", "2,y"] * 5, "3,z"), "only 1 row.* of class 'z'"),
    "text to predict": ("regression", lines("a,outcome", "1,2.5", "2,high"), "'high'.*finite numbers"),
    "nothing left": ("binary", lines("a,b,outcome", *["1,,x", "1,,y"] * 4), "no column is left.*'b'.* empty"),
    "infinite value": ("binary", lines("a,outcome", *["inf,x", "2,y"] * 4), "'a' has an infinite value"),
    "large value": ("binary", lines("a,outcome", *["1e39,x", "2,y"] * 4), "'a' has a value beyond"),
    "too few rows": ("regression", lines("a,outcome", "1,3", "2,1"), "2 rows, but only 2 different"),
    "class of equal rows": (
        "binary", lines("a,outcome", *["1,x"] * 9, *[f"{i},y" for i in range(9)]), "class 'x' has 9 .*only 1"
    ),
    "one value to predict": ("regression", lines("a,outcome", "1,5", "2,5.0"), "is 5 in every row"),
    "ragged rows": ("binary", lines("a,outcome", "1,x", "1,2,3"), "line 3 has 3 cells, its header has 2"),
    "row names": ("binary", lines("a,outcome", "r1,1,x", "r2,2,y"), "one cell more than the header"),
    "open quote": ("binary", lines("a,outcome", '"1,x', "2,y"), "is not CSV: line 3: unexpected end"),
    "other separator": ("binary", lines("a;outcome", "1;x"), "a semicolon; set data.separator to ';'"),
    "two names": ("binary", lines("a,a,outcome", "1,2,x"), "columns 1 and 2 are both named 'a'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_clear_error_and_nothing_is_written(bench: Workbench, case: str) -> None:
    problem, content, message = WRONG[case]
    bench.give(content)
    with pytest.raises(UserError, match=message):
        bench.preprocess(problem)
    assert sorted(p.name for p in bench.processing.iterdir()) == ["input"]


def test_no_table_lists_what_is_there(bench: Workbench) -> None:
    bench.give("{}", "data.json")
    with pytest.raises(UserError, match=r"no table \(\*\.csv, .*data\.json"):
        bench.preprocess("binary")


def test_files_with_different_columns_are_named(bench: Workbench) -> None:
    bench.give(table("binary"))
    bench.give("age,outcome\n1,yes\n", "other.csv")
    with pytest.raises(UserError, match=r"other\.csv and data\.csv have different columns: city"):
        bench.preprocess("binary")


def test_rows_of_a_group_stay_together(bench: Workbench) -> None:
    frame = table("binary", rows=400)
    frame["customer"], frame["income"] = np.arange(400) // 4, np.arange(400) * 1.5
    bench.give(frame)
    bench.settings(group_column="customer")
    bench.preprocess("binary")
    groups = [{float(value) // 6 for value in bench.read(name)["income"]} for name in SETS]
    assert all(groups) and sum(map(len, groups)) == 100
    assert {c.name: c.kind for c in bench.schema().columns}["customer"] == "dropped"


def test_the_newest_rows_are_the_test_set(bench: Workbench) -> None:
    frame = table("regression", rows=200).assign(
        day=pd.date_range("2026-01-01", periods=200).strftime("%Y-%m-%d")
    )
    bench.give(frame.sample(frac=1, random_state=3))
    bench.settings(time_column="day")
    bench.preprocess("regression")
    assert sorted(bench.read("test")["day"]) == sorted(frame["day"][-40:])


def test_weights_go_with_the_rows(bench: Workbench) -> None:
    bench.give(table("binary").assign(weight=lambda frame: frame["age"] / 10))
    bench.settings(sample_weight_column="weight")
    bench.preprocess("binary")
    train = bench.read("train")
    assert (train["weight"] == train["age"] / 10).all()
    test = bench.read("test")
    assert (test["weight"].astype(float) == test["age"].astype(int) / 10).all()
    assert "weight" not in [c.name for c in bench.schema().columns]
    bench.give(table("binary").assign(weight=-1))
    with pytest.raises(UserError, match=r"sampleWeightColumn: 'weight' is '-1' in row 1"):
        bench.preprocess("binary")


def test_an_error_is_one_line_in_the_message_file(bench: Workbench, capfd: Capture) -> None:
    from job import run

    bench.give("age\n1\n")
    message: Path = bench.ml / "output" / "message"
    with pytest.raises(SystemExit) as ended:
        run(lambda: bench.preprocess("binary"), message)
    assert ended.value.code == 1
    assert capfd.readouterr().err == f"error: {message.read_text(encoding='utf-8')}"
    assert message.read_text(encoding="utf-8").count("\n") == 1
