"""Tails and critical values against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import cases
from scipy import special, stats

from model_monitor import chance


@pytest.mark.parametrize("case", cases("tails", 200, 30))
def test_tails_are_those_of_scipy(case: int) -> None:
    rng = np.random.default_rng(case)
    freedom, value = int(rng.integers(1, 200)), float(rng.uniform(0, 400))
    assert chance.chi_square_tail(value, freedom) == pytest.approx(
        stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-14
    )
    alpha = float(10 ** rng.uniform(-9, -0.3))
    assert chance.chi_square_critical(alpha, freedom) == pytest.approx(
        stats.chi2.isf(alpha, freedom), rel=1e-7
    )
    n, m = (int(size) for size in 10 ** rng.uniform(1, 6, 2))
    before, now = int(rng.binomial(n, 0.02)), int(rng.binomial(m, 0.03))
    fisher = stats.hypergeom.sf(now - 1, n + m, now + before, m)
    found = chance.more_often(now, m, before, n)
    assert found == (1.0 if found == 1 else pytest.approx(fisher, rel=1e-5, abs=1e-290))
    if found == 1:
        assert now / m <= (now + before) / (n + m) or fisher > 0.999
    share = float(rng.uniform(0, 0.05))
    binomial = chance.more_often_than(now, m, share)
    if binomial < 1:
        assert binomial == pytest.approx(stats.binom.sf(now - 1, m, share), rel=1e-6, abs=1e-290)
    beyond = int(rng.integers(1, 20))
    if beyond <= m:
        log = (
            special.gammaln(n + m - beyond + 1)
            + special.gammaln(m + 1)
            - special.gammaln(m - beyond + 1)
            - special.gammaln(n + m + 1)
        )
        assert chance.all_new(beyond, m, n) == pytest.approx(np.exp(log), rel=1e-6)


@pytest.mark.parametrize("case", cases("Kolmogorov-Smirnov", 100, 10))
def test_the_tail_of_kolmogorov_and_smirnov_is_that_of_scipy_and_never_far_below_the_exact_one(
    case: int,
) -> None:
    rng = np.random.default_rng(case)
    n, m = (int(size) for size in rng.integers(30, 400, 2))
    one, two = rng.normal(size=n), rng.normal(rng.uniform(0, 1), 1, m)
    result = stats.ks_2samp(one, two, method="exact")
    found = chance.kolmogorov_tail(result.statistic, n, m)
    root = result.statistic * np.sqrt(n * m / (n + m))
    assert found == pytest.approx(stats.kstwobign.sf(root), rel=1e-6, abs=1e-12)
    assert found > 0.8 * result.pvalue
    alpha = 1e-4
    critical = chance.kolmogorov_critical(alpha, n, m)
    assert chance.kolmogorov_tail(critical, n, m) == pytest.approx(alpha, rel=1e-6)


def test_extremes() -> None:
    assert (
        chance.more_often(0, 10, 0, 10) == chance.more_often_than(0, 5, 0.5) == chance.all_new(0, 5, 5) == 1
    )
    assert chance.more_often_than(1, 5, 0.0) == 0
    assert chance.all_new(6, 5, 5) == 0
    assert chance.chi_square_tail(0, 3) == chance.kolmogorov_tail(0, 5, 5) == 1
    assert chance.more_often(10, 10, 0, 10**7) == pytest.approx(0, abs=1e-50)
