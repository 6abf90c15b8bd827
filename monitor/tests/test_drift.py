"""Distances against scipy, and what is said of them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from conftest import cases, random_table
from scipy import stats
from scipy.spatial.distance import jensenshannon

from model_monitor.drift import BINS, Distance, compare
from model_monitor.errors import MonitorError
from model_monitor.statistics import Statistics

ALPHA = 0.01 / 24 / 50


def distance(before: pd.Series, now: pd.Series) -> Distance:
    one = Statistics.of(pd.DataFrame({"x": before}))
    two = Statistics.of(pd.DataFrame({"x": now}), one.kinds)
    return compare(one.columns["x"], two.columns["x"])


@pytest.mark.parametrize("case", cases("distances", 200, 12))
def test_distances_of_random_tables_are_those_of_scipy(case: int) -> None:
    rng = np.random.default_rng(case)
    before = random_table(rng, int(rng.integers(100, 4000)))
    now = random_table(rng, int(rng.integers(100, 4000)))
    for name in ("normal", "skewed", "whole", "flag", "gaps"):
        one, two = before[name].dropna(), now[name].dropna()
        if not len(one) or not len(two):
            continue
        found = distance(one, two)
        assert found.ks == pytest.approx(stats.ks_2samp(one, two).statistic, abs=1e-12)
        edges = np.unique(np.quantile(one, np.arange(1, BINS) / BINS, method="inverted_cdf"))
        counts = [
            np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1) for x in (one, two)
        ]
        _same(found, *counts)
    one, two = before["few"], now["few"]
    texts = sorted(set(one) | set(two))
    counts = [np.array([(x == text).sum() for text in texts]) for x in (one, two)]
    smaller = min(len(one), len(two)) / (len(one) + len(two))
    rare = (counts[0] + counts[1]) * smaller < 5
    counts = [np.append(c[~rare], c[rare].sum()) for c in counts]
    found = distance(one, two)
    _same(found, *counts)
    assert found.ks == pytest.approx(np.abs(counts[0] / len(one) - counts[1] / len(two)).max(), abs=1e-12)


def _same(found: Distance, one: np.ndarray, two: np.ndarray) -> None:
    used = one + two > 0
    one, two = one[used], two[used]
    assert sorted(zip(found.before, found.now, strict=True)) == sorted(zip(one, two, strict=True))
    assert found.js == pytest.approx(jensenshannon(one, two, base=2), abs=1e-7)
    p, q = ((x + 0.5) / (x + 0.5).sum() for x in (one, two))
    assert found.psi == pytest.approx(float(((q - p) * np.log(q / p)).sum()), abs=1e-12)
    if len(one) > 1:
        chi = stats.chi2_contingency([one, two], correction=False)
        assert found.chi_square == pytest.approx(chi.statistic, rel=1e-9, abs=1e-9)
        assert found.probability("PSI") == pytest.approx(chi.pvalue, rel=1e-6, abs=1e-14)


def test_a_great_change_is_drift_a_small_one_is_not() -> None:
    rng = np.random.default_rng(0)
    base = pd.Series(rng.normal(size=5000))
    assert distance(base, base + 1).verdict("KS", 0.1, ALPHA) == "drift"
    assert distance(base, pd.Series(rng.normal(0.05, 1, 5000))).verdict("KS", 0.1, ALPHA) == "no drift"


def test_few_rows_are_never_no_drift() -> None:
    rng = np.random.default_rng(0)
    base = pd.Series(rng.normal(size=5000))
    for rows in (1, 10, 100, 300):
        assert distance(base, pd.Series(rng.normal(size=rows))).verdict("KS", 0.1, ALPHA) == "not enough rows"
    assert distance(base, pd.Series([np.nan, np.nan])).verdict("KS", 0.1, ALPHA) == "not enough rows"


def test_a_change_that_few_rows_show_beyond_doubt_is_drift() -> None:
    rng = np.random.default_rng(0)
    assert (
        distance(pd.Series(rng.normal(size=5000)), pd.Series(rng.normal(5, 1, 60))).verdict("KS", 0.1, ALPHA)
        == "drift"
    )


@pytest.mark.parametrize("method", ["KS", "PSI", "JS"])
def test_the_rows_that_are_asked_for_are_the_first_that_are_enough(method: str) -> None:
    rng = np.random.default_rng(1)
    base = pd.Series(rng.normal(size=8000))
    few = distance(base, pd.Series(rng.normal(size=50)))
    needed = few.rows_needed(method, 0.1, ALPHA)  # type: ignore[arg-type]
    assert needed is not None
    for rows, enough in ((needed, True), (math.floor(needed * 0.99), False)):
        more = Distance(rows, few.rows_before, 0, 0, 0, 0, few.bins, few.before, few.now)
        assert (more.critical(method, ALPHA) <= 0.1) is enough  # type: ignore[arg-type]


def test_a_small_baseline_is_named_as_what_is_missing() -> None:
    rng = np.random.default_rng(1)
    found = distance(pd.Series(rng.normal(size=100)), pd.Series(rng.normal(size=100_000)))
    assert found.verdict("KS", 0.1, ALPHA) == "not enough rows"
    assert found.rows_needed("KS", 0.1, ALPHA) is None


def test_quantiles_that_are_not_exact_need_more_evidence() -> None:
    rng = np.random.default_rng(2)
    found = distance(pd.Series(rng.normal(size=200_000)), pd.Series(rng.normal(size=200_000)))
    assert 0 < found.known_to < 0.01
    assert found.critical("KS", ALPHA) > found.known_to
    assert found.verdict("KS", 0.1, ALPHA) == "no drift"


def test_columns_of_different_kinds_do_not_compare() -> None:
    one, two = (Statistics.of(pd.DataFrame({"x": x})).columns["x"] for x in ([1.0, 2.0], ["a", "b"]))
    with pytest.raises(MonitorError, match="'x': its kind is number in the baseline, category in the rows"):
        compare(one, two)


def test_rare_texts_that_all_changed_are_never_no_drift() -> None:
    base = pd.Series(["usual"] * 45_000 + [f"old {n}" for n in range(2500) for _ in range(2)])
    now = pd.Series(["usual"] * 45_000 + [f"new {n}" for n in range(1500) for _ in range(3)])
    for method in ("JS", "KS"):
        assert distance(base, now).verdict(method, 0.08, ALPHA) == "not enough rows"
    few = pd.Series(["usual"] * 49_990 + [f"old {n}" for n in range(5) for _ in range(2)])
    for method in ("JS", "KS"):
        assert distance(few, few).verdict(method, 0.08, ALPHA) == "no drift"  # type: ignore[arg-type]


def test_each_share_of_a_text_has_its_chance() -> None:
    rng = np.random.default_rng(4)
    few, many = (
        distance(*(pd.Series(rng.choice([f"t{i}" for i in range(n)], 4000)) for _ in range(2)))
        for n in (2, 40)
    )
    assert few.critical("KS", ALPHA) < many.critical("KS", ALPHA)
    needed = (few.rows_needed("KS", 0.1, ALPHA), many.rows_needed("KS", 0.1, ALPHA))
    assert needed[0] is not None and needed[1] is not None and needed[0] < needed[1]
