"""Statistics of random tables are those of numpy and pandas, however the table is divided."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import cases, random_table

from model_monitor.categories import KEPT, Counts
from model_monitor.columns import CategoryColumn, NumberColumn
from model_monitor.errors import MonitorError
from model_monitor.statistics import Statistics

NUMBERS = ("normal", "skewed", "whole", "flag", "constant", "gaps")


def number(statistics: Statistics, name: str) -> NumberColumn:
    column = statistics.columns[name]
    assert isinstance(column, NumberColumn)
    return column


def counts(statistics: Statistics, name: str) -> dict[str, int]:
    column = statistics.columns[name]
    assert isinstance(column, CategoryColumn)
    return column.counts.by_text


@pytest.mark.parametrize("case", cases("random tables", 200, 15))
def test_statistics_of_a_random_table_are_those_of_numpy_and_pandas(case: int) -> None:
    rng = np.random.default_rng(case)
    rows = int(rng.integers(2, 4000))
    table = random_table(rng, rows)
    statistics = Statistics.of(table)
    assert statistics.rows == rows
    for name in NUMBERS:
        if name not in statistics.columns:
            assert table[name].isna().all()
            continue
        found = number(statistics, name).to_json()["numerical_statistics"]
        values = table[name].dropna().to_numpy(float)
        assert found["common"] == {"num_present": len(values), "num_missing": rows - len(values)}
        scale = max(1e-300, np.abs(values).max())
        assert found["mean"] == pytest.approx(values.mean(), rel=1e-12, abs=1e-12 * scale)
        assert found["sum"] == pytest.approx(values.sum(), rel=1e-12, abs=1e-10 * scale * rows)
        assert found["std_dev"] == pytest.approx(np.std(values), rel=1e-9, abs=1e-12 * scale)
        assert (found["min"], found["max"]) == (values.min(), values.max())
        shares = rng.random(20)
        exact = np.quantile(values, shares, method="inverted_cdf")
        assert number(statistics, name).sketch.quantiles(shares) == pytest.approx(exact, rel=1e-15)
        whole, _ = np.histogram(values, bins=10)
        buckets = found["distribution"]["kll"]["buckets"]
        assert sum(bucket["count"] for bucket in buckets) == len(values)
        # The published buckets end where numpy's begin: only values on an edge may differ.
        on_edge = np.isin(values, [b["upper_bound"] for b in buckets]).sum()
        assert np.abs(whole - [bucket["count"] for bucket in buckets]).sum() <= 2 * on_edge
    for name in ("few", "holes"):
        if name in statistics.empty:
            assert table[name].isna().all()
            continue
        assert counts(statistics, name) == table[name].value_counts().to_dict()
        assert statistics.missing(name) == table[name].isna().sum()


@pytest.mark.parametrize("case", cases("divided tables", 100, 10))
def test_merged_equals_whole_however_a_table_is_divided(case: int) -> None:
    rng = np.random.default_rng(case)
    table = random_table(rng, int(rng.integers(3, 4000)))
    whole = Statistics.of(table)
    if whole.empty:
        pytest.skip("a column without any value has no kind to be read with")
    cuts = np.sort(rng.integers(0, len(table) + 1, int(rng.integers(1, 8))))
    parts = [table.iloc[a:b] for a, b in zip([0, *cuts], [*cuts, len(table)], strict=True)]
    merged = Statistics(whole.kinds)
    for part in rng.permutation(len(parts)):
        read_back = json.loads(json.dumps(Statistics.of(parts[part], whole.kinds).to_json()))
        merged = merged.merge(Statistics.from_json(read_back))
    batches = Statistics.of_batches(parts, whole.kinds)
    for other in (merged, batches):
        assert other.rows == whole.rows
        for name, column in whole.columns.items():
            one = other.columns[name]
            assert (one.present, one.missing, one.inferred_type) == (
                column.present,
                column.missing,
                column.inferred_type,
            )
            if isinstance(column, NumberColumn):
                assert isinstance(one, NumberColumn)
                assert one.mean == pytest.approx(column.mean, rel=1e-12, abs=1e-12)
                assert one.deviation == pytest.approx(column.deviation, rel=1e-9, abs=1e-12)
                assert (one.lows == column.lows).all() and (one.highs == column.highs).all()
                assert one.sketch.error == column.sketch.error == 0
                points, weights = one.sketch.weighted()
                assert (points == column.sketch.weighted()[0]).all() and (weights == 1).all()
                assert one.buckets() == column.buckets()
            else:
                assert counts(other, name) == counts(whole, name)


def test_a_column_that_only_some_files_have_is_missing_in_the_others() -> None:
    one, two = pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": [3.0], "b": ["x"]})
    for statistics in (
        Statistics.of_batches([one, two]),
        Statistics.of_batches([two, one]),
        Statistics.of(one).merge(Statistics.of(two)),
        Statistics.of(two).merge(Statistics.of(one)),
    ):
        assert (statistics.rows, statistics.missing("b")) == (3, 2)
        assert statistics.columns["b"].present == 1


def test_a_column_without_values_is_unknown_until_a_value_comes() -> None:
    statistics = Statistics.of(pd.DataFrame({"a": [None, None]}))
    assert statistics.to_json()["features"][0]["inferred_type"] == "Unknown"
    assert Statistics.from_json(statistics.to_json()).empty == {"a": 2}
    statistics.add(pd.DataFrame({"a": [5.0]}))
    assert (number(statistics, "a").missing, number(statistics, "a").mean) == (2, 5.0)


def test_numbers_in_one_part_and_texts_in_another_need_a_kind() -> None:
    one, two = pd.DataFrame({"a": ["1", "2"]}), pd.DataFrame({"a": ["x", "y"]})
    with pytest.raises(
        MonitorError, match="'a' holds numbers in one part and texts in another: say which kind"
    ):
        Statistics.of(one).merge(Statistics.of(two))
    merged = Statistics.of(one, {"a": "category"}).merge(Statistics.of(two, {"a": "category"}))
    assert counts(merged, "a") == {"1": 1, "2": 1, "x": 1, "y": 1}


def test_cells_mean_the_same_in_every_form() -> None:
    texts = pa.table({"n": ["1", " 2.5 ", "", "NA", "1e3"], "c": ["7", " b", "NA", "", "true"]})
    typed = pa.table({"n": pa.array([1, 2.5, None, float("nan"), 1000]), "c": ["7", "b", None, None, "true"]})
    dictionary = pa.table({"n": typed["n"], "c": typed["c"].dictionary_encode()})
    found = [
        Statistics.of(table, {"n": "number", "c": "category"}).to_json()
        for table in (texts, typed, dictionary)
    ]
    assert found[0] == found[1] == found[2]
    assert found[0]["features"][0]["numerical_statistics"]["common"] == {"num_present": 3, "num_missing": 2}


def test_numbers_of_a_column_of_categories_have_the_texts_of_a_request() -> None:
    table = pa.table({"a": pa.array([1.0, 2.0, 2.5, None]), "b": pa.array([True, False, None, True])})
    statistics = Statistics.of(table, {"a": "category"})
    assert counts(statistics, "a") == {"1": 1, "2": 1, "2.5": 1}
    assert counts(statistics, "b") == {"true": 2, "false": 1}


def test_postal_codes_are_no_numbers() -> None:
    statistics = Statistics.of(pd.DataFrame({"zip": ["01234", "99999"] * 5, "n": ["0", "12"] * 5}))
    assert statistics.kinds == {"zip": "category", "n": "number"}


def test_cells_that_are_no_numbers_are_counted() -> None:
    statistics = Statistics.of(pd.DataFrame({"a": ["1", "2", "oops", "inf", "oops", ""]}), {"a": "number"})
    column = number(statistics, "a")
    assert (column.numbers, column.present, column.missing) == (2, 5, 1)
    assert column.others.by_text == {"oops": 2, "inf": 1}


def test_ids_take_bounded_memory_and_say_what_is_left_out() -> None:
    counts_of = Counts()
    for start in range(0, 100_000, 10_000):
        counts_of.add({f"id{i}": 1 for i in range(start, start + 10_000)} | {"often": 500})
    assert len(counts_of.by_text) <= KEPT
    assert counts_of.rows == 105_000
    assert counts_of.left_out == counts_of.rows - sum(counts_of.by_text.values()) > 90_000
    assert 5000 - counts_of.error <= counts_of.by_text["often"] <= 5000
    assert counts_of.distinct == pytest.approx(100_001, rel=0.1)


@pytest.mark.parametrize("case", cases("frequent texts", 50, 5))
def test_no_frequent_text_is_lost_and_no_count_is_off_by_more_than_the_error(case: int) -> None:
    rng = np.random.default_rng(case)
    parts = [rng.zipf(1.3, 8000) for _ in range(4)]
    merged = Counts(200)
    for part in parts:
        one = Counts(200)
        one.add({str(text): int(n) for text, n in zip(*np.unique(part, return_counts=True), strict=True)})
        merged = merged.merge(one)
    real = {
        str(t): int(n) for t, n in zip(*np.unique(np.concatenate(parts), return_counts=True), strict=True)
    }
    assert merged.error <= merged.rows / 100
    for text, rows in real.items():
        assert rows - merged.error <= merged.by_text.get(text, 0) <= rows


def test_a_nested_column_is_refused_by_its_name() -> None:
    with pytest.raises(MonitorError, match=r"column 'a' holds list<.*: a column needs single numbers"):
        Statistics.of(pa.table({"a": [[1, 2]]}))


def test_what_is_no_statistics_is_refused() -> None:
    with pytest.raises(MonitorError, match="no statistics in the published form"):
        Statistics.from_json({"features": []})
